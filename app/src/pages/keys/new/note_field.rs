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
            >{value}</textarea>
            <FieldMessage name="note" error />
        </div>
    }
}
