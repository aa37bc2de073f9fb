use crate::components::{Glyph, Icon, described_by};
use leptos::prelude::*;

/// The addresses to which people are sent back, one a line; below, what is wrong with which of them.
#[component]
pub(crate) fn RedirectsField(
    /// What was typed.
    value: String,
    /// Whether it is said for which kinds of apps it stays empty.
    #[prop(optional)]
    any_kind: bool,
    /// What is wrong, line by line.
    errors: Vec<String>,
) -> impl IntoView {
    let wrong = !errors.is_empty();
    let described = described_by("redirect_uris", true, wrong);
    let messages = errors.into_iter().map(|error| {
        view! { <p class="field__error"><Icon glyph=Glyph::Alert />{error}</p> }
    });
    let messages = messages.collect_view();
    view! {
        <div class="field field--redirects">
            <label class="field__label" for="redirect_uris">"Redirect addresses"</label>
            <p class="field__hint" id="redirect_uris-hint">
                "One a line, each compared character by character. https, or http on the person’s own machine, where the port is free."
                {any_kind.then_some(" Devices and machines have none.")}
            </p>
            <textarea
                class="input mono" id="redirect_uris" name="redirect_uris" rows="3" maxlength="20000" autocomplete="off"
                spellcheck="false" placeholder="https://app.example.com/callback"
                aria-invalid=wrong.then_some("true")
                aria-describedby=described
                inner_html=text_content(&value)
            ></textarea>
            {wrong.then(|| view! { <div class="field__errors" id="redirect_uris-error">{messages}</div> })}
        </div>
    }
    .into_any()
}

/// The text as HTML. Leptos writes the children of a `textarea` as they are, so they are made safe
/// here; and the parser drops a first line break (HTML §13.2.6.4.7), so one is given to it.
fn text_content(text: &str) -> String {
    format!("\n{}", text.replace('&', "&amp;").replace('<', "&lt;"))
}
