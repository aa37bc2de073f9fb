use crate::pages::keys::ScopeChoice;
use leptos::prelude::*;

/// One scope to tick. What the role does not include is shown all the same, with the reason.
#[component]
pub(crate) fn ScopeOption(scope: ScopeChoice, checked: bool, role_title: String) -> impl IntoView {
    let reason = (!scope.allowed).then(|| format!("Your role ({role_title}) does not include this."));
    view! {
        <label class="scope-option">
            <input type="checkbox" name="scopes" value=scope.name.clone() checked={checked && scope.allowed} disabled=!scope.allowed />
            <span class="stack">
                <code class="scope-option__name">{scope.name}</code>
                <span class="scope-option__words">{scope.description}</span>
                {reason.map(|reason| view! { <span class="scope-option__reason">{reason}</span> })}
            </span>
        </label>
    }
    .into_any()
}
