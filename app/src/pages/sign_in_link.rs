//! `/login/link`: a one-time link that signs a person in.

mod closed;

pub use closed::{SignInLinkClosed, SignInLinkClosedProps};
use leptos::prelude::*;

/// Asks before it signs in: whoever merely follows the link, a mail scanner say, uses nothing up; and nobody
/// is signed in as somebody else without seeing it.
#[component]
pub fn SignInLinkPage(
    /// The one-time token of the link.
    token: String,
    /// Whom it signs in.
    email: String,
    /// The product's name.
    product: String,
) -> impl IntoView {
    view! {
        <section class="card door-card">
            <h1>{format!("Continue to {product}")}</h1>
            <p class="door-card__lead">"You will be signed in as " <bdi>{email.clone()}</bdi> ". This link works once."</p>
            <form class="form" method="post" action="/login/link">
                <input type="hidden" name="token" value=token />
                <button class="button button--primary button--wide">{format!("Continue to {product} as {email}")}</button>
            </form>
        </section>
    }
    .into_any()
}
