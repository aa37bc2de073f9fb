use crate::components::{Glyph, Icon};
use leptos::prelude::*;

/// The ways to the other pages of the list.
#[component]
pub(crate) fn Pager(slug: String, next: Option<String>, first: bool) -> impl IntoView {
    (next.is_some() || !first).then(|| {
        view! {
            <nav class="pager" aria-label="Pages">
                {(!first).then(|| view! {
                    <a class="button" href=format!("/w/{slug}/keys")><Icon glyph=Glyph::ArrowLeft />"First page"</a>
                })}
                {next.map(|href| view! { <a class="button" href=href>"Next page"<Icon glyph=Glyph::ArrowRight /></a> })}
            </nav>
        }
    })
}
