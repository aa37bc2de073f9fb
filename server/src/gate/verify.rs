//! `POST /gate/verify`: a backend asks about a key itself, and gets the answer as JSON. It must know the
//! instance's gate token; else whoever finds a key could ask here whether it still works.

use super::credentials;
use crate::{
    body::Json,
    peer::Caller,
    problem::{Problem, whole_seconds},
    state::{App, Shared},
};
use axum::{
    Extension,
    extract::{FromRequest as _, Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};
use keywright_core::{
    Time,
    error::Error,
    gate::{Call, Needs, Passage, Room, Verdict},
    ids::{KeyId, UserId, WorkspaceId},
    profile::{Limit, Profile},
    secret::SecretHash,
};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// What is asked: a key, and either a request or scopes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verify {
    key: String,
    #[serde(default)]
    method: Option<String>,
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    scopes: Option<Vec<String>>,
    /// Where the asked-about request comes from; the backend's own address if it does not say.
    #[serde(default)]
    ip: Option<IpAddr>,
    /// How many requests it counts as; 0 only asks.
    #[serde(default = "one")]
    cost: u64,
}

const fn one() -> u64 {
    1
}

/// The answer. Its status is always 200: the question was answered.
#[derive(Serialize)]
struct Verified {
    valid: bool,
    code: &'static str,
    key_id: Option<KeyId>,
    workspace_id: Option<WorkspaceId>,
    user_id: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<String>,
    /// What the key may do now.
    scopes: Vec<String>,
    /// What it would need besides.
    missing_scopes: Vec<String>,
    expires_at: Option<Time>,
    /// Every limit of the plan, and how it stands after this request.
    limits: Vec<LimitLeft>,
    /// In how many seconds a request that came too soon may come again.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
}

/// A limit, and what is left of it.
#[derive(Serialize)]
struct LimitLeft {
    name: String,
    limit: u64,
    remaining: u64,
    /// In how many seconds all of it is free again.
    resets_in: u64,
}

/// `POST /gate/verify`.
pub async fn verify(State(app): State<Shared>, Extension(caller): Extension<Caller>, request: Request) -> Response {
    let asked = request.headers().clone();
    match answer(&app, caller, request).await {
        Ok(verified) => axum::Json(verified).into_response(),
        Err(problem) => problem.json(&asked),
    }
}

async fn answer(app: &App, caller: Caller, request: Request) -> Result<Verified, Problem> {
    require_gate_token(app, request.headers())?;
    let Json(asked) = Json::<Verify>::from_request(request, &()).await?;
    let profile = &app.services.profile;
    let needs = match (&asked.method, &asked.path, &asked.scopes) {
        (Some(method), Some(path), None) => {
            Needs::Request { method, path: path.split_once('?').map_or(path.as_str(), |(path, _)| path) }
        }
        (None, None, Some(names)) => Needs::Scopes(
            profile
                .scope_set(names)
                .map_err(|name| Error::field("scopes", format!("There is no scope called “{name}”.")))?,
        ),
        (..) => return Err(Problem::malformed("Say either method and path, or scopes.")),
    };
    let address = asked.ip.unwrap_or(caller.address);
    let call = Call { key: Some(asked.key.trim()), needs, address, cost: asked.cost };
    let passage = app.services.gate.check(call).await?;
    Ok(verified(profile, &passage))
}

fn verified(profile: &Profile, passage: &Passage) -> Verified {
    let (decision, standing) = (passage.decision, passage.standing());
    Verified {
        valid: decision.verdict == Verdict::Allowed,
        code: decision.verdict.code(),
        key_id: standing.map(|s| s.key),
        workspace_id: standing.map(|s| s.workspace),
        user_id: standing.and_then(|s| s.owner),
        environment: standing.map(|s| s.environment.to_string()).filter(|name| !name.is_empty()),
        scopes: profile.scope_names(decision.effective),
        missing_scopes: profile.scope_names(decision.needed.without(decision.effective)),
        expires_at: standing.and_then(|s| s.expires_at),
        limits: passage.limits().map(left).collect(),
        retry_after: passage.refusal(profile).and_then(|(_, wait)| wait).map(whole_seconds),
    }
}

fn left((limit, room): (&Limit, &Room)) -> LimitLeft {
    LimitLeft {
        name: limit.name.clone(),
        limit: limit.requests,
        remaining: room.remaining,
        resets_in: whole_seconds(room.resets_in),
    }
}

fn require_gate_token(app: &App, headers: &HeaderMap) -> Result<(), Problem> {
    let token = credentials::bearer(headers)?.unwrap_or_default();
    if SecretHash::of(token.as_bytes()) == app.gate_token {
        return Ok(());
    }
    let message = "Send the instance's gate token as “Authorization: Bearer <token>”.";
    Err(Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", message))
}
