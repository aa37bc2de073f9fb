use super::{Glyph, Icon, Tone};
use leptos::prelude::*;

/// A sentence or two that change what a person can do on this page.
#[component]
pub(crate) fn Notice(#[prop(optional)] tone: Tone, children: Children) -> impl IntoView {
    let glyph = match tone {
        Tone::Plain => Glyph::Info,
        Tone::Good => Glyph::Check,
        Tone::Warning | Tone::Danger => Glyph::Alert,
    };
    view! {
        <div class=format!("notice notice--{}", tone.as_str())>
            <Icon glyph />
            <div class="notice__text">{children()}</div>
        </div>
    }
    .into_any()
}
