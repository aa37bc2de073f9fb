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
    oauth::{MANAGE, NotManaging},
};
use serde::Serialize;
use std::{collections::BTreeMap, time::Duration};
use utoipa::ToSchema;

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
    /// The challenge of a 401, of a 403 for a scope, or of a 400 for credentials (RFC 6750 §3).
    pub challenge: Option<Box<str>>,
}

/// The id of what a refusal is about, where the request could not name it. It travels beside the problem.
#[derive(Clone, Debug)]
pub struct Subject(pub String);

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

    /// What the request brings to say who it is from could not be understood (RFC 6750 §3.1).
    pub fn bad_credentials(message: impl Into<String>) -> Self {
        Self { challenge: Some(challenge(Some("invalid_request"), &[])), ..Self::malformed(message) }
    }

    /// The query string could not be understood; each wrong member is named.
    pub fn bad_query(fields: Vec<FieldError>) -> Self {
        let message = fields.first().map(|first| format!("“{}” in the query: {}", first.field, first.message));
        Self { fields, ..Self::malformed(message.unwrap_or_default()) }
    }

    /// Whether it is the plan, or what is paid for it, that is in the way.
    #[must_use]
    pub fn is_about_plan(&self) -> bool {
        matches!(
            self.code,
            "key_limit_reached"
                | "plan_required"
                | "workspace_suspended"
                | "rate_limited"
                | "daily_limit_reached"
                | "concurrency_limited"
        )
    }

    /// No such thing.
    pub fn not_found(what: &'static str) -> Self {
        Error::NotFound(what).into()
    }

    /// What the gate says of a request that may not pass. `needed` names the scopes that it lacks.
    #[must_use]
    pub fn of_gate(refusal: gate::Refusal, needed: &[String]) -> Self {
        let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::FORBIDDEN);
        Self {
            challenge: match refusal.challenge {
                Some(error) => Some(challenge(Some(error), needed)),
                None => (status == StatusCode::UNAUTHORIZED).then(|| challenge(None, &[])),
            },
            ..Self::new(status, refusal.code, refusal.message)
        }
    }

    /// An access token that does not manage (RFC 6750 §3.1).
    #[must_use]
    pub fn of_token(refused: &NotManaging) -> Self {
        let (status, code, error, scopes) = match refused {
            NotManaging::NotGood => (StatusCode::UNAUTHORIZED, "unauthorized", "invalid_token", Vec::new()),
            NotManaging::Beyond => {
                (StatusCode::FORBIDDEN, "insufficient_scope", "insufficient_scope", vec![MANAGE.to_owned()])
            }
            NotManaging::Failed(error) => return error.clone().into(),
        };
        Self { challenge: Some(challenge(Some(error), &scopes)), ..Self::new(status, code, refused.message()) }
    }

    /// The problem as JSON, in the media type that the caller asked for.
    #[must_use]
    pub fn json(&self, asked: &HeaderMap) -> Response {
        self.written(None, false, asked)
    }

    /// The same for apps, which read errors as OAuth has them (RFC 6749 §5.2).
    #[must_use]
    pub fn json_for_apps(&self, asked: &HeaderMap) -> Response {
        self.written(None, true, asked)
    }

    /// The same, and what the problem is about.
    #[must_use]
    pub fn json_about(&self, subject: Option<&Subject>, asked: &HeaderMap) -> Response {
        self.written(subject, false, asked)
    }

    fn written(&self, subject: Option<&Subject>, for_apps: bool, asked: &HeaderMap) -> Response {
        let rfc9457 = asks_for_problem_json(asked);
        let body = ProblemBody {
            error: self.code,
            message: &self.message,
            error_description: for_apps.then_some(&self.message),
            action_url: self.action_url.as_deref(),
            fields: self.fields.iter().map(|field| (&*field.field, field.message.as_str())).collect(),
            id: subject.map(|Subject(id)| id.as_str()),
            kind: rfc9457.then_some("about:blank"),
            title: if rfc9457 { self.status.canonical_reason() } else { None },
            status: rfc9457.then_some(self.status.as_u16()),
            detail: rfc9457.then_some(&self.message),
            retry_after: self.retry_after.filter(|_| rfc9457).map(whole_seconds),
        };
        let media_type = if rfc9457 { "application/problem+json" } else { "application/json" };
        let body = serde_json::to_string(&body).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status;
        // Room is made once: a refusal for a limit has those of limits as well.
        response.headers_mut().reserve(if self.retry_after.is_some() { 12 } else { 6 });
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        self.write_headers(response.headers_mut());
        response
    }

    /// The headers that go with the status, whatever the body.
    pub fn write_headers(&self, headers: &mut HeaderMap) {
        if let Some(wait) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
        }
        if let Some(value) = self.challenge.as_deref().and_then(|text| HeaderValue::from_str(text).ok()) {
            headers.insert(WWW_AUTHENTICATE, value);
        }
    }
}

/// Every refusal in the form for programs. With `Accept: application/problem+json` the members of RFC 9457 are added.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody<'a> {
    /// The word that programs may rely on.
    #[schema(example = "validation_failed")]
    error: &'a str,
    /// A sentence for people.
    #[schema(example = "Some of what was sent cannot be accepted.")]
    message: &'a str,
    /// At the doors of OAuth: the same as `message`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    error_description: Option<&'a String>,
    /// Where it can be mended, if somewhere: the plan page.
    #[serde(skip_serializing_if = "Option::is_none")]
    action_url: Option<&'a str>,
    /// What is wrong with which member of what was sent.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = std::collections::HashMap<String, String>, required = false)]
    fields: BTreeMap<&'a str, &'a str>,
    /// With `idempotency_replayed`: what the first request made.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    /// RFC 9457: always `about:blank`; `error` tells problems apart.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    /// RFC 9457: the status in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    /// RFC 9457: the status.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// RFC 9457: the same as `message`.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a String>,
    /// With RFC 9457: the number of `Retry-After`.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
}

/// Rounded up: a client that comes a moment early would be turned away again.
#[must_use]
pub fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
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

/// Whether the caller wants the form of RFC 9457.
#[must_use]
pub fn asks_for_problem_json(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let is_it = parts.next().is_some_and(|media| media.eq_ignore_ascii_case("application/problem+json"));
        is_it && !parts.any(is_unwanted)
    })
}

/// `q=0`: not that one (RFC 9110 §12.4.2).
fn is_unwanted(parameter: &str) -> bool {
    let weight = parameter.split_once('=').filter(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    weight.is_some_and(|(_, weight)| weight.trim().parse() == Ok(0.0))
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

/// What the guards turn away, as a problem.
#[must_use]
pub fn refused(refusal: Refusal) -> Problem {
    Problem::new(refusal.status(), refusal.code(), refusal.message())
}

/// What the guards turn away: before sessions there is no page to write, only JSON.
#[must_use]
pub fn refuse(refusal: Refusal, headers: &HeaderMap) -> Response {
    let problem = refused(refusal);
    match refusal {
        // Nobody has looked yet which door it came to: it may be one of OAuth's.
        Refusal::HttpsRequired => problem.json_for_apps(headers),
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
