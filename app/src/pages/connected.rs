//! Connected apps: what a person has let in, and what was let into a workspace.

use crate::components::{Badge, Glyph, Icon, ListTable, Moment, Notice, PageHeader, Pager, Tone};
use keywright_core::{
    Time,
    oauth::{Connection, EndReason, GrantKind},
    words,
};
use leptos::prelude::*;

/// Whose list it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The person's own, in all their workspaces.
    Own,
    /// Everybody's in one workspace; whether the viewer may end any of them.
    Workspace {
        /// The workspace's place in URLs.
        slug: String,
        /// Whether the viewer manages apps.
        can_manage: bool,
    },
}

/// The apps, each with what it may do, when it was last used and from where.
#[component]
pub fn ConnectedPage(
    /// Whose list it is.
    whose: Whose,
    /// This page of the list.
    connections: Vec<Connection>,
    /// The present moment.
    now: Time,
    /// Where the next page begins.
    next: Option<String>,
    /// Whether this is the first page.
    first: bool,
) -> impl IntoView {
    let (address, lead, can_end) = match &whose {
        Whose::Own => ("/account/apps".to_owned(), "Apps that may act for you, until you disconnect them.", true),
        Whose::Workspace { slug, can_manage } => {
            (format!("/w/{slug}/connected"), "What members have let in, and what acts for itself.", *can_manage)
        }
    };
    let empty = connections.is_empty();
    let alarms = connections.iter().filter(|connection| connection.is_alarming()).cloned();
    let alarms = alarms.map(|connection| view! { <Alarm connection now /> }).collect_view();
    let live = connections.iter().filter(|connection| connection.ended.is_none()).cloned();
    let rows = live.map(|connection| {
        view! { <Row connection whose=whose.clone() address=address.clone() can_end now /> }
    });
    let rows = rows.collect_view();
    view! {
        <PageHeader title="Connected apps".into_any() lead=lead.into_any() />
        <div class="notices">{alarms}</div>
        {if empty {
            view! { <p class="card empty-line">"No app is connected."</p> }.into_any()
        } else {
            view! {
                <ListTable
                    look="table--members"
                    caption="Connected apps"
                    columns=vec!["App", "May", "Since", "Last used"]
                    actions=true
                >
                    {rows}
                </ListTable>
            }.into_any()
        }}
        <Pager address=address.clone() query=String::new() noun="apps" first next />
    }
    .into_any()
}

/// A grant that was ended because a thief was seen.
#[component]
fn Alarm(connection: Connection, now: Time) -> impl IntoView {
    let at = connection.ended.map_or(connection.created_at, |(at, _)| at);
    let what = match connection.ended.map(|(_, reason)| reason) {
        Some(EndReason::CodeReplayed) => "A code of ",
        Some(
            EndReason::RefreshReused
            | EndReason::Revoked
            | EndReason::GivenBack
            | EndReason::MemberRemoved
            | EndReason::AppRefused
            | EndReason::SignedOut,
        )
        | None => "A token of ",
    };
    view! {
        <Notice tone=Tone::Danger>
            {what} <bdi>{connection.app}</bdi> " was used twice, as a stolen one would be. It was disconnected "
            <Moment at text=words::ago(at, now) /> "; nothing else is affected. Connect it again if you use it."
        </Notice>
    }
    .into_any()
}

#[component]
fn Row(connection: Connection, whose: Whose, address: String, can_end: bool, now: Time) -> impl IntoView {
    let Connection { id, kind, app, unverified, destination, workspace, person, scopes, .. } = connection;
    let (how, end) = match kind {
        GrantKind::Consent => (destination, "Disconnect"),
        GrantKind::Device => ("A device".to_owned(), "Disconnect"),
        GrantKind::Machine => ("Acts for itself".to_owned(), "End and disable"),
    };
    let who = match (&whose, person) {
        (Whose::Own, _) => workspace.name,
        (Whose::Workspace { .. }, Some(person)) => person.name,
        (Whose::Workspace { .. }, None) => String::new(),
    };
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" class="cell--title">
                <span class="stack">
                    <span class="row__label">
                        <bdi>{app.clone()}</bdi>
                        {unverified.then(|| view! { " " <Badge tone=Tone::Warning text="Unverified" /> })}
                    </span>
                    <bdi class="quiet">{how}</bdi>
                    {(!who.is_empty()).then(|| view! { <bdi class="quiet">{who}</bdi> })}
                </span>
            </th>
            <td role="cell" data-label="May"><span class="mono">{scopes.join(", ")}</span></td>
            <td role="cell" data-label="Since">
                <Moment at=connection.created_at text=words::ago(connection.created_at, now) />
            </td>
            <td role="cell" data-label="Last used">
                {match connection.last_used_at {
                    Some(at) => view! {
                        <span class="stack">
                            <Moment at text=words::ago(at, now) />
                            {connection.last_used_address.map(|from| view! { <span class="quiet mono">{from}</span> })}
                        </span>
                    }.into_any(),
                    None => view! { <span class="quiet">"Never"</span> }.into_any(),
                }}
            </td>
            <td role="cell" class="cell--action">
                {can_end.then(|| view! {
                    <form method="post" action=format!("{address}/{id}/disconnect")>
                        <button class="button button--small button--quiet button--danger">
                            <Icon glyph=Glyph::Close />
                            {end}<span class="unseen">" "<bdi>{app}</bdi></span>
                        </button>
                    </form>
                })}
            </td>
        </tr>
    }
    .into_any()
}
