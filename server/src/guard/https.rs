//! HTTPS only (skode_08): where the public URL is `https`, a request in the clear is sent there if it is a page, and
//! refused if it is anything else, because a key that travelled in the clear once must not work as if nothing happened.

use super::{Guard, Refusal};
use crate::peer::Caller;
use axum::{
    extract::Request,
    response::{IntoResponse as _, Redirect, Response},
};
use http::{
    HeaderMap, HeaderValue, Method,
    header::{ACCEPT, STRICT_TRANSPORT_SECURITY},
};

/// A year, and the subdomains: what browsers need to stop trying `http`.
const ONE_YEAR: HeaderValue = HeaderValue::from_static("max-age=31536000; includeSubDomains");

/// Doors that machines of the operator's own network use: probes, and the proxy that asks about each request.
const INSIDE: [&str; 2] = ["/health/", "/gate/"];

/// The operator's own door: also from a program on this very machine, as the command line is, because what it
/// sends leaves the machine nowhere. A proxy on this machine speaks for others, so it does not count.
fn is_operator_here(caller: Caller, path: &str) -> bool {
    let operator = path.strip_prefix("/operator").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    operator && !caller.via_trusted_proxy && caller.address.is_loopback()
}

/// The answer to a request that came in the clear, unless it may.
pub(super) fn check(guard: &Guard, caller: Caller, request: &Request) -> Option<Response> {
    let public_url = &guard.0.public_url;
    let path = request.uri().path();
    if !public_url.is_https() || caller.https || INSIDE.iter().any(|p| path.starts_with(p)) {
        return None;
    }
    if is_operator_here(caller, path) {
        return None;
    }
    if !wants_page(request) {
        return Some(guard.refuse(Refusal::HttpsRequired, request.headers()));
    }
    let path = request.uri().path_and_query().map_or("/", |p| p.as_str());
    Some(Redirect::permanent(&public_url.join(path)).into_response())
}

/// Tells browsers to use HTTPS from now on; only an answer that came over HTTPS may say so (RFC 6797 §7.2).
pub(super) fn promise(guard: &Guard, caller: Caller, headers: &mut HeaderMap) {
    if guard.0.public_url.is_https() && caller.https {
        headers.insert(STRICT_TRANSPORT_SECURITY, ONE_YEAR);
    }
}

/// Whether a person is looking: somebody who can follow a redirect without sending anything twice.
fn wants_page(request: &Request) -> bool {
    let safe = [Method::GET, Method::HEAD].contains(request.method());
    let accepted = request.headers().get_all(ACCEPT);
    safe && accepted.iter().any(|value| value.to_str().is_ok_and(|value| value.contains("text/html")))
}
