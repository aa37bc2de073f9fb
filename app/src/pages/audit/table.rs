use super::entry_row::EntryRow;
use crate::components::ListTable;
use keywright_core::{Time, audit::AuditEntry};
use leptos::prelude::*;

/// The entries, newest first.
#[component]
pub(crate) fn Table(entries: Vec<AuditEntry>, now: Time) -> impl IntoView {
    let rows = entries.into_iter().map(|entry| view! { <EntryRow entry now /> }).collect_view();
    view! {
        <ListTable
            look="table--audit"
            caption="Audit log, newest first"
            columns=vec!["When", "Who", "What", "Details", "From"]
        >
            {rows}
        </ListTable>
    }
    .into_any()
}
