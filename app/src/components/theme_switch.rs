use super::{Glyph, Icon};
use crate::Theme;
use leptos::prelude::*;

/// Three buttons of an ordinary form; the server keeps the choice in a cookie.
#[component]
pub(crate) fn ThemeSwitch(
    /// The choice as it is.
    theme: Theme,
    /// Where to return to.
    path: String,
) -> impl IntoView {
    let buttons = Theme::ALL.map(|choice| {
        let glyph = match choice {
            Theme::System => Glyph::Monitor,
            Theme::Light => Glyph::Sun,
            Theme::Dark => Glyph::Moon,
        };
        let pressed = if choice == theme { "true" } else { "false" };
        view! {
            <button class="segments__item" name="theme" value=choice.as_str() aria-pressed=pressed title=choice.title()>
                <Icon glyph />
                <span class="unseen">{choice.title()}</span>
            </button>
        }
    });
    view! {
        <form class="theme" method="post" action="/theme">
            <input type="hidden" name="next" value=path />
            <span class="theme__label" id="theme-label">"Theme"</span>
            <div class="segments" role="group" aria-labelledby="theme-label">{buttons.collect_view()}</div>
        </form>
    }
    .into_any()
}
