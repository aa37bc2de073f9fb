//! `/w/{slug}/usage` and `/w/{slug}/keys/{id}/usage`, and what their pages look at again: how the limits stand.

use super::{Look, keys};
use crate::{
    api::usage::{export, range},
    path::PathId,
    problem::Problem,
    state::{App, Shared},
    visitor::Member,
};
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{Html, IntoResponse as _, Response},
};
use keywright_app::pages::usage::{Meters, MetersProps, UsagePage, UsagePageProps};
use keywright_core::{actor::Actor, ids::KeyId, keys::ApiKey, profile::Right};
use std::{collections::HashMap, sync::Arc};

type Asked = Query<HashMap<String, String>>;

/// `GET /w/{slug}/usage`.
pub async fn show(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    Query(query): Asked,
) -> Result<Response, Problem> {
    page(&app, look, &actor, None, &query).await
}

/// `GET /w/{slug}/keys/{id}/usage`.
pub async fn of_key(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(id): PathId<KeyId>,
    Query(query): Asked,
) -> Result<Response, Problem> {
    let key = app.services.keys.get(&actor, id).await?;
    page(&app, look, &actor, Some(key), &query).await
}

/// `GET /w/{slug}/usage/limits`: a part of a page.
pub async fn limits(State(app): State<Shared>, Member(actor): Member) -> Result<Response, Problem> {
    meters(&app, &actor, None).await
}

/// `GET /w/{slug}/keys/{id}/usage/limits`: a part of a page.
pub async fn limits_of_key(
    State(app): State<Shared>,
    Member(actor): Member,
    PathId(id): PathId<KeyId>,
) -> Result<Response, Problem> {
    meters(&app, &actor, Some(id)).await
}

/// `GET /w/{slug}/usage.csv`.
pub async fn export(
    State(app): State<Shared>,
    Member(actor): Member,
    Query(query): Asked,
) -> Result<Response, Problem> {
    export::answer(&app, &actor, None, &query).await
}

/// `GET /w/{slug}/keys/{id}/usage.csv`.
pub async fn export_of_key(
    State(app): State<Shared>,
    Member(actor): Member,
    PathId(id): PathId<KeyId>,
    Query(query): Asked,
) -> Result<Response, Problem> {
    export::answer(&app, &actor, Some(id), &query).await
}

async fn meters(app: &App, actor: &Actor, key: Option<KeyId>) -> Result<Response, Problem> {
    let props = MetersProps { gauges: app.services.gate.gauges(actor, key).await?, now: app.now() };
    Ok(Html(keywright_app::part(move || Meters(props))).into_response())
}

async fn page(
    app: &App,
    look: Look,
    actor: &Actor,
    key: Option<ApiKey>,
    query: &HashMap<String, String>,
) -> Result<Response, Problem> {
    let (id, profile) = (key.as_ref().map(|key| key.id), &app.services.profile);
    let report = app.services.usage.report(actor, id, range(query)?).await?;
    let props = UsagePageProps {
        slug: actor.workspace.slug.clone(),
        profile: Arc::clone(profile),
        sample: keys::sample(profile, key.as_ref()),
        gateway: keys::gateway(app),
        gauges: app.services.gate.gauges(actor, id).await?,
        can_manage: actor.require(Right::KeysManage).is_ok(),
        sees_apps: actor.require(Right::AppsRead).is_ok(),
        report,
        key,
    };
    let title = props.key.as_ref().map_or_else(|| "Usage".to_owned(), |key| format!("Usage of {}", key.label));
    Ok(look.of_member(actor).page(StatusCode::OK, &title, move || UsagePage(props)))
}
