use super::{Glyph, Icon};
use keywright_core::error::FieldError;
use leptos::prelude::*;

/// A line of text that a person types, with all that belongs to it. The element's id is the field's name.
#[component]
pub(crate) fn Field(
    /// The name, as the form sends it.
    name: &'static str,
    /// What it is called.
    #[prop(into)]
    label: String,
    /// What was typed.
    #[prop(optional, into)]
    value: String,
    /// The kind of input; text unless said otherwise.
    #[prop(default = "text")]
    kind: &'static str,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: String,
    /// What the browser may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// The most characters that may be typed.
    #[prop(default = 254)]
    most: u32,
    /// Whether it may stay empty.
    #[prop(optional)]
    optional: bool,
    /// Whether it has the focus when the page opens.
    #[prop(optional)]
    autofocus: bool,
    /// What is wrong with it.
    #[prop(optional_no_strip)]
    error: Option<String>,
) -> impl IntoView {
    let described = described_by(name, !hint.is_empty(), error.is_some());
    view! {
        <div class="field">
            <label class="field__label" for=name>
                {label}
                {optional.then(|| view! { <span class="field__optional">"Optional"</span> })}
            </label>
            {(!hint.is_empty()).then(|| view! { <p class="field__hint" id=format!("{name}-hint")>{hint}</p> })}
            <input
                class="input"
                type=kind
                id=name
                name=name
                value=value
                autocomplete=autocomplete
                maxlength=most.to_string()
                required=!optional
                autofocus=autofocus
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described
            />
            <FieldMessage name error />
        </div>
    }
    .into_any()
}

/// What is wrong with a field, under it.
#[component]
pub(crate) fn FieldMessage(name: &'static str, error: Option<String>) -> impl IntoView {
    error.map(|error| {
        view! {
            <p class="field__error" id=format!("{name}-error")>
                <Icon glyph=Glyph::Alert />
                {error}
            </p>
        }
    })
}

/// What is wrong with the field of this name, if anything.
pub(crate) fn message_for(errors: &[FieldError], name: &str) -> Option<String> {
    errors.iter().find(|error| error.field == name).map(|error| error.message.clone())
}

/// The ids of what explains a field, for `aria-describedby`.
pub(crate) fn described_by(name: &str, hint: bool, error: bool) -> Option<String> {
    let ids = [(hint, "hint"), (error, "error")];
    let ids: Vec<String> = ids.iter().filter(|(is, _)| *is).map(|(_, kind)| format!("{name}-{kind}")).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}
