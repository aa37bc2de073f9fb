use keywright_core::{profile::Plan, words};
use leptos::prelude::*;

/// One plan: its title, and how many keys it brings.
#[component]
pub(crate) fn PlanChoice(plan: Plan, checked: bool) -> impl IntoView {
    let keys = match (plan.api, plan.keys) {
        (true, 1..) => words::plural(plan.keys.into(), "key"),
        (true, 0) | (false, _) => "API keys not available".to_owned(),
    };
    view! {
        <label class="choice">
            <input type="radio" name="plan" value=plan.name checked=checked />
            <span class="choice__title">{plan.title}</span>
            <span class="choice__note">{keys}</span>
        </label>
    }
    .into_any()
}
