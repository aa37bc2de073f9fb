//! The gate's doors: for proxies that ask about each request, for backends that ask themselves, and the
//! built-in gateway for those who have neither.

mod auth;
mod cors;
pub mod credentials;
mod explain;
mod gateway;
mod held;
mod identity;
mod leases;
mod limits;
mod member;
mod notes;
pub mod principal;
mod switch;
pub mod upstream;
mod verify;

use crate::{
    guard::RequestId,
    oauth,
    peer::Caller,
    problem::{Problem, write_json},
    state::{App, Shared},
};
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, header::USER_AGENT, request::Parts},
    middleware::from_fn,
    response::Response,
    routing::{get, post},
};
use keywright_core::{
    gate::{Passage, Verdict},
    profile::ScopeSet,
};

/// The doors that are asked with every request to the operator's API, so that each microsecond counts.
#[derive(Clone, Copy, Debug)]
pub enum Door {
    /// `/gate/auth`
    Auth,
    /// `/gate/auth/nginx`
    Nginx,
    /// `/gate/ext-authz/…`
    ExtAuthz,
    /// `/gate/verify`
    Verify,
}

impl Door {
    /// The door at this path, if it is one of them.
    #[must_use]
    pub fn at(path: &str) -> Option<Self> {
        match path.strip_prefix("/gate/")? {
            "auth" => Some(Self::Auth),
            "auth/nginx" => Some(Self::Nginx),
            "verify" => Some(Self::Verify),
            other => {
                let below = other.strip_prefix("ext-authz")?;
                (below.is_empty() || below.starts_with('/')).then_some(Self::ExtAuthz)
            }
        }
    }

    /// The answer to a request that came to it.
    pub async fn answer(self, app: &App, caller: Caller, id: &RequestId, asked: &Parts, body: Body) -> Response {
        match self {
            Self::Auth => auth::forwarded(app, caller, id, &asked.headers).await,
            Self::Nginx => auth::nginx(app, caller, id, &asked.headers).await,
            Self::ExtAuthz => auth::ext_authz(app, caller, id, asked).await,
            Self::Verify => verify::verify(app, caller, id, asked, body).await,
        }
    }
}

/// What else there is at `/gate/…`, and the profile's routes for whatever no other door answers.
pub fn router() -> Router<Shared> {
    Router::new().merge(json()).fallback(gateway::serve)
}

/// What is asked and answered in JSON; what goes wrong as well.
fn json() -> Router<Shared> {
    Router::new()
        .route("/gate/verify/batch", post(verify::batch))
        .route("/gate/explain", post(explain::explain))
        .route("/gate/whoami", get(verify::whoami))
        .route("/gate/leases", post(leases::take))
        .route("/gate/leases/{id}", post(leases::extend).delete(leases::release))
        .layer(from_fn(write_json))
}

/// With where it can be mended. Who calls with a key need not be who may see the workspace: it is not named. A challenge
/// also says where clients learn how to come by a token (RFC 9728 §5.1).
fn mendable(app: &App, path: &str, problem: Problem) -> Problem {
    let elsewhere = || app.services.profile.action_urls.then(|| app.public_url.join("/").into());
    let mends = if problem.is_about_plan() { Some(app.plan_url(None)) } else { elsewhere() };
    let challenge = problem.challenge.map(|challenge| {
        let metadata = app.public_url.join(oauth::RESOURCE_METADATA);
        // Of what was called: clients compare it with the address that they were given (RFC 9728 §3.3).
        let path = if path.contains(['"', '\\']) { "" } else { path.trim_end_matches('/') };
        format!("{challenge}, resource_metadata=\"{metadata}{path}\"").into()
    });
    Problem { action_url: problem.action_url.or(mends), challenge, ..problem }
}

/// What a request was sent with, as that calls itself.
fn user_agent(headers: &HeaderMap) -> Option<&str> {
    headers.get(USER_AGENT).and_then(|value| value.to_str().ok())
}

/// The answer to a request that may not pass; none if it may.
fn refusal(app: &App, path: &str, passage: &Passage, asked: &HeaderMap) -> Option<Response> {
    let profile = &app.services.profile;
    let (refusal, retry_after) = passage.refusal(profile)?;
    let lacking = match passage.decision.verdict {
        Verdict::ScopeMissing => passage.decision.needed.without(passage.decision.effective),
        Verdict::Allowed
        | Verdict::Missing
        | Verdict::Unknown
        | Verdict::Revoked
        | Verdict::Rotated
        | Verdict::Suspended
        | Verdict::AddressNotAllowed
        | Verdict::Disabled
        | Verdict::Expired
        | Verdict::PlanWithoutApi
        | Verdict::OwnerGone
        | Verdict::RateLimited
        | Verdict::DailyLimitReached
        | Verdict::ConcurrencyLimited
        | Verdict::NoRoute => ScopeSet::NONE,
    };
    let needed = profile.scope_names(lacking);
    let problem = Problem::of_gate(refusal, &needed);
    let mut response = mendable(app, path, Problem { retry_after, ..problem }).json(asked);
    limits::write(response.headers_mut(), app, passage);
    Some(response)
}
