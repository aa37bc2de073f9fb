//! Answers what arrived, so that tests can see what the gate lets through.

use crate::state::Shared;
use axum::{
    Json, Router,
    http::{HeaderMap, Method, Uri},
    routing::any,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/echo", any(echo)).route("/echo/{*rest}", any(echo))
}

/// Headers that came more than once are listed as often, in order.
async fn echo(method: Method, uri: Uri, headers: HeaderMap, body: String) -> Json<Value> {
    let mut seen: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, value) in &headers {
        seen.entry(name.as_str()).or_default().push(String::from_utf8_lossy(value.as_bytes()).into_owned());
    }
    Json(json!({
        "method": method.as_str(),
        "path": uri.path(),
        "query": uri.query(),
        "headers": seen,
        "body": body,
    }))
}
