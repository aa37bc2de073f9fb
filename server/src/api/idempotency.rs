//! `Idempotency-Key`: a POST that is sent twice is done once. The answer is kept for a day and given again, except that
//! a secret is kept nowhere: then the second answer only says what the first one made.

use super::answer::Replay;
use crate::{
    body,
    problem::{Problem, Subject},
    state::{App, Shared},
    visitor::Member,
};
use axum::{
    body::{Body, Bytes},
    extract::{FromRequestParts as _, Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
        header::{CONTENT_TYPE, ETAG},
        request::Parts,
    },
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http_body_util::BodyExt as _;
use keywright_core::{
    error::Error,
    idempotency::{Begun, IdempotencyKey, Kept, KeptContent, Ticket},
    secret::SecretHash,
};
use std::time::Duration;
use tracing::Instrument as _;

/// The header that names a request.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// On an answer that is given again.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Goes around the management API. Requests without the header pass as they are.
pub async fn once(State(app): State<Shared>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST || !request.headers().contains_key(IDEMPOTENCY_KEY) {
        return next.run(request).await;
    }
    run(&app, request, next).await.unwrap_or_else(Problem::into_response)
}

async fn run(app: &Shared, request: Request, next: Next) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    // Before anything is said about the key: who may not come in is told only that.
    let Member(actor) = Member::from_request_parts(&mut parts, app).await?;
    let key = key(&parts.headers)?;
    let bytes = body::read(body).await?;
    let ticket = match app.services.idempotency.begin(&actor, &key, fingerprint(&parts, &bytes)).await? {
        Begun::Run(ticket) => ticket,
        Begun::Answered(kept) => return again(kept),
        Begun::Running => return Err(in_progress()),
        Begun::Reused => return Err(reused()),
    };
    let request = Request::from_parts(parts, Body::from(bytes));
    let app = Shared::clone(app);
    // To its end even if the caller hangs up; else nobody would ever know how it ended.
    let work = async move {
        let response = next.run(request).await;
        keep(&app, &ticket, response).await
    };
    tokio::spawn(work.in_current_span()).await.map_err(|error| {
        tracing::error!(%error, "A request with an idempotency key was cut off");
        Error::Internal
    })?
}

fn key(headers: &HeaderMap) -> Result<IdempotencyKey, Problem> {
    let mut sent = headers.get_all(IDEMPOTENCY_KEY).iter();
    match (sent.next(), sent.next()) {
        (Some(one), None) => {
            IdempotencyKey::parse(one.as_bytes()).map_err(|error| Problem::malformed(error.to_string()))
        }
        (..) => Err(Problem::malformed("Send one Idempotency-Key.")),
    }
}

/// What makes two requests the same one: method, address and body.
fn fingerprint(parts: &Parts, body: &[u8]) -> SecretHash {
    let address = parts.uri.path_and_query().map_or("", |address| address.as_str());
    // Neither a method nor an address has a line break.
    SecretHash::of(&[parts.method.as_str().as_bytes(), b"\n", address.as_bytes(), b"\n", body].concat())
}

/// Keeps what may be kept of a good answer; after any other the key is free again.
async fn keep(app: &App, ticket: &Ticket, response: Response) -> Result<Response, Problem> {
    let idempotency = &app.services.idempotency;
    if !response.status().is_success() {
        if let Err(error) = idempotency.release(ticket).await {
            tracing::warn!(%error, "An idempotency key was not given back");
        }
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.map_err(|_| Error::Internal)?.to_bytes();
    let content = match parts.extensions.get::<Replay>() {
        Some(Replay::Whole) => whole(&parts.headers, &bytes),
        Some(Replay::Never { subject }) => KeptContent::Subject(Some(subject.clone())),
        None if bytes.is_empty() => whole(&parts.headers, &bytes),
        None => KeptContent::Subject(None),
    };
    let kept = Kept { status: parts.status.as_u16(), content };
    // The change is made: that the next one will be told "in progress" is better than to say now that it failed.
    if let Err(error) = idempotency.complete(ticket, kept).await {
        tracing::warn!(%error, "An answer was not kept for its idempotency key");
    }
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

fn whole(headers: &HeaderMap, bytes: &Bytes) -> KeptContent {
    let etag = headers.get(ETAG).and_then(|value| value.to_str().ok()).map(str::to_owned);
    match std::str::from_utf8(bytes) {
        Ok(body) => KeptContent::Whole { body: body.to_owned(), etag },
        Err(_) => KeptContent::Subject(None),
    }
}

fn again(kept: Kept) -> Result<Response, Problem> {
    match kept.content {
        KeptContent::Whole { body, etag } => {
            let status = StatusCode::from_u16(kept.status).map_err(|_| Error::Internal)?;
            let typed = (!body.is_empty()).then_some((CONTENT_TYPE, HeaderValue::from_static("application/json")));
            let etag = etag.and_then(|tag| HeaderValue::try_from(tag).ok()).map(|tag| (ETAG, tag));
            let mut response =
                (status, [(REPLAYED, HeaderValue::from_static("true"))], Body::from(body)).into_response();
            response.headers_mut().extend(typed.into_iter().chain(etag));
            Ok(response)
        }
        KeptContent::Subject(subject) => {
            let message =
                "This request was done before. Its answer held a secret, which is shown once and kept nowhere.";
            let problem = Problem::new(StatusCode::CONFLICT, "idempotency_replayed", message);
            let mut response = problem.into_response();
            if let Some(subject) = subject {
                response.extensions_mut().insert(Subject(subject));
            }
            Ok(response)
        }
    }
}

fn in_progress() -> Problem {
    let message = "The first request with this Idempotency-Key is still running, or was cut off. Look at what it did.";
    let problem = Problem::new(StatusCode::CONFLICT, "idempotency_in_progress", message);
    Problem { retry_after: Some(Duration::from_secs(1)), ..problem }
}

fn reused() -> Problem {
    let message = "This Idempotency-Key was sent with another request. Each request needs a key of its own.";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", message)
}
