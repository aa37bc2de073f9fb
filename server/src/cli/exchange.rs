//! One request of a command to a running server, and its whole answer.

use crate::gate::upstream::HttpClient;
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use http_body_util::{BodyExt as _, Limited};
use std::time::Duration;

/// How long the server may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The longest answer that is read.
const LONGEST: usize = 16 * 1024 * 1024;

/// Status and text; else why there are none, in words.
pub async fn exchange(client: &HttpClient, request: Request<Body>) -> Result<(StatusCode, String), String> {
    let answered = tokio::time::timeout(PATIENCE, send(client, request)).await;
    answered.unwrap_or_else(|_| Err("it took too long".to_owned()))
}

async fn send(client: &HttpClient, request: Request<Body>) -> Result<(StatusCode, String), String> {
    let response = client.request(request).await.map_err(|error| root_cause(&error))?;
    let status = response.status();
    let body = Limited::new(response.into_body(), LONGEST).collect().await;
    let body = body.map_err(|error| error.to_string())?.to_bytes();
    Ok((status, String::from_utf8_lossy(&body).into_owned()))
}

/// hyper wraps what the operating system said twice.
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
