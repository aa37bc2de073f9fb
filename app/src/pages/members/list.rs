mod row;

use super::invitations::Invitations;
use crate::{
    components::{Glyph, Icon, ListTable, PageHeader},
    islands::ConfirmDialog,
};
use keywright_core::{
    Time,
    members::{Invitation, MemberInfo},
    profile::Words,
};
use leptos::prelude::*;
use row::Row;

/// A member as the list shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRow {
    /// The member.
    pub member: MemberInfo,
    /// The title of their role.
    pub role: String,
    /// Whether it is the viewer.
    pub is_viewer: bool,
    /// Whether the viewer may change their role.
    pub can_change: bool,
    /// Whether the viewer may remove them.
    pub can_remove: bool,
}

/// Everybody who works in the workspace, and below them everybody who is invited.
#[component]
pub fn MemberListPage(
    /// The workspace's place in URLs.
    slug: String,
    /// The product's nouns.
    words: Words,
    /// This page of the list.
    members: Vec<MemberRow>,
    /// The invitations that nobody has used, each with the title of its role; on the first page only.
    invitations: Vec<(Invitation, String)>,
    /// Whether the viewer may invite.
    can_manage: bool,
    /// The present moment.
    now: Time,
    /// The address of the next page.
    next: Option<String>,
    /// Whether this is the first page.
    first: bool,
) -> impl IntoView {
    let lead = format!("A key never does more than the role of the member whose it is, in this {}.", words.workspace);
    let here = format!("/w/{slug}/members");
    let invite = format!("{here}/invite");
    let rows = members.into_iter().map(|row| view! { <Row here=here.clone() row now /> }).collect_view();
    view! {
        <PageHeader title="Members".into_any() lead=lead.into_any()>
            {can_manage.then(|| view! {
                <a class="button button--primary" href=invite>
                    <Icon glyph=Glyph::Plus />
                    "Invite"
                </a>
            })}
        </PageHeader>
        <ListTable
            look="table--members"
            caption="Members"
            columns=vec!["Member", "Role", "Since", "Live keys"]
            actions=true
        >
            {rows}
        </ListTable>
        {(next.is_some() || !first).then(|| view! {
            <nav class="pager" aria-label="Pages">
                {(!first).then(|| view! {
                    <a class="button" href=here.clone()><Icon glyph=Glyph::ArrowLeft />"First page"</a>
                })}
                {next.map(|href| view! { <a class="button" href=href>"Next page"<Icon glyph=Glyph::ArrowRight /></a> })}
            </nav>
        })}
        {first.then(|| view! { <Invitations slug invitations can_manage now /> })}
        <ConfirmDialog />
    }
    .into_any()
}
