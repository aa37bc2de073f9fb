use crate::components::{Glyph, Icon};
use keywright_core::apps::App;
use leptos::prelude::*;

/// What can be done with the app. In a narrow window all but the first two are in a menu: the style
/// sheet shows one of the two sets.
#[component]
pub(crate) fn Actions(here: String, app: App) -> impl IntoView {
    let disabled = app.disabled_at.is_some();
    let rotate = app.secret.as_ref().is_some_and(|secret| secret.retiring.is_none());
    let version = app.version;
    view! {
        <div class="actions">
            <a class="button" href=format!("{here}/edit")>"Edit"</a>
            {rotate.then(|| view! { <a class="button" href=format!("{here}/rotate")>"Rotate secret"</a> })}
            <div class="actions__rest">
                <Switch here=here.clone() version disabled class="button" />
                <a class="button button--danger" href=format!("{here}/delete") data-confirm="">"Delete"</a>
            </div>
            <details class="actions__more">
                <summary class="button"><Icon glyph=Glyph::More /><span class="unseen">"More"</span></summary>
                <div class="actions__menu">
                    <Switch here=here.clone() version disabled class="menu__item" />
                    <a class="menu__item menu__item--danger" href=format!("{here}/delete") data-confirm="">"Delete"</a>
                </div>
            </details>
        </div>
    }
    .into_any()
}

/// Off or on, by one click: either is undone by the other.
#[component]
fn Switch(here: String, version: i64, disabled: bool, class: &'static str) -> impl IntoView {
    let (action, words) = if disabled { ("enable", "Enable") } else { ("disable", "Disable") };
    view! {
        <form method="post" action=format!("{here}/{action}")>
            <input type="hidden" name="version" value=version.to_string() />
            <button class=class>{words}</button>
        </form>
    }
    .into_any()
}
