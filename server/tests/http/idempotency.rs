//! `Idempotency-Key`: sent twice, done once, and no secret is ever kept.

use crate::app::{Client, TestApp};
use axum::http::StatusCode;
use keywright_core::{
    actor::Actor,
    idempotency::{Begun, Idempotency, IdempotencyKey},
    secret::SecretHash,
};
use serde_json::{Value, json};

fn ci() -> Value {
    json!({"label": "CI deploy", "scopes": ["workflows:read"]})
}

async fn count(app: &TestApp, actor: &Actor) -> u64 {
    app.world.services.keys.count(actor).await.expect("a count")
}

fn named(client: &Client, key: &str) -> Client {
    client.clone().with("idempotency-key", key)
}

#[tokio::test]
async fn the_same_request_is_answered_the_same_and_done_once() {
    let (app, ada) = TestApp::lodol().await;
    let id = app.make_key(&ada, "ci", &["workflows:read"]).await.key.id;
    let mut client = named(&app.session(&ada).await, "one");
    let path = format!("/api/v1/workspaces/acme/api-keys/{id}/disable");
    let first = client.post(&path).await;
    app.advance(chrono::TimeDelta::hours(1));
    let again = client.post(&path).await;
    assert_eq!((first.status, &first.text), (StatusCode::OK, &again.text));
    assert_eq!((first.status, first.header("etag")), (again.status, again.header("etag")));
    assert_eq!(first.header("content-type"), again.header("content-type"));
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
    assert_eq!(again.header("cache-control"), "no-store");
    // Without the key it is tried again, and there is nothing left to do.
    assert_eq!(app.session(&ada).await.post(&path).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn common_02_a_repeated_create_tells_the_id_and_never_the_secret() {
    let (app, ada) = TestApp::lodol().await;
    let mut client = named(&app.session(&ada).await, "one");
    let made = client.post_json("/api-keys", ci()).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let (id, secret) = (made.json()["id"].clone(), made.json()["key"].as_str().expect("a secret").to_owned());
    let again = client.post_json("/api-keys", ci()).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert_eq!((&again.json()["error"], &again.json()["id"]), (&json!("idempotency_replayed"), &id));
    assert_eq!(count(&app, &ada).await, 1);

    let mut rotating = named(&app.session(&ada).await, "two");
    let path = format!("/api-keys/{}/rotate", id.as_str().expect("an id"));
    let rotated = rotating.post(&path).await;
    assert_eq!(rotated.status, StatusCode::OK);
    let second = rotated.json()["key"].as_str().expect("a secret").to_owned();
    let again = rotating.post(&path).await;
    assert_eq!((again.status, &again.json()["id"]), (StatusCode::CONFLICT, &id));

    let stored = app.world.test_db.dump().await;
    assert!(stored.contains(id.as_str().expect("an id")), "the dump shows what is kept");
    for secret in [secret, second] {
        assert!(!stored.contains(&secret[12..secret.len() - 4]));
    }
    insta::assert_json_snapshot!("replayed", again.json());
}

#[tokio::test]
async fn the_same_key_with_another_request_is_refused() {
    let (app, ada) = TestApp::lodol().await;
    let mut client = named(&app.session(&ada).await, "one");
    assert_eq!(client.post_json("/api-keys", ci()).await.status, StatusCode::CREATED);
    let other = json!({"label": "another", "scopes": ["workflows:read"]});
    for (path, body) in [("/api-keys", other), ("/api/v1/workspaces/acme/api-keys", ci()), ("/api-keys/find", ci())] {
        let refused = client.post_json(path, body).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert_eq!(refused.json()["error"], "idempotency_key_reused", "{path}");
    }
    assert_eq!(count(&app, &ada).await, 1);
}

#[tokio::test]
async fn of_many_at_once_exactly_one_runs() {
    let (app, ada) = TestApp::owned("lodol", "enterprise", &[]).await;
    let client = named(&app.session(&ada).await, "one");
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let mut client = client.clone();
        tries.spawn(async move { client.post_json("/api-keys", ci()).await });
    }
    let answers = tries.join_all().await;
    let made = answers.iter().filter(|answer| answer.status == StatusCode::CREATED).count();
    assert_eq!((made, count(&app, &ada).await), (1, 1));
    for other in answers.iter().filter(|answer| answer.status != StatusCode::CREATED) {
        assert_eq!(other.status, StatusCode::CONFLICT);
        let code = other.json()["error"].as_str().expect("a code").to_owned();
        assert!(["idempotency_in_progress", "idempotency_replayed"].contains(&code.as_str()), "{code}");
    }
}

#[tokio::test]
async fn after_a_refusal_and_after_a_day_the_key_is_free_again() {
    let (app, ada) = TestApp::lodol().await;
    let mut client = named(&app.session(&ada).await, "one");
    let wrong = json!({"label": "", "scopes": ["workflows:read"]});
    assert_eq!(client.post_json("/api-keys", wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(client.post_json("/api-keys", ci()).await.status, StatusCode::CREATED);
    // The session would end before the day does.
    app.advance(Idempotency::KEPT);
    let mut client = named(&app.session(&ada).await, "one");
    assert_eq!(client.post_json("/api-keys", ci()).await.status, StatusCode::CREATED);
    assert_eq!(count(&app, &ada).await, 2);
}

#[tokio::test]
async fn a_request_that_was_cut_off_is_not_run_again() {
    let (app, ada) = TestApp::lodol().await;
    let key = IdempotencyKey::parse(b"one").expect("a key");
    let body = ci().to_string();
    let request = SecretHash::of(format!("POST\n/api-keys\n{body}").as_bytes());
    let begun = app.world.services.idempotency.begin(&ada, &key, request).await;
    assert!(matches!(begun, Ok(Begun::Run(_))));
    let told = named(&app.session(&ada).await, "one").post_json("/api-keys", ci()).await;
    assert_eq!((told.status, &told.json()["error"]), (StatusCode::CONFLICT, &json!("idempotency_in_progress")));
    assert_eq!(count(&app, &ada).await, 0);
}

#[tokio::test]
async fn common_14_everyone_has_keys_of_their_own() {
    let (app, ada) = TestApp::lodol().await;
    let grace = app.world.member(&ada.workspace, "Grace", "admin").await;
    let eve = app.world.neighbour("Eve", "pro").await;
    for actor in [&ada, &grace, &eve] {
        let made = named(&app.session(actor).await, "one").post_json("/api-keys", ci()).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    }
    let theirs = named(&app.session(&eve).await, "two").post_json("/api/v1/workspaces/acme/api-keys", ci()).await;
    assert_eq!(theirs.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn garbage_is_refused_and_strangers_are_told_nothing() {
    let (app, ada) = TestApp::lodol().await;
    let client = app.session(&ada).await;
    for garbage in ["", "a b", "k\u{e9}y", &"k".repeat(256)] {
        let refused = named(&client, garbage).post_json("/api-keys", ci()).await;
        assert_eq!((refused.status, &refused.json()["error"]), (StatusCode::BAD_REQUEST, &json!("invalid_request")));
    }
    let twice = named(&named(&client, "one"), "two").post_json("/api-keys", ci()).await;
    assert_eq!(twice.status, StatusCode::BAD_REQUEST);
    let large = json!({"label": "k".repeat(1024 * 1024), "scopes": ["workflows:read"]});
    assert_eq!(named(&client, "one").post_json("/api-keys", large).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    for key in ["one", "a b"] {
        let refused = named(&app.anonymous(), key).post_json("/api-keys", ci()).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    }
    let refused = named(&client, "one").with("origin", "https://evil.example").post_json("/api-keys", ci()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(count(&app, &ada).await, 0);
    assert!(!app.world.test_db.dump().await.contains("idempotency"));
}

#[tokio::test]
async fn a_repeated_invitation_tells_the_id_and_never_the_link() {
    let (app, ada) = TestApp::lodol().await;
    let mut client = named(&app.session(&ada).await, "one");
    let path = "/api/v1/workspaces/acme/invitations";
    let body = json!({"email": "grace@example.com", "role": "member"});
    let made = client.post_json(path, body.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let again = client.post_json(path, body).await;
    assert_eq!((again.status, &again.json()["id"]), (StatusCode::CONFLICT, &made.json()["id"]));
    let url = made.json()["url"].as_str().expect("a link").to_owned();
    let token = url.rsplit('/').next().expect("a token");
    assert!(!again.text.contains(token) && !app.world.test_db.dump().await.contains(token));
}
