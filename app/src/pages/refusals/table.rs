use crate::components::{ListTable, Moment};
use keywright_core::{
    Time,
    profile::Profile,
    refusals::{Listed, RefusedRequest},
    words,
};
use leptos::prelude::*;
use std::sync::Arc;

/// The requests, the latest first.
#[component]
pub(crate) fn Table(slug: String, requests: Vec<Listed>, profile: Arc<Profile>, now: Time) -> impl IntoView {
    let rows = requests.into_iter().map(|listed| row(&slug, listed, &profile, now)).collect_view();
    view! {
        <ListTable
            look="table--refusals"
            caption="Refused requests, the latest first"
            columns=vec!["When", "Why", "Key", "Request", "From"]
        >
            {rows}
        </ListTable>
    }
    .into_any()
}

fn row(slug: &str, Listed { request, label }: Listed, profile: &Profile, now: Time) -> impl IntoView + use<> {
    let sentence = request.sentence(profile);
    let status = request.status(profile);
    let RefusedRequest { request_id, at, key, reason, facts, .. } = request;
    view! {
        <tr role="row">
            <td role="cell" data-label="When" class="cell--nowrap"><Moment at text=words::ago(at, now) /></td>
            <td role="cell" data-label="Why">
                <span class="stack">
                    <a class="row__label" href=format!("/w/{slug}/refusals/{request_id}")>{reason.title()}</a>
                    <span class="quiet">{sentence}</span>
                </span>
            </td>
            <td role="cell" data-label="Key"><a href=format!("/w/{slug}/keys/{key}")><bdi>{label}</bdi></a></td>
            <td role="cell" data-label="Request">
                <span class="stack">
                    <span>{facts.route.unwrap_or_else(|| "No route of the API".to_owned())}</span>
                    <span class="quiet">{format!("answered {status}")}</span>
                </span>
            </td>
            <td role="cell" data-label="From" class="quiet">
                {facts.address.map_or_else(|| "–".to_owned(), |address| address.to_string())}
            </td>
        </tr>
    }
    .into_any()
}
