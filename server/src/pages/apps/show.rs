//! `/w/{slug}/apps/{id}`, and the switch on it.

use super::{REVEAL, Why, app_path, endpoints, settle};
use crate::{
    body::Fields,
    pages::Look,
    path::{PathId, parse_id},
    problem::Problem,
    state::{App, Shared},
    visitor::Member,
};
use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use keywright_app::pages::apps::{AppPage, AppPageProps, AppRevealPage, AppRevealPageProps};
use keywright_core::{
    actor::Actor,
    apps::App as OAuthApp,
    ids::{AppEventId, AppId},
    page::PageRequest,
    profile::Right,
};
use std::{collections::HashMap, sync::Arc};

/// How many refusals stand on the page.
const EVENTS: u32 = 20;

/// `GET /w/{slug}/apps/{id}`: the app; and right after its secret was made, once, that instead.
pub async fn show(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(id): PathId<AppId>,
    Query(asked): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let found = app.services.apps.get(&actor, id).await?;
    let Some(secret) = REVEAL.secret(&app, id, &headers) else {
        let after = asked.get("cursor").map(|text| parse_id(text)).transpose()?;
        return app_page(&app, look, &actor, found, after, Why::default()).await;
    };
    let props = AppRevealPageProps {
        slug: actor.workspace.slug.clone(),
        app: found,
        secret,
        endpoints: endpoints(&app),
        now: app.now(),
    };
    let page = look.of_member(&actor).page(StatusCode::OK, "Your new app", move || AppRevealPage(props));
    Ok(REVEAL.shown(&app, page))
}

/// `POST /w/{slug}/apps/{id}/disable`.
pub async fn disable(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(id): PathId<AppId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let done = app.services.apps.disable(&actor, id, fields.version()).await;
    settle(&app, look, &actor, id, done, "The app is disabled. What it was given does not work now.").await
}

/// `POST /w/{slug}/apps/{id}/enable`.
pub async fn enable(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(id): PathId<AppId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let done = app.services.apps.enable(&actor, id, fields.version()).await;
    settle(&app, look, &actor, id, done, "The app is enabled.").await
}

pub(super) async fn app_page(
    app: &App,
    look: Look,
    actor: &Actor,
    found: OAuthApp,
    after: Option<AppEventId>,
    why: Why,
) -> Result<Response, Problem> {
    let events = app.services.apps.events(actor, found.id, PageRequest { after, limit: EVENTS }).await?;
    let here = app_path(actor, found.id);
    let props = AppPageProps {
        slug: actor.workspace.slug.clone(),
        profile: Arc::clone(&app.services.profile),
        endpoints: endpoints(app),
        events: events.items,
        older_events: events.next.map(|id| format!("{here}?cursor={id}#trace-title")),
        history: app.services.audit.of_app(actor, found.id).await?,
        can_manage: actor.require(Right::AppsManage).is_ok(),
        refusal: why.refusal,
        now: app.now(),
        app: found,
    };
    let title = props.app.name.clone();
    Ok(look.of_member(actor).page(why.status, &title, move || AppPage(props)))
}
