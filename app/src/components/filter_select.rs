use super::{FieldMessage, described_by};
use leptos::prelude::*;

/// One of several values, or any. The element's id is the member's name.
#[component]
pub(crate) fn FilterSelect(
    /// The member's name in the query string.
    name: &'static str,
    /// What it is called.
    label: &'static str,
    /// The words for "does not narrow".
    any: &'static str,
    /// The value that is chosen; empty for any.
    chosen: String,
    /// Values and their words, in groups with a title; a group without a title stands open.
    groups: Vec<(&'static str, Vec<(String, String)>)>,
    /// What is wrong with it.
    error: Option<String>,
) -> impl IntoView {
    let described = described_by(name, false, error.is_some());
    let is_any = chosen.is_empty();
    let options = groups.into_iter().map(|(title, values)| {
        let values = values.into_iter().map(|(value, words)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{words}</option> }
        });
        let values = values.collect_view();
        if title.is_empty() {
            values.into_any()
        } else {
            view! { <optgroup label=title>{values}</optgroup> }.into_any()
        }
    });
    view! {
        <div class="filters__field">
            <label class="filters__label" for=name>{label}</label>
            <select
                class="input" id=name name=name
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described
            >
                <option value="" selected=is_any>{any}</option>
                {options.collect_view()}
            </select>
            <FieldMessage name error />
        </div>
    }
    .into_any()
}
