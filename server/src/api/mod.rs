//! REST management: everything that the dashboard can do with keys, with the dashboard's session. Never
//! with an API key.

pub mod audit;
mod keys;
pub mod paging;

use crate::{problem, state::Shared};
use axum::{Router, routing::get};

/// `/api-keys` for the person's only workspace, and the same under each workspace's own address.
pub fn router() -> Router<Shared> {
    let keys = || get(keys::list).post(keys::create);
    let key = || get(keys::get).delete(keys::revoke);
    let workspace = Router::new()
        .route("/{slug}/api-keys", keys())
        .route("/{slug}/api-keys/{id}", key())
        .route("/{slug}/audit", get(audit::list))
        .route("/{slug}/audit/export", get(audit::export))
        .method_not_allowed_fallback(problem::method_not_allowed)
        .fallback(unknown);
    Router::new()
        .route("/api-keys", keys())
        .route("/api-keys/{id}", key())
        .method_not_allowed_fallback(problem::method_not_allowed)
        .nest("/api/v1/workspaces", workspace)
}

async fn unknown() -> problem::Problem {
    problem::Problem::not_found("endpoint")
}
