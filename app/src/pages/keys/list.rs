mod empty;
mod expiry_cell;
mod last_use_cell;
mod pager;
mod quota_line;
mod quota_notices;
mod revoke_cell;
mod row;
mod scope_chips;
mod table;

use crate::{components::PageHeader, islands::ConfirmDialog};
use empty::Empty;
use keywright_core::{
    Time,
    keys::{ApiKey, Quota},
    profile::Words,
};
use leptos::prelude::*;
use pager::Pager;
use quota_line::QuotaLine;
use quota_notices::QuotaNotices;
use table::Table;

/// The keys of a workspace, in the order given: those that work first.
#[component]
pub fn KeyListPage(
    /// The workspace's place in URLs.
    slug: String,
    /// The product's nouns.
    words: Words,
    /// Where the product's documents say that this page is: `["Settings", "API Keys"]`.
    menu: Vec<String>,
    /// This page of the list.
    keys: Vec<ApiKey>,
    /// How many keys there are, and may be.
    quota: Quota,
    /// Whether the viewer may create and revoke.
    can_manage: bool,
    /// The present moment.
    now: Time,
    /// The address of the next page.
    next: Option<String>,
    /// Whether this is the first page.
    first: bool,
) -> impl IntoView {
    let mut path = menu;
    let title = path.pop().unwrap_or_else(|| "API keys".to_owned());
    let lead = format!("Keys belong to this {} and act for the member who made them.", words.workspace);
    let empty = keys.is_empty() && first;
    let can_create = can_manage && quota.has_room();
    let line = view! { <QuotaLine slug=slug.clone() quota=quota.clone() can_manage /> };
    view! {
        <PageHeader title=title.clone().into_any() lead=lead.into_any() path>{line}</PageHeader>
        <QuotaNotices quota workspace=words.workspace can_manage />
        {if empty {
            view! { <Empty slug=slug.clone() can_create /> }.into_any()
        } else {
            view! { <Table slug=slug.clone() title keys can_manage now /> }.into_any()
        }}
        <Pager slug next first />
        {can_manage.then(|| view! { <ConfirmDialog /> })}
    }
    .into_any()
}
