use super::MemberRow;
use crate::components::{Badge, Moment};
use keywright_core::{Time, words};
use leptos::prelude::*;

/// A member, and what can be done with them.
#[component]
pub(crate) fn Row(here: String, row: MemberRow, now: Time) -> impl IntoView {
    let MemberRow { member, role, is_viewer, can_change, can_remove } = row;
    let href = format!("{here}/{}", member.user.id);
    let name = member.user.name;
    let remove = if is_viewer { "Leave" } else { "Remove" };
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" class="cell--title">
                <span class="stack">
                    <span class="row__label">
                        <bdi>{name.clone()}</bdi>
                        {is_viewer.then(|| view! { " " <Badge text="You" /> })}
                    </span>
                    <bdi class="quiet">{member.user.email}</bdi>
                </span>
            </th>
            <td role="cell" data-label="Role">
                <span class="stack">
                    <span>{role}</span>
                    {member.last_owner.then(|| view! { <span class="quiet">"The last one: cannot leave"</span> })}
                </span>
            </td>
            <td role="cell" data-label="Since"><Moment at=member.since text=words::ago(member.since, now) /></td>
            <td role="cell" data-label="Live keys">{member.live_keys}</td>
            <td role="cell" class="cell--action">
                {(can_change || can_remove).then(|| view! {
                    <span class="cell__buttons">
                        {can_change.then(|| view! {
                            <a class="button button--small button--quiet" href=format!("{href}/role")>
                                "Change role"<span class="unseen">" of "<bdi>{name.clone()}</bdi></span>
                            </a>
                        })}
                        {can_remove.then(|| view! {
                            <a class="button button--small button--quiet button--danger" href=format!("{href}/remove") data-confirm="">
                                {remove}{(!is_viewer).then(|| view! { <span class="unseen">" "<bdi>{name}</bdi></span> })}
                            </a>
                        })}
                    </span>
                })}
            </td>
        </tr>
    }
    .into_any()
}
