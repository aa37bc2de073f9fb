//! What stands before every door.

use crate::{
    app::{GATE_TOKEN, TestApp},
    oauth::refused,
};
use axum::http::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn common_08_no_other_site_changes_anything() {
    let (app, ada) = TestApp::lodol().await;
    let signed_in = app.session(&ada).await;
    let body = || json!({"label": "ci", "scopes": ["workflows:read"]});
    for foreign in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        let mut client = signed_in.clone().with(foreign.0, foreign.1);
        let refused = client.post_json("/api-keys", body()).await;
        assert_eq!(
            (refused.status, refused.json()["error"].clone()),
            (StatusCode::FORBIDDEN, json!("cross_origin")),
            "{foreign:?}"
        );
        assert_eq!(client.form("/logout", &[]).await.status, StatusCode::FORBIDDEN);
    }
    for own in [("sec-fetch-site", "same-origin"), ("origin", "http://127.0.0.1:3000")] {
        let mut client = signed_in.clone().with(own.0, own.1);
        assert_eq!(client.post_json("/api-keys", body()).await.status, StatusCode::CREATED, "{own:?}");
    }
}

#[tokio::test]
async fn skode_08_plain_http_is_refused_where_the_public_url_is_https() {
    let (app, ada) = TestApp::owned("lodol", "pro", &[("KEYWRIGHT_PUBLIC_URL", "https://keys.example.com")]).await;
    let made = app.make_key(&ada, "ci", &["workflows:read"]).await;
    let page = app.anonymous().with("accept", "text/html").get("/login?next=%2F").await;
    assert_eq!((page.status.as_u16(), page.header("location")), (308, "https://keys.example.com/login?next=%2F"));
    for path in ["/api-keys", "/api/v1/workflows"] {
        let answer = app.key(made.secret.expose()).get(path).await;
        assert_eq!(
            (answer.status, answer.json()["error"].clone()),
            (StatusCode::FORBIDDEN, json!("https_required")),
            "{path}"
        );
    }
    let form = [("grant_type", "client_credentials")];
    for path in ["/oauth/token", "/v1/oauth/token", "/auth/device/code"] {
        assert_eq!(refused(&app.anonymous().form(path, &form).await), (403, "https_required".to_owned()), "{path}");
    }
    let spoofed = app.anonymous().with("x-forwarded-proto", "https").get("/api-keys").await;
    assert_eq!(spoofed.status, StatusCode::FORBIDDEN, "only a trusted proxy says so");
    let secure = app.proxy().with("x-forwarded-proto", "https").get("/api-keys").await;
    assert_eq!(secure.status, StatusCode::UNAUTHORIZED);
    assert_eq!(secure.header("strict-transport-security"), "max-age=31536000; includeSubDomains");
    assert_eq!(app.anonymous().get("/health/live").await.status, StatusCode::OK);
}

#[tokio::test]
async fn every_page_says_what_a_browser_may_not_do() {
    let (app, ada) = TestApp::lodol().await;
    let mut client = app.session(&ada).await;
    for path in ["/login", "/w/acme/keys", "/w/acme/keys/new", "/w/acme/audit", "/account", "/w/acme/nothing"] {
        let page = client.get(path).await;
        if page.status == StatusCode::SEE_OTHER {
            continue;
        }
        let policy = page.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(policy.contains("'nonce-") && !policy.contains("unsafe-inline"), "{path}: {policy}");
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(page.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(page.header("referrer-policy"), "no-referrer", "{path}");
        assert!(page.header("x-request-id").len() > 30, "{path}");
        assert!(!page.text.contains(" style=\"") && !page.text.contains(" onclick"), "{path}");
    }
}

#[tokio::test]
async fn health_tells_whether_the_database_answers() {
    let (app, _) = TestApp::lodol().await;
    let mut probe = app.anonymous();
    assert_eq!(probe.get("/health/live").await.status, StatusCode::OK);
    assert_eq!(probe.get("/health/ready").await.status, StatusCode::OK);
    app.world.test_db.db.close().await;
    assert_eq!(probe.get("/health/live").await.status, StatusCode::OK);
    assert_eq!(probe.get("/health/ready").await.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn metrics_are_for_who_has_the_gate_token() {
    let (app, _) = TestApp::lodol().await;
    assert_eq!(app.anonymous().get("/metrics").await.status, StatusCode::UNAUTHORIZED);
    let mut prometheus = app.anonymous().with("authorization", &format!("Bearer {GATE_TOKEN}"));
    let answer = prometheus.get("/metrics").await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8")
    );
    assert!(answer.text.ends_with('\n') && answer.text.contains("\nkeywright_database_up 1\n"), "{}", answer.text);
    let counts_together = app.world.redis.is_some();
    assert_eq!(answer.text.contains("\nkeywright_redis_up 1\n"), counts_together);
    assert_eq!(answer.text.contains("\nkeywright_redis_unanswered_total 0\n"), counts_together);
    app.world.test_db.db.close().await;
    assert!(prometheus.get("/metrics").await.text.contains("\nkeywright_database_up 0\n"));
}

#[tokio::test]
async fn a_method_that_an_address_does_not_know_is_said_in_its_own_shape() {
    let (app, ada) = TestApp::lodol().await;
    let mut client = app.session(&ada).await;
    let api = client.send(Method::PATCH, "/api-keys", None, axum::body::Body::empty()).await;
    assert_eq!(
        (api.status, api.json()["error"].clone()),
        (StatusCode::METHOD_NOT_ALLOWED, json!("method_not_allowed"))
    );
    let page = client.send(Method::DELETE, "/w/acme/keys", None, axum::body::Body::empty()).await;
    assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(page.text.starts_with("<!DOCTYPE html>"));
}

#[tokio::test]
async fn a_database_that_is_gone_is_a_503_and_never_a_401() {
    let (app, ada) = TestApp::lodol().await;
    let made = app.make_key(&ada, "ci", &["workflows:read"]).await;
    let mut client = app.session(&ada).await;
    app.world.test_db.db.close().await;
    assert_eq!(client.get("/api-keys").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(client.get("/w/acme/keys").await.status, StatusCode::SERVICE_UNAVAILABLE);
    let gate = app.key(made.secret.expose()).get("/api/v1/workflows").await;
    assert_eq!(gate.status, StatusCode::SERVICE_UNAVAILABLE, "{}", gate.text);
}
