use keywright_core::{Time, words};
use leptos::prelude::*;

/// A moment in words, such as [`words::ago`] finds them, with the exact time on hover.
#[component]
pub(crate) fn Moment(at: Time, text: String) -> impl IntoView {
    view! { <time datetime=at.to_rfc3339() title=words::exact(at)>{text}</time> }
}
