//! The built-in gateway: a request for one of the profile's routes is checked, stripped of its
//! credential, given its identity headers and sent to the upstream. Bodies stream both ways.

use super::{
    cors::{self, Preflight},
    credentials::{self, X_API_KEY},
    held, identity, limits, member, mendable,
    notes::{self, Came},
    refusal, switch, user_agent,
};
use crate::{
    guard::headers,
    pages::problems,
    peer::Caller,
    problem::Problem,
    serve::answer_at,
    state::{App, Shared},
};
use axum::{
    Extension,
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version,
        header::{
            ACCEPT, AUTHORIZATION, CONNECTION, CONTENT_LENGTH, COOKIE, EXPECT, HOST, ORIGIN, PROXY_AUTHENTICATE,
            PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE, VIA,
        },
        request::Parts,
    },
    response::Response,
};
use cookie::Cookie;
use keywright_core::{
    gate::{Call, Needs, Passage, Slot},
    usage::Agent,
};
use switch::Switch;

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
    let (profile, gate) = (&app.services.profile, &app.services.gate);
    if let Some(preflight) = Preflight::of(&app.services, method, path, request.headers()) {
        let answer = preflight.check(gate, path).map(|methods| preflight.answer(&methods));
        return answer.unwrap_or_else(|problem| problem.json(request.headers()));
    }
    if !gate.has_route(method, path) {
        return nothing_here(&app, caller, request.into_parts().0).await;
    }
    let (asked, uri) = (kept(request.headers()), request.uri().clone());
    let mut response = match pass(&app, caller, request, &asked).await {
        Ok(response) => response,
        Err(problem) => mendable(&app, uri.path(), problem).json(&asked),
    };
    cors::write(response.headers_mut(), profile, &asked);
    response
}

/// What the answer depends on, of a request that goes away.
fn kept(headers: &HeaderMap) -> HeaderMap {
    let of = |name: HeaderName| headers.get_all(&name).iter().cloned().map(move |value| (name.clone(), value));
    of(ACCEPT).chain(of(ORIGIN)).collect()
}

async fn pass(app: &Shared, caller: Caller, request: Request, asked: &HeaderMap) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let profile = &app.services.profile;
    let (passage, slot) = {
        let (came, unread) = (came(&parts), unread(caller, &parts));
        let key = match credentials::key(profile, came.headers, came.query) {
            Ok(key) => key,
            Err(problem) => {
                notes::unread(app, came, unread).await;
                return Err(problem);
            }
        };
        let member = match key {
            Some(_) => None,
            None => Box::pin(member::of(app, caller, parts.method.as_str(), came.headers)).await?,
        };
        let call = Call { key, member: member.as_ref(), ..unread };
        let (passage, slot) = app.services.gate.enter(call).await?;
        if let Some(refused) = refusal(app, parts.uri.path(), &passage, asked) {
            notes::refused(app, came, call, &passage).await;
            return Ok(refused);
        }
        (passage, slot)
    };
    let agent = user_agent(&parts.headers).map(Agent::of);
    let switch = switch::asked(&mut parts);
    strip(app, &mut parts.headers);
    identity::write(&mut parts.headers, app, &passage).await?;
    forward(app, caller, &mut parts)?;
    if switch.is_some() {
        switch::say(&mut parts.headers);
    }
    let sent = app.upstream.send(Request::from_parts(parts, body)).await;
    // What was let through has been counted, whatever the upstream makes of it.
    let mut response = match sent.and_then(|response| come_back(app, response, switch, slot)) {
        Ok(response) => response,
        Err(problem) => mendable(app, "", problem).json(asked),
    };
    app.services.gate.answered(&passage, caller.address, agent, response.status().as_u16());
    identity::strip(response.headers_mut());
    limits::write(response.headers_mut(), app, &passage);
    Ok(response)
}

/// The upstream's answer for this hop. The slot is held until it has been sent.
fn come_back(
    app: &App,
    mut response: Response,
    switch: Option<Switch>,
    slot: Option<Slot>,
) -> Result<Response, Problem> {
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        switch::join(&mut response, switch, slot, app.upstream.patience())?;
        strip_hop_by_hop(response.headers_mut());
        switch::say(response.headers_mut());
        return Ok(response);
    }
    strip_hop_by_hop(response.headers_mut());
    Ok(response.map(|body| held::with(body, slot)))
}

fn came(parts: &Parts) -> Came<'_> {
    Came { id: notes::name(parts.extensions.get()), headers: &parts.headers, query: parts.uri.query() }
}

/// The request before its key has been read.
fn unread(caller: Caller, parts: &Parts) -> Call<'_> {
    let needs = Needs::Request { method: parts.method.as_str(), path: parts.uri.path() };
    let user_agent = user_agent(&parts.headers);
    Call { key: None, needs, address: caller.address, user_agent, cost: 1, from_stranger: true, member: None }
}

/// Nothing that identifies the caller to us goes on to the upstream, and nothing that could pose as us.
fn strip(app: &App, headers: &mut HeaderMap) {
    // Of two lengths the other one counts (RFC 9112 §6.3): nobody behind us is to read this one.
    if headers.contains_key(TRANSFER_ENCODING) {
        headers.remove(CONTENT_LENGTH);
    }
    strip_hop_by_hop(headers);
    identity::strip(headers);
    headers.remove(AUTHORIZATION);
    // Who waits for a 100 gets it from us as soon as the upstream takes the body.
    headers.remove(EXPECT);
    identity::strip_folded(headers, |name| {
        CLAIMS.contains(&name) || name.starts_with("x-forwarded-") || X_API_KEY.as_str() == name
    });
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

/// Turns the request to the upstream, and says where it came from and by whom (RFC 9110 §7.6.3).
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
    let via = if parts.version == Version::HTTP_10 { "1.0 keywright" } else { "1.1 keywright" };
    parts.headers.append(VIA, HeaderValue::from_static(via));
    parts.uri = uri;
    // Whatever the client spoke, the upstream is spoken to in HTTP/1.1.
    parts.version = Version::HTTP_11;
    Ok(())
}

async fn nothing_here(app: &Shared, caller: Caller, asked: Parts) -> Response {
    let passage = stray(app, came(&asked), unread(caller, &asked)).await;
    let problem = Problem::not_found("address");
    let accepted = asked.headers.get_all(ACCEPT);
    let wants_page = accepted.iter().any(|value| value.to_str().is_ok_and(|value| value.contains("text/html")));
    let mut answer = if wants_page && (asked.method == Method::GET || asked.method == Method::HEAD) {
        let of = Shared::clone(app);
        let mut page = answer_at(&app.home, async move { problems::write_page(&of, asked, problem).await }).await;
        headers::write(page.headers_mut());
        page
    } else {
        let mut refused = mendable(app, "", problem).json(&asked.headers);
        cors::write(refused.headers_mut(), &app.services.profile, &asked.headers);
        refused
    };
    if let Some(passage) = passage {
        limits::write(answer.headers_mut(), app, &passage);
    }
    answer
}

/// What is known of a request that is for no route.
async fn stray(app: &App, came: Came<'_>, unread: Call<'_>) -> Option<Passage> {
    let key = credentials::key(&app.services.profile, came.headers, came.query).ok()?;
    let call = Call { key, ..unread };
    let passage = app.services.gate.check(call).await.ok()?;
    app.services.gate.note_refused(came.id, call, &passage);
    Some(passage)
}
