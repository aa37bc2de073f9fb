//! A device without a browser is let in.

use crate::{
    app::{Answer, Client},
    oauth::{DEVICE, PUBLIC, Scene, refused},
};
use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};

impl Scene {
    async fn begin(&self) -> Value {
        let answer = self.app.anonymous().form("/auth/device/code", &[("client_id", self.id())]).await;
        assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::OK, "no-store"), "{}", answer.text);
        answer.json()
    }

    async fn poll(&self, begun: &Value) -> Answer {
        let code = begun["device_code"].as_str().expect("a code");
        let fields = [("client_id", self.id()), ("device_code", code)];
        self.app.anonymous().form("/auth/device/token", &fields).await
    }
}

fn user_code(begun: &Value) -> &str {
    begun["user_code"].as_str().expect("a code")
}

async fn decide(person: &mut Client, code: &str, decision: &str) -> Answer {
    let form = [("user_code", code), ("workspace", "acme"), ("decision", decision)];
    person.form("/device/decision", &form).await
}

#[tokio::test]
async fn skillett_08_a_person_types_the_code_sees_who_asks_and_lets_the_device_in() {
    let scene = Scene::of(DEVICE).await;
    let begun = scene.begin().await;
    assert_eq!(refused(&scene.poll(&begun).await), (400, "authorization_pending".to_owned()));
    let mut ada = scene.app.session(&scene.ada).await;
    let link = begun["verification_uri_complete"].as_str().and_then(|url| url.strip_prefix("http://127.0.0.1:3000"));
    let filled_in = ada.get(link.expect("an address of ours")).await;
    assert!(filled_in.text.contains(user_code(&begun)) && !filled_in.text.contains("Allow"), "it is still asked for");
    let page = ada.form("/device", &[("user_code", &user_code(&begun).to_lowercase())]).await;
    for words in ["Reporter", "203.0.113.7", "ada@example.com", "workflows:read", user_code(&begun), "Deny", "Allow"] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    let done = decide(&mut ada, user_code(&begun), "allow").await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/device/allowed"));
    // Stock clients poll where the metadata says, and name the grant.
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    let code = begun["device_code"].as_str().expect("a code");
    let tokens = scene.token(&[("grant_type", grant), ("device_code", code)]).await;
    assert_eq!(tokens.status, StatusCode::OK, "{}", tokens.text);
    assert_eq!(refused(&scene.poll(&begun).await), (400, "invalid_grant".to_owned()));
    let refresh = tokens.json()["refresh_token"].as_str().expect("a token").to_owned();
    let next = scene.token(&[("grant_type", "refresh_token"), ("refresh_token", &refresh)]).await;
    assert_eq!(next.status, StatusCode::OK, "{}", next.text);
}

#[tokio::test]
async fn skillett_08_a_program_with_a_session_lets_a_device_in_by_json() {
    let scene = Scene::of(DEVICE).await;
    let begun = scene.begin().await;
    let mut ada = scene.app.session(&scene.ada).await;
    let asked = ada.post_json("/auth/device/authorize", json!({"user_code": begun["user_code"]})).await.json();
    assert_eq!((&asked["status"], &asked["client_name"]), (&json!("pending"), &json!("Reporter")));
    assert_eq!(asked["waiting"]["workspaces"], json!(["acme"]));
    let decision = json!({"user_code": begun["user_code"], "decision": "allow", "workspace": "acme"});
    let stranger = scene.app.anonymous().post_json("/auth/device/authorize", decision.clone()).await;
    assert_eq!(refused(&stranger), (401, "invalid_token".to_owned()));
    let elsewhere =
        ada.clone().with("sec-fetch-site", "cross-site").post_json("/auth/device/authorize", decision.clone()).await;
    assert_eq!((elsewhere.status, elsewhere.header("content-type")), (StatusCode::FORBIDDEN, "application/json"));
    let done = ada.post_json("/auth/device/authorize", decision).await;
    assert_eq!(done.json(), json!({"status": "approved", "client_name": "Reporter"}));
    assert_eq!(scene.poll(&begun).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_code_that_was_typed_in_one_browser_is_answered_in_no_other() {
    let scene = Scene::of(DEVICE).await;
    let bob = scene.app.world.member(&scene.ada.workspace, "Bob", "admin").await;
    let begun = scene.begin().await;
    let (mut ada, mut other) = (scene.app.session(&scene.ada).await, scene.app.session(&bob).await);
    assert_eq!(decide(&mut ada, user_code(&begun), "allow").await.status, StatusCode::FORBIDDEN, "not unseen");
    assert_eq!(ada.form("/device", &[("user_code", user_code(&begun))]).await.status, StatusCode::OK);
    assert_eq!(other.form("/device", &[("user_code", user_code(&begun))]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(decide(&mut other, user_code(&begun), "allow").await.status, StatusCode::FORBIDDEN);
    let mut elsewhere = ada.clone().with("sec-fetch-site", "cross-site");
    assert_eq!(decide(&mut elsewhere, user_code(&begun), "allow").await.status, StatusCode::FORBIDDEN);
    assert_eq!(refused(&scene.poll(&begun).await), (400, "authorization_pending".to_owned()));
    assert_eq!(decide(&mut ada, user_code(&begun), "deny").await.header("location"), "/device/denied");
    assert_eq!(refused(&scene.poll(&begun).await), (400, "access_denied".to_owned()));
}

#[tokio::test]
async fn wrong_codes_are_told_in_the_form_and_counted() {
    let scene = Scene::of(DEVICE).await;
    let mut ada = scene.app.session(&scene.ada).await;
    for _ in 0..5 {
        let page = ada.form("/device", &[("user_code", "BCDF-GHJK")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text.contains("There is no such code"));
    }
    let sixth = ada.form("/device", &[("user_code", "BCDF-GHJK")]).await;
    assert_eq!(sixth.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(!sixth.header("retry-after").is_empty());
    let json = ada.post_json("/auth/device/authorize", json!({"user_code": "BCDF-GHJK"})).await;
    assert_eq!(refused(&json), (429, "temporarily_unavailable".to_owned()));
}

#[tokio::test]
async fn strangers_are_asked_to_sign_in_first_and_apps_without_the_grant_get_no_codes() {
    let scene = Scene::of(PUBLIC).await;
    let page = scene.app.anonymous().get("/device?user_code=WDJB-MJHT").await;
    assert!(page.header("location").starts_with("/login?next=%2Fdevice%3Fuser_code%3DWDJB-MJHT"));
    let answer = scene.app.anonymous().form("/auth/device/code", &[("client_id", scene.id())]).await;
    assert_eq!(refused(&answer), (400, "unauthorized_client".to_owned()));
    let nobody = scene.app.anonymous().form("/auth/device/code", &[]).await;
    assert_eq!(refused(&nobody), (401, "invalid_client".to_owned()));
}

#[tokio::test]
async fn what_is_turned_away_before_the_door_of_devices_has_oauths_shape_too() {
    let scene = Scene::of(DEVICE).await;
    let ada = scene.app.session(&scene.ada).await;
    let other_method = ada.clone().get("/auth/device/authorize").await;
    assert_eq!(refused(&other_method), (405, "method_not_allowed".to_owned()));
    let mut elsewhere = ada.with("sec-fetch-site", "cross-site");
    let other_site = elsewhere.post_json("/auth/device/authorize", json!({"user_code": "WDJB-MJHT"})).await;
    assert_eq!(refused(&other_site), (403, "cross_origin".to_owned()));
}

#[tokio::test]
async fn an_address_that_begins_too_many_devices_has_to_wait_and_those_under_way_go_on() {
    let scene = Scene::of(DEVICE).await;
    let first = scene.begin().await;
    for _ in 1..60 {
        scene.begin().await;
    }
    let begin = async |mut client: Client| client.form("/auth/device/code", &[("client_id", scene.id())]).await;
    let beyond = begin(scene.app.anonymous()).await;
    assert_eq!(refused(&beyond), (429, "temporarily_unavailable".to_owned()));
    assert_eq!(beyond.header("retry-after"), "3600");
    assert_eq!(refused(&scene.poll(&first).await), (400, "authorization_pending".to_owned()));
    let mut elsewhere = scene.app.anonymous();
    elsewhere.peer = [198, 51, 100, 1].into();
    assert_eq!(begin(elsewhere).await.status, StatusCode::OK);
    scene.app.advance(TimeDelta::hours(1));
    scene.begin().await;
}
