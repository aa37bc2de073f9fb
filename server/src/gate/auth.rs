//! Proxies ask whether the request before them may pass. An empty 200 says yes; any other answer is the one that the
//! client should get. Three doors, because proxies say in three ways what the request is, and take a no in two.

use super::{
    cors::{self, Preflight},
    credentials, identity, limits, member, mendable,
    notes::{self, Came},
    refusal, user_agent,
};
use crate::{
    guard::RequestId,
    peer::Caller,
    problem::{Problem, asks_for_problem_json},
    state::App,
};
use axum::{
    body::Body,
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{ACCEPT, CONTENT_LENGTH},
        request::Parts,
    },
    response::{IntoResponse as _, Response},
};
use keywright_core::gate::{Call, Needs};

/// Below this the rest of the path is the request's own.
pub const EXT_AUTHZ: &str = "/gate/ext-authz";
/// `X-Keywright-Status`: what the client should get, where the proxy takes only 401 and 403 for a no.
const STATUS: HeaderName = HeaderName::from_static("x-keywright-status");
/// `X-Keywright-Problem`: the JSON that belongs to it.
const PROBLEM: HeaderName = HeaderName::from_static("x-keywright-problem");

/// `/gate/auth`, for Traefik, Caddy and APISIX. Any method: each proxy asks with its own. What the request is, is told by
/// `X-Forwarded-Method` and `X-Forwarded-Uri`, which count only from a trusted proxy.
pub async fn forwarded(app: &App, caller: Caller, id: &RequestId, headers: &HeaderMap) -> Response {
    match Asked::forwarded(caller, id, headers) {
        Ok(asked) => answer(app, caller, headers, asked).await,
        Err(problem) => problem.json(headers),
    }
}

/// `/gate/auth/nginx`: the same for nginx, which turns every no but 401 and 403 into a 500, and drops the body. Its
/// configuration makes the true answer of the two headers (`docs/integrate.md`).
pub async fn nginx(app: &App, caller: Caller, id: &RequestId, headers: &HeaderMap) -> Response {
    // Its configuration knows one media type for what it makes of the two headers.
    let in_json = asks_for_problem_json(headers).then(|| {
        let mut headers = headers.clone();
        headers.remove(ACCEPT);
        headers
    });
    let answer = forwarded(app, caller, id, in_json.as_ref().unwrap_or(headers)).await;
    if answer.status().is_success() { answer } else { Box::pin(for_nginx(answer)).await }
}

/// `/gate/ext-authz/…`, for Envoy: the question has the request's own method, and its path below this one.
pub async fn ext_authz(app: &App, caller: Caller, id: &RequestId, parts: &Parts) -> Response {
    let Parts { method, uri, headers, .. } = parts;
    let path = uri.path().strip_prefix(EXT_AUTHZ).unwrap_or_default();
    let path = if path.is_empty() { "/" } else { path };
    let asked = Asked { id, method: method.as_str(), path, query: uri.query() };
    answer(app, caller, headers, asked).await
}

/// As many as an answer has that says yes: room for them is made once.
const HEADERS: usize = 12;

/// By these some servers take a request for one of another method.
const OVERRIDES: [&str; 3] = ["x-http-method", "x-http-method-override", "x-method-override"];

/// The request that a proxy asks about.
#[derive(Clone, Copy)]
struct Asked<'a> {
    id: &'a RequestId,
    method: &'a str,
    path: &'a str,
    query: Option<&'a str>,
}

impl<'a> Asked<'a> {
    fn forwarded(caller: Caller, id: &'a RequestId, headers: &'a HeaderMap) -> Result<Self, Problem> {
        trusted(caller)?;
        let (method, uri) = (header(headers, "x-forwarded-method")?, header(headers, "x-forwarded-uri")?);
        let (path, query) = uri.split_once('?').map_or((uri, None), |(path, query)| (path, Some(query)));
        Ok(Self { id, method, path, query })
    }
}

async fn answer(app: &App, caller: Caller, headers: &HeaderMap, asked: Asked<'_>) -> Response {
    let checked = check(app, caller, headers, asked).await;
    let mut answer = checked.unwrap_or_else(|problem| mendable(app, asked.path, problem).json(headers));
    // A no goes to the page that asked; of a yes the API says who may read its answer.
    if !answer.status().is_success() {
        cors::write(answer.headers_mut(), &app.services.profile, headers);
    }
    answer
}

async fn check(app: &App, caller: Caller, headers: &HeaderMap, asked: Asked<'_>) -> Result<Response, Problem> {
    trusted(caller)?;
    let Asked { id, method, path, query } = asked;
    let profile = &app.services.profile;
    if let Some(preflight) = Preflight::of(&app.services, method, path, headers) {
        preflight.check(&app.services.gate, path)?;
        // A proxy takes a yes for no more than that: the API answers it.
        let mut response = StatusCode::OK.into_response();
        identity::write_nobody(response.headers_mut());
        return Ok(response);
    }
    // The API would see another method than the gate has checked.
    if identity::any_folded(headers, |name| OVERRIDES.contains(&name)) {
        let message = "Send the request with the method that it means, and without a header that names another.";
        return Err(Problem::malformed(message));
    }
    let came = Came { id: id.as_str(), headers, query };
    let needs = Needs::Request { method, path };
    // Proxies hand on what the client called itself.
    let user_agent = user_agent(headers);
    let unread =
        Call { key: None, needs, address: caller.address, user_agent, cost: 1, from_stranger: true, member: None };
    let key = match credentials::key(profile, headers, query) {
        Ok(key) => key,
        Err(problem) => {
            Box::pin(notes::unread(app, came, unread)).await;
            return Err(problem);
        }
    };
    let member = match key {
        Some(_) => None,
        None => Box::pin(member::of(app, caller, method, headers)).await?,
    };
    let call = Call { key, member: member.as_ref(), ..unread };
    let passage = app.services.gate.check(call).await?;
    if let Some(refused) = refusal(app, path, &passage, headers) {
        notes::refused(app, came, call, &passage).await;
        return Ok(refused);
    }
    let mut response = Response::new(Body::empty());
    response.headers_mut().reserve(HEADERS);
    identity::write(response.headers_mut(), app, &passage).await?;
    limits::write(response.headers_mut(), app, &passage);
    Ok(response)
}

fn trusted(caller: Caller) -> Result<(), Problem> {
    if caller.via_trusted_proxy {
        return Ok(());
    }
    let message = "Only the proxies listed in trusted_proxies may ask about other requests.";
    Err(Problem::new(StatusCode::FORBIDDEN, "untrusted_proxy", message))
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Result<&'h str, Problem> {
    let mut values = headers.get_all(name).iter();
    match (values.next().map(|value| value.to_str()), values.next()) {
        (Some(Ok(value)), None) if !value.is_empty() => Ok(value),
        (..) => Err(Problem::malformed(format!("The proxy must send one {name} header."))),
    }
}

/// A no as nginx can take it: 401 or 403, and in headers what it means.
async fn for_nginx(answer: Response) -> Response {
    let (mut parts, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.insert(STATUS, parts.status.as_u16().into());
    parts.headers.insert(PROBLEM, in_ascii(&String::from_utf8_lossy(&body)));
    parts.headers.remove(CONTENT_LENGTH);
    if parts.status != StatusCode::UNAUTHORIZED {
        parts.status = StatusCode::FORBIDDEN;
    }
    parts.into_response()
}

/// JSON that can stand in a header (RFC 8259 §7: every character may be written as `\u`, and a pair of them).
fn in_ascii(json: &str) -> HeaderValue {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() {
            text.push(c);
        } else {
            text.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    HeaderValue::try_from(text).unwrap_or(const { HeaderValue::from_static("") })
}
