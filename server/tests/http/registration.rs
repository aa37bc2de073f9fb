//! Apps register themselves (RFC 7591) and manage what they registered (RFC 7592).

use crate::app::{Answer, Client, TestApp};
use axum::{body::Body, http::Method};
use serde_json::{Value, json};

const REGISTER: &str = "/oauth/register";
const JSON: &str = "application/json";

fn public() -> Value {
    json!({
        "client_name": "Claude",
        "redirect_uris": ["https://claude.ai/api/mcp/auth_callback"],
        "grant_types": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_method": "none"
    })
}

async fn register(app: &TestApp, body: &Value) -> Value {
    let answer = app.anonymous().post_json(REGISTER, body.clone()).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()
}

/// The app with the token of its registration, and where that is.
fn manager(app: &TestApp, made: &Value) -> (Client, String) {
    let token = made["registration_access_token"].as_str().expect("a token");
    let url = made["registration_client_uri"].as_str().expect("an address");
    let path = url.strip_prefix("http://127.0.0.1:3000").expect("the configured address").to_owned();
    (app.anonymous().with("authorization", &format!("bearer {token}")), path)
}

#[track_caller]
fn assert_refused(answer: &Answer, status: u16, error: &str) {
    assert_eq!(answer.status, status, "{}", answer.text);
    let body = answer.json();
    assert_eq!(body["error"], error);
    assert_eq!(body["message"], body["error_description"]);
    assert_eq!((answer.header("cache-control"), answer.header("access-control-allow-origin")), ("no-store", "*"));
}

#[tokio::test]
async fn skedcast_06_an_app_registers_reads_replaces_and_deletes_itself() {
    let app = TestApp::empty("skedcast", &[]).await;
    let answer = app.anonymous().post_json(REGISTER, public()).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (201, "no-store"));
    let made = answer.json();
    assert!(made["client_id_issued_at"].is_i64() && made.get("client_secret").is_none(), "{made}");
    assert!(made.as_object().expect("an object").values().all(|value| !value.is_null()), "absent, never null");
    let (mut own, path) = manager(&app, &made);
    let read = own.get(&path).await;
    assert_eq!((read.status.as_u16(), read.json()), (200, made.clone()));
    let mut body = public();
    body["client_id"] = made["client_id"].clone();
    body["client_name"] = json!("Claude II");
    let replaced = own.send(Method::PUT, &path, Some(JSON), Body::from(body.to_string())).await;
    assert_eq!((replaced.status.as_u16(), &replaced.json()["client_name"]), (200, &json!("Claude II")));
    let deleted = own.delete(&path).await;
    assert_eq!((deleted.status.as_u16(), deleted.text.as_str()), (204, ""));
    assert_refused(&own.get(&path).await, 401, "invalid_token");
    assert_refused(&own.delete(&path).await, 401, "invalid_token");
}

#[tokio::test]
async fn a_secret_comes_with_a_number_for_its_end() {
    let app = TestApp::empty("lodol", &[]).await;
    let made = register(&app, &json!({"redirect_uris": ["https://a.example/cb"]})).await;
    assert!(made["client_secret"].as_str().is_some_and(|secret| secret.starts_with("ks_")), "{made}");
    assert_eq!(made["client_secret_expires_at"], 0);
}

#[tokio::test]
async fn what_cannot_be_registered_is_refused_in_the_rfcs_words_and_nothing_else_comes() {
    let app = TestApp::empty("lodol", &[]).await;
    let mut bad = public();
    bad["redirect_uris"] = json!(["http://a.example/cb"]);
    let refused = app.anonymous().post_json(REGISTER, bad.clone()).await;
    assert_refused(&refused, 400, "invalid_redirect_uri");
    bad["redirect_uris"] = json!(["https://a.example/cb#x"]);
    let refused = app.anonymous().post_json(REGISTER, bad.clone()).await;
    assert_refused(&refused, 400, "invalid_redirect_uri");
    assert!(!refused.text.contains('?'), "a description that can be read: {}", refused.text);
    for (content_type, body) in [
        ("application/json", "{"),
        ("application/json", "[]"),
        ("application/json", ""),
        ("application/json", r#"{"redirect_uris":["https://a.example/cb"],"redirect_uris":["https://b.example/cb"]}"#),
        ("application/json", r#"{"redirect_uris":["https://a.example/cb"],"client_name":null,"client_name":"A"}"#),
        ("text/plain", "{}"),
        ("application/x-www-form-urlencoded", "redirect_uris=https://a.example/cb"),
        ("application/json, application/x-www-form-urlencoded", "{}"),
    ] {
        let refused = app.anonymous().send(Method::POST, REGISTER, Some(content_type), Body::from(body)).await;
        assert_refused(&refused, 400, "invalid_client_metadata");
    }
    let huge = format!("{{\"client_name\": \"{}\"}}", "x".repeat(65 * 1024));
    let refused = app.anonymous().send(Method::POST, REGISTER, Some("application/json"), Body::from(huge)).await;
    assert_refused(&refused, 400, "invalid_client_metadata");
}

#[tokio::test]
async fn only_the_token_of_a_registration_manages_it() {
    let app = TestApp::empty("lodol", &[]).await;
    let (made, other) = (register(&app, &public()).await, register(&app, &public()).await);
    let ((_, path), (mut stranger, _)) = (manager(&app, &made), manager(&app, &other));
    for mut nobody in [app.anonymous(), app.anonymous().with("authorization", "Basic YTpi")] {
        let refused = nobody.get(&path).await;
        assert_refused(&refused, 401, "invalid_token");
        assert_eq!(refused.header("www-authenticate"), "Bearer realm=\"keywright\"", "no error without a token");
    }
    for refused in [
        stranger.get(&path).await,
        stranger.send(Method::PUT, &path, Some(JSON), Body::from(public().to_string())).await,
        stranger.delete(&path).await,
        stranger.get("/oauth/register/app_0000000000000000000000").await,
        stranger.get("/oauth/register/%00").await,
    ] {
        assert_refused(&refused, 401, "invalid_token");
        assert_eq!(refused.header("www-authenticate"), "Bearer realm=\"keywright\", error=\"invalid_token\"");
    }
    let (mut own, _) = manager(&app, &made);
    assert_eq!(own.get(&path).await.status, 200, "all of that was in vain");
}

#[tokio::test]
async fn a_page_of_any_origin_may_register() {
    let app = TestApp::empty("lodol", &[]).await;
    let mut page = app.anonymous().with("origin", "https://inspector.example");
    let asked = page.send(Method::OPTIONS, REGISTER, None, Body::empty()).await;
    assert_eq!((asked.status.as_u16(), asked.header("access-control-allow-origin")), (204, "*"));
    assert!(asked.header("access-control-allow-headers").contains("MCP-Protocol-Version"));
    let made = page.post_json(REGISTER, public()).await;
    assert_eq!((made.status.as_u16(), made.header("access-control-allow-origin")), (201, "*"));
    assert_eq!(page.send(Method::OPTIONS, "/oauth/register/app_x", None, Body::empty()).await.status, 204);
    assert_refused(&page.get(REGISTER).await, 405, "invalid_request");
}

#[tokio::test]
async fn whoever_registers_too_many_is_told_when_to_come_back() {
    let app = TestApp::empty("lodol", &[]).await;
    for _ in 0..60 {
        register(&app, &public()).await;
    }
    let refused = app.anonymous().post_json(REGISTER, public()).await;
    assert_refused(&refused, 429, "temporarily_unavailable");
    assert_eq!(refused.header("retry-after"), "3600");
}
