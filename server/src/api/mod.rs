//! REST management: everything that the dashboard can do, with the dashboard's session or with a token of the command
//! line's. Never with an API key.
//!
//! A route and its description are one: handlers carry `#[utoipa::path]`, routers are made of `routes!`, and
//! [`openapi`] adds what holds for all of them. `/api/openapi.json` and `/api/docs` are made of the result.

pub mod answer;
mod apps;
pub mod audit;
pub mod bearer;
mod csv;
mod docs;
pub mod etag;
mod idempotency;
mod invitations;
mod keys;
mod members;
pub mod openapi;
pub mod paging;
pub mod refusals;
pub mod usage;

use crate::{problem, state::Shared};
use axum::{Extension, Router, middleware::from_fn_with_state};
use std::sync::Arc;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// The management API, and its description.
pub fn router(app: &Shared) -> Router<Shared> {
    let (operations, described) = operations();
    let documents = Arc::new(docs::Documents::of(&openapi::document(described, app), app));
    operations
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(from_fn_with_state(Shared::clone(app), idempotency::once))
        .layer(from_fn_with_state(Shared::clone(app), bearer::recognise))
        .merge(docs::router().layer(Extension(documents)))
}

/// What there is: `/api-keys` for the person's only workspace, and everything under each workspace's own address.
fn operations() -> (Router<Shared>, OpenApi) {
    let workspace = OpenApiRouter::new()
        .merge(keys::router())
        .merge(members::router())
        .merge(invitations::router())
        .merge(apps::router())
        .merge(audit::router())
        .merge(refusals::router())
        .merge(usage::router())
        .fallback(unknown);
    OpenApiRouter::with_openapi(openapi::blank())
        .nest("/api/v1/workspaces/{workspace}", workspace)
        .merge(keys::router())
        .split_for_parts()
}

async fn unknown() -> problem::Problem {
    problem::Problem::not_found("endpoint")
}
