mod bulk_bar;
mod empty;
mod expiring_notice;
mod expiry_cell;
mod filter_bar;
mod find_form;
mod last_use_cell;
mod links;
mod owner_cell;
mod pager;
mod quota_line;
mod quota_notices;
mod revoke_cell;
mod row;
mod scope_chips;
mod table;
mod usage_bars;

use crate::{components::PageHeader, islands::ConfirmDialog};
use bulk_bar::BulkBar;
use empty::Empty;
use expiring_notice::ExpiringNotice;
use filter_bar::FilterBar;
use find_form::FindForm;
use keywright_core::{
    Time,
    error::FieldError,
    ids::KeyId,
    keys::{ApiKey, KeyQuery, Person, Quota},
    profile::Profile,
    usage::Count,
};
use leptos::prelude::*;
use pager::Pager;
use quota_line::QuotaLine;
use quota_notices::QuotaNotices;
use std::{collections::HashMap, sync::Arc};
use table::Table;

/// Keys that end before long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExpiringKeys {
    /// Within 1, 7 or 30 days.
    pub within_days: u32,
    /// How many.
    pub count: u32,
    /// When the first of them does.
    pub first: Time,
}

/// What came of looking for a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing that begins so; none if a whole key was looked for, which is never said again.
    Nothing(Option<String>),
    /// The list shows those that begin so.
    Several(String),
    /// The form was not right.
    Wrong(String),
}

/// The keys of a workspace, in the order given: those that work first.
#[component]
pub fn KeyListPage(
    /// The workspace's place in URLs.
    slug: String,
    /// The product.
    profile: Arc<Profile>,
    /// This page of the list.
    keys: Vec<ApiKey>,
    /// Their requests of late, by the day.
    days: HashMap<KeyId, Vec<Count>>,
    /// What is asked of the list.
    query: KeyQuery,
    /// What was asked and could not be understood.
    errors: Vec<FieldError>,
    /// Whose keys there are.
    owners: Vec<Person>,
    /// Keys that end before long.
    expiring: Option<ExpiringKeys>,
    /// What came of looking for a key.
    found: Option<Found>,
    /// How many keys there are, and may be.
    quota: Quota,
    /// Whether the viewer may create and change.
    can_manage: bool,
    /// Whether the workspace is suspended.
    suspended: bool,
    /// The present moment.
    now: Time,
    /// Where the next page begins.
    next: Option<KeyId>,
    /// Whether this is the first page.
    first: bool,
) -> impl IntoView {
    let mut path = profile.menu.clone();
    let title = path.pop().unwrap_or_else(|| "API keys".to_owned());
    let workspace = profile.words.workspace.clone();
    let lead = if profile.workspace_keys {
        format!("Keys belong to this {workspace}, and act for it or for one of its members.")
    } else {
        format!("Keys belong to this {workspace} and act for the member who made them.")
    };
    let asked = query.is_filtered() || found.is_some() || !errors.is_empty();
    let none = keys.is_empty() && first;
    let line = view! { <QuotaLine slug=slug.clone() quota=quota.clone() can_manage create=profile.words.create_key.clone() /> };
    let header = view! { <PageHeader title=title.clone().into_any() lead=lead.into_any() path>{line}</PageHeader> };
    let notices = view! {
        <QuotaNotices slug=slug.clone() quota=quota.clone() workspace=workspace.clone() can_manage suspended />
        <ExpiringNotice slug=slug.clone() expiring=expiring.filter(|_| !asked) now />
    };
    if none && !asked {
        let can_create = can_manage && quota.has_room();
        return view! { {header}{notices}<Empty slug can_create /> }.into_any();
    }
    let several = matches!(found, Some(Found::Several(_)));
    view! {
        {header}
        {notices}
        <FilterBar slug=slug.clone() query=query.clone() errors owners profile=Arc::clone(&profile) />
        <FindForm slug=slug.clone() key=profile.key.clone() workspace found />
        <p class="find__title"><a href=format!("/w/{slug}/refusals")>"Why was a request refused?"</a></p>
        {if none {
            view! { <NoMatch slug=slug.clone() filtered=query.is_filtered() /> }.into_any()
        } else {
            view! { <Table slug=slug.clone() title keys days profile can_manage now /> }.into_any()
        }}
        {(can_manage && !none).then(|| view! { <BulkBar slug=slug.clone() /> })}
        {(!several).then(|| view! { <Pager slug query next first /> })}
        {can_manage.then(|| view! { <ConfirmDialog /> })}
    }
    .into_any()
}

/// Nothing fits what was asked.
#[component]
fn NoMatch(slug: String, filtered: bool) -> impl IntoView {
    view! {
        <div class="card empty empty-line">
            <p>{if filtered { "No key matches." } else { "No key to show." }}</p>
            <p><a href=format!("/w/{slug}/keys")>"Show all keys"</a></p>
        </div>
    }
    .into_any()
}
