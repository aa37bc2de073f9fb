//! `/w/{slug}/keys`.

use crate::{
    api::paging::Paging,
    pages::Look,
    problem::Problem,
    state::{App, Shared},
    visitor::Member,
};
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use keywright_app::pages::keys::{ExpiringKeys, Found, KeyListPage, KeyListPageProps};
use keywright_core::{
    actor::Actor,
    error::FieldError,
    ids::KeyId,
    keys::{ApiKey, KeyQuery},
    page::{Page, PageRequest},
    profile::Right,
};
use std::{collections::HashMap, sync::Arc};

/// A part of the list, and what was asked to get it.
#[derive(Default)]
pub(super) struct Listed {
    pub query: KeyQuery,
    pub errors: Vec<FieldError>,
    pub keys: Vec<ApiKey>,
    pub next: Option<KeyId>,
    pub after_first: bool,
    pub found: Option<Found>,
}

/// `GET /w/{slug}/keys`. Of a question that is partly wrong the rest is asked, and the fault is told.
pub async fn list(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    Query(asked): Query<HashMap<String, String>>,
    Paging(request): Paging<KeyId>,
) -> Result<Response, Problem> {
    let (query, errors) = match KeyQuery::parse(|name| asked.get(name).map(String::as_str)) {
        Ok(query) => (query, Vec::new()),
        Err(errors) => {
            let good = |name: &str| !errors.iter().any(|error| error.field == name);
            let rest = KeyQuery::parse(|name| asked.get(name).filter(|_| good(name)).map(String::as_str));
            (rest.unwrap_or_default(), errors)
        }
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = app.services.keys.list(&actor, &query, request).await?;
    let Page { items, next } = page;
    let listed = Listed { query, errors, keys: items, next, after_first: request.after.is_some(), found: None };
    list_page(&app, look, &actor, status, listed).await
}

/// The whole list again, with what came of looking for a key.
pub(super) async fn list_found(app: &App, look: Look, actor: &Actor, found: Found) -> Result<Response, Problem> {
    let status = match &found {
        Found::Nothing(_) | Found::Several(_) => StatusCode::OK,
        Found::Wrong(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let Page { items, next } = app.services.keys.list(actor, &KeyQuery::default(), PageRequest::first()).await?;
    list_page(app, look, actor, status, Listed { keys: items, next, found: Some(found), ..Listed::default() }).await
}

pub(super) async fn list_page(
    app: &App,
    look: Look,
    actor: &Actor,
    status: StatusCode,
    listed: Listed,
) -> Result<Response, Problem> {
    let keys = &app.services.keys;
    let (quota, expiring) = keys.tally(actor).await?;
    let expiring = expiring.map(|expiring| ExpiringKeys {
        within_days: expiring.within_days,
        count: expiring.count,
        first: expiring.first,
    });
    let ids: Vec<_> = listed.keys.iter().map(|key| key.id).collect();
    let props = KeyListPageProps {
        slug: actor.workspace.slug.clone(),
        profile: Arc::clone(&app.services.profile),
        days: app.services.usage.days(actor, &ids).await?,
        keys: listed.keys,
        query: listed.query,
        errors: listed.errors,
        owners: keys.owners(actor).await?,
        expiring,
        found: listed.found,
        quota,
        can_manage: actor.require(Right::KeysManage).is_ok(),
        suspended: actor.workspace.suspended_at.is_some(),
        now: app.now(),
        next: listed.next,
        first: !listed.after_first,
    };
    Ok(look.of_member(actor).page(status, "API keys", move || KeyListPage(props)))
}
