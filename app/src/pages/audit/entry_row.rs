use super::entry_words;
use crate::components::{Badge, Moment, Tone};
use keywright_core::{Time, audit::AuditEntry, words};
use leptos::prelude::*;

/// One line of the log.
#[component]
pub(crate) fn EntryRow(entry: AuditEntry, now: Time) -> impl IntoView {
    let sentence = entry_words::sentence(&entry);
    let refused = entry.refused.as_deref().map(entry_words::reason).map(str::to_owned);
    let (who, via) = (entry_words::who(&entry), entry_words::via(&entry));
    let changed = !entry.changes.is_empty();
    let changes = entry.changes.iter().map(entry_words::change).map(|(what, value)| {
        view! {
            <li>
                <span class="changes__what">{what}</span>
                " "
                <bdi>{value}</bdi>
            </li>
        }
    });
    view! {
        <tr role="row">
            <td role="cell" data-label="When" class="cell--nowrap">
                <Moment at=entry.at text=words::ago(entry.at, now) />
            </td>
            <td role="cell" data-label="Who">
                <bdi>{who}</bdi>
            </td>
            <td role="cell" data-label="What">
                <span class="stack">
                    <span>
                        {sentence}
                        {refused.is_some().then(|| view! { " " <Badge tone=Tone::Danger text="Refused" /> })}
                    </span>
                    {entry.subject.map(|subject| view! { <bdi class="quiet">{subject}</bdi> })}
                </span>
            </td>
            <td role="cell" data-label="Details">
                {refused.map(|reason| view! { <span class="quiet">{capitalised(&reason)}</span> })}
                {changed.then(|| view! { <ul class="changes">{changes.collect_view()}</ul> })}
            </td>
            <td role="cell" data-label="From" class="quiet" title=entry.user_agent>
                <span class="stack">
                    <span>{entry.address.unwrap_or_else(|| "–".to_owned())}</span>
                    {via.map(|via| view! { <span class="quiet cell--nowrap" title=entry.via>{via}</span> })}
                </span>
            </td>
        </tr>
    }
    .into_any()
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
