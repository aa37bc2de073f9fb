use super::scope_chips::ScopeChips;
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
        let label = key.label.clone();
        let href = format!("{href}/revoke");
        view! {
            <td role="cell" class="cell--action">
                {(!over).then(|| view! {
                    <a class="button button--small button--quiet button--danger" href=href data-confirm="">
                        "Revoke"<span class="unseen">" "<bdi>{label}</bdi></span>
                    </a>
                })}
            </td>
        }
    });
    let masked = key.masked();
    let revoked = key.revoked_at;
    let ends = expiry(&key, status, now);
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
                    <span class="quiet owner">"by " <bdi>{key.owner.name}</bdi></span>
                </span>
            </td>
            <td role="cell" data-label="Last used">
                {match key.last_use {
                    None => view! { <span class="quiet">"Never used"</span> }.into_any(),
                    Some(last) => view! {
                        <span class="stack">
                            <Moment at=last.at text=words::ago(last.at, now) />
                            <span class="quiet route" title=format!("{} from {}", last.route, last.address)>{last.route.clone()}</span>
                        </span>
                    }.into_any(),
                }}
            </td>
            <td role="cell" data-label="Expires">{ends}</td>
            <td role="cell" data-label="Status" class="cell--status"><span class="stack">
                    <StatusBadge status />
                    {revoked.map(|at| view! { <span class="quiet"><Moment at text=words::ago(at, now) /></span> })}
                </span></td>
            {action}
        </tr>
    }
    .into_any()
}

/// When the key ends, or when it ended by itself.
fn expiry(key: &ApiKey, status: KeyStatus, now: Time) -> AnyView {
    match (key.expires_at, status) {
        (_, KeyStatus::Revoked) => view! { <span class="quiet">"–"</span> }.into_any(),
        (Some(at), KeyStatus::Expired) => view! { <Moment at text=words::ago(at, now) /> }.into_any(),
        (Some(at), KeyStatus::Active | KeyStatus::Disabled) => {
            // Two weeks are enough to replace a key without haste.
            let soon = (at - now).num_days() < 14;
            view! { <span class:soon=soon><Moment at text=words::until(at, now) /></span> }.into_any()
        }
        (None, KeyStatus::Active | KeyStatus::Disabled | KeyStatus::Expired) => {
            view! { <span class="quiet">"Never"</span> }.into_any()
        }
    }
}
