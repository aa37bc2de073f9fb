//! `POST /gate/explain`: why a request was refused, or what would become of one. It is for the operator's own programs,
//! which know the gate token: it tells more than whoever finds a key may know. It counts nowhere and leaves no mark.

use super::{credentials::Backend, verify::Verify};
use crate::{
    api::refusals::{CheckBody, FixBody, checks},
    body::Json,
    peer::Caller,
    problem::Problem,
    state::{App, Shared},
};
use axum::{
    Extension,
    extract::State,
    response::{IntoResponse as _, Response},
};
use keywright_core::{
    Time,
    gate::{Explained, Verdict},
    ids::{KeyId, UserId, WorkspaceId},
    refusals::RefusedRequest,
};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// What is asked: a request that was refused, or a key with a request or scopes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explain {
    #[serde(default)]
    request_id: Option<String>,
    #[serde(default)]
    key: Option<String>,
    #[serde(default)]
    method: Option<String>,
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    scopes: Option<Vec<String>>,
    /// Where the request comes from; the backend's own address if it does not say.
    #[serde(default)]
    ip: Option<IpAddr>,
}

/// The answer.
#[derive(Serialize)]
struct ExplainedBody {
    allowed: bool,
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    /// The moment of which all of it is said.
    at: Time,
    key_id: Option<KeyId>,
    workspace_id: Option<WorkspaceId>,
    user_id: Option<UserId>,
    route: Option<String>,
    ip: Option<IpAddr>,
    checks: Vec<CheckBody>,
    fix: Option<FixBody>,
}

/// `POST /gate/explain`.
pub async fn explain(
    State(app): State<Shared>,
    _backend: Backend,
    Extension(caller): Extension<Caller>,
    Json(asked): Json<Explain>,
) -> Result<Response, Problem> {
    let body = match asked {
        Explain { request_id: Some(id), key: None, method: None, path: None, scopes: None, ip: None } => {
            let found = app.services.refusals.find_anywhere(&id).await?;
            recorded(&app, found.ok_or_else(|| Problem::not_found("refused request"))?)
        }
        Explain { request_id: None, key: Some(key), method, path, scopes, ip } => {
            let asked = Verify { key, method, path, scopes, ip, user_agent: None, cost: 0 };
            let call = asked.call(&app.services.profile, caller)?;
            now(&app, app.services.gate.explain(call).await?)
        }
        Explain { .. } => {
            return Err(Problem::malformed("Say either request_id, or key with method and path or scopes."));
        }
    };
    Ok(axum::Json(body).into_response())
}

fn recorded(app: &App, request: RefusedRequest) -> ExplainedBody {
    let explanation = request.explain(&app.services.profile);
    ExplainedBody {
        allowed: false,
        code: request.reason.code(),
        request_id: Some(request.request_id),
        at: request.at,
        key_id: Some(request.key),
        workspace_id: Some(request.workspace),
        user_id: request.facts.owner,
        checks: checks(&explanation, &request.facts),
        route: request.facts.route,
        ip: request.facts.address,
        fix: explanation.fix.map(FixBody::from),
    }
}

fn now(app: &App, explained: Explained) -> ExplainedBody {
    let standing = explained.standing();
    ExplainedBody {
        allowed: explained.verdict == Verdict::Allowed,
        code: explained.verdict.code(),
        request_id: None,
        at: app.now(),
        key_id: standing.and_then(|standing| standing.by.key()),
        workspace_id: standing.map(|standing| standing.workspace),
        user_id: standing.and_then(|standing| standing.owner),
        checks: checks(&explained.explanation, &explained.facts),
        route: explained.facts.route.clone(),
        ip: explained.facts.address,
        fix: explained.explanation.fix.clone().map(FixBody::from),
    }
}
