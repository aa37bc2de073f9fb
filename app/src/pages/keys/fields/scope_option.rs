use crate::pages::keys::scopes::ScopeChoice;
use leptos::prelude::*;

/// One scope to tick. What cannot be chosen is shown all the same, with the reason.
#[component]
pub(crate) fn ScopeOption(scope: ScopeChoice, checked: bool) -> impl IntoView {
    let name = match scope.title {
        Some(title) => view! { <span class="scope-option__name">{title}</span> }.into_any(),
        None => view! { <code class="scope-option__name">{scope.name.clone()}</code> }.into_any(),
    };
    view! {
        <label class="scope-option">
            <input
                type="checkbox" name="scopes" value=scope.name
                checked={checked && !scope.barred} disabled=scope.barred
                data-read-only=scope.read_only.then_some("")
            />
            <span class="stack">
                {name}
                <span class="scope-option__words">{scope.description}</span>
                {scope.remark.map(|remark| view! { <span class="scope-option__reason">{remark}</span> })}
            </span>
        </label>
    }
    .into_any()
}
