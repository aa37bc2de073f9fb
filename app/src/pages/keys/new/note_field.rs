use crate::components::{FieldMessage, described_by};
use leptos::prelude::*;

/// What whoever finds the key later should know.
#[component]
pub(crate) fn NoteField(value: String, error: Option<String>) -> impl IntoView {
    view! {
        <div class="field">
            <label class="field__label" for="note">"Note" <span class="field__optional">"Optional"</span></label>
            <p class="field__hint" id="note-hint">"Who to ask about it, or how to replace it. Never the secret."</p>
            <textarea
                class="input" id="note" name="note" rows="2" maxlength="500" autocomplete="off"
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described_by("note", true, error.is_some())
                inner_html=text_content(&value)
            ></textarea>
            <FieldMessage name="note" error />
        </div>
    }
    .into_any()
}

/// The text as HTML. Leptos writes the children of a `textarea` as they are, so they are made safe
/// here; and the parser drops a first line break (HTML §13.2.6.4.7), so one is given to it.
fn text_content(text: &str) -> String {
    format!("\n{}", text.replace('&', "&amp;").replace('<', "&lt;"))
}
