mod facts;
mod history;
mod scope_list;

use super::ScopeChoice;
use crate::{
    components::{PageHeader, StatusBadge},
    islands::ConfirmDialog,
};
use facts::Facts;
use history::History;
use keywright_core::{
    Time,
    audit::AuditEntry,
    keys::{ApiKey, KeyStatus},
};
use leptos::prelude::*;
use scope_list::ScopeList;

/// One key: how it stands, what it may do, what became of it.
#[component]
pub fn KeyPage(
    /// The workspace's place in URLs.
    slug: String,
    /// The key.
    key: ApiKey,
    /// Its scopes in words; `allowed` says whether its owner's role still covers them.
    scopes: Vec<ScopeChoice>,
    /// What was done to it, newest first.
    history: Vec<AuditEntry>,
    /// Whether the viewer may revoke it.
    can_manage: bool,
    /// The present moment.
    now: Time,
) -> impl IntoView {
    let status = key.status(now);
    let revocable = can_manage && matches!(status, KeyStatus::Active | KeyStatus::Disabled);
    let revoke = format!("/w/{slug}/keys/{}/revoke", key.id);
    let label = key.label.clone();
    let title = view! { <bdi>{label}</bdi> " " <StatusBadge status /> };
    view! {
        <PageHeader
            title=title.into_any()
            lead=view! { <code class="masked">{key.masked()}</code> }.into_any()
            up=("Keys".to_owned(), format!("/w/{slug}/keys"))
        >
            {revocable.then(|| view! { <a class="button button--danger" href=revoke data-confirm="">"Revoke"</a> })}
        </PageHeader>
        <section class="card section" aria-labelledby="details-title">
            <h2 id="details-title">"Details"</h2>
            <Facts key now />
        </section>
        <ScopeList scopes />
        <History entries=history now />
        {revocable.then(|| view! { <ConfirmDialog /> })}
    }
    .into_any()
}
