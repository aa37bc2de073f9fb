use crate::components::{FilterSelect, Filters, message_for, with_query};
use keywright_core::{error::FieldError, gate::Reason, ids::KeyId, refusals::RefusalQuery};
use leptos::prelude::*;

/// What narrows the list.
#[component]
pub(crate) fn FilterBar(
    slug: String,
    query: RefusalQuery,
    errors: Vec<FieldError>,
    keys: Vec<(KeyId, String)>,
) -> impl IntoView {
    let action = format!("/w/{slug}/refusals");
    let mut keys: Vec<_> = keys.into_iter().map(|(id, label)| (id.to_string(), label)).collect();
    let key = query.key.map(|key| key.to_string()).unwrap_or_default();
    // A key of which nothing was refused can be asked for all the same.
    if !key.is_empty() && keys.iter().all(|(id, _)| *id != key) {
        keys.push((key.clone(), key.clone()));
    }
    let current = current(&action, &query, &keys);
    let clearable = !current.is_empty() || !errors.is_empty();
    let reasons = Reason::ALL.iter().map(|(reason, title)| (reason.code().to_owned(), (*title).to_owned())).collect();
    let reason = query.reason.map(|reason| reason.code().to_owned()).unwrap_or_default();
    let error = move |name| message_for(&errors, name);
    view! {
        <Filters action current clearable>
            <FilterSelect name="key" label="Key" any="All keys" chosen=key groups=vec![("", keys)] error=error("key") />
            <FilterSelect
                name="reason" label="Reason" any="Any reason" chosen=reason groups=vec![("", reasons)]
                error=error("reason")
            />
        </Filters>
    }
    .into_any()
}

/// Each member that narrows, in words, and the address without it.
fn current(action: &str, query: &RefusalQuery, keys: &[(String, String)]) -> Vec<(String, String)> {
    let words = |name: &str, value: String| match name {
        "key" => keys.iter().find(|(id, _)| *id == value).map_or(value, |(_, label)| label.clone()),
        _ => query.reason.map(Reason::title).unwrap_or_default().to_owned(),
    };
    let pairs = query.pairs().into_iter();
    pairs.map(|(name, value)| (words(name, value), with_query(action, &query.query_without(name)))).collect()
}
