use super::with_query;
use crate::components::{Glyph, Icon};
use keywright_core::ids::AuditId;
use leptos::prelude::*;

/// The ways to the other pages of the log, through the same filter.
#[component]
pub(crate) fn Pager(address: String, query: String, first: bool, next: Option<AuditId>) -> impl IntoView {
    let latest = with_query(&address, &query);
    let older = next.map(|id| {
        let join = if query.is_empty() { '?' } else { '&' };
        format!("{latest}{join}cursor={id}")
    });
    (older.is_some() || !first).then(|| {
        view! {
            <nav class="pager" aria-label="Pages">
                {(!first).then(|| view! {
                    <a class="button" href=latest><Icon glyph=Glyph::ArrowLeft />"Latest entries"</a>
                })}
                {older.map(|href| view! {
                    <a class="button" href=href>"Older entries"<Icon glyph=Glyph::ArrowRight /></a>
                })}
            </nav>
        }
        .into_any()
    })
}
