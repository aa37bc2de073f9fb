use crate::components::{Notice, Tone};
use keywright_core::keys::Quota;
use leptos::prelude::*;

/// Why no key can be created, or none works, and what to do about it. Only what is true is said, the
/// weightiest first, and nothing twice.
#[component]
pub(crate) fn QuotaNotices(quota: Quota, workspace: String, can_manage: bool) -> impl IntoView {
    let Quota { limit, plan, api, .. } = quota.clone();
    let state = match (limit, api) {
        (0, _) => Some(
            view! {
                <Notice tone=Tone::Warning>
                    <strong>{format!("API keys are not available on the {plan} plan.")}</strong>
                    {(!api).then_some(" Requests are refused, with any key.")}
                    {format!(" Move this {workspace} to a plan with API keys to create one.")}
                </Notice>
            }
            .into_any(),
        ),
        (1.., false) => Some(
            view! {
                <Notice tone=Tone::Warning>
                    <strong>{format!("The API is off on the {plan} plan.")}</strong>
                    " Every request is refused, with any key, until the plan changes."
                </Notice>
            }
            .into_any(),
        ),
        (1.., true) => None,
    };
    let full = (limit > 0 && !quota.has_room()).then(|| {
        view! {
            <Notice>
                <strong>{format!("All {limit} keys of the {} plan are in use.", quota.plan)}</strong>
                " Revoke one that is no longer needed, or move to a larger plan. Expired and revoked keys do not count."
            </Notice>
        }
    });
    let read_only = (!can_manage).then(|| {
        view! {
            <Notice>"Your role may see keys, not create or revoke them. Ask an owner if you need one."</Notice>
        }
    });
    let silent = state.is_none() && full.is_none() && read_only.is_none();
    (!silent).then(|| view! { <div class="notices" id="key-notices">{state}{full}{read_only}</div> }.into_any())
}
