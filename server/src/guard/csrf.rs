//! No other site may change anything here in the name of whoever is signed in.
//!
//! The rules of Go 1.25's `CrossOriginProtection`: browsers say where a request comes from (`Sec-Fetch-Site`, or
//! `Origin` where they are old or the site is not `https`); what says nothing is not a browser, and holds no cookie.
//! It needs no token in any form and cannot be forgotten on one.

use super::{Guard, Refusal};
use crate::config::{BaseUrl, is_loopback};
use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName,
        header::{HOST, ORIGIN},
    },
    middleware::Next,
    response::Response,
};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Turns away every change that comes from another site. Goes around pages and REST, not around the gate.
pub async fn require_same_origin(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    if may_come(request.method().as_str(), request.headers(), &guard.0.public_url) {
        return next.run(request).await;
    }
    tracing::warn!("A request from another site was refused");
    guard.refuse(Refusal::CrossOrigin, request.headers())
}

/// Whether a request that brings somebody's cookie may do what it wants: it changes nothing, or is from our own pages.
pub fn may_come(method: &str, headers: &HeaderMap, public_url: &BaseUrl) -> bool {
    is_safe(method) || is_same_origin(headers, public_url)
}

/// RFC 9110 §9.2.1, without TRACE, which nobody here answers.
fn is_safe(method: &str) -> bool {
    ["GET", "HEAD", "OPTIONS"].contains(&method)
}

fn is_same_origin(headers: &HeaderMap, public_url: &BaseUrl) -> bool {
    let mut sites = headers.get_all(SEC_FETCH_SITE).iter().peekable();
    if sites.peek().is_some() {
        // `none` is the person: the address bar, a bookmark.
        return sites.all(|site| site == "same-origin" || site == "none");
    }
    headers.get_all(ORIGIN).iter().all(|origin| origin.to_str().is_ok_and(|o| is_own(o, headers, public_url)))
}

/// Our own origin, or in development any name of this machine that the request itself is for. The second half
/// never helps a foreign site, not even one whose name points here (DNS rebinding): its origin is no loopback name.
fn is_own(origin: &str, headers: &HeaderMap, public_url: &BaseUrl) -> bool {
    if origin == public_url.origin() {
        return true;
    }
    if public_url.is_https() || !public_url.is_loopback() {
        return false;
    }
    let Some(authority) = origin.strip_prefix("http://") else { return false };
    is_loopback(authority) && headers.get(HOST).is_some_and(|host| host == authority)
}
