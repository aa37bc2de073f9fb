//! `/w/{slug}/audit`: who did what, when and from where.

use crate::components::{Glyph, Icon, PageHeader};
use entry_row::EntryRow;
use keywright_core::{Time, audit::AuditEntry};
use leptos::prelude::*;

mod entry_row;
pub(crate) mod entry_words;

/// The log of a workspace, newest first.
#[component]
pub fn AuditPage(
    /// The workspace's place in URLs.
    slug: String,
    /// This page of the log.
    entries: Vec<AuditEntry>,
    /// The address of the next page.
    next: Option<String>,
    /// The present moment.
    now: Time,
) -> impl IntoView {
    let empty = entries.is_empty();
    let rows = entries.into_iter().map(|entry| view! { <EntryRow entry now /> });
    view! {
        <PageHeader
            title="Audit log".into_any()
            lead="Every change, and every attempt that was refused. Nothing here can be edited or removed.".into_any()
        />
        {if empty {
            view! {
                <p class="card empty-line">
                    "Nothing has happened here yet. " <a href=format!("/w/{slug}/keys")>"Go to the keys"</a>
                </p>
            }.into_any()
        } else {
            view! {
                <div class="card card--table">
                    <table class="table table--audit" role="table">
                        <caption class="unseen">"Audit log, newest first"</caption>
                        <thead role="rowgroup">
                            <tr role="row">
                                <th role="columnheader" scope="col">"When"</th>
                                <th role="columnheader" scope="col">"Who"</th>
                                <th role="columnheader" scope="col">"What"</th>
                                <th role="columnheader" scope="col">"Details"</th>
                                <th role="columnheader" scope="col">"From"</th>
                            </tr>
                        </thead>
                        <tbody role="rowgroup">{rows.collect_view()}</tbody>
                    </table>
                </div>
            }.into_any()
        }}
        {next.map(|href| view! {
            <nav class="pager" aria-label="Pages">
                <a class="button" href=href>"Older entries" <Icon glyph=Glyph::ArrowRight /></a>
            </nav>
        })}
    }
    .into_any()
}
