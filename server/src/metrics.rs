//! `/metrics`: what a Prometheus asks for now and then, with the gate token as every program of the operator's.

use crate::{gate::credentials::Backend, problem::write_json, state::Shared};
use axum::{
    Router, extract::State, http::header::CONTENT_TYPE, middleware::from_fn, response::IntoResponse, routing::get,
};
use std::fmt::Display;

/// The format's own type (Prometheus, "Exposition formats").
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The door.
pub fn router() -> Router<Shared> {
    Router::new().route("/metrics", get(metrics)).layer(from_fn(write_json))
}

async fn metrics(State(app): State<Shared>, _backend: Backend) -> impl IntoResponse {
    let database = u8::from(app.services.db.ping().await);
    let mut text = metric("keywright_database_up", "gauge", "Whether the database answers.", database);
    if let Some(redis) = app.services.gate.redis() {
        let (up, unanswered) = (u8::from(redis.is_there()), redis.unanswered());
        text += &metric("keywright_redis_up", "gauge", "Whether limits are counted in Redis; else by this node.", up);
        let help = "Calls that Redis has not answered in time.";
        text += &metric("keywright_redis_unanswered_total", "counter", help, unanswered);
    }
    ([(CONTENT_TYPE, TEXT)], text)
}

fn metric(name: &str, kind: &str, help: &str, value: impl Display) -> String {
    format!("# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n")
}
