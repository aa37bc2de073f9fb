use crate::{
    components::{Badge, Moment, Tone},
    pages::audit::entry_words,
};
use keywright_core::{Time, audit::AuditEntry, words};
use leptos::prelude::*;

/// What was done to a key, newest first; nothing to whoever may not read the log.
#[component]
pub(crate) fn History(entries: Vec<AuditEntry>, now: Time) -> impl IntoView {
    let items = entries.into_iter().map(|entry| {
        let sentence = entry_words::sentence(&entry);
        let who = entry_words::who(&entry);
        // What a new key was given stands above; here is what became of it.
        let changes = entry.changes.iter().filter(|change| change.from.is_some()).map(entry_words::change);
        let changes = changes.map(|(what, value)| {
            view! { <span><span class="changes__what">{what}</span>" "<bdi>{value}</bdi></span> }
        });
        let changes = changes.collect_view();
        view! {
            <li class="rows__item">
                <span class="stack">
                    <span>
                        {sentence}
                        {entry.refused.is_some().then(|| view! { " " <Badge tone=Tone::Danger text="Refused" /> })}
                    </span>
                    {(!changes.is_empty()).then(|| view! { <span class="changes">{changes}</span> })}
                    <span class="quiet">
                        <bdi>{who}</bdi>
                        {entry.address.map(|address| view! { " · " <span class="mono">{address}</span> })}
                    </span>
                </span>
                <span class="quiet"><Moment at=entry.at text=words::ago(entry.at, now) /></span>
            </li>
        }
    });
    let items = items.collect_view();
    (!items.is_empty()).then(|| {
        view! {
            <section class="card section" aria-labelledby="history-title">
                <h2 id="history-title">"History"</h2>
                <ul class="rows">{items}</ul>
            </section>
        }
        .into_any()
    })
}
