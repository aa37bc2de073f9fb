//! `/w/{slug}/keys/{id}`.

use super::{REVEAL, first_call};
use crate::{
    pages::Look,
    path::PathId,
    problem::Problem,
    state::{App, Shared},
    visitor::Member,
};
use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use keywright_app::pages::keys::{KeyPage, KeyPageProps, KeyRefusal, RevealPage, RevealPageProps};
use keywright_core::{
    Time,
    actor::Actor,
    error::FieldError,
    ids::KeyId,
    keys::{ApiKey, RotateForm},
    profile::{Profile, Right, RouteNeeds},
};
use std::{collections::HashMap, sync::Arc};

/// What the key's page has to say besides the key.
#[derive(Default)]
pub(super) struct Said {
    pub refusal: Option<KeyRefusal>,
    /// From when on a first request is waited for.
    pub since: Option<Time>,
    pub extend: RotateForm,
    pub errors: Vec<FieldError>,
}

/// `GET /w/{slug}/keys/{id}`: the key; and right after its secret was made, once, that instead.
pub async fn show(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(id): PathId<KeyId>,
    Query(asked): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let key = app.services.keys.get(&actor, id).await?;
    if let Some(secret) = REVEAL.secret(&app, key.id, &headers) {
        return Ok(reveal(&app, look, &actor, key, secret));
    }
    let said = Said { since: first_call::since(&asked), ..Said::default() };
    key_page(&app, look, &actor, key, StatusCode::OK, said).await
}

fn reveal(app: &App, look: Look, actor: &Actor, key: ApiKey, secret: String) -> Response {
    let props = RevealPageProps {
        slug: actor.workspace.slug.clone(),
        sample: sample(&app.services.profile, Some(&key)),
        profile: Arc::clone(&app.services.profile),
        key,
        secret,
        gateway: gateway(app),
        now: app.now(),
    };
    let page = look.of_member(actor).page(StatusCode::OK, "Your new API key", move || RevealPage(props));
    REVEAL.shown(app, page)
}

pub(super) async fn key_page(
    app: &App,
    look: Look,
    actor: &Actor,
    key: ApiKey,
    status: StatusCode,
    said: Said,
) -> Result<Response, Problem> {
    let profile = &app.services.profile;
    let props = KeyPageProps {
        slug: actor.workspace.slug.clone(),
        profile: Arc::clone(profile),
        plan: profile.plan(&actor.workspace.plan).cloned(),
        history: app.services.audit.of_key(actor, key.id).await?,
        gauges: app.services.gate.gauges(actor, Some(key.id)).await?,
        can_manage: actor.require(Right::KeysManage).is_ok(),
        can_hand_over: actor.require(Right::MembersManage).is_ok() && actor.role.may(Right::KeysManage),
        gateway: gateway(app),
        sample: sample(profile, Some(&key)),
        first_call: first_call::on_page(app, actor, &key, said.since).await?,
        refusal: said.refusal,
        extend: said.extend,
        errors: said.errors,
        now: app.now(),
        key,
    };
    let title = props.key.label.clone();
    Ok(look.of_member(actor).page(status, &title, move || KeyPage(props)))
}

/// Where requests go.
pub(in crate::pages) fn gateway(app: &App) -> String {
    app.gateway_url.as_str().trim_end_matches('/').to_owned()
}

/// The first request that needs nothing but this key, or any key: no body, no id in the path.
pub(in crate::pages) fn sample(profile: &Profile, key: Option<&ApiKey>) -> Option<(String, String)> {
    let granted = key.map_or_else(
        || profile.all_scopes(),
        |key| profile.known_scopes(&key.scopes).and(key.role_scopes(profile).unwrap_or_default()),
    );
    let route = profile.routes.iter().find(|route| {
        route.method == "GET"
            && !route.path.contains('{')
            && match &route.needs {
                RouteNeeds::Nothing => true,
                RouteNeeds::Scopes(needed) => granted.covers(*needed),
                RouteNeeds::Segment(_) => false,
            }
    });
    route.map(|route| (route.method.clone(), route.path.clone()))
}
