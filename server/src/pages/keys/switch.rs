//! `/w/{slug}/keys/{id}/disable` and `…/enable`: off and on.

use super::{PathOf, id, settle, version};
use crate::{body::Fields, pages::Look, problem::Problem, state::Shared, visitor::Member};
use axum::{
    extract::{Path, State},
    response::Response,
};

/// `POST /w/{slug}/keys/{id}/disable`.
pub async fn disable(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    Path(path): Path<PathOf>,
    fields: Fields,
) -> Result<Response, Problem> {
    let id = id(&path)?;
    let done = app.services.keys.disable(&actor, id, version(&fields)).await;
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
    Path(path): Path<PathOf>,
    fields: Fields,
) -> Result<Response, Problem> {
    let id = id(&path)?;
    let done = app.services.keys.enable(&actor, id, version(&fields)).await;
    settle(&app, look, &actor, id, done, |key| format!("“{}” is enabled. It works again.", key.label)).await
}
