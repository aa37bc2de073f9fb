//! Versions: who changes what has changed meanwhile is told, and nothing happens.

use crate::app::{Client, TestApp};
use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use serde_json::{Value, json};

async fn one_key() -> (TestApp, Client, String) {
    let (app, ada) = TestApp::lodol().await;
    let id = app.make_key(&ada, "ci", &["workflows:read"]).await.key.id;
    let client = app.session(&ada).await;
    (app, client, format!("/api-keys/{id}"))
}

async fn change(client: &mut Client, key: &str, action: &str, body: Option<Value>) -> crate::app::Answer {
    let (method, path) = match action {
        "PATCH" => (Method::PATCH, key.to_owned()),
        "DELETE" => (Method::DELETE, key.to_owned()),
        action => (Method::POST, format!("{key}/{action}")),
    };
    let typed = body.is_some().then_some("application/json");
    client.send(method, &path, typed, body.map_or_else(Body::empty, |body| Body::from(body.to_string()))).await
}

#[tokio::test]
async fn every_answer_with_one_key_has_its_version_as_tag() {
    let (_app, mut client, key) = one_key().await;
    let made = client.post_json("/api-keys", json!({"label": "new", "scopes": ["workflows:read"]})).await;
    assert_eq!((made.status, made.header("etag")), (StatusCode::CREATED, "\"1\""));
    assert_eq!(client.get(&key).await.header("etag"), "\"1\"");
    let grace = json!({"grace_seconds": 60});
    for (version, (action, body)) in [
        ("PATCH", Some(json!({"label": "renamed"}))),
        ("disable", None),
        ("enable", None),
        ("rotate", None),
        ("rotation/extend", Some(grace)),
        ("rotation/undo", None),
        ("rotate", None),
        ("rotation/finish", None),
        ("DELETE", None),
    ]
    .into_iter()
    .enumerate()
    {
        let version = version + 2;
        let changed = change(&mut client, &key, action, body).await;
        assert_eq!(changed.status, StatusCode::OK, "{action}: {}", changed.text);
        assert_eq!(changed.header("etag"), format!("\"{version}\""), "{action}");
        assert_eq!(changed.json()["version"], json!(version), "{action}");
        assert_eq!(client.get(&key).await.header("etag"), format!("\"{version}\""), "{action}");
    }
}

#[tokio::test]
async fn a_change_of_an_older_version_is_refused_and_changes_nothing() {
    let (_app, mut client, key) = one_key().await;
    client.patch_json(&key, json!({"label": "somebody was faster"})).await;
    client.post(&format!("{key}/rotate")).await;
    let before = client.get(&key).await;
    let mut late = client.clone().with("if-match", "\"1\"");
    for (action, body) in [
        ("PATCH", Some(json!({"label": "mine"}))),
        ("DELETE", None),
        ("revoke", Some(json!({"reason": "mine"}))),
        ("disable", None),
        ("enable", None),
        ("rotate", None),
        ("rotation/finish", None),
        ("rotation/extend", Some(json!({"grace_seconds": 0}))),
        ("rotation/undo", None),
    ] {
        let refused = change(&mut late, &key, action, body).await;
        assert_eq!(refused.status, StatusCode::PRECONDITION_FAILED, "{action}: {}", refused.text);
        assert_eq!(refused.json()["error"], "precondition_failed", "{action}");
    }
    assert_eq!(client.get(&key).await.text, before.text);
    let log = client.get("/api/v1/workspaces/acme/audit").await.json();
    assert_eq!(log["data"][0]["refused"], "precondition_failed", "what was refused is written down");
}

#[tokio::test]
async fn the_right_version_any_version_and_a_weak_one_are_accepted() {
    let (_app, client, key) = one_key().await;
    for (n, tag) in ["\"1\"", "*", "W/\"3\""].into_iter().enumerate() {
        let mut client = client.clone().with("if-match", tag);
        let changed = client.patch_json(&key, json!({"label": format!("label {n}")})).await;
        assert_eq!(changed.status, StatusCode::OK, "{tag}: {}", changed.text);
    }
}

#[tokio::test]
async fn a_tag_that_was_never_given_out_is_refused() {
    let (app, client, key) = one_key().await;
    for garbage in ["", "1", "\"\"", "\"x\"", "\"01\"", "\"+1\"", "\"1\", \"2\"", "\"99999999999999999999\"", "\u{e9}"]
    {
        let mut client = client.clone().with("if-match", garbage);
        let refused = client.patch_json(&key, json!({"label": "mine"})).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{garbage:?}: {}", refused.text);
    }
    let mut stranger = app.anonymous().with("if-match", "garbage");
    assert_eq!(stranger.patch_json(&key, json!({})).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn who_has_the_latest_version_is_not_sent_it_again() {
    let (_app, mut client, key) = one_key().await;
    for known in ["\"1\"", "W/\"1\"", "\"7\", \"1\"", "*"] {
        let same = client.clone().with("if-none-match", known).get(&key).await;
        assert_eq!((same.status, same.text.as_str()), (StatusCode::NOT_MODIFIED, ""), "{known}");
        assert_eq!(same.header("etag"), "\"1\"");
    }
    client.post(&format!("{key}/disable")).await;
    let mut known = client.clone().with("if-none-match", "\"1\"");
    let newer = known.get(&key).await;
    assert_eq!((newer.status, newer.header("etag")), (StatusCode::OK, "\"2\""));
    let nobodys = known.get("/api-keys/key_00000000000000000000000000000000").await;
    assert_eq!(nobodys.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn skedcast_03_of_two_who_rotate_the_same_version_one_wins_and_the_other_is_told() {
    let (app, ada) = TestApp::lodol().await;
    let grace = app.world.member(&ada.workspace, "Grace", "admin").await;
    let id = app.make_key(&ada, "ci", &["workflows:read"]).await.key.id;
    let path = format!("/api-keys/{id}/rotate");
    let mut ada = app.session(&ada).await.with("if-match", "\"1\"");
    let mut grace = app.session(&grace).await.with("if-match", "\"1\"");
    let (one, other) = tokio::join!(ada.post(&path), grace.post(&path));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200, "{} {}", one.text, other.text);
    assert!([409, 412].contains(&statuses[1]), "{} {}", one.text, other.text);
    assert_eq!(ada.get(&format!("/api-keys/{id}")).await.json()["version"], json!(2));
}
