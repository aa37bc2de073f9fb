//! Whether the instance lives, and whether it can work.

use crate::state::Shared;
use axum::{Router, extract::State, http::StatusCode, routing::get};

/// `/health/live` and `/health/ready`.
pub fn router() -> Router<Shared> {
    Router::new().route("/health/live", get(live)).route("/health/ready", get(ready))
}

/// 200 as long as the process answers at all.
async fn live() -> &'static str {
    "ok"
}

/// 200 if the database answers too; else 503, so that a load balancer sends requests elsewhere. Without its Redis a
/// node can work.
async fn ready(State(app): State<Shared>) -> (StatusCode, &'static str) {
    if !app.services.db.ping().await {
        return (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer");
    }
    let is_alone = app.services.gate.redis().is_some_and(|redis| !redis.is_there());
    (StatusCode::OK, if is_alone { "ok, but Redis does not answer: this node limits by itself" } else { "ok" })
}
