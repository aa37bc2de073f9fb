use super::{Glyph, Icon};
use leptos::prelude::*;

/// The ways to the other pages of a list whose latest rows come first, through the same filter.
#[component]
pub(crate) fn Pager(
    /// The list's address.
    address: String,
    /// What narrows it, as a query string; may be empty.
    query: String,
    /// What the list is of: "entries".
    noun: &'static str,
    /// Whether this is the first page.
    first: bool,
    /// Where the next page begins.
    next: Option<String>,
) -> impl IntoView {
    let latest = with_query(&address, &query);
    let older = next.map(|cursor| {
        let join = if query.is_empty() { '?' } else { '&' };
        format!("{latest}{join}cursor={cursor}")
    });
    (older.is_some() || !first).then(|| {
        view! {
            <nav class="pager" aria-label="Pages">
                {(!first).then(|| view! {
                    <a class="button" href=latest><Icon glyph=Glyph::ArrowLeft />{format!("Latest {noun}")}</a>
                })}
                {older.map(|href| view! {
                    <a class="button" href=href>{format!("Older {noun}")}<Icon glyph=Glyph::ArrowRight /></a>
                })}
            </nav>
        }
        .into_any()
    })
}

/// The address, narrowed.
pub(crate) fn with_query(address: &str, query: &str) -> String {
    if query.is_empty() { address.to_owned() } else { format!("{address}?{query}") }
}
