use super::entry_row::EntryRow;
use keywright_core::{Time, audit::AuditEntry};
use leptos::prelude::*;

/// The entries, newest first.
#[component]
pub(crate) fn Table(entries: Vec<AuditEntry>, now: Time) -> impl IntoView {
    let rows = entries.into_iter().map(|entry| view! { <EntryRow entry now /> });
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
    }
    .into_any()
}
