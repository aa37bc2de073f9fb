//! `/w/{slug}/refusals`: which requests were refused, and why.

mod filter_bar;
mod find_form;
mod links;
mod show;
mod table;
#[cfg(test)]
mod tests;

use crate::components::{ErrorSummary, PageHeader, Pager};
use filter_bar::FilterBar;
use find_form::FindForm;
use keywright_core::{
    Time,
    error::FieldError,
    ids::{KeyId, RefusalId},
    profile::Profile,
    refusals::{Listed, RefusalQuery},
};
use leptos::prelude::*;
pub use links::fix_link;
pub use show::{RefusalPage, RefusalPageProps};
use std::sync::Arc;
use table::Table;

/// The fields of the filter that say themselves what is wrong with them.
const FIELDS: &[&str] = &["key", "reason"];

/// What came of looking for a request, or for a key's requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sought {
    /// No such request, nor a key.
    Nothing,
    /// These keys begin so: their ids and labels.
    Several(Vec<(KeyId, String)>),
    /// The form was not right.
    Wrong(String),
}

/// The refused requests of a workspace, the latest first.
#[component]
pub fn RefusalsPage(
    /// The workspace's place in URLs.
    slug: String,
    /// The product.
    profile: Arc<Profile>,
    /// By what the list is narrowed.
    query: RefusalQuery,
    /// What was asked and could not be understood.
    errors: Vec<FieldError>,
    /// The keys whose requests can be asked for: their ids and labels.
    keys: Vec<(KeyId, String)>,
    /// This page of the list.
    requests: Vec<Listed>,
    /// What came of looking for one.
    sought: Option<Sought>,
    /// Whether this is the first page.
    first: bool,
    /// Where the next page begins.
    next: Option<RefusalId>,
    /// The present moment.
    now: Time,
) -> impl IntoView {
    let address = format!("/w/{slug}/refusals");
    let narrowed = query != RefusalQuery::default();
    let faulty = !errors.is_empty();
    let lead = "Requests of the last 7 days that brought a key of yours and were refused, with what the gate saw.";
    let listed = if faulty {
        ().into_any()
    } else if requests.is_empty() {
        view! { <Nothing slug=slug.clone() narrowed first /> }.into_any()
    } else {
        view! { <Table slug=slug.clone() requests profile=Arc::clone(&profile) now /> }.into_any()
    };
    view! {
        <PageHeader
            title="Why was this refused?".into_any()
            lead=lead.into_any()
            up=("Keys".to_owned(), format!("/w/{slug}/keys"))
        />
        <ErrorSummary errors=errors.clone() fields=FIELDS />
        <FindForm slug=slug.clone() key=profile.key.clone() sought />
        <FilterBar slug query errors keys />
        {listed}
        <Pager address query=query.query_without("") noun="requests" first next=next.map(|id| id.to_string()) />
    }
    .into_any()
}

/// No requests: because none was refused, or because of the filter.
#[component]
fn Nothing(slug: String, narrowed: bool, first: bool) -> impl IntoView {
    let all = format!("/w/{slug}/refusals");
    if narrowed {
        return view! {
            <p class="card empty-line">"No refused request fits these filters. " <a href=all>"Show all of them"</a></p>
        }
        .into_any();
    }
    if !first {
        return view! {
            <p class="card empty-line">"There is nothing older. " <a href=all>"Go to the latest requests"</a></p>
        }
        .into_any();
    }
    view! {
        <p class="card empty-line">
            "Nothing was refused in the last 7 days. What is refused appears here within a second. Requests whose key \
             nobody has are not yours, and not listed."
        </p>
    }
    .into_any()
}
