use crate::components::{FieldMessage, Notice, Tone};
use leptos::prelude::*;

/// Whether an app with a secret may leave out PKCE, and what that gives away.
#[component]
pub(crate) fn PkceChoice(optional: bool, error: Option<String>) -> impl IntoView {
    view! {
        <fieldset class="field" id="pkce_optional" tabindex="-1">
            <legend class="field__label">"PKCE"</legend>
            <FieldMessage name="pkce_optional" error />
            <label class="scope-option">
                <input type="checkbox" name="pkce_optional" value="1" checked=optional />
                <span class="stack">
                    <span class="scope-option__name">"PKCE is optional for this app"</span>
                    <span class="scope-option__words">"For libraries that cannot send a code_challenge."</span>
                </span>
            </label>
            <Notice tone=Tone::Warning>
                "Without PKCE, whoever catches a code on its way and has the client secret gets the person’s tokens. \
                 Leave it required unless your library cannot do it."
            </Notice>
        </fieldset>
    }
    .into_any()
}
