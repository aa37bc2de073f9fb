use crate::components::{Glyph, Icon, Standing};
use keywright_core::ids::KeyId;
use leptos::prelude::*;

/// What can be done with the key. In a narrow window all but the first two are in a menu: the style
/// sheet shows one of the two sets.
#[component]
pub(crate) fn Actions(slug: String, id: KeyId, version: i64, standing: Standing) -> impl IntoView {
    let here = format!("/w/{slug}/keys/{id}");
    let like = format!("/w/{slug}/keys/new?like={id}");
    if standing.is_over() {
        return view! { <a class="button" href=like>"Make one like this"</a> }.into_any();
    }
    let rotate = match standing {
        Standing::Rotating => None,
        Standing::Active | Standing::Disabled | Standing::EndsSoon | Standing::Expired | Standing::Revoked => {
            Some(view! { <a class="button" href=format!("{here}/rotate")>"Rotate"</a> })
        }
    };
    view! {
        <div class="actions">
            <a class="button" href=format!("{here}/edit")>"Edit"</a>
            {rotate}
            <div class="actions__rest">
                <Switch here=here.clone() version standing class="button" />
                <a class="button" href=like.clone()>"Make one like this"</a>
                <a class="button button--danger" href=format!("{here}/revoke") data-confirm="">"Revoke"</a>
            </div>
            <details class="actions__more">
                <summary class="button"><Icon glyph=Glyph::More /><span class="unseen">"More"</span></summary>
                <div class="actions__menu">
                    <Switch here=here.clone() version standing class="menu__item" />
                    <a class="menu__item" href=like>"Make one like this"</a>
                    <a class="menu__item menu__item--danger" href=format!("{here}/revoke") data-confirm="">"Revoke"</a>
                </div>
            </details>
        </div>
    }
    .into_any()
}

/// Off or on, by one click: either is undone by the other.
#[component]
fn Switch(here: String, version: i64, standing: Standing, class: &'static str) -> impl IntoView {
    let (action, words) = match standing {
        Standing::Disabled => ("enable", "Enable"),
        Standing::Active | Standing::Rotating | Standing::EndsSoon | Standing::Expired | Standing::Revoked => {
            ("disable", "Disable")
        }
    };
    view! {
        <form method="post" action=format!("{here}/{action}")>
            <input type="hidden" name="version" value=version.to_string() />
            <button class=class>{words}</button>
        </form>
    }
    .into_any()
}
