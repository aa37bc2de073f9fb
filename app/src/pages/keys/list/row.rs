use super::{expiry_cell::ExpiryCell, last_use_cell::LastUseCell, revoke_cell::RevokeCell, scope_chips::ScopeChips};
use crate::components::{Moment, StatusBadge};
use keywright_core::{
    Time,
    keys::{ApiKey, KeyStatus},
    words,
};
use leptos::prelude::*;

/// A key in the list. What no longer works is dimmed.
#[component]
pub(crate) fn Row(slug: String, key: ApiKey, can_manage: bool, now: Time) -> impl IntoView {
    let status = key.status(now);
    let over = matches!(status, KeyStatus::Revoked | KeyStatus::Expired);
    let href = format!("/w/{slug}/keys/{}", key.id);
    let action = can_manage.then(|| {
        view! { <RevokeCell label=key.label.clone() href=format!("{href}/revoke") usable=!over /> }
    });
    let masked = key.masked();
    let revoked = key.revoked_at;
    view! {
        <tr role="row" class:row--over=over>
            <th role="rowheader" scope="row" class="cell--title">
                <span class="stack">
                    <a class="row__label" href=href><bdi>{key.label}</bdi></a>
                    <code class="masked">{masked}</code>
                </span>
            </th>
            <td role="cell" data-label="Scopes"><ScopeChips scopes=key.scopes /></td>
            <td role="cell" data-label="Created">
                <span class="stack">
                    <Moment at=key.created_at text=words::ago(key.created_at, now) />
                    <span class="quiet owner">"by " <bdi>{key.creator.name}</bdi></span>
                </span>
            </td>
            <LastUseCell last=key.last_use now />
            <ExpiryCell at=key.expires_at status now />
            <td role="cell" data-label="Status" class="cell--status">
                <span class="stack">
                    <StatusBadge status />
                    {revoked.map(|at| view! { <span class="quiet"><Moment at text=words::ago(at, now) /></span> })}
                </span>
            </td>
            {action}
        </tr>
    }
    .into_any()
}
