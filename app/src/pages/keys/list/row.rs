use super::{
    expiry_cell::ExpiryCell, last_use_cell::LastUseCell, owner_cell::OwnerCell, revoke_cell::RevokeCell,
    scope_chips::ScopeChips,
};
use crate::components::{Moment, Standing, StatusBadge};
use keywright_core::{Time, keys::ApiKey, profile::Profile, usage::Count, words};
use leptos::prelude::*;
use std::sync::Arc;

/// A key in the list. What no longer works is dimmed.
#[component]
pub(crate) fn Row(
    slug: String,
    key: ApiKey,
    days: Vec<Count>,
    profile: Arc<Profile>,
    can_manage: bool,
    now: Time,
) -> impl IntoView {
    let (status, standing) = (key.status(now), Standing::of(&key, now));
    let over = standing.is_over();
    let href = format!("/w/{slug}/keys/{}", key.id);
    let action = can_manage.then(|| {
        view! { <RevokeCell label=key.label.clone() href=format!("{href}/revoke") usable=!over /> }
    });
    let pick = can_manage.then(|| view! { <PickCell id=key.id.to_string() label=key.label.clone() usable=!over /> });
    // The usual one goes without saying.
    let environment = profile.key.environments.iter().skip(1).find(|environment| environment.name == key.environment);
    let environment = environment.map(|environment| environment.title.clone());
    let revoked = key.revoked_at;
    view! {
        <tr role="row" class:row--over=over>
            {pick}
            <th role="rowheader" scope="row" class="cell--title">
                <span class="stack">
                    <a class="row__label" href=href><bdi>{key.label.clone()}</bdi></a>
                    <span class="row__key">
                        <code class="masked">{key.masked()}</code>
                        {environment.map(|title| view! { <span class="row__environment">{title}</span> })}
                    </span>
                </span>
            </th>
            <td role="cell" data-label="Scopes"><ScopeChips scopes=key.scopes.clone() /></td>
            <OwnerCell key=key.clone() words=profile.words.clone() now />
            <LastUseCell last=key.last_use.clone() days tries=key.refused.clone().filter(|_| over) now />
            <ExpiryCell at=key.expires_at status now />
            <td role="cell" data-label="Status" class="cell--status">
                <span class="stack">
                    <StatusBadge standing />
                    {revoked.map(|at| view! { <span class="quiet"><Moment at text=words::ago(at, now) /></span> })}
                </span>
            </td>
            {action}
        </tr>
    }
    .into_any()
}

/// To choose the key together with others. It belongs to the form below the list.
#[component]
fn PickCell(id: String, label: String, usable: bool) -> impl IntoView {
    let pick = usable.then(|| {
        view! {
            <input
                class="pick" type="checkbox" name="key" value=id form="bulk" autocomplete="off"
                aria-label=format!("Select {label}")
            />
        }
    });
    view! { <td role="cell" class="cell--pick">{pick}</td> }.into_any()
}
