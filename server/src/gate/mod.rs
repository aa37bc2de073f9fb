//! The gate's doors: for proxies that ask about each request, for backends that ask themselves, and the
//! built-in gateway for those who have neither.

mod auth;
pub mod credentials;
mod explain;
mod gateway;
mod identity;
mod leases;
mod limits;
mod notes;
pub mod upstream;
mod verify;

use crate::{
    problem::{Problem, write_json},
    state::{App, Shared},
};
use axum::{
    Router,
    http::HeaderMap,
    middleware::from_fn,
    response::Response,
    routing::{any, get, post},
};
use keywright_core::{
    gate::{Passage, Verdict},
    profile::ScopeSet,
};

/// `/gate/…`, and the profile's routes for whatever no other door answers.
pub fn router() -> Router<Shared> {
    Router::new()
        .route("/gate/auth", any(auth::forwarded))
        .route("/gate/auth/nginx", any(auth::nginx))
        .route(auth::EXT_AUTHZ, any(auth::ext_authz))
        .route(&format!("{}/{{*path}}", auth::EXT_AUTHZ), any(auth::ext_authz))
        .merge(json())
        .fallback(gateway::serve)
}

/// What is asked and answered in JSON; what goes wrong as well.
fn json() -> Router<Shared> {
    Router::new()
        .route("/gate/verify", post(verify::verify))
        .route("/gate/verify/batch", post(verify::batch))
        .route("/gate/explain", post(explain::explain))
        .route("/gate/whoami", get(verify::whoami))
        .route("/gate/leases", post(leases::take))
        .route("/gate/leases/{id}", post(leases::extend).delete(leases::release))
        .layer(from_fn(write_json))
}

/// The answer to a request that may not pass; none if it may.
fn refusal(app: &App, passage: &Passage, asked: &HeaderMap) -> Option<Response> {
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
        | Verdict::NoRoute => ScopeSet::NONE,
    };
    let needed = profile.scope_names(lacking);
    let problem = Problem::of_gate(refusal, &needed);
    // Who calls with a key need not be who may see the workspace: it is not named.
    let action_url = problem.is_about_plan().then(|| app.plan_url(None));
    let mut response = Problem { action_url, retry_after, ..problem }.json(asked);
    limits::write(response.headers_mut(), profile, passage, app.now());
    Some(response)
}
