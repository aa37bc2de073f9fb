//! What is shown instead of a page that cannot be.

use leptos::prelude::*;

/// A refusal or a fault in words, and the way on.
#[component]
pub fn ProblemPage(
    /// The status of the answer.
    status: u16,
    /// What happened, in a few words.
    title: String,
    /// What to do about it.
    message: String,
    /// The way on: its words and its address.
    action: Option<(String, String)>,
) -> impl IntoView {
    view! {
        <section class="problem">
            <p class="problem__status">{format!("Error {status}")}</p>
            <h1>{title}</h1>
            <p class="problem__message">{message}</p>
            {action.map(|(text, href)| view! { <a class="button" href=href>{text}</a> })}
        </section>
    }
    .into_any()
}
