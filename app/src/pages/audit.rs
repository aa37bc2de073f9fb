//! `/w/{slug}/audit`: who did what, when and from where.

mod entry_row;
pub(crate) mod entry_words;
mod filter_bar;
mod nothing;
mod table;

use crate::components::{ErrorSummary, Glyph, Icon, PageHeader, Pager, with_query};
use filter_bar::FilterBar;
use keywright_core::{
    Time,
    audit::{AuditEntry, AuditFilter, AuditForm, Person},
    error::FieldError,
    ids::AuditId,
};
use leptos::prelude::*;
use nothing::Nothing;
use table::Table;

/// The fields of the filter that say themselves what is wrong with them.
const FIELDS: &[&str] = &AuditFilter::NAMES;

/// The log of a workspace, newest first.
#[component]
pub fn AuditPage(
    /// The workspace's place in URLs.
    slug: String,
    /// The filter as it was typed.
    form: AuditForm,
    /// The filter that the entries passed.
    filter: AuditFilter,
    /// What is wrong with the filter.
    errors: Vec<FieldError>,
    /// Whose entries can be asked for.
    people: Vec<Person>,
    /// This page of the log.
    entries: Vec<AuditEntry>,
    /// Whether this is the first page.
    first: bool,
    /// Where the next page begins.
    next: Option<AuditId>,
    /// The present moment.
    now: Time,
) -> impl IntoView {
    let address = format!("/w/{slug}/audit");
    let query = filter.query();
    let export = |kind: &str| with_query(&format!("{address}/export.{kind}"), &query);
    let (csv, json_lines) = (export("csv"), export("jsonl"));
    let faulty = !errors.is_empty();
    let narrowed = !query.is_empty();
    view! {
        <PageHeader
            title="Audit log".into_any()
            lead="Every change, and every attempt that was refused. Nothing here can be edited or removed.".into_any()
        >
            {(!faulty).then(|| view! {
                <a class="button" href=csv download=""><Icon glyph=Glyph::Download />"Export CSV"</a>
                <a class="button" href=json_lines download=""><Icon glyph=Glyph::Download />"Export JSON Lines"</a>
            })}
        </PageHeader>
        <ErrorSummary errors=errors.clone() fields=FIELDS />
        <FilterBar slug=slug.clone() form filter errors people />
        {if faulty {
            ().into_any()
        } else if entries.is_empty() {
            view! { <Nothing slug narrowed first /> }.into_any()
        } else {
            view! { <Table entries now /> }.into_any()
        }}
        <Pager address query noun="entries" first next=next.map(|id| id.to_string()) />
    }
    .into_any()
}
