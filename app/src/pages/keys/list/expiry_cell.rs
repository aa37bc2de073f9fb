use crate::components::{Moment, ends_soon};
use keywright_core::{Time, keys::KeyStatus, words};
use leptos::prelude::*;

/// When the key ends, or when it ended by itself.
#[component]
pub(crate) fn ExpiryCell(at: Option<Time>, status: KeyStatus, now: Time) -> impl IntoView {
    let text = match (at, status) {
        (_, KeyStatus::Revoked) => view! { <span class="quiet">"–"</span> }.into_any(),
        (Some(at), KeyStatus::Expired) => view! { <Moment at text=words::ago(at, now) /> }.into_any(),
        (Some(at), KeyStatus::Active | KeyStatus::Disabled) => {
            let soon = ends_soon(Some(at), now);
            view! { <span class:soon=soon><Moment at text=words::until(at, now) /></span> }.into_any()
        }
        (None, KeyStatus::Active | KeyStatus::Disabled | KeyStatus::Expired) => {
            view! { <span class="quiet">"Never"</span> }.into_any()
        }
    };
    view! { <td role="cell" data-label="Expires">{text}</td> }.into_any()
}
