//! The built-in gateway: a request for one of the profile's routes is checked, stripped of its
//! credential, given its identity headers and sent to the upstream. Bodies stream both ways.

use super::{
    credentials::{self, X_API_KEY},
    identity, limits,
    notes::{self, Came},
    refusal,
};
use crate::{
    guard::headers,
    pages::problems,
    peer::Caller,
    problem::Problem,
    state::{App, Shared},
};
use axum::{
    Extension,
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, Version,
        header::{
            ACCEPT, AUTHORIZATION, CONNECTION, COOKIE, HOST, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE, TRAILER,
            TRANSFER_ENCODING, UPGRADE,
        },
        request::Parts,
    },
    response::Response,
};
use cookie::Cookie;
use keywright_core::gate::{Call, Needs};

/// Concern one connection only (RFC 9110 §7.6.1), besides those that `Connection` names.
const HOP_BY_HOP: [HeaderName; 9] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// What a client claims about the way that it came, which we say anew; and what some servers let change
/// the request after it was checked. All of `X-Forwarded-…` goes as well.
const CLAIMS: [&str; 11] = [
    "forwarded",
    "x-real-ip",
    "x-client-ip",
    "true-client-ip",
    "x-original-url",
    "x-original-uri",
    "x-rewrite-url",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-forwarded",
];

/// Everything that no other door is for.
pub async fn serve(State(app): State<Shared>, Extension(caller): Extension<Caller>, request: Request) -> Response {
    let (method, path) = (request.method().as_str(), request.uri().path());
    if !app.services.gate.has_route(method, path) {
        return nothing_here(&app, caller, request.into_parts().0).await;
    }
    let asked = request.headers().get_all(ACCEPT).iter().cloned().map(|value| (ACCEPT, value)).collect();
    match pass(&app, caller, request, &asked).await {
        Ok(response) => response,
        Err(problem) => problem.json(&asked),
    }
}

async fn pass(app: &Shared, caller: Caller, request: Request, asked: &HeaderMap) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let profile = &app.services.profile;
    let passage = {
        let (came, unread) = (came(&parts), unread(caller, &parts));
        let key = match credentials::key(profile, came.headers, came.query) {
            Ok(key) => key,
            Err(problem) => {
                notes::unread(app, came, unread).await;
                return Err(problem);
            }
        };
        let call = Call { key, ..unread };
        let passage = app.services.gate.check(call).await?;
        if let Some(refused) = refusal(app, &passage, asked) {
            notes::refused(app, came, call, &passage).await;
            return Ok(refused);
        }
        passage
    };
    strip(app, &mut parts.headers);
    identity::write(&mut parts.headers, profile, &passage);
    forward(app, caller, &mut parts)?;
    let sent = app.upstream.send(Request::from_parts(parts, body)).await;
    // What was let through has been counted, whatever the upstream makes of it.
    let mut response = sent.unwrap_or_else(|problem| problem.json(asked));
    strip_hop_by_hop(response.headers_mut());
    identity::strip(response.headers_mut());
    limits::write(response.headers_mut(), profile, &passage, app.now());
    Ok(response)
}

fn came(parts: &Parts) -> Came<'_> {
    Came { id: notes::name(parts.extensions.get()), headers: &parts.headers, query: parts.uri.query() }
}

/// The request before its key has been read.
fn unread(caller: Caller, parts: &Parts) -> Call<'_> {
    let needs = Needs::Request { method: parts.method.as_str(), path: parts.uri.path() };
    Call { key: None, needs, address: caller.address, cost: 1, from_stranger: true }
}

/// Nothing that identifies the caller to us goes on to the upstream, and nothing that could pose as us.
fn strip(app: &App, headers: &mut HeaderMap) {
    strip_hop_by_hop(headers);
    identity::strip(headers);
    headers.remove(AUTHORIZATION);
    headers.remove(X_API_KEY);
    identity::strip_folded(headers, |name| CLAIMS.contains(&name) || name.starts_with("x-forwarded-"));
    strip_own_cookies(app, headers);
}

fn strip_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named.iter().chain(&HOP_BY_HOP) {
        headers.remove(name);
    }
}

/// The dashboard's cookies, where dashboard and API share a host: a session is nobody else's business.
fn strip_own_cookies(app: &App, headers: &mut HeaderMap) {
    let prefix = crate::seal::cookie_name("", app.public_url.is_https());
    let sent = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let kept = sent.flat_map(Cookie::split_parse).filter_map(Result::ok).filter(|c| !c.name().starts_with(&prefix));
    let kept = kept.map(|cookie| cookie.to_string()).collect::<Vec<_>>().join("; ");
    headers.remove(COOKIE);
    if let (false, Ok(value)) = (kept.is_empty(), HeaderValue::try_from(kept)) {
        headers.insert(COOKIE, value);
    }
}

/// Turns the request to the upstream, and says where it came from.
fn forward(app: &App, caller: Caller, parts: &mut Parts) -> Result<(), Problem> {
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let uri = app.upstream.address(path)?;
    let host = parts.headers.remove(HOST);
    if let Some(host) = host {
        parts.headers.insert("x-forwarded-host", host);
    }
    if let Ok(address) = HeaderValue::try_from(caller.address.to_string()) {
        parts.headers.insert("x-forwarded-for", address);
    }
    let scheme = if caller.https { "https" } else { "http" };
    parts.headers.insert("x-forwarded-proto", HeaderValue::from_static(scheme));
    parts.uri = uri;
    // Whatever the client spoke, the upstream is spoken to in HTTP/1.1.
    parts.version = Version::HTTP_11;
    Ok(())
}

async fn nothing_here(app: &Shared, caller: Caller, asked: Parts) -> Response {
    notes::strayed(app, came(&asked), unread(caller, &asked)).await;
    let problem = Problem::not_found("address");
    let accepted = asked.headers.get_all(ACCEPT);
    let wants_page = accepted.iter().any(|value| value.to_str().is_ok_and(|value| value.contains("text/html")));
    if wants_page && (asked.method == Method::GET || asked.method == Method::HEAD) {
        let mut page = problems::write_page(app, asked, problem).await;
        headers::write(page.headers_mut());
        return page;
    }
    problem.json(&asked.headers)
}
