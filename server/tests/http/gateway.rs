//! The built-in gateway, with a real server behind it.

use crate::app::{Answer, Client, TestApp};
use axum::{
    Json, Router,
    body::Body,
    extract::Request,
    http::{Method, StatusCode},
};
use http_body_util::BodyExt as _;
use keywright_core::{actor::Actor, keys::CreatedKey};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;

/// Says back what reached it.
async fn echo(request: Request) -> Json<Value> {
    let (parts, body) = request.into_parts();
    let headers =
        parts.headers.iter().map(|(name, value)| (name.to_string(), json!(String::from_utf8_lossy(value.as_bytes()))));
    let headers: Map<String, Value> = headers.collect();
    let body = body.collect().await.expect("a body").to_bytes();
    Json(json!({"method": parts.method.as_str(), "uri": parts.uri.to_string(), "headers": headers, "body": body.len()}))
}

pub async fn upstream() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(echo)).await });
    format!("http://{address}")
}

async fn behind() -> (TestApp, Actor, CreatedKey) {
    let (app, ada) = TestApp::owned("lodol", "pro", &[("KEYWRIGHT_UPSTREAM", &upstream().await)]).await;
    let made = app.make_key(&ada, "ci", &["workflows:read", "workflows:execute"]).await;
    (app, ada, made)
}

#[tokio::test]
async fn lodol_01_the_printed_curl_reaches_the_api_with_its_identity_and_without_its_credential() {
    let (app, ada, made) = behind().await;
    let mut client = app
        .key(made.secret.expose())
        .with("x-keywright-user-id", "forged")
        .with("x_keywright_scopes", "forged")
        .with("x-api-key", "another")
        .with("x_api_key", "another")
        .with("x-forwarded-for", "192.0.2.1")
        .with("x_forwarded_for", "192.0.2.1")
        .with("x-http-method-override", "DELETE")
        .with("x-original-url", "/admin")
        .with("x-real-ip", "192.0.2.1")
        .with("connection", "x-secret-hop")
        .with("x-secret-hop", "1")
        .with("cookie", "keywright_session=stolen; theirs=1");
    let answer = client.get("/api/v1/workflows?page=2").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let seen = answer.json();
    assert_eq!((seen["method"].as_str(), seen["uri"].as_str()), (Some("GET"), Some("/api/v1/workflows?page=2")));
    let headers = seen["headers"].as_object().expect("headers");
    assert_eq!(headers["x-keywright-key-id"], made.key.id.to_string());
    assert_eq!(headers["x-keywright-workspace-id"], ada.workspace.id.to_string());
    assert_eq!(headers["x-keywright-user-id"], ada.user.id.to_string());
    assert_eq!(headers["x-keywright-scopes"], "workflows:read workflows:execute");
    assert_eq!(headers["x-forwarded-for"], "203.0.113.7");
    assert_eq!(headers["cookie"], "theirs=1");
    assert_eq!(headers["via"], "1.1 keywright");
    for gone in [
        "authorization",
        "x-api-key",
        "x_api_key",
        "x_keywright_scopes",
        "x-secret-hop",
        "x_forwarded_for",
        "x-http-method-override",
        "x-original-url",
        "x-real-ip",
    ] {
        assert!(!headers.contains_key(gone), "{gone}");
    }
    assert!(!answer.text.contains(made.secret.expose()));
}

#[tokio::test]
async fn lodol_04_a_request_beyond_the_scopes_never_reaches_the_api() {
    let (app, _, made) = behind().await;
    let refused = app.key(made.secret.expose()).get("/api/v1/executions").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(refused.json()["error"], "insufficient_scope");
}

#[tokio::test]
async fn common_06_only_one_bearer_header_carries_a_key() {
    let (app, _, made) = behind().await;
    let secret = made.secret.expose();
    let workflows = "/api/v1/workflows";
    assert_eq!(app.anonymous().with("authorization", &format!("bEARER {secret}")).get(workflows).await.status, 200);
    assert_eq!(app.anonymous().get(workflows).await.status, 401);
    assert_eq!(app.anonymous().with("authorization", &format!("Basic {secret}")).get(workflows).await.status, 401);
    assert_eq!(app.key(secret).with("authorization", &format!("Bearer {secret}")).get(workflows).await.status, 400);
    assert_eq!(app.anonymous().get(&format!("{workflows}?key={secret}")).await.status, 400);
    assert_eq!(app.key(secret).get(&format!("{workflows}?key={secret}")).await.status, 400);
    let empty = app.key("").get(workflows).await;
    assert_eq!(empty.status, 400);
    let challenge = empty.header("www-authenticate");
    assert!(challenge.contains("error=\"invalid_request\""), "RFC 6750 §3.1: {challenge}");
    assert_eq!(app.key("a\tb").get(workflows).await.status, 401);
}

#[tokio::test]
async fn bodies_stream_through_beyond_the_forms_limit() {
    let (app, _, made) = behind().await;
    let body = Body::from(vec![b'x'; 1024 * 1024]);
    let mut client: Client = app.key(made.secret.expose());
    let answer = client.send(Method::POST, "/api/v1/workflows/wf_1/run", Some("application/octet-stream"), body).await;
    assert_eq!((answer.status, answer.json()["body"].clone()), (StatusCode::OK, json!(1024 * 1024)));
}

#[tokio::test]
async fn what_is_no_route_never_reaches_the_api() {
    let (app, _, made) = behind().await;
    let mut client = app.key(made.secret.expose());
    for path in
        ["/api/v1/other", "/api/v1//workflows", "/api/v1/workflows/", "/API/v1/workflows", "/api/v1/workflows/%2e%2e"]
    {
        let answer: Answer = client.get(path).await;
        assert_eq!(
            (answer.status, answer.json()["error"].clone()),
            (StatusCode::NOT_FOUND, json!("not_found")),
            "{path}"
        );
    }
    let page = app.anonymous().with("accept", "text/html").get("/nowhere").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.text.starts_with("<!DOCTYPE html>"));
    assert_eq!((page.header("x-frame-options"), page.header("cache-control")), ("DENY", "no-store"));
}

#[tokio::test]
async fn an_api_that_is_down_is_a_502_in_our_shape() {
    let (app, ada) = TestApp::owned("lodol", "pro", &[("KEYWRIGHT_UPSTREAM", "http://127.0.0.1:9")]).await;
    let made = app.make_key(&ada, "ci", &["workflows:read"]).await;
    let answer = app.key(made.secret.expose()).get("/api/v1/workflows").await;
    assert_eq!(
        (answer.status, answer.json()["error"].clone()),
        (StatusCode::BAD_GATEWAY, json!("upstream_unreachable"))
    );
}

#[tokio::test]
async fn common_11_the_last_use_tells_what_was_answered() {
    let (app, ada, made) = behind().await;
    let mut owner = app.session(&ada).await;
    app.key(made.secret.expose()).get("/api/v1/workflows").await;
    app.world.services.usage.flush().await.expect("a flush");
    assert_eq!(owner.get("/api-keys").await.json()["data"][0]["last_used"]["status"], 200);
    let since = made.key.created_at.timestamp_micros();
    let radar = owner.get(&format!("/w/acme/keys/{}/first-call?since={since}", made.key.id)).await;
    assert!(radar.text.contains("badge--good\">200</span>"), "{}", radar.text);
    let page = owner.get(&format!("/w/acme/keys/{}?since={since}", made.key.id)).await;
    assert!(page.text.contains(", answered 200") && !page.text.contains(">Refresh</a>"), "nothing to wait for");
}
