//! `/w/{slug}/keys/{id}/revoke`.

use super::{Said, Why, key_page, refusal};
use crate::{
    body::Fields,
    pages::{Look, flash, look::see_other},
    path::PathId,
    problem::Problem,
    state::{App, Shared},
    visitor::Member,
};
use axum::{extract::State, http::StatusCode, response::Response};
use keywright_app::pages::keys::{RevokePage, RevokePageProps};
use keywright_core::{actor::Actor, error::Error, ids::KeyId, keys::ApiKey, profile::Right};

/// `GET /w/{slug}/keys/{id}/revoke`: what will happen.
pub async fn confirm_revoke(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(id): PathId<KeyId>,
) -> Result<Response, Problem> {
    actor.require(Right::KeysManage)?;
    let key = app.services.keys.get(&actor, id).await?;
    Ok(question(&app, look, &actor, key, String::new(), Why::default()))
}

/// `POST /w/{slug}/keys/{id}/revoke`.
pub async fn revoke(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(id): PathId<KeyId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let reason = fields.one("reason");
    let error = match app.services.keys.revoke(&actor, id, &reason, fields.version()).await {
        Ok(key) => {
            let done = see_other(&format!("/w/{}/keys", actor.workspace.slug));
            return Ok(flash(&app, done, &format!("“{}” is revoked. The next request with it is refused.", key.label)));
        }
        Err(error) => error,
    };
    let refusal = refusal(&app, &actor, id, &error).await?;
    let (status, errors) = match (error, refusal.is_some()) {
        (Error::Invalid(errors), _) => (StatusCode::UNPROCESSABLE_ENTITY, errors),
        (_, true) => (StatusCode::CONFLICT, Vec::new()),
        (error, false) => return Err(error.into()),
    };
    let key = app.services.keys.get(&actor, id).await?;
    if key.revoked_at.is_some() {
        return key_page(&app, look, &actor, key, status, Said { refusal, ..Said::default() }).await;
    }
    Ok(question(&app, look, &actor, key, reason, Why { status, errors, refusal }))
}

fn question(app: &App, look: Look, actor: &Actor, key: ApiKey, reason: String, why: Why) -> Response {
    let Why { status, errors, refusal } = why;
    let slug = actor.workspace.slug.clone();
    let props = RevokePageProps { slug, key, reason, errors, refusal, now: app.now() };
    look.of_member(actor).page(status, "Revoke key", move || RevokePage(props))
}
