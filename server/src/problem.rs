//! How every door says no: one shape for programs (common_08; RFC 9457 on request), one page for people.

use crate::guard::Refusal;
use axum::{
    body::Body,
    extract::Request,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use keywright_core::{
    error::{Error, FieldError},
    gate,
};
use serde_json::{Map, Value};
use std::time::Duration;

/// A refusal on its way out. As a response it is still without a body: the door's own layer writes it,
/// as JSON ([`Problem::json`]) or as a page.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The status.
    pub status: StatusCode,
    /// The word that programs may rely on.
    pub code: &'static str,
    /// The sentence for people.
    pub message: String,
    /// Where it can be mended.
    pub action_url: Option<Box<str>>,
    /// What is wrong with which member.
    pub fields: Vec<FieldError>,
    /// When to try again.
    pub retry_after: Option<Duration>,
    /// The challenge of a 401, or of a 403 for a scope (RFC 6750 §3).
    pub challenge: Option<Box<str>>,
}

impl Problem {
    /// A problem with nothing but a status, a code and a sentence.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        let challenge = (status == StatusCode::UNAUTHORIZED).then(|| challenge(None, &[]));
        let message = message.into();
        Self { status, code, message, action_url: None, fields: Vec::new(), retry_after: None, challenge }
    }

    /// The request could not be understood.
    pub fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", message)
    }

    /// No such thing.
    pub fn not_found(what: &'static str) -> Self {
        Error::NotFound(what).into()
    }

    /// What the gate says of a request that may not pass. `needed` names the scopes that it lacks.
    #[must_use]
    pub fn of_gate(refusal: gate::Refusal, needed: &[String], action_url: Option<Box<str>>) -> Self {
        let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::FORBIDDEN);
        Self {
            challenge: match refusal.challenge {
                Some(error) => Some(challenge(Some(error), needed)),
                None => (status == StatusCode::UNAUTHORIZED).then(|| challenge(None, &[])),
            },
            action_url,
            ..Self::new(status, refusal.code, refusal.message)
        }
    }

    /// The problem as JSON, in the media type that the caller asked for.
    #[must_use]
    pub fn json(&self, asked: &HeaderMap) -> Response {
        let mut body = Map::new();
        body.insert("error".into(), self.code.into());
        body.insert("message".into(), self.message.clone().into());
        if let Some(url) = &self.action_url {
            body.insert("action_url".into(), (**url).into());
        }
        if !self.fields.is_empty() {
            let fields = self.fields.iter().map(|f| (f.field.to_owned(), Value::from(f.message.clone())));
            body.insert("fields".into(), fields.collect::<Map<_, _>>().into());
        }
        let rfc9457 = asks_for_problem_json(asked);
        if rfc9457 {
            body.insert("type".into(), "about:blank".into());
            body.insert("title".into(), self.status.canonical_reason().into());
            body.insert("status".into(), self.status.as_u16().into());
            body.insert("detail".into(), self.message.clone().into());
        }
        let media_type = if rfc9457 { "application/problem+json" } else { "application/json" };
        let mut response = (self.status, Body::from(Value::Object(body).to_string())).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        self.write_headers(response.headers_mut());
        response
    }

    /// The headers that go with the status, whatever the body.
    pub fn write_headers(&self, headers: &mut HeaderMap) {
        if let Some(wait) = self.retry_after {
            // Rounded up: a client that comes a moment early would be turned away again.
            headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs() + u64::from(wait.subsec_nanos() > 0)));
        }
        if let Some(value) = self.challenge.as_deref().and_then(|text| HeaderValue::from_str(text).ok()) {
            headers.insert(WWW_AUTHENTICATE, value);
        }
    }
}

/// `Bearer realm="keywright"`, with the error and the scopes where there are any.
fn challenge(error: Option<&str>, scopes: &[String]) -> Box<str> {
    let mut text = "Bearer realm=\"keywright\"".to_owned();
    if let Some(error) = error {
        text.push_str(&format!(", error=\"{error}\""));
    }
    if !scopes.is_empty() {
        text.push_str(&format!(", scope=\"{}\"", scopes.join(" ")));
    }
    text.into()
}

fn asks_for_problem_json(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|range| {
        range.split(';').next().is_some_and(|media| media.trim().eq_ignore_ascii_case("application/problem+json"))
    })
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let problem = Self::new(status, error.code(), error.to_string());
        match error {
            Error::Invalid(fields) => Self { fields, ..problem },
            Error::Throttled { retry_after } => Self { retry_after: Some(retry_after), ..problem },
            Error::Unavailable => Self { retry_after: Some(Duration::from_secs(1)), ..problem },
            Error::Malformed(_)
            | Error::Unauthenticated(_)
            | Error::Forbidden(_)
            | Error::KeyLimitReached { .. }
            | Error::PlanRequired { .. }
            | Error::Suspended
            | Error::Stale
            | Error::NotFound(_)
            | Error::Conflict(_)
            | Error::Internal => problem,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// What the guards turn away: before sessions there is no page to write, only JSON.
#[must_use]
pub fn refuse(refusal: Refusal, headers: &HeaderMap) -> Response {
    let problem = Problem::new(refusal.status(), refusal.code(), refusal.message());
    match refusal {
        Refusal::HttpsRequired => problem.json(headers),
        Refusal::CrossOrigin => problem.into_response(),
    }
}

/// Writes the problems of a door that only programs use.
pub async fn write_json(request: Request, next: Next) -> Response {
    let asked = request.headers().clone();
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Problem>() {
        Some(problem) => problem.json(&asked),
        None => response,
    }
}

/// The same, for doors that only programs use.
pub async fn method_not_allowed_json(headers: HeaderMap) -> Response {
    method_not_allowed().await.json(&headers)
}

/// A method that a path does not know.
pub async fn method_not_allowed() -> Problem {
    let message = "This address does not know the method of the request.";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message)
}
