use crate::components::{ErrorSummary, Glyph, Icon};
use keywright_core::{
    error::FieldError,
    keys::{KeyQuery, Person},
};
use leptos::prelude::*;

/// The words beside those of [`KeyQuery`].
pub(super) const STATUS: &[(&str, &str)] =
    &[("active", "Active"), ("disabled", "Disabled"), ("expired", "Expired"), ("revoked", "Revoked")];
pub(super) const EXPIRY: &[(&str, &str)] =
    &[("1d", "Within a day"), ("7d", "Within 7 days"), ("30d", "Within 30 days"), ("never", "Never")];
pub(super) const LAST_USE: &[(&str, &str)] =
    &[("never", "Never"), ("7d", "Within 7 days"), ("not_30d", "Not for 30 days"), ("not_90d", "Not for 90 days")];
const SORT: &[(&str, &str)] =
    &[("", "Newest first"), ("label", "Label"), ("last_used", "Last used"), ("expires", "Expires soonest")];

/// What can be asked of the list. The usual two questions stand open; the rest is folded away until it is used.
#[component]
pub(crate) fn Filters(
    slug: String,
    query: KeyQuery,
    errors: Vec<FieldError>,
    scopes: Vec<String>,
    owners: Vec<Person>,
    workspace: String,
    workspace_keys: bool,
) -> impl IntoView {
    let asked = query.pairs();
    let value = |name: &str| asked.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone()).unwrap_or_default();
    let more = ["scope", "owner", "expiry", "last_used"].iter().any(|name| !value(name).is_empty());
    let scopes =
        scopes.into_iter().map(|scope| (scope.clone(), if scope == "*" { "* (everything)".to_owned() } else { scope }));
    let people = owners.into_iter().map(|person| (person.id.to_string(), person.name));
    let special = [("left".to_owned(), "People who have left".to_owned())];
    let of_workspace = workspace_keys.then(|| ("workspace".to_owned(), format!("The {workspace} itself")));
    let people = people.chain(of_workspace).chain(special).collect();
    view! {
        <ErrorSummary errors fields=&[] />
        <form class="filters" method="get" action=format!("/w/{slug}/keys") role="search" aria-label="Filter the keys">
            <label class="filters__field filters__field--wide">
                <span>"Search"</span>
                <input class="input" type="search" name="q" value=value("q") maxlength="80" autocomplete="off" />
            </label>
            <Choice name="status" title="Status" any="Any" chosen=value("status") options=own(STATUS) />
            <Choice name="sort" title="Sort" any="" chosen=value("sort") options=own(SORT) />
            <details class="filters__more" open=more>
                <summary class="button button--quiet">"More filters"</summary>
                <div class="filters__rest">
                    <Choice name="scope" title="Scope" any="Any" chosen=value("scope") options=scopes.collect() />
                    <Choice name="owner" title="Owner" any="Anyone" chosen=value("owner") options=people />
                    <Choice name="expiry" title="Expires" any="Any time" chosen=value("expiry") options=own(EXPIRY) />
                    <Choice name="last_used" title="Last used" any="Any time" chosen=value("last_used") options=own(LAST_USE) />
                </div>
            </details>
            <div class="filters__actions">
                <button class="button"><Icon glyph=Glyph::Search />"Apply"</button>
            </div>
        </form>
    }
    .into_any()
}

fn own(words: &[(&str, &str)]) -> Vec<(String, String)> {
    words.iter().map(|(word, title)| ((*word).to_owned(), (*title).to_owned())).collect()
}

#[component]
fn Choice(
    name: &'static str,
    title: &'static str,
    any: &'static str,
    chosen: String,
    options: Vec<(String, String)>,
) -> impl IntoView {
    let options = options.into_iter().map(|(word, title)| {
        let selected = word == chosen;
        view! { <option value=word selected=selected>{title}</option> }
    });
    view! {
        <label class="filters__field">
            <span>{title}</span>
            <select class="input select" name=name autocomplete="off">
                {(!any.is_empty()).then(|| view! { <option value="">{any}</option> })}
                {options.collect_view()}
            </select>
        </label>
    }
    .into_any()
}
