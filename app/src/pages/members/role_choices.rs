use crate::components::FieldMessage;
use leptos::prelude::*;

/// A role that can be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleChoice {
    /// Its name, as the form sends it.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What it may do, in a few words.
    pub note: String,
}

/// One of the roles, from the most to the least powerful.
#[component]
pub(crate) fn RoleChoices(roles: Vec<RoleChoice>, chosen: String, error: Option<String>) -> impl IntoView {
    let described = error.is_some().then_some("role-error");
    let options = roles.into_iter().map(|role| {
        let checked = role.name == chosen;
        view! {
            <label class="choice">
                <input type="radio" name="role" value=role.name checked=checked />
                <span class="choice__title">{role.title}</span>
                <span class="choice__note">{role.note}</span>
            </label>
        }
    });
    view! {
        <fieldset class="field" id="role" tabindex="-1" aria-describedby=described>
            <legend class="field__label">"Role"</legend>
            <FieldMessage name="role" error />
            <div class="choices">{options.collect_view()}</div>
        </fieldset>
    }
    .into_any()
}
