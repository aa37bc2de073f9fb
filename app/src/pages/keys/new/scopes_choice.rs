use super::scope_option::ScopeOption;
use crate::{
    components::{FieldMessage, described_by},
    pages::keys::ScopeGroup,
};
use leptos::prelude::*;

/// What the key may do, under the profile's headings.
#[component]
pub(crate) fn ScopesChoice(
    groups: Vec<ScopeGroup>,
    chosen: Vec<String>,
    role_title: String,
    error: Option<String>,
) -> impl IntoView {
    let described = described_by("scopes", true, error.is_some());
    let beyond = groups.iter().flat_map(|group| &group.scopes).any(|scope| !scope.allowed);
    let groups = groups.into_iter().map(|group| {
        let options = group.scopes.into_iter().map(|scope| {
            let checked = chosen.contains(&scope.name);
            view! { <ScopeOption scope checked role_title=role_title.clone() /> }
        });
        view! {
            <fieldset class="scope-group">
                <legend class="scope-group__title">{group.title}</legend>
                {options.collect_view()}
            </fieldset>
        }
    });
    view! {
        <fieldset class="field" id="scopes" tabindex="-1" aria-describedby=described>
            <legend class="field__label">"Scopes"</legend>
            <p class="field__hint" id="scopes-hint">
                "What the key may do. Choose only what its program needs."
                {beyond.then_some(" A key never reaches further than your own role.")}
            </p>
            <FieldMessage name="scopes" error />
            <div class="scope-groups">{groups.collect_view()}</div>
        </fieldset>
    }
    .into_any()
}
