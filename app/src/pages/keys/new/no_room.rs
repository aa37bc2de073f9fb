use crate::components::{Notice, Tone};
use keywright_core::keys::Quota;
use leptos::prelude::*;

/// Why no key can be made, and what makes room.
#[component]
pub(crate) fn NoRoom(slug: String, quota: Quota) -> impl IntoView {
    let plan = format!("/w/{slug}/plan");
    let keys = format!("/w/{slug}/keys");
    let text = match quota.limit {
        0 => view! {
            <strong>{format!("API keys are not available on the {} plan.", quota.plan)}</strong>
            " " <a href=plan>"See the plans"</a> "."
        }
        .into_any(),
        limit => view! {
            <strong>{format!("All {limit} keys of the {} plan are in use.", quota.plan)}</strong>
            " " <a href=keys>"Revoke one that is no longer needed"</a> ", or " <a href=plan>"move to a larger plan"</a> "."
        }
        .into_any(),
    };
    view! { <Notice tone=Tone::Warning>{text}</Notice> }
}
