//! `/oauth/register`: apps register themselves (RFC 7591) and manage what they registered (RFC 7592).
//!
//! Libraries understand no other refusals than those of the RFCs: a wrong type or a body that is too large is 400 here.

use super::{Refusal, answer};
use crate::{body, state::Shared, visitor};
use axum::{
    body::{Body, Bytes},
    extract::{Path, Request, State},
    http::{
        HeaderMap, StatusCode,
        header::{AUTHORIZATION, CONTENT_TYPE},
    },
    response::Response,
};
use keywright_core::oauth::{Code, OAuthError, OAuthResult};

/// `POST /oauth/register`.
pub async fn register(State(app): State<Shared>, request: Request) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let body = read_json(&parts.headers, body).await?;
    let registered = app.services.apps.register(&body, &endpoint(&app), &visitor::origin(&parts)).await;
    Ok(answer::made(StatusCode::CREATED, &registered.map_err(OAuthError::from)?))
}

/// `GET /oauth/register/{client_id}`.
pub async fn read(
    State(app): State<Shared>,
    Path(client_id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let found = app.services.apps.read_registration(&client_id, token(&headers)?, &endpoint(&app)).await;
    Ok(answer::good(&found.map_err(OAuthError::from)?))
}

/// `PUT /oauth/register/{client_id}`.
pub async fn replace(
    State(app): State<Shared>,
    Path(client_id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let token = token(&parts.headers)?;
    let body = read_json(&parts.headers, body).await?;
    let (endpoint, origin) = (endpoint(&app), visitor::origin(&parts));
    let replaced = app.services.apps.replace_registration(&client_id, token, &body, &endpoint, &origin).await;
    Ok(answer::good(&replaced.map_err(OAuthError::from)?))
}

/// `DELETE /oauth/register/{client_id}`.
pub async fn delete(
    State(app): State<Shared>,
    Path(client_id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let (parts, _) = request.into_parts();
    let (token, origin) = (token(&parts.headers)?, visitor::origin(&parts));
    app.services.apps.delete_registration(&client_id, token, &origin).await.map_err(OAuthError::from)?;
    Ok(answer::done(StatusCode::NO_CONTENT))
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
fn token(headers: &HeaderMap) -> Result<&str, Refusal> {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|header| header.split_once(' '));
    let token = token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    token.ok_or_else(|| Refusal::stranger("Send the registration_access_token as a Bearer token."))
}
