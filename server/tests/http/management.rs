//! REST with a token of the command line's in place of a session (skillett_02).

use crate::{
    app::{Answer, Client, TestApp},
    oauth::{PUBLIC, Scene, refused},
};
use axum::http::StatusCode;
use keywright_core::{actor::Actor, apps::ClientId};
use serde_json::{Value, json};

const MANAGE: &str = "keywright:manage";

/// What the command line gets when this person says yes on the device page.
async fn signed_in(app: &TestApp, actor: &Actor) -> Value {
    let mut device = app.anonymous();
    let client = ("client_id", ClientId::COMMAND_LINE);
    let begun = device.form("/auth/device/code", &[client, ("scope", MANAGE)]).await;
    assert_eq!(begun.status, StatusCode::OK, "{}", begun.text);
    let begun = begun.json();
    let (code, device_code) = (begun["user_code"].as_str(), begun["device_code"].as_str());
    let (code, device_code) = (code.expect("a code"), device_code.expect("a code"));
    let mut person = app.session(actor).await;
    let page = person.form("/device", &[("user_code", code)]).await;
    for words in ["Keywright command line", "Manage for you", "API keys", "part of this dashboard"] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    assert!(!page.text.contains("Unverified"));
    let form = [("user_code", code), ("workspace", &actor.workspace.slug), ("decision", "allow")];
    assert_eq!(person.form("/device/decision", &form).await.header("location"), "/device/allowed");
    let answer = device.form("/auth/device/token", &[client, ("device_code", device_code)]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()
}

fn access(tokens: &Value) -> &str {
    tokens["access_token"].as_str().expect("a token")
}

/// The holder of these tokens.
fn with(app: &TestApp, tokens: &Value) -> Client {
    app.key(access(tokens))
}

/// Status, code and challenge.
fn told(answer: &Answer) -> (u16, String, String) {
    let code = answer.json()["error"].as_str().expect("a code").to_owned();
    (answer.status.as_u16(), code, answer.header("www-authenticate").to_owned())
}

#[tokio::test]
async fn skillett_02_a_key_is_made_by_the_command_line_after_login() {
    let (app, ada) = TestApp::lodol().await;
    let tokens = signed_in(&app, &ada).await;
    let mut client = with(&app, &tokens);
    let new = json!({"label": "ci", "scopes": ["workflows:read"]});
    let made = client.post_json("/api-keys", new.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert_eq!(made.header("set-cookie"), "", "no session is begun");
    let key = made.json();
    let one = format!("/api/v1/workspaces/acme/api-keys/{}", key["id"].as_str().expect("an id"));
    assert_eq!(client.get(&one).await.json()["label"], "ci");
    let rotated = client.post_json(&format!("{one}/rotate"), json!({"grace_seconds": 60})).await.json();
    assert_ne!(rotated["key"], key["key"]);
    assert_eq!(client.post_json(&format!("{one}/revoke"), json!({"reason": "test"})).await.json()["status"], "revoked");
    assert_eq!(client.get("/api/v1/workspaces/acme/members").await.status, StatusCode::OK);
    let log = client.get("/api/v1/workspaces/acme/audit").await.json();
    let via = log["data"][0]["via"].as_str().expect("a grant");
    assert!(via.starts_with("grant:grant_"), "{via}");
    let named = with(&app, &tokens).with("idempotency-key", "one");
    for status in [StatusCode::CREATED, StatusCode::CONFLICT] {
        assert_eq!(named.clone().post_json("/api-keys", new.clone()).await.status, status, "once");
    }
}

#[tokio::test]
async fn skillett_02_an_api_key_manages_nothing_and_is_told_so_in_the_same_words_as_ever() {
    let (app, ada) = TestApp::lodol().await;
    let key = app.make_key(&ada, "ci", &["workflows:read"]).await;
    let answer = app.key(key.secret.expose()).get("/api-keys").await;
    let (status, code, challenge) = told(&answer);
    assert_eq!((status, code.as_str(), challenge.as_str()), (401, "unauthorized", "Bearer realm=\"keywright\""));
    assert!(answer.text.contains("An API key cannot create, change or list keys."));
}

#[tokio::test]
async fn a_token_is_good_in_one_workspace_and_others_are_not_there() {
    let (app, ada) = TestApp::lodol().await;
    let eve = app.world.neighbour("Eve", "pro").await;
    // In both, but the token is for one.
    app.world.join(&eve.workspace, &ada.user, "admin").await;
    let mut client = with(&app, &signed_in(&app, &ada).await);
    assert_eq!(client.get("/api-keys").await.status, StatusCode::OK, "which one is clear");
    let own = |slug: &str| format!("/api/v1/workspaces/{slug}/api-keys");
    let elsewhere = client.get(&own("eve-ltd")).await;
    let nowhere = client.get(&own("nowhere")).await;
    assert_eq!((elsewhere.status, &elsewhere.text), (StatusCode::NOT_FOUND, &nowhere.text));
    assert_eq!(client.get(&own("acme")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_token_is_over_with_the_next_request_after_it_was_revoked() {
    let (app, ada) = TestApp::lodol().await;
    let tokens = signed_in(&app, &ada).await;
    let mut client = with(&app, &tokens);
    assert_eq!(client.get("/api-keys").await.status, StatusCode::OK);
    let fields = [("client_id", ClientId::COMMAND_LINE), ("token", tokens["refresh_token"].as_str().expect("a token"))];
    assert_eq!(app.anonymous().form("/oauth/revoke", &fields).await.status, StatusCode::OK);
    let (status, code, challenge) = told(&client.get("/api-keys").await);
    assert_eq!((status, code.as_str()), (401, "unauthorized"));
    assert_eq!(challenge, "Bearer realm=\"keywright\", error=\"invalid_token\"");
    // A session beside it does not help: who sends a token is who it says.
    let mut both = app.session(&ada).await.with("authorization", &format!("Bearer {}", access(&tokens)));
    assert_eq!(both.get("/api-keys").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(both.get("/w/acme/keys").await.status, StatusCode::OK, "pages know sessions alone");
}

#[tokio::test]
async fn another_apps_token_manages_nothing() {
    let scene = Scene::of(PUBLIC).await;
    let tokens = scene.tokens().await;
    let answer = with(&scene.app, &tokens).get("/api-keys").await;
    let (status, code, challenge) = told(&answer);
    assert_eq!((status, code.as_str()), (403, "insufficient_scope"));
    assert_eq!(challenge, "Bearer realm=\"keywright\", error=\"insufficient_scope\", scope=\"keywright:manage\"");
    let who = with(&scene.app, &tokens).get("/oauth/whoami").await;
    assert_eq!(refused(&who), (403, "insufficient_scope".to_owned()));
    for forged in ["eyJ", "eyJhbGciOiJub25lIn0.e30.", &access(&tokens)[..80]] {
        let answer = scene.app.key(forged).get("/api-keys").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{forged}");
    }
    let asked = [("client_id", scene.id()), ("scope", MANAGE)];
    let answer = scene.app.anonymous().form("/auth/device/code", &asked).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_role_bounds_a_token_and_pages_do_not_take_it() {
    let (app, ada) = TestApp::lodol().await;
    let bob = app.world.member(&ada.workspace, "Bob", "viewer").await;
    let mut client = with(&app, &signed_in(&app, &bob).await);
    assert_eq!(client.get("/api-keys").await.status, StatusCode::OK);
    let refused = client.post_json("/api-keys", json!({"label": "ci", "scopes": ["workflows:read"]})).await;
    assert_eq!((refused.status, &refused.json()["error"]), (StatusCode::FORBIDDEN, &json!("forbidden")));
    for page in ["/w/acme/keys", "/account", "/w/acme/members"] {
        let answer = client.get(page).await;
        assert!(answer.header("location").starts_with("/login"), "{page}: {}", answer.status);
    }
}

#[tokio::test]
async fn what_manages_keys_opens_nothing_else() {
    let upstream = crate::gateway::upstream().await;
    let (app, ada) = TestApp::owned("skillett", "pro", &[("KEYWRIGHT_UPSTREAM", &upstream)]).await;
    let tokens = signed_in(&app, &ada).await;
    assert_eq!(with(&app, &tokens).get("/api-keys").await.status, StatusCode::OK);
    // Any key may call it.
    assert_eq!(with(&app, &tokens).get("/v1/skills").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn whoami_tells_for_whom_and_where() {
    let (app, ada) = TestApp::lodol().await;
    let tokens = signed_in(&app, &ada).await;
    let answer = with(&app, &tokens).get("/oauth/whoami").await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let told = answer.json();
    assert_eq!(told["user"], json!({"id": ada.user.id, "name": "Ada Lovelace", "email": "ada@example.com"}));
    assert_eq!((&told["workspace"]["slug"], &told["role"]), (&json!("acme"), &json!("owner")));
    assert_eq!(refused(&app.anonymous().get("/oauth/whoami").await), (401, "invalid_token".to_owned()));
}
