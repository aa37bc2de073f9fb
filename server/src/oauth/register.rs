//! `/oauth/register`: apps register themselves (RFC 7591) and manage what they registered (RFC 7592).
//!
//! Libraries understand no other refusals than those of the RFCs: a wrong type or a body that is too large is 400 here.

use crate::{body, state::Shared, visitor};
use axum::{
    Json,
    body::{Body, Bytes},
    extract::{Path, Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{
            ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
            ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, PRAGMA,
            RETRY_AFTER, WWW_AUTHENTICATE,
        },
    },
    response::{IntoResponse as _, Response},
};
use keywright_core::oauth::{Code, OAuthError, OAuthResult};
use serde::Serialize;
use serde_json::json;
use std::time::Duration;

/// What a page may send. MCP clients name their version with each request.
const PREFLIGHT: [(HeaderName, &str); 3] = [
    (ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, DELETE"),
    (ACCESS_CONTROL_ALLOW_HEADERS, "Authorization, Content-Type, DPoP, MCP-Protocol-Version"),
    (ACCESS_CONTROL_MAX_AGE, "86400"),
];

/// `POST /oauth/register`.
pub async fn register(State(app): State<Shared>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let registered = async {
        let body = read_json(&parts.headers, body).await?;
        Ok(app.services.apps.register(&body, &endpoint(&app), &visitor::origin(&parts)).await?)
    };
    answer(StatusCode::CREATED, registered.await)
}

/// `GET /oauth/register/{client_id}`.
pub async fn read(State(app): State<Shared>, Path(client_id): Path<String>, headers: HeaderMap) -> Response {
    let found = async {
        let token = token(&headers)?;
        Ok(app.services.apps.read_registration(&client_id, token, &endpoint(&app)).await?)
    };
    answer(StatusCode::OK, found.await)
}

/// `PUT /oauth/register/{client_id}`.
pub async fn replace(State(app): State<Shared>, Path(client_id): Path<String>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let replaced = async {
        let token = token(&parts.headers)?;
        let body = read_json(&parts.headers, body).await?;
        let (endpoint, origin) = (endpoint(&app), visitor::origin(&parts));
        Ok(app.services.apps.replace_registration(&client_id, token, &body, &endpoint, &origin).await?)
    };
    answer(StatusCode::OK, replaced.await)
}

/// `DELETE /oauth/register/{client_id}`.
pub async fn delete(State(app): State<Shared>, Path(client_id): Path<String>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let deleted = async {
        let token = token(&parts.headers)?;
        Ok(app.services.apps.delete_registration(&client_id, token, &visitor::origin(&parts)).await?)
    };
    match deleted.await {
        Ok(()) => with_headers(StatusCode::NO_CONTENT.into_response()),
        Err(error) => refuse(&error),
    }
}

/// What a browser asks before a page may send what is not a plain form.
pub async fn preflight() -> Response {
    let mut response = with_headers(StatusCode::NO_CONTENT.into_response());
    for (name, value) in PREFLIGHT {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Any other method.
pub async fn no_method() -> Response {
    refuse(&OAuthError::new(Code::MethodNotAllowed, "This address does not know the method of the request."))
}

/// The address of what is registered begins with this one. It is never made of what the request says of itself.
fn endpoint(app: &Shared) -> String {
    app.public_url.join("/oauth/register")
}

async fn read_json(headers: &HeaderMap, body: Body) -> OAuthResult<Bytes> {
    let sent = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media = sent.split(';').next().unwrap_or_default().trim();
    // A page of another site could send anything else without asking first.
    if !media.eq_ignore_ascii_case("application/json") {
        return Err(OAuthError::new(Code::InvalidClientMetadata, "Send the body as application/json."));
    }
    body::read(body).await.map_err(|problem| OAuthError::new(Code::InvalidClientMetadata, problem.message))
}

/// RFC 6750 §2.1; the scheme in any case.
fn token(headers: &HeaderMap) -> OAuthResult<&str> {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|header| header.split_once(' '));
    let token = token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    token.ok_or_else(|| OAuthError::new(Code::InvalidToken, "Send the registration_access_token as a Bearer token."))
}

fn answer(status: StatusCode, result: OAuthResult<impl Serialize>) -> Response {
    match result {
        Ok(document) => with_headers((status, Json(document)).into_response()),
        Err(error) => refuse(&error),
    }
}

fn refuse(error: &OAuthError) -> Response {
    let status = StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let body = json!({
        "error": error.code.as_str(), "error_description": error.description, "message": error.description,
    });
    let mut response = with_headers((status, Json(body)).into_response());
    let headers = response.headers_mut();
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(r#"Bearer error="invalid_token""#));
    }
    if let Some(wait) = error.retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
    }
    response
}

/// A wait that is said too short is a wait that fails once more.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// Secrets are in these answers: nobody keeps them. Pages of every origin may ask, since nothing here goes by cookies.
fn with_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("Retry-After, WWW-Authenticate"));
    response
}
