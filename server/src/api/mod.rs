//! REST management: everything that the dashboard can do with keys, with the dashboard's session. Never
//! with an API key.

mod audit;
mod keys;
pub mod paging;

use crate::{problem, state::Shared};
use axum::{
    Router,
    routing::{delete, get},
};

/// `/api-keys` for the person's only workspace, and the same under each workspace's own address.
pub fn router() -> Router<Shared> {
    let keys = || get(keys::list).post(keys::create);
    let key = || get(keys::get).merge(delete(keys::revoke));
    Router::new()
        .route("/api-keys", keys())
        .route("/api-keys/{id}", key())
        .route("/api/v1/workspaces/{slug}/api-keys", keys())
        .route("/api/v1/workspaces/{slug}/api-keys/{id}", key())
        .route("/api/v1/workspaces/{slug}/audit", get(audit::list))
        .route("/api/v1/workspaces/{*rest}", get(unknown).post(unknown).put(unknown).patch(unknown).delete(unknown))
        .method_not_allowed_fallback(problem::method_not_allowed)
}

async fn unknown() -> problem::Problem {
    problem::Problem::not_found("endpoint")
}
