use super::{Badge, Tone};
use keywright_core::keys::KeyStatus;
use leptos::prelude::*;

/// How a key stands.
#[component]
pub(crate) fn StatusBadge(status: KeyStatus) -> impl IntoView {
    let (tone, text) = match status {
        KeyStatus::Active => (Tone::Good, "Active"),
        KeyStatus::Disabled => (Tone::Warning, "Disabled"),
        KeyStatus::Expired => (Tone::Plain, "Expired"),
        KeyStatus::Revoked => (Tone::Danger, "Revoked"),
    };
    view! { <Badge tone text /> }
}
