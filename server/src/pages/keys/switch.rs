//! `/w/{slug}/keys/{id}/disable` and `…/enable`: off and on.

use super::settle;
use crate::{body::Fields, pages::Look, path::PathId, problem::Problem, state::Shared, visitor::Member};
use axum::{extract::State, response::Response};
use keywright_core::ids::KeyId;

/// `POST /w/{slug}/keys/{id}/disable`.
pub async fn disable(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(id): PathId<KeyId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let done = app.services.keys.disable(&actor, id, fields.version()).await;
    settle(&app, look, &actor, id, done, |key| {
        format!("“{}” is disabled. The next request with it is refused, until it is enabled again here.", key.label)
    })
    .await
}

/// `POST /w/{slug}/keys/{id}/enable`.
pub async fn enable(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(id): PathId<KeyId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let done = app.services.keys.enable(&actor, id, fields.version()).await;
    settle(&app, look, &actor, id, done, |key| format!("“{}” is enabled. It works again.", key.label)).await
}
