//! Devices without a browser (RFC 8628): the doors that they call, and the pages where a person lets them in.

use super::{Refusal, answer, authorize, read, token};
use crate::{
    body::Fields,
    pages::{Look, last_place, see_other},
    problem::Problem,
    state::Shared,
    visitor::SignedIn,
};
use axum::{
    extract::{Query, Request, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use keywright_app::pages::device::{
    DeviceCodePage, DeviceCodePageProps, DeviceConfirmPage, DeviceConfirmPageProps, DeviceDonePage, DeviceDonePageProps,
};
use keywright_core::{
    apps::GrantType,
    error::{Error, FieldError},
    oauth::{Candidate, Code, Decision, DeviceRequest, OAuthError, Parameters, Typed},
};
use serde::Serialize;
use std::collections::HashMap;

const TITLE: &str = "Connect a device";

/// `POST /auth/device/code`: codes for a device (RFC 8628 §3.1).
pub async fn code(State(app): State<Shared>, request: Request) -> Result<Response, Refusal> {
    let asked = read(request).await?;
    let client = asked.client(&app).await?;
    let begun = app.services.oauth.begin_device(&client, &asked.parameters, &asked.origin).await?;
    Ok(answer::good(&begun))
}

/// `POST /auth/device/token`: what `/oauth/token` is, for devices; here they need not say which grant they mean.
pub async fn token(State(app): State<Shared>, request: Request) -> Result<Response, Refusal> {
    let mut asked = read(request).await?;
    if asked.parameters.one("grant_type").is_none() {
        let named = ("grant_type".to_owned(), GrantType::DeviceCode.code().to_owned());
        let pairs = asked.parameters.pairs().iter().cloned().chain([named]);
        asked.parameters = Parameters::lenient(pairs.collect());
    }
    token::issue(&app, &asked).await
}

/// What `/auth/device/authorize` answers.
#[derive(Serialize)]
struct Told<'a> {
    status: &'static str,
    client_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting: Option<Waiting<'a>>,
}

/// What there is to know before somebody decides.
#[derive(Serialize)]
struct Waiting<'a> {
    user_code: &'a str,
    client_id: &'a str,
    unverified: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
    since: i64,
    expires_at: i64,
    workspaces: Vec<&'a str>,
}

/// `POST /auth/device/authorize`: what the page `/device` does, for a program that holds a dashboard session. With a
/// `user_code` alone it tells what asks; with a `decision` as well (`allow` with a `workspace`, or `deny`) it decides.
pub async fn authorize(
    State(app): State<Shared>,
    who: Result<SignedIn, Problem>,
    request: Request,
) -> Result<Response, Refusal> {
    let who = who.map_err(|problem| match problem.status {
        StatusCode::UNAUTHORIZED => unauthenticated(),
        _ => Error::Unavailable.into(),
    })?;
    let asked = read(request).await?;
    let typed = typed(&who, asked.parameters.required("user_code")?);
    let oauth = &app.services.oauth;
    let decision = match asked.parameters.one("decision") {
        None => {
            let seen = oauth.look_at_device(&typed, None).await.map_err(told)?;
            return Ok(waiting(&seen));
        }
        Some("allow") => Decision::Allow(asked.parameters.required("workspace")?.to_owned()),
        Some("deny") => Decision::Deny,
        Some(_) => return Err(OAuthError::new(Code::InvalidRequest, "The decision is allow or deny.").into()),
    };
    let app = oauth.decide_device(&typed, &decision).await.map_err(told)?;
    let status = if decision == Decision::Deny { "denied" } else { "approved" };
    Ok(answer::good(&Told { status, client_name: &app.name, waiting: None }))
}

/// `GET /device`: where the code is typed; with `?user_code=` it is typed already, and still has to be confirmed.
pub async fn show(look: Look, _who: SignedIn, Query(query): Query<HashMap<String, String>>) -> Response {
    let code = query.get("user_code").cloned().unwrap_or_default();
    code_page(look, StatusCode::OK, code, Vec::new())
}

/// `POST /device`: who asks, before anything is decided.
pub async fn look(
    State(app): State<Shared>,
    look: Look,
    who: SignedIn,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Problem> {
    fields.only(&["user_code"]).map_err(|error| Problem::malformed(error.message))?;
    let code = fields.one("user_code");
    let place = last_place(&headers, &app);
    match app.services.oauth.look_at_device(&typed(&who, &code), place.as_deref()).await {
        Ok(request) => {
            let props = DeviceConfirmPageProps { request, now: app.now() };
            Ok(look.page(StatusCode::OK, TITLE, move || DeviceConfirmPage(props)))
        }
        Err(Error::Invalid(errors)) => Ok(code_page(look, StatusCode::UNPROCESSABLE_ENTITY, code, errors)),
        Err(error) => Err(error.into()),
    }
}

/// `POST /device/decision`.
pub async fn decide(State(app): State<Shared>, who: SignedIn, fields: Fields) -> Result<Response, Problem> {
    fields.only(&["user_code", "decision", "workspace"]).map_err(|error| Problem::malformed(error.message))?;
    let decision = authorize::decision(&fields)?;
    match app.services.oauth.decide_device(&typed(&who, &fields.one("user_code")), &decision).await {
        Ok(_) => Ok(see_other(if decision == Decision::Deny { "/device/denied" } else { "/device/allowed" })),
        Err(Error::Invalid(errors)) => {
            let message = errors.into_iter().next().map(|error| error.message).unwrap_or_default();
            Err(Error::Conflict(message).into())
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /device/allowed`
pub async fn allowed(look: Look, _who: SignedIn) -> Response {
    look.page(StatusCode::OK, TITLE, || DeviceDonePage(DeviceDonePageProps { allowed: true }))
}

/// `GET /device/denied`
pub async fn denied(look: Look, _who: SignedIn) -> Response {
    look.page(StatusCode::OK, TITLE, || DeviceDonePage(DeviceDonePageProps { allowed: false }))
}

fn typed<'a>(who: &'a SignedIn, code: &'a str) -> Typed<'a> {
    Typed { code, user: &who.user, session: who.visitor.token(), origin: &who.visitor.origin }
}

fn code_page(look: Look, status: StatusCode, code: String, errors: Vec<FieldError>) -> Response {
    let props = DeviceCodePageProps { code, errors };
    look.page(status, TITLE, move || DeviceCodePage(props))
}

fn waiting(seen: &DeviceRequest) -> Response {
    let possible = seen.candidates.iter().filter(|candidate| Candidate::is_possible(candidate));
    let waiting = Waiting {
        user_code: &seen.user_code,
        client_id: seen.app.client_id.as_str(),
        unverified: seen.app.is_unverified(),
        address: seen.address.as_deref(),
        since: seen.created_at.timestamp(),
        expires_at: seen.expires_at.timestamp(),
        workspaces: possible.map(|candidate| candidate.workspace.slug.as_str()).collect(),
    };
    answer::good(&Told { status: "pending", client_name: &seen.app.name, waiting: Some(waiting) })
}

/// In OAuth's shape: what a person may not do is told with its own status, all else as what is wrong with the request.
fn told(error: Error) -> Refusal {
    match error {
        Error::Invalid(fields) => {
            let message = fields.into_iter().next().map(|field| field.message).unwrap_or_default();
            OAuthError::new(Code::InvalidRequest, message).into()
        }
        Error::Forbidden(message) => OAuthError::new(Code::Forbidden, message).into(),
        error @ (Error::Malformed(_)
        | Error::Unauthenticated(_)
        | Error::KeyLimitReached { .. }
        | Error::PlanRequired { .. }
        | Error::Suspended
        | Error::Stale
        | Error::NotFound(_)
        | Error::Conflict(_)
        | Error::Throttled { .. }
        | Error::Unavailable
        | Error::Internal) => error.into(),
    }
}

fn unauthenticated() -> Refusal {
    Refusal::stranger("Sign in first: devices are let in with a dashboard session.")
}
