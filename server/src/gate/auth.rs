//! `/gate/auth`: a proxy (Traefik, Caddy) asks whether the request before it may pass. An empty 2xx says
//! yes; any other answer is the one that the client should get.

use super::{credentials, identity, limits, refusal};
use crate::{peer::Caller, problem::Problem, state::Shared};
use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};
use keywright_core::gate::{Call, Needs};

/// Any method: each proxy asks with its own. What the request is, stands in `X-Forwarded-Method` and
/// `X-Forwarded-Uri`, which count only from a trusted proxy.
pub async fn auth(State(app): State<Shared>, Extension(caller): Extension<Caller>, headers: HeaderMap) -> Response {
    match check(&app, caller, &headers).await {
        Ok(response) => response,
        Err(problem) => problem.json(&headers),
    }
}

async fn check(app: &Shared, caller: Caller, headers: &HeaderMap) -> Result<Response, Problem> {
    if !caller.via_trusted_proxy {
        let message = "Only the proxies listed in trusted_proxies may ask about other requests.";
        return Err(Problem::new(StatusCode::FORBIDDEN, "untrusted_proxy", message));
    }
    let method = forwarded(headers, "x-forwarded-method")?;
    let uri = forwarded(headers, "x-forwarded-uri")?;
    let (path, query) = uri.split_once('?').map_or((uri, None), |(path, query)| (path, Some(query)));
    let profile = &app.services.profile;
    let key = credentials::key(profile, headers, query)?;
    let call = Call { key, needs: Needs::Request { method, path }, address: caller.address, cost: 1 };
    let passage = app.services.gate.check(call).await?;
    if let Some(refused) = refusal(app, &passage, headers) {
        return Ok(refused);
    }
    let mut response = StatusCode::OK.into_response();
    identity::write(response.headers_mut(), profile, &passage);
    limits::write(response.headers_mut(), profile, &passage, app.now());
    Ok(response)
}

fn forwarded<'h>(headers: &'h HeaderMap, name: &str) -> Result<&'h str, Problem> {
    let mut values = headers.get_all(name).iter();
    match (values.next().map(|value| value.to_str()), values.next()) {
        (Some(Ok(value)), None) if !value.is_empty() => Ok(value),
        (..) => Err(Problem::malformed(format!("The proxy must send one {name} header."))),
    }
}
