use super::links;
use crate::components::{FilterInput, FilterSelect, Filters, message_for};
use keywright_core::{
    error::FieldError,
    keys::{KeyQuery, Person},
    profile::Profile,
};
use leptos::prelude::*;
use std::sync::Arc;

/// The words beside those of [`KeyQuery`].
type Words = &'static [(&'static str, &'static str)];
const STATUS: Words = &[("active", "Active"), ("disabled", "Disabled"), ("expired", "Expired"), ("revoked", "Revoked")];
const EXPIRY: Words = &[("1d", "Within a day"), ("7d", "Within 7 days"), ("30d", "Within 30 days"), ("never", "Never")];
const LAST_USE: Words =
    &[("never", "Never"), ("7d", "Within 7 days"), ("not_30d", "Not for 30 days"), ("not_90d", "Not for 90 days")];
const SORT: Words = &[("label", "Label"), ("last_used", "Last used"), ("expires", "Expires soonest")];
/// What is folded away until it is used.
const FOLDED: &[&str] = &["scope", "owner", "expiry", "last_used"];

/// What can be asked of the list. The usual questions stand open.
#[component]
pub(crate) fn FilterBar(
    slug: String,
    query: KeyQuery,
    errors: Vec<FieldError>,
    owners: Vec<Person>,
    profile: Arc<Profile>,
) -> impl IntoView {
    let asked = query.pairs();
    let value = move |name: &str| asked.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone()).unwrap_or_default();
    let open = FOLDED.iter().any(|name| !value(name).is_empty() || errors.iter().any(|error| error.field == *name));
    let clearable = query.is_filtered() || !errors.is_empty();
    let current = current(&slug, &query, &owners, &profile);
    let of = move |name: &str| message_for(&errors, name);
    let (scopes, owners) = (scopes(&profile), owner_groups(owners, &profile));
    view! {
        <Filters action=format!("/w/{slug}/keys") current clearable>
            <FilterInput name="q" label="Search" kind="search" value=value("q") error=of("q") />
            <FilterSelect name="status" label="Status" any="Any" chosen=value("status") groups=own(STATUS) error=of("status") />
            <FilterSelect name="sort" label="Sort" any="Newest first" chosen=value("sort") groups=own(SORT) error=of("sort") />
            <details class="filters__more" open=open>
                <summary class="filters__fold">"More filters"</summary>
                <div class="filters__rest">
                    <FilterSelect name="scope" label="Scope" any="Any" chosen=value("scope") groups=scopes error=of("scope") />
                    <FilterSelect name="owner" label="Owner" any="Anyone" chosen=value("owner") groups=owners error=of("owner") />
                    <FilterSelect name="expiry" label="Expires" any="Any time" chosen=value("expiry") groups=own(EXPIRY) error=of("expiry") />
                    <FilterSelect name="last_used" label="Last used" any="Any time" chosen=value("last_used") groups=own(LAST_USE) error=of("last_used") />
                </div>
            </details>
        </Filters>
    }
    .into_any()
}

fn own(words: Words) -> Vec<(&'static str, Vec<(String, String)>)> {
    vec![("", words.iter().map(|(word, title)| ((*word).to_owned(), (*title).to_owned())).collect())]
}

fn scopes(profile: &Profile) -> Vec<(&'static str, Vec<(String, String)>)> {
    let all = profile.wildcard.then(|| (Profile::WILDCARD.to_owned(), "Everything (*)".to_owned()));
    let each = profile.scopes.iter().map(|scope| (scope.name.clone(), scope.name.clone()));
    vec![("", all.into_iter().chain(each).collect())]
}

fn owner_groups(owners: Vec<Person>, profile: &Profile) -> Vec<(&'static str, Vec<(String, String)>)> {
    let workspace = profile.workspace_keys.then(|| ("workspace".to_owned(), of_workspace(profile)));
    let left = ("left".to_owned(), "Anyone who has left".to_owned());
    let people = owners.into_iter().map(|person| (person.id.to_string(), person.name)).collect();
    vec![("", workspace.into_iter().chain([left]).collect()), ("People", people)]
}

fn of_workspace(profile: &Profile) -> String {
    format!("The {} itself", profile.words.workspace)
}

/// What is asked now, in words, and the list without it.
fn current(slug: &str, query: &KeyQuery, owners: &[Person], profile: &Profile) -> Vec<(String, String)> {
    let asked = query.pairs().into_iter().filter(|(name, _)| *name != "sort");
    let chip = |(name, value): (&'static str, String)| {
        (words(name, &value, owners, profile), links::list(slug, &without(query, name), None))
    };
    asked.map(chip).collect()
}

fn without(query: &KeyQuery, name: &str) -> KeyQuery {
    let mut query = query.clone();
    match name {
        "q" => query.search.clear(),
        "status" => query.status = None,
        "scope" => query.scope.clear(),
        "owner" => query.owner = None,
        "expiry" => query.expiry = None,
        _ => query.last_use = None,
    }
    query
}

fn words(name: &str, value: &str, owners: &[Person], profile: &Profile) -> String {
    let title = |words: Words| words.iter().find(|(word, _)| *word == value).map_or("", |(_, title)| title);
    match name {
        "q" => format!("“{value}”"),
        "status" => title(STATUS).to_owned(),
        "scope" => format!("Scope: {value}"),
        "owner" => match value {
            "workspace" => format!("Owner: {}", of_workspace(profile).to_lowercase()),
            "left" => "Owner: has left".to_owned(),
            id => {
                let owner = owners.iter().find(|person| person.id.to_string() == id);
                owner.map_or_else(|| "Owner: nobody here".to_owned(), |person| format!("Owner: {}", person.name))
            }
        },
        "expiry" => format!("Expires: {}", title(EXPIRY).to_lowercase()),
        _ => format!("Last used: {}", title(LAST_USE).to_lowercase()),
    }
}
