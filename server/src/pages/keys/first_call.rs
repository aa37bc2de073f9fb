//! `/w/{slug}/keys/{id}/first-call`: what has come with a new secret so far, for the page that waits for it.

use crate::{
    path::PathId,
    problem::Problem,
    state::{App, Shared},
    visitor::Member,
};
use axum::{
    extract::{Query, State},
    response::{Html, IntoResponse as _, Response},
};
use keywright_app::pages::keys::{FirstCallState, FirstCallStateProps};
use keywright_core::{
    Time,
    actor::Actor,
    ids::KeyId,
    keys::{ApiKey, KeyStatus},
    refusals::FirstCall,
};
use std::{collections::HashMap, sync::Arc};

/// `GET /w/{slug}/keys/{id}/first-call?since=…`: a part of a page.
pub async fn first_call(
    State(app): State<Shared>,
    Member(actor): Member,
    PathId(id): PathId<KeyId>,
    Query(asked): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let key = app.services.keys.get(&actor, id).await?;
    let since = since(&asked).unwrap_or(newest_secret(&key));
    let props = FirstCallStateProps {
        slug: actor.workspace.slug.clone(),
        profile: Arc::clone(&app.services.profile),
        call: app.services.refusals.first_call(&actor, &key, since).await?,
        now: app.now(),
    };
    Ok(Html(keywright_app::part(move || FirstCallState(props))).into_response())
}

/// What the key's page says of it: to whoever asks, and of a key that was never used.
pub(super) async fn on_page(
    app: &App,
    actor: &Actor,
    key: &ApiKey,
    asked: Option<Time>,
) -> Result<Option<(FirstCall, Time)>, Problem> {
    let over = matches!(key.status(app.now()), KeyStatus::Expired | KeyStatus::Revoked);
    let unused = (key.last_use.is_none() && !over).then(|| newest_secret(key));
    let Some(since) = asked.or(unused) else { return Ok(None) };
    Ok(Some((app.services.refusals.first_call(actor, key, since).await?, since)))
}

/// `?since=`: microseconds since 1970, as the page that showed the secret has written them.
pub(super) fn since(asked: &HashMap<String, String>) -> Option<Time> {
    asked.get("since").and_then(|text| text.parse().ok()).and_then(Time::from_timestamp_micros)
}

fn newest_secret(key: &ApiKey) -> Time {
    key.rotation.as_ref().map_or(key.created_at, |rotation| rotation.began_at)
}
