//! `/workspaces`: the places of a person, and the way between them.

use crate::{
    components::{Badge, Glyph, Icon, PageHeader, Tone},
    islands::ConfirmDialog,
};
use keywright_core::{accounts::User, profile::Words, workspaces::Workspace};
use leptos::prelude::*;

/// A workspace of the person's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceRow {
    /// The workspace.
    pub workspace: Workspace,
    /// The title of the person's role in it.
    pub role: String,
    /// The title of its plan.
    pub plan: String,
    /// Whether it is the one that they were in last.
    pub current: bool,
    /// Whether they may leave it: the last owner may not.
    pub can_leave: bool,
}

/// Every workspace that the person is a member of, or what to do if there is none.
#[component]
pub fn WorkspacesPage(
    /// The workspaces, by name.
    workspaces: Vec<WorkspaceRow>,
    /// The product's nouns.
    words: Words,
    /// The person: an invitation must be for their address.
    user: User,
) -> impl IntoView {
    let title = format!("Your {}", words.workspaces);
    if workspaces.is_empty() {
        return view! {
            <PageHeader title=title.into_any() />
            <section class="card empty" aria-labelledby="empty-title">
                <span class="empty__mark"><Icon glyph=Glyph::Users /></span>
                <h2 id="empty-title">{format!("You are a member of no {}", words.workspace)}</h2>
                <p>
                    {format!("Ask an owner of the {} to invite ", words.workspace)} <bdi>{user.email}</bdi>
                    ", and open the link that they send you."
                </p>
                <a class="button" href="/account">"Your account"</a>
            </section>
        }
        .into_any();
    }
    let rows = workspaces.into_iter().map(|row| {
        let leave = format!("/w/{}/members/{}/remove", row.workspace.slug, user.id);
        let name = row.workspace.name.clone();
        let suspended = row.workspace.suspended_at.is_some();
        view! {
            <li class="rows__item">
                <span class="stack">
                    <a class="row__label" href=format!("/w/{}/keys", row.workspace.slug)><bdi>{row.workspace.name}</bdi></a>
                    <span class="quiet">{format!("{} plan · {}", row.plan, row.role)}</span>
                </span>
                {if suspended {
                    Some(view! { <Badge tone=Tone::Warning text="Suspended" /> }.into_any())
                } else {
                    row.current.then(|| view! { <Badge text="Last visited" /> }.into_any())
                }}
                {row.can_leave.then(|| view! {
                    <a class="button button--small button--quiet" href=leave data-confirm="">
                        "Leave"<span class="unseen">" "<bdi>{name}</bdi></span>
                    </a>
                })}
            </li>
        }
    });
    view! {
        <PageHeader title=title.into_any() />
        <section class="card section"><ul class="rows">{rows.collect_view()}</ul></section>
        <ConfirmDialog />
    }
    .into_any()
}
