use crate::components::{Notice, Tone};
use keywright_core::keys::Quota;
use leptos::prelude::*;

/// Why no key can be created, or none works, and what to do about it. Only what is true is said, the
/// weightiest first, and nothing twice.
#[component]
pub(crate) fn QuotaNotices(
    slug: String,
    quota: Quota,
    workspace: String,
    can_manage: bool,
    /// Said by the frame of every page already, and more than the role's limits.
    suspended: bool,
) -> impl IntoView {
    let plans = format!("/w/{slug}/plan");
    let Quota { limit, plan, api, .. } = quota.clone();
    let see_the_plans = view! { <a href=plans.clone()>"See the plans"</a> };
    let move_up = format!(" Move this {workspace} to a plan with API keys to create one. ");
    let state = match (limit, api) {
        (0, _) => Some(
            view! {
                <Notice tone=Tone::Warning>
                    <strong>{format!("API keys are not available on the {plan} plan.")}</strong>
                    {(!api).then_some(" Requests are refused, with any key.")}
                    {move_up}
                    {see_the_plans}
                </Notice>
            }
            .into_any(),
        ),
        (1.., false) => Some(
            view! {
                <Notice tone=Tone::Warning>
                    <strong>{format!("The API is off on the {plan} plan.")}</strong>
                    " Every request is refused, with any key, until the plan changes. "
                    {see_the_plans}
                </Notice>
            }
            .into_any(),
        ),
        (1.., true) => None,
    };
    let over = (quota.used > limit)
        .then(|| format!(" There are {}, from a larger plan: they go on working, but none can be added.", quota.used));
    let full = (limit > 0 && !quota.has_room()).then(|| {
        view! {
            <Notice>
                <strong>{format!("All {limit} keys of the {} plan are in use.", quota.plan)}</strong>
                {over}
                " Revoke one that is no longer needed, or " <a href=plans.clone()>"move to a larger plan"</a>
                ". Expired and revoked keys do not count."
            </Notice>
        }
    });
    let read_only = (!can_manage && !suspended).then(|| {
        view! {
            <Notice>"Your role may see keys, not create or revoke them. Ask an owner if you need one."</Notice>
        }
    });
    let silent = state.is_none() && full.is_none() && read_only.is_none();
    (!silent).then(|| view! { <div class="notices" id="key-notices">{state}{full}{read_only}</div> }.into_any())
}
