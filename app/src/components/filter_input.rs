use super::{FieldMessage, described_by};
use leptos::prelude::*;

/// A value that is typed. The element's id is the member's name.
#[component]
pub(crate) fn FilterInput(
    /// The member's name in the query string.
    name: &'static str,
    /// What it is called.
    label: &'static str,
    /// What was typed.
    value: String,
    /// The kind of input: `text`, `date`.
    kind: &'static str,
    /// What is wrong with it.
    error: Option<String>,
) -> impl IntoView {
    let described = described_by(name, false, error.is_some());
    view! {
        <div class="filters__field">
            <label class="filters__label" for=name>{label}</label>
            <input
                class="input" type=kind id=name name=name value=value autocomplete="off" maxlength="80"
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described
            />
            <FieldMessage name error />
        </div>
    }
    .into_any()
}
