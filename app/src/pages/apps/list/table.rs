use crate::{
    components::{Badge, ListTable, Moment},
    pages::apps::standing,
};
use keywright_core::{Time, apps::App, words};
use leptos::prelude::*;

/// The workspace's own apps, the newest first.
#[component]
pub(crate) fn Table(slug: String, apps: Vec<App>, now: Time) -> impl IntoView {
    let rows = apps.into_iter().map(|app| row(&slug, app, now)).collect_view();
    view! {
        <ListTable
            look="table--apps"
            caption="Apps"
            columns=vec!["App", "Runs", "May ask for", "Last token", "Status"]
        >
            {rows}
        </ListTable>
    }
    .into_any()
}

fn row(slug: &str, app: App, now: Time) -> impl IntoView + use<> {
    let href = format!("/w/{slug}/apps/{}", app.id);
    let (tone, status) = standing(&app);
    let scopes = words::plural(i64::try_from(app.scopes.len()).unwrap_or(i64::MAX), "scope");
    view! {
        <tr role="row" class:row--over=app.disabled_at.is_some()>
            <th role="rowheader" scope="row" class="cell--title">
                <span class="stack">
                    <a class="row__label" href=href><bdi>{app.name}</bdi></a>
                    <code class="masked">{app.client_id.to_string()}</code>
                </span>
            </th>
            <td role="cell" data-label="Runs">{app.kind.title()}</td>
            <td role="cell" data-label="May ask for" title=app.scopes.join(", ")>{scopes}</td>
            <td role="cell" data-label="Last token" class="cell--nowrap">
                {match app.last_used_at {
                    Some(at) => view! { <Moment at text=words::ago(at, now) /> }.into_any(),
                    None => view! { <span class="quiet">"Never"</span> }.into_any(),
                }}
            </td>
            <td role="cell" data-label="Status"><span><Badge tone text=status /></span></td>
        </tr>
    }
    .into_any()
}
