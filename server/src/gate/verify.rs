//! `POST /gate/verify`: a backend asks about a key itself, and gets the answer as JSON. It must know the
//! instance's gate token; else whoever finds a key could ask here whether it still works.

use super::{
    credentials::{self, Backend},
    limits, mendable, refusal,
};
use crate::{
    body::{Json, Object},
    guard::RequestId,
    peer::Caller,
    problem::{Problem, method_not_allowed, whole_seconds},
    state::{App, Shared},
};
use axum::{
    Extension,
    body::Body,
    extract::State,
    http::{
        HeaderMap, HeaderValue, Method, Uri,
        header::{ALLOW, CONTENT_TYPE},
        request::Parts,
    },
    response::{IntoResponse as _, Response},
};
use keywright_core::{
    Time,
    error::Error,
    gate::{Call, Needs, Passage, Room, Verdict},
    ids::{KeyId, UserId, WorkspaceId},
    profile::{Limit, Profile, ScopeSet},
};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// As many requests as a window can have.
const HIGHEST_COST: u64 = 1_000_000_000;
/// How many questions may be asked at once.
const MOST: usize = 100;

/// What is asked: a key, and either a request or scopes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verify {
    pub(super) key: String,
    #[serde(default)]
    pub(super) method: Option<String>,
    #[serde(default)]
    pub(super) path: Option<String>,
    #[serde(default)]
    pub(super) scopes: Option<Vec<String>>,
    /// Where the asked-about request comes from; the backend's own address if it does not say.
    #[serde(default)]
    pub(super) ip: Option<IpAddr>,
    /// The `User-Agent` that it came with, of which only the kind of program is kept.
    #[serde(default)]
    pub(super) user_agent: Option<String>,
    /// How many requests it counts as; 0 only asks.
    #[serde(default = "one")]
    pub(super) cost: u64,
}

const fn one() -> u64 {
    1
}

/// The answer. Its status is 200: the question was answered.
#[derive(Serialize)]
struct Verified<'a> {
    valid: bool,
    code: &'static str,
    key_id: Option<KeyId>,
    workspace_id: Option<WorkspaceId>,
    user_id: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<&'a str>,
    /// What the key may do now.
    scopes: Vec<&'a str>,
    /// What it would need besides.
    missing_scopes: Vec<&'a str>,
    expires_at: Option<Time>,
    /// Every limit of the plan, and how it stands after this request.
    limits: Vec<LimitLeft<'a>>,
    /// In how many seconds a request that came too soon may come again.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
}

/// A limit, and what is left of it.
#[derive(Serialize)]
struct LimitLeft<'a> {
    name: &'a str,
    limit: u64,
    remaining: u64,
    /// In how many seconds all of it is free again.
    resets_in: u64,
}

/// Several of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    checks: Vec<Object<Verify>>,
}

/// The answers, in the order of the questions.
#[derive(Serialize)]
struct Verdicts<'a> {
    results: Vec<Verified<'a>>,
}

/// `POST /gate/verify`; with `?http=1` the answer to a request that may not pass is the one that its caller should get.
pub async fn verify(app: &App, caller: Caller, id: &RequestId, parts: &Parts, body: Body) -> Response {
    let headers = &parts.headers;
    if parts.method != Method::POST {
        return ([(ALLOW, "POST")], method_not_allowed().await.json(headers)).into_response();
    }
    let answer = async {
        Backend::prove(app, headers)?;
        let Json(asked) = Json::<Verify>::read(headers, body).await?;
        let passage = check(app, caller, id, &asked).await?;
        let as_http = parts.uri.query().is_some_and(|query| query.split('&').any(|part| part == "http=1"));
        if as_http { Ok(known(app, &passage, headers)) } else { Ok(json(app, &passage)) }
    };
    answer.await.unwrap_or_else(|problem: Problem| problem.json(headers))
}

/// `POST /gate/verify/batch`. A question that makes no sense is told, and then nothing has been counted for any.
pub async fn batch(
    State(app): State<Shared>,
    _backend: Backend,
    Extension(caller): Extension<Caller>,
    Extension(id): Extension<RequestId>,
    Json(Batch { checks }): Json<Batch>,
) -> Result<Response, Problem> {
    if checks.len() > MOST {
        return Err(Error::field("checks", format!("Ask at most {MOST} at once.")).into());
    }
    let profile = &app.services.profile;
    for (place, Object(asked)) in checks.iter().enumerate() {
        asked.needs(profile).map_err(|problem| in_check(place, problem))?;
    }
    let mut passages = Vec::with_capacity(checks.len());
    for Object(asked) in &checks {
        passages.push(check(&app, caller, &id, asked).await);
    }
    // Those before one that could not be answered have been counted: their answers must not be lost.
    let results = passages.iter().map(|passage| match passage {
        Ok(passage) => verified(profile, passage),
        Err(problem) => Verified::unanswered(problem.code),
    });
    Ok(axum::Json(Verdicts { results: results.collect() }).into_response())
}

/// Which of the questions makes no sense.
fn in_check(place: usize, mut problem: Problem) -> Problem {
    for wrong in &mut problem.fields {
        wrong.field = format!("checks[{place}].{}", wrong.field).into();
    }
    problem
}

/// `GET /gate/whoami`: what the holder of a key can do with it, and what is left. Asking costs nothing.
pub async fn whoami(
    State(app): State<Shared>,
    Extension(caller): Extension<Caller>,
    Extension(id): Extension<RequestId>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let mended = |problem: Problem| mendable(&app, "", problem);
    let key = credentials::key(&app.services.profile, &headers, uri.query()).map_err(mended)?;
    let needs = Needs::Scopes(ScopeSet::NONE);
    let call =
        Call { key, needs, address: caller.address, user_agent: None, cost: 0, from_stranger: true, member: None };
    let passage = app.services.gate.check(call).await.map_err(|error| mended(error.into()))?;
    app.services.gate.note_refused(id.as_str(), call, &passage);
    Ok(known(&app, &passage, &headers))
}

/// As the caller should get it: the refusal, or what is known of the key, with what is left in headers.
fn known(app: &App, passage: &Passage, asked: &HeaderMap) -> Response {
    refusal(app, "", passage, asked).unwrap_or_else(|| {
        let mut response = json(app, passage);
        limits::write(response.headers_mut(), app, passage);
        response
    })
}

fn json(app: &App, passage: &Passage) -> Response {
    let text = serde_json::to_string(&verified(&app.services.profile, passage)).unwrap_or_default();
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(CONTENT_TYPE, const { HeaderValue::from_static("application/json") });
    response
}

impl Verify {
    /// The same question, only asked.
    pub fn for_nothing(self) -> Self {
        Self { cost: 0, ..self }
    }

    /// The question, as the gate takes it.
    pub fn call(&self, profile: &Profile, caller: Caller) -> Result<Call<'_>, Problem> {
        let (key, needs) = (Some(self.key.trim()), self.needs(profile)?);
        let address = self.ip.unwrap_or(caller.address);
        let user_agent = self.user_agent.as_deref();
        Ok(Call { key, needs, address, user_agent, cost: self.cost, from_stranger: false, member: None })
    }

    fn needs(&self, profile: &Profile) -> Result<Needs<'_>, Problem> {
        if self.cost > HIGHEST_COST {
            return Err(Error::field("cost", format!("The cost is a number from 0 to {HIGHEST_COST}.")).into());
        }
        match (&self.method, &self.path, &self.scopes) {
            (Some(method), Some(path), None) => {
                let path = path.split_once('?').map_or(path.as_str(), |(path, _)| path);
                Ok(Needs::Request { method, path })
            }
            (None, None, Some(names)) => {
                let unknown = |name| Error::field("scopes", format!("There is no scope called “{name}”."));
                Ok(Needs::Scopes(profile.scope_set(names).map_err(unknown)?))
            }
            (..) => Err(Problem::malformed("Say either method and path, or scopes.")),
        }
    }
}

/// Asks the gate.
pub async fn check(app: &App, caller: Caller, id: &RequestId, asked: &Verify) -> Result<Passage, Problem> {
    let call = asked.call(&app.services.profile, caller)?;
    let passage = app.services.gate.check(call).await?;
    app.services.gate.note_refused(id.as_str(), call, &passage);
    Ok(passage)
}

impl Verified<'_> {
    /// The key could not be looked up.
    const fn unanswered(code: &'static str) -> Self {
        Self {
            valid: false,
            code,
            key_id: None,
            workspace_id: None,
            user_id: None,
            environment: None,
            scopes: Vec::new(),
            missing_scopes: Vec::new(),
            expires_at: None,
            limits: Vec::new(),
            retry_after: None,
        }
    }
}

fn verified<'a>(profile: &'a Profile, passage: &'a Passage) -> Verified<'a> {
    let (decision, standing) = (passage.decision, passage.standing());
    Verified {
        valid: decision.verdict == Verdict::Allowed,
        code: decision.verdict.code(),
        key_id: standing.and_then(|s| s.by.key()),
        workspace_id: standing.map(|s| s.workspace),
        user_id: standing.and_then(|s| s.owner),
        environment: standing.map(|s| &*s.environment).filter(|name| !name.is_empty()),
        scopes: profile.names_of(decision.effective).collect(),
        missing_scopes: profile.names_of(decision.needed.without(decision.effective)).collect(),
        expires_at: standing.and_then(|s| s.expires_at),
        limits: passage.limits().map(left).collect(),
        retry_after: passage.refusal(profile).and_then(|(_, wait)| wait).map(whole_seconds),
    }
}

fn left<'a>((limit, room): (&'a Limit, &Room)) -> LimitLeft<'a> {
    LimitLeft {
        name: &limit.name,
        limit: limit.requests,
        remaining: room.remaining,
        resets_in: whole_seconds(room.resets_in),
    }
}
