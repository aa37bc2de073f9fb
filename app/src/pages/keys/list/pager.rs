use super::links;
use crate::components::{Glyph, Icon};
use keywright_core::{ids::KeyId, keys::KeyQuery};
use leptos::prelude::*;

/// The ways to the other pages of the list, with the same question.
#[component]
pub(crate) fn Pager(slug: String, query: KeyQuery, next: Option<KeyId>, first: bool) -> impl IntoView {
    let start = links::list(&slug, &query, None);
    let next = next.map(|id| links::list(&slug, &query, Some(id)));
    (next.is_some() || !first).then(|| {
        view! {
            <nav class="pager" aria-label="Pages">
                {(!first).then(|| view! {
                    <a class="button" href=start><Icon glyph=Glyph::ArrowLeft />"First page"</a>
                })}
                {next.map(|href| view! { <a class="button" href=href>"Next page"<Icon glyph=Glyph::ArrowRight /></a> })}
            </nav>
        }
    })
}
