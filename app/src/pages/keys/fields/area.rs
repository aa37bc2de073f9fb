use crate::components::{FieldMessage, described_by};
use leptos::prelude::*;

/// Several lines of text that a person types, with all that belongs to them.
#[component]
pub(crate) fn Area(
    /// The name, as the form sends it.
    name: &'static str,
    /// What it is called.
    label: &'static str,
    /// What was typed.
    value: String,
    /// What helps to fill it in.
    hint: &'static str,
    /// The most characters that may be typed.
    most: u32,
    /// Whether its text is code: addresses, say.
    #[prop(optional)]
    code: bool,
    /// What is wrong with it.
    error: Option<String>,
) -> impl IntoView {
    view! {
        <div class="field">
            <label class="field__label" for=name>{label} <span class="field__optional">"Optional"</span></label>
            <p class="field__hint" id=format!("{name}-hint")>{hint}</p>
            <textarea
                class="input" class:mono=code id=name name=name rows="2" maxlength=most.to_string() autocomplete="off"
                spellcheck=code.then_some("false")
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described_by(name, true, error.is_some())
                inner_html=text_content(&value)
            ></textarea>
            <FieldMessage name error />
        </div>
    }
    .into_any()
}

/// The text as HTML. Leptos writes the children of a `textarea` as they are, so they are made safe
/// here; and the parser drops a first line break (HTML §13.2.6.4.7), so one is given to it.
fn text_content(text: &str) -> String {
    format!("\n{}", text.replace('&', "&amp;").replace('<', "&lt;"))
}
