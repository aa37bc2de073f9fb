//! `/gate/leases`: for what goes on after its request has been answered. Whoever runs an execution takes a lease
//! before, extends it while it runs, and gives it back.

use super::{
    credentials::Backend,
    mendable, refusal,
    verify::{Verify, check},
};
use crate::{
    body::{Json, MaybeJson, Object},
    guard::RequestId,
    path::PathId,
    peer::Caller,
    problem::Problem,
    state::{App, Shared},
};
use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};
use keywright_core::{
    Time,
    error::Error,
    gate::Lease,
    ids::{LeaseId, WorkspaceId},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

const USUAL_LIFETIME: u32 = 60;
const LONGEST_LIFETIME: u32 = 3_600;

/// Who wants a lease: a workspace, as the gate has named it in its headers, or the holder of a key.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Take {
    #[serde(default)]
    workspace_id: Option<WorkspaceId>,
    #[serde(default)]
    check: Option<Object<Verify>>,
    #[serde(default)]
    lifetime: Option<u32>,
}

/// How long a lease is to be held from now on.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extend {
    #[serde(default)]
    lifetime: Option<u32>,
}

/// A lease that is held.
#[derive(Serialize)]
struct Held {
    lease_id: LeaseId,
    expires_at: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    concurrent: Option<Concurrent>,
}

/// How many are held at once; no limit where the plan has none.
#[derive(Serialize)]
struct Concurrent {
    limit: Option<u32>,
    held: u32,
}

/// `POST /gate/leases`.
pub async fn take(
    State(app): State<Shared>,
    _backend: Backend,
    Extension(caller): Extension<Caller>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    Json(asked): Json<Take>,
) -> Result<Response, Problem> {
    let lifetime = lifetime(asked.lifetime)?;
    let workspace = match (asked.workspace_id, asked.check) {
        (Some(workspace), None) => workspace,
        (None, Some(Object(check_first))) => {
            let passage = check(&app, caller, &id, &check_first.for_nothing()).await?;
            if let Some(refused) = refusal(&app, "", &passage, &headers) {
                return Ok(refused);
            }
            passage.standing().ok_or(Error::Internal)?.workspace
        }
        (..) => return Err(Problem::malformed("Say either workspace_id, or check.")),
    };
    let taken = app.services.gate.lease(workspace, lifetime).await;
    match taken.map_err(|error| mendable(&app, "", error.into()))? {
        Lease::Held { id, limit, held } => {
            let concurrent = Some(Concurrent { limit, held });
            Ok((StatusCode::CREATED, axum::Json(body(&app, id, lifetime, concurrent))).into_response())
        }
        Lease::Refused { limit, wait } => {
            let message =
                format!("All {limit} concurrent executions of the plan are running. Try again when one ends.");
            let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "concurrency_limited", message);
            Err(Problem { action_url: Some(app.plan_url(None)), retry_after: Some(wait), ..problem })
        }
    }
}

/// `POST /gate/leases/{id}`: it goes on.
pub async fn extend(
    State(app): State<Shared>,
    _backend: Backend,
    PathId(id): PathId<LeaseId>,
    MaybeJson(asked): MaybeJson<Extend>,
) -> Result<Response, Problem> {
    let lifetime = lifetime(asked.lifetime)?;
    if !app.services.gate.extend(id, lifetime).await {
        return Err(Problem::not_found("lease"));
    }
    Ok(axum::Json(body(&app, id, lifetime, None)).into_response())
}

/// `DELETE /gate/leases/{id}`: it has ended. One that has ended by itself is not there any more (404).
pub async fn release(
    State(app): State<Shared>,
    _backend: Backend,
    PathId(id): PathId<LeaseId>,
) -> Result<StatusCode, Problem> {
    if app.services.gate.release(id).await { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::not_found("lease")) }
}

fn body(app: &App, lease_id: LeaseId, lifetime: Duration, concurrent: Option<Concurrent>) -> Held {
    Held { lease_id, expires_at: app.now() + lifetime, concurrent }
}

fn lifetime(seconds: Option<u32>) -> Result<Duration, Problem> {
    let seconds = seconds.unwrap_or(USUAL_LIFETIME);
    if !(1..=LONGEST_LIFETIME).contains(&seconds) {
        let message = format!("A lease is held for 1 to {LONGEST_LIFETIME} seconds, and can be extended.");
        return Err(Error::field("lifetime", message).into());
    }
    Ok(Duration::from_secs(seconds.into()))
}
