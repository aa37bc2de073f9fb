use crate::components::FieldMessage;
use keywright_core::apps::AppKind;
use leptos::prelude::*;

/// Where the app runs, which decides whether it gets a secret. It stays what it is.
#[component]
pub(crate) fn KindChoice(chosen: String, error: Option<String>) -> impl IntoView {
    let option = move |kind: AppKind| {
        let note = match kind {
            AppKind::Server => "It keeps a secret; people allow it in their browser",
            AppKind::Public => "A website’s script, a desktop or mobile app: no secret, always PKCE",
            AppKind::Device => "A television, a command line: people type a code elsewhere",
            AppKind::Machine => "It keeps a secret and acts for itself, within your role",
        };
        view! {
            <label class="choice">
                <input type="radio" name="kind" value=kind.code() checked={chosen == kind.code()} />
                <span class="choice__title">{kind.title()}</span>
                <span class="choice__note">{note}</span>
            </label>
        }
        .into_any()
    };
    let options = AppKind::ALL.iter().map(|(kind, _)| option(*kind)).collect_view();
    view! {
        <fieldset class="field" id="kind" tabindex="-1">
            <legend class="field__label">"Where does the app run?"</legend>
            <FieldMessage name="kind" error />
            <div class="choices">{options}</div>
        </fieldset>
    }
    .into_any()
}
