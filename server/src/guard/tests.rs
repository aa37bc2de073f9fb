//! Each rule by a request that breaks it.

use super::*;
use axum::{
    Router,
    body::Body,
    extract::connect_info::ConnectInfo,
    http::{Method, StatusCode, header},
    middleware::{from_fn, from_fn_with_state},
    routing::any,
};
use keywright_core::{clock::FixedClock, random::CountingRandom};
use std::net::SocketAddr;
use tower::ServiceExt as _;

const PROXY: &str = "10.0.0.1";
const STRANGER: &str = "203.0.113.7";
const HTTPS: &str = "https://keys.example.com";
const LOOPBACK: &str = "http://127.0.0.1:3000";

fn guard(public_url: &str) -> Guard {
    let proxies = TrustedProxies::new(vec![crate::peer::parse_network("10.0.0.0/8").unwrap()]);
    let random = Arc::new(CountingRandom::default());
    Guard::new(BaseUrl::parse(public_url).unwrap(), proxies, FixedClock::start(), random, plain)
}

/// A site whose only answer is `done`, with every guard around it.
fn site(public_url: &str) -> Router {
    let guard = guard(public_url);
    Router::new()
        .route("/{*path}", any(|| async { "done" }))
        .layer(from_fn_with_state(guard.clone(), csrf::require_same_origin))
        .layer(from_fn(headers::secure))
        .layer(from_fn_with_state(guard, front))
}

async fn send(site: Router, method: Method, path: &str, peer: &str, headers: &[(&'static str, &str)]) -> Response {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::empty()).unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 4711)));
    site.oneshot(request).await.unwrap()
}

async fn body(response: Response) -> String {
    let bytes = axum::body::to_bytes(response.into_body(), BODY_LIMIT).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn header(response: &Response, name: impl header::AsHeaderName) -> &str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn skode_08_a_page_in_the_clear_is_sent_to_https() {
    for method in [Method::GET, Method::HEAD] {
        let accept = [("accept", "text/html,*/*;q=0.8"), ("host", "evil.example")];
        let response = send(site(HTTPS), method, "/w/acme/keys?page=2", STRANGER, &accept).await;
        assert_eq!(response.status(), StatusCode::PERMANENT_REDIRECT);
        assert_eq!(header(&response, header::LOCATION), "https://keys.example.com/w/acme/keys?page=2");
    }
}

#[tokio::test]
async fn skode_08_anything_else_in_the_clear_is_refused() {
    let html = [("accept", "text/html")];
    for (method, path, headers) in [
        (Method::GET, "/api/v1/workflows", &[][..]),
        (Method::POST, "/login", &html),
        (Method::DELETE, "/api-keys/1", &[]),
    ] {
        let response = send(site(HTTPS), method, path, STRANGER, headers).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{path}");
        assert_eq!(header(&response, header::CONTENT_TYPE), "application/json");
        let message = "Use HTTPS: this address does not accept requests in the clear.";
        assert_eq!(body(response).await, format!(r#"{{"error":"https_required","message":"{message}"}}"#));
    }
}

#[tokio::test]
async fn skode_08_a_stranger_cannot_pretend_to_come_by_https() {
    let forwarded = [("x-forwarded-proto", "https")];
    assert_eq!(send(site(HTTPS), Method::GET, "/api", STRANGER, &forwarded).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(send(site(HTTPS), Method::GET, "/api", PROXY, &forwarded).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn skode_08_hsts_is_set_over_https_and_only_there() {
    let answer = send(site(HTTPS), Method::GET, "/x", PROXY, &[("x-forwarded-proto", "https")]).await;
    assert_eq!(header(&answer, "strict-transport-security"), "max-age=31536000; includeSubDomains");
    let answer = send(site(HTTPS), Method::GET, "/x", PROXY, &[]).await;
    assert_eq!(header(&answer, "strict-transport-security"), "");
    let answer = send(site(LOOPBACK), Method::GET, "/x", PROXY, &[("x-forwarded-proto", "https")]).await;
    assert_eq!(header(&answer, "strict-transport-security"), "");
}

#[tokio::test]
async fn skode_08_probes_and_the_gate_are_reached_in_the_clear_and_development_is() {
    for path in ["/health/ready", "/gate/auth"] {
        assert_eq!(send(site(HTTPS), Method::GET, path, STRANGER, &[]).await.status(), StatusCode::OK, "{path}");
    }
    for path in ["/healthy", "/gateway"] {
        assert_eq!(send(site(HTTPS), Method::GET, path, STRANGER, &[]).await.status(), StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(send(site(LOOPBACK), Method::GET, "/login", STRANGER, &[]).await.status(), StatusCode::OK);
}

/// Whether a POST with these headers gets through, at a site that is reached by HTTPS.
async fn posted(public_url: &str, headers: &[(&'static str, &str)]) -> bool {
    let headers: Vec<_> = headers.iter().copied().chain([("x-forwarded-proto", "https")]).collect();
    let response = send(site(public_url), Method::POST, "/w/acme/keys", PROXY, &headers).await;
    match response.status() {
        StatusCode::OK => true,
        StatusCode::FORBIDDEN => {
            assert!(body(response).await.starts_with(r#"{"error":"cross_origin","message":"#));
            false
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_form_of_another_site_changes_nothing() {
    for site in ["cross-site", "same-site", "", "Same-Origin"] {
        assert!(!posted(HTTPS, &[("sec-fetch-site", site)]).await, "{site}");
    }
    assert!(!posted(HTTPS, &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")]).await);
    assert!(!posted(HTTPS, &[("sec-fetch-site", "cross-site"), ("origin", HTTPS)]).await);
}

#[tokio::test]
async fn a_form_of_our_own_and_the_address_bar_pass() {
    assert!(posted(HTTPS, &[("sec-fetch-site", "same-origin")]).await);
    assert!(posted(HTTPS, &[("sec-fetch-site", "none")]).await);
}

#[tokio::test]
async fn an_old_browser_is_judged_by_its_origin() {
    assert!(posted(HTTPS, &[("origin", HTTPS)]).await);
    for origin in
        ["https://evil.example", "http://keys.example.com", "https://keys.example.com.evil.example", "null", ""]
    {
        assert!(!posted(HTTPS, &[("origin", origin), ("host", "keys.example.com")]).await, "{origin}");
    }
}

#[tokio::test]
async fn a_host_that_equals_the_origin_is_no_proof() {
    // DNS rebinding: the attacker's name points at us, so its Origin and its Host agree.
    let rebound = [("origin", "http://evil.example:3000"), ("host", "evil.example:3000")];
    assert!(!posted(LOOPBACK, &rebound).await);
    let rebound = [("origin", "https://evil.example"), ("host", "evil.example")];
    assert!(!posted(HTTPS, &rebound).await);
}

#[tokio::test]
async fn in_development_every_name_of_this_machine_is_our_own() {
    assert!(posted(LOOPBACK, &[("origin", "http://localhost:3000"), ("host", "localhost:3000")]).await);
    assert!(!posted(LOOPBACK, &[("origin", "http://localhost:8080"), ("host", "localhost:3000")]).await);
    assert!(!posted(HTTPS, &[("origin", "http://localhost:3000"), ("host", "localhost:3000")]).await);
}

#[tokio::test]
async fn programs_that_say_nothing_pass_and_reading_always_does() {
    assert!(posted(HTTPS, &[]).await);
    let cross = [("sec-fetch-site", "cross-site"), ("x-forwarded-proto", "https")];
    for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
        assert_eq!(send(site(HTTPS), method, "/x", PROXY, &cross).await.status(), StatusCode::OK);
    }
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        assert_eq!(send(site(HTTPS), method, "/x", PROXY, &cross).await.status(), StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn every_page_carries_the_security_headers() {
    let answer = send(site(LOOPBACK), Method::GET, "/x", STRANGER, &[]).await;
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(header(&answer, name), value, "{name}");
    }
    assert!(header(&answer, "permissions-policy").contains("camera=()"));
}

#[tokio::test]
async fn a_handler_decides_how_long_its_answer_keeps() {
    let keeps = || async { ([(header::CACHE_CONTROL, "max-age=60")], "x") };
    let site = Router::new().route("/x", any(keeps)).layer(from_fn(headers::secure));
    let answer = send(site, Method::GET, "/x", STRANGER, &[]).await;
    assert_eq!(header(&answer, "cache-control"), "max-age=60");
}

#[test]
fn the_content_security_policy_lets_only_the_nonce_run() {
    let policy = headers::page_csp("abc+/-_9==");
    let policy = policy.to_str().unwrap();
    assert!(
        policy.starts_with("default-src 'none'; script-src 'nonce-abc+/-_9==' 'strict-dynamic' 'wasm-unsafe-eval';")
    );
    for part in ["base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'", "style-src 'self'"] {
        assert!(policy.contains(part), "{policy} lacks {part}");
    }
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
}

#[test]
fn a_nonce_cannot_end_its_directive() {
    for nonce in ["", "x' 'unsafe-inline", "x; script-src *", "x\r\nx"] {
        let policy = headers::page_csp(nonce);
        assert!(policy.to_str().unwrap().contains("script-src 'none';"), "{policy:?}");
    }
}

#[tokio::test]
async fn every_answer_has_a_name_and_no_two_have_the_same() {
    let site = site(HTTPS);
    let first = send(site.clone(), Method::GET, "/x", STRANGER, &[]).await;
    let second = send(site.clone(), Method::POST, "/x", PROXY, &[("sec-fetch-site", "cross-site")]).await;
    let third = send(site, Method::GET, "/health/live", STRANGER, &[]).await;
    let ids = [&first, &second, &third].map(|answer| header(answer, "x-request-id").to_owned());
    assert!(ids.iter().all(|id| uuid::Uuid::parse_str(id).is_ok_and(|id| id.get_version_num() == 7)), "{ids:?}");
    assert!(ids[0] != ids[1] && ids[1] != ids[2]);
}

#[tokio::test]
async fn only_a_trusted_proxy_names_requests_and_only_sanely() {
    let id = async |peer: &str, given: &str| {
        let answer = send(site(LOOPBACK), Method::GET, "/x", peer, &[("x-request-id", given)]).await;
        header(&answer, "x-request-id").to_owned()
    };
    assert_eq!(id(PROXY, "req-0123.abc_DEF").await, "req-0123.abc_DEF");
    assert_ne!(id(STRANGER, "req-0123.abc_DEF").await, "req-0123.abc_DEF");
    for odd in ["short", "with space and more", "\"quoted-value\"", "<script>alert(1)</script>", &"x".repeat(65)] {
        assert_ne!(id(PROXY, odd).await, odd);
    }
}

#[tokio::test]
async fn handlers_learn_who_calls_and_what_the_request_is_called() {
    let tell = |caller: axum::Extension<Caller>, id: axum::Extension<RequestId>| async move {
        format!("{} {} {}", caller.address, caller.https, id.as_str())
    };
    let site = Router::new().route("/x", any(tell)).layer(from_fn_with_state(guard(HTTPS), quiet));
    let headers = [("x-forwarded-for", STRANGER), ("x-forwarded-proto", "https"), ("x-request-id", "req-0123")];
    let answer = send(site, Method::GET, "/x", PROXY, &headers).await;
    assert_eq!(header(&answer, "x-request-id"), "req-0123");
    assert_eq!(body(answer).await, "203.0.113.7 true req-0123");
}

#[tokio::test]
async fn the_quiet_guard_insists_on_https_as_well() {
    let site = Router::new().route("/{*path}", any(|| async {})).layer(from_fn_with_state(guard(HTTPS), quiet));
    assert_eq!(send(site, Method::GET, "/v1/leads", STRANGER, &[]).await.status(), StatusCode::FORBIDDEN);
}
