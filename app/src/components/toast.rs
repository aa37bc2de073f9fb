use super::{Glyph, Icon};
use leptos::prelude::*;

/// What was just done. The region is on every page, so that readers know it before it speaks.
#[component]
pub(crate) fn Toast(text: Option<String>) -> impl IntoView {
    view! {
        <div class="toasts" role="status">
            {text.map(|text| view! {
                <div class="toast">
                    <Icon glyph=Glyph::Check />
                    <p dir="auto">{text}</p>
                </div>
            })}
        </div>
    }
    .into_any()
}
