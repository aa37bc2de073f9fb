//! `/w/{slug}/refusals`: why requests were refused.

use super::{Look, keys::Pasted, look::see_other};
use crate::{
    api::paging::Paging,
    body::Fields,
    path::PathRequestId,
    problem::Problem,
    state::{App, Shared},
    visitor::Member,
};
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use keywright_app::pages::refusals::{RefusalPage, RefusalPageProps, RefusalsPage, RefusalsPageProps, Sought};
use keywright_core::{
    actor::Actor,
    error::{Error, FieldError},
    ids::{KeyId, RefusalId},
    page::{Page, PageRequest},
    profile::Right,
    refusals::RefusalQuery,
};
use std::{collections::HashMap, sync::Arc};

/// What the page shows.
#[derive(Default)]
struct Shown {
    query: RefusalQuery,
    errors: Vec<FieldError>,
    after: Option<RefusalId>,
    sought: Option<Sought>,
}

/// `GET /w/{slug}/refusals`. A filter that cannot be read comes back with no requests: all of them would look like an
/// answer.
pub async fn list(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    Query(asked): Query<HashMap<String, String>>,
    Paging(request): Paging<RefusalId>,
) -> Result<Response, Problem> {
    match RefusalQuery::parse(|name| asked.get(name).map(String::as_str)) {
        Ok(query) => {
            page(&app, look, &actor, StatusCode::OK, Shown { query, after: request.after, ..Shown::default() }).await
        }
        Err(errors) => {
            page(&app, look, &actor, StatusCode::UNPROCESSABLE_ENTITY, Shown { errors, ..Shown::default() }).await
        }
    }
}

/// `GET /w/{slug}/refusals/{request_id}`.
pub async fn show(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathRequestId(request_id): PathRequestId,
) -> Result<Response, Problem> {
    let listed = app.services.refusals.get(&actor, &request_id).await?;
    let props = RefusalPageProps {
        slug: actor.workspace.slug.clone(),
        profile: Arc::clone(&app.services.profile),
        listed,
        can_manage: actor.require(Right::KeysManage).is_ok(),
        now: app.now(),
    };
    Ok(look.of_member(&actor).page(StatusCode::OK, "Why was this refused?", move || RefusalPage(props)))
}

/// `POST /w/{slug}/refusals/find`: by what a request was called, by the hash of a key that the browser made, or by how
/// a key begins. It is a POST, so that none of it stands in an address; and nothing of a whole key is said again.
pub async fn find(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    fields: Fields,
) -> Result<Response, Problem> {
    let (hash, typed) = (fields.one("hash"), fields.one("start"));
    let (format, typed) = (&app.services.profile.key, typed.trim());
    let of_key = format.prefixes().any(|prefix| typed.starts_with(prefix));
    if hash.is_empty() && !typed.is_empty() && !of_key {
        return match app.services.refusals.get(&actor, typed).await {
            Ok(listed) => {
                let (slug, id) = (&actor.workspace.slug, &listed.request.request_id);
                Ok(see_other(&format!("/w/{slug}/refusals/{id}")))
            }
            Err(Error::NotFound(_)) => sought(&app, look, &actor, Sought::Nothing).await,
            Err(error) => Err(error.into()),
        };
    }
    let keys = &app.services.keys;
    let found = match Pasted::read(format, &hash, typed) {
        Pasted::Nothing => {
            let message = "Paste the id of a request, or a key, or type how a key begins.";
            return sought(&app, look, &actor, Sought::Wrong(message.to_owned())).await;
        }
        Pasted::NoHash => return sought(&app, look, &actor, Sought::Nothing).await,
        Pasted::Whole(hash) => keys.find_by_hash(&actor, hash).await?.into_iter().collect(),
        Pasted::Start(start) => keys.find_by_start(&actor, &start).await?,
    };
    match found.as_slice() {
        [] => sought(&app, look, &actor, Sought::Nothing).await,
        [one] => Ok(see_other(&of_one_key(&actor, one.id))),
        [..] => {
            let several = found.into_iter().map(|key| (key.id, key.label)).collect();
            sought(&app, look, &actor, Sought::Several(several)).await
        }
    }
}

fn of_one_key(actor: &Actor, key: KeyId) -> String {
    format!("/w/{}/refusals?key={key}", actor.workspace.slug)
}

/// The whole list again, with what came of looking for one request.
async fn sought(app: &App, look: Look, actor: &Actor, sought: Sought) -> Result<Response, Problem> {
    let status = match &sought {
        Sought::Nothing | Sought::Several(_) => StatusCode::OK,
        Sought::Wrong(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    page(app, look, actor, status, Shown { sought: Some(sought), ..Shown::default() }).await
}

async fn page(app: &App, look: Look, actor: &Actor, status: StatusCode, shown: Shown) -> Result<Response, Problem> {
    let refusals = &app.services.refusals;
    let request = PageRequest { after: shown.after, ..PageRequest::first() };
    let Page { items, next } = refusals.list(actor, &shown.query, request).await?;
    let props = RefusalsPageProps {
        slug: actor.workspace.slug.clone(),
        profile: Arc::clone(&app.services.profile),
        query: shown.query,
        errors: shown.errors,
        keys: refusals.keys(actor).await?,
        requests: items,
        sought: shown.sought,
        first: shown.after.is_none(),
        next,
        now: app.now(),
    };
    Ok(look.of_member(actor).page(status, "Why was this refused?", move || RefusalsPage(props)))
}
