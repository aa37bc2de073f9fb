use crate::components::{Notice, Tone};
use keywright_core::keys::Quota;
use leptos::prelude::*;

/// Why no key can be created, or none works, and what to do about it.
#[component]
pub(crate) fn QuotaNotices(quota: Quota, workspace: String, can_manage: bool) -> impl IntoView {
    let plan = quota.plan.clone();
    let api_off = (!quota.api).then(|| {
        view! {
            <Notice tone=Tone::Warning>
                <strong>{format!("The API is off on the {plan} plan.")}</strong>
                " Every request is refused, with any key, until the plan changes."
            </Notice>
        }
    });
    let full = (quota.limit > 0 && !quota.has_room()).then(|| {
        let text = format!("All {} keys of the {} plan are in use.", quota.limit, quota.plan);
        view! {
            <Notice>
                <strong>{text}</strong>
                " Revoke one that is no longer needed, or move to a larger plan. Expired and revoked keys do not count."
            </Notice>
        }
    });
    let none = (quota.limit == 0).then(|| {
        let text = format!("API keys are not available on the {} plan.", quota.plan);
        let advice = format!(" Move this {} to a plan with API keys to create one.", workspace);
        view! { <Notice><strong>{text}</strong>{advice}</Notice> }
    });
    let read_only = (!can_manage).then(|| {
        view! { <Notice>"Your role may see keys, not create or revoke them. Ask an owner if you need one."</Notice> }
    });
    view! { <div class="notices" id="key-notices">{api_off}{none}{full}{read_only}</div> }
}
