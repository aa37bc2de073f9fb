use crate::components::FieldMessage;
use keywright_core::profile::Words;
use leptos::prelude::*;

/// Whose key it will be: what it can do, and what ends it, depends on that.
#[component]
pub(crate) fn OwnerChoice(words: Words, chosen: String, error: Option<String>) -> impl IntoView {
    let of_workspace = chosen.trim() == "workspace";
    let workspace = words.workspace;
    view! {
        <fieldset class="field" id="owner" tabindex="-1">
            <legend class="field__label">"Owner"</legend>
            <FieldMessage name="owner" error />
            <div class="choices">
                <label class="choice">
                    <input type="radio" name="owner" value="member" checked=!of_workspace />
                    <span class="choice__title">"Mine"</span>
                    <span class="choice__note">"It can do what my role can, and stops when I leave"</span>
                </label>
                <label class="choice">
                    <input type="radio" name="owner" value="workspace" checked=of_workspace />
                    <span class="choice__title">{format!("The {workspace}’s")}</span>
                    <span class="choice__note">"It outlives people"</span>
                </label>
            </div>
        </fieldset>
    }
    .into_any()
}
