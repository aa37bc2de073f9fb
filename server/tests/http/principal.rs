//! The signed principal: a token that says who a request is from.

use crate::app::{Answer, TestApp};
use axum::http::StatusCode;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use serde_json::{Value, json};

const SIGNED: &[(&str, &str)] = &[("KEYWRIGHT_SIGNED_PRINCIPAL", "on")];

/// Part `part` of a token: 0, its header; 1, its claims.
fn part(token: &str, part: usize) -> Value {
    let text = token.split('.').nth(part).unwrap_or_else(|| panic!("no token: {token:?}"));
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(text).expect("base64url")).expect("JSON")
}

async fn ask(app: &TestApp, secret: &str, path: &str) -> Answer {
    let proxy = app.proxy().with("authorization", &format!("Bearer {secret}"));
    proxy.with("x-forwarded-method", "GET").with("x-forwarded-uri", path).get("/gate/auth").await
}

#[tokio::test]
async fn a_request_that_may_pass_carries_a_token_for_its_route_that_lives_a_minute() {
    let (app, ada) = TestApp::owned("lodol", "pro", SIGNED).await;
    let made = app.make_key(&ada, "ci", &["workflows:read", "executions:read"]).await;
    let answer = ask(&app, made.secret.expose(), "/api/v1/workflows/wf_1?page=2").await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, ""));
    let token = answer.header("x-keywright-principal").to_owned();
    let now = app.now().timestamp();
    assert_eq!(
        part(&token, 1),
        json!({
            "iss": "http://127.0.0.1:3000",
            "aud": "GET /api/v1/workflows/{id}",
            "sub": made.key.id,
            "workspace": ada.workspace.id,
            "user": ada.user.id,
            "scope": "workflows:read executions:read",
            "iat": now,
            "exp": now + 60,
        })
    );
    let set = app.anonymous().get("/.well-known/jwks.json").await;
    assert_eq!(set.header("cache-control"), "public, max-age=300");
    assert_eq!(set.header("access-control-allow-origin"), "*");
    let header = part(&token, 0);
    assert_eq!((&header["alg"], &header["typ"]), (&json!("ES256"), &json!("principal+jwt")));
    assert_eq!(set.json()["keys"][0]["kid"], header["kid"]);
    assert!(!set.text.contains("\"d\""), "nothing private");
}

#[tokio::test]
async fn a_token_is_sent_again_for_half_its_life_and_never_for_another_route_key_or_right() {
    let (app, ada) = TestApp::owned("lodol", "enterprise", SIGNED).await;
    let scopes = ["workflows:read", "executions:read"];
    let (one, other) = (app.make_key(&ada, "a", &scopes).await, app.make_key(&ada, "b", &scopes).await);
    let token = async |secret: &str, path: &str| {
        let answer = ask(&app, secret, path).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.header("x-keywright-principal").to_owned()
    };
    let (secret, workflows) = (one.secret.expose(), "/api/v1/workflows");
    let first = token(secret, workflows).await;
    app.advance(TimeDelta::seconds(29));
    assert_eq!(token(secret, workflows).await, first);
    let elsewhere = token(secret, "/api/v1/executions").await;
    assert_eq!(part(&elsewhere, 1)["aud"], "GET /api/v1/executions");
    assert_eq!(part(&token(other.secret.expose(), workflows).await, 1)["sub"], json!(other.key.id));
    app.advance(TimeDelta::seconds(1));
    let renewed = token(secret, workflows).await;
    assert_eq!(part(&renewed, 1)["exp"], json!(app.now().timestamp() + 60));
    // A change of what the key may do is in the next token, however fresh the last one is.
    let mut owner = app.session(&ada).await;
    let narrowed = owner.patch_json(&format!("/api-keys/{}", one.key.id), json!({"scopes": ["workflows:read"]})).await;
    assert_eq!(narrowed.status, StatusCode::OK, "{}", narrowed.text);
    assert_eq!(part(&token(secret, workflows).await, 1)["scope"], "workflows:read");
}

#[tokio::test]
async fn without_the_setting_the_header_is_empty_and_a_refused_request_has_none() {
    let (app, ada) = TestApp::lodol().await;
    let made = app.make_key(&ada, "ci", &["workflows:read"]).await;
    let answer = ask(&app, made.secret.expose(), "/api/v1/workflows").await;
    assert_eq!(answer.headers.get("x-keywright-principal").map(|value| value.len()), Some(0));
    let (signing, ada) = TestApp::owned("lodol", "pro", SIGNED).await;
    let made = signing.make_key(&ada, "ci", &["workflows:read"]).await;
    let refused = ask(&signing, made.secret.expose(), "/api/v1/executions").await;
    assert_eq!((refused.status, refused.headers.get("x-keywright-principal")), (StatusCode::FORBIDDEN, None));
}

#[tokio::test]
async fn the_private_key_is_nowhere_in_the_database() {
    let (app, ada) = TestApp::owned("lodol", "pro", SIGNED).await;
    let made = app.make_key(&ada, "ci", &["workflows:read"]).await;
    let answer = ask(&app, made.secret.expose(), "/api/v1/workflows").await;
    let kid = part(answer.header("x-keywright-principal"), 0)["kid"].as_str().expect("a name").to_owned();
    // How every private key of this kind begins (RFC 5958 §2, with the algorithm's and the curve's numbers).
    let begins = "308187020100301306072a8648ce3d020106082a8648ce3d030107";
    let stored = app.world.test_db.dump().await;
    assert!(stored.contains(&kid) && !stored.contains(begins));
}
