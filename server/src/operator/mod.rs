//! The operator's own REST: workspaces, plans, links that sign people in, signing keys. For the operator's systems and the
//! command line; no session and no API key opens it. Without a configured token there is no such door.

mod links;
mod signing_keys;
mod workspaces;

use crate::{
    gate::credentials,
    problem::{self, Problem},
    state::Shared,
    visitor,
};
use axum::{
    Router,
    extract::{Request, State},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use keywright_core::operator::Operator;

/// `/operator/…`, if this instance has a token for it.
pub fn router(app: &Shared) -> Router<Shared> {
    if app.operator_token.is_none() {
        return Router::new();
    }
    let doors = Router::new()
        .route("/workspaces", get(workspaces::list).post(workspaces::create))
        .route("/workspaces/{slug}", get(workspaces::get).patch(workspaces::change).delete(workspaces::delete))
        .route("/workspaces/{slug}/suspend", post(workspaces::suspend))
        .route("/workspaces/{slug}/resume", post(workspaces::resume))
        .route("/plans", get(workspaces::plans))
        .route("/sign-in-links", post(links::create))
        .route("/signing-keys", get(signing_keys::list).post(signing_keys::rotate))
        .method_not_allowed_fallback(problem::method_not_allowed)
        .fallback(unknown)
        // Around the fallback too: who does not know the token does not learn what there is.
        .layer(from_fn_with_state(app.clone(), admit))
        .layer(from_fn(problem::write_json));
    Router::new().nest("/operator", doors)
}

/// Lets the operator in, and nobody else.
async fn admit(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let by = async {
        let expected = app.operator_token.ok_or_else(|| Problem::not_found("endpoint"))?;
        let token = credentials::bearer(&parts.headers)?;
        Ok::<Operator, Problem>(app.services.operations.admit(token, expected, visitor::origin(&parts)).await?)
    };
    match by.await {
        Ok(by) => {
            parts.extensions.insert(by);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(problem) => problem.into_response(),
    }
}

async fn unknown() -> Problem {
    Problem::not_found("endpoint")
}
