//! What people have let in, and how they take it back.

use crate::oauth::{MACHINE, SERVER, Scene, refused};
use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};

fn text<'a>(issued: &'a Value, name: &str) -> &'a str {
    issued[name].as_str().expect("a token")
}

/// Where the first button of a page leads.
fn disconnect(page: &str, below: &str) -> String {
    let (_, rest) = page.split_once(&format!("action=\"{below}/grant_")).expect("a button");
    format!("{below}/grant_{}", rest.split('"').next().expect("an address"))
}

#[tokio::test]
async fn a_person_sees_their_apps_and_disconnects_one_at_once() {
    let scene = Scene::of(SERVER).await;
    let mut ada = scene.app.session(&scene.ada).await;
    assert!(ada.get("/account/apps").await.text.contains("No app is connected"));
    let issued = scene.tokens().await;
    let page = ada.get("/account/apps").await;
    for words in ["Reporter", "reporter.example", "workflows:read", "Acme", "203.0.113.7"] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    let address = disconnect(&page.text, "/account/apps");
    let bob = scene.app.world.member(&scene.ada.workspace, "Bob", "admin").await;
    let mut bob = scene.app.session(&bob).await;
    assert_eq!(bob.form(&address, &[]).await.status, StatusCode::NOT_FOUND);
    let elsewhere = ada.clone().with("sec-fetch-site", "cross-site").form(&address, &[]).await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN);
    assert_eq!(scene.introspect(text(&issued, "access_token")).await["active"], true);
    let done = ada.form(&address, &[]).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/account/apps"));
    assert_eq!(scene.introspect(text(&issued, "access_token")).await, json!({"active": false}));
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", text(&issued, "refresh_token"))];
    assert_eq!(refused(&scene.token(&refresh).await), (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn who_manages_apps_sees_and_ends_everybodys() {
    let scene = Scene::of(SERVER).await;
    let issued = scene.tokens().await;
    let bob = scene.app.world.member(&scene.ada.workspace, "Bob", "viewer").await;
    let mut ada = scene.app.session(&scene.ada).await;
    let page = ada.get("/w/acme/connected").await;
    assert!(page.text.contains("Ada Lovelace") && page.text.contains("Reporter"), "{}", page.text);
    let address = disconnect(&page.text, "/w/acme/connected");
    let mut bob = scene.app.session(&bob).await;
    assert_eq!(bob.get("/w/acme/connected").await.status, StatusCode::FORBIDDEN);
    assert_eq!(bob.form(&address, &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(ada.form(&address, &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(scene.introspect(text(&issued, "access_token")).await, json!({"active": false}));
}

#[tokio::test]
async fn a_stolen_refresh_token_is_told_to_the_person() {
    let scene = Scene::of(SERVER).await;
    let issued = scene.tokens().await;
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", text(&issued, "refresh_token"))];
    assert_eq!(scene.token(&refresh).await.status, StatusCode::OK);
    scene.app.advance(TimeDelta::minutes(1));
    assert_eq!(refused(&scene.token(&refresh).await), (400, "invalid_grant".to_owned()));
    let mut ada = scene.app.session(&scene.ada).await;
    for path in ["/account/apps", "/w/acme/connected"] {
        assert!(ada.get(path).await.text.contains("was used twice, as a stolen one would be"), "{path}");
    }
}

#[tokio::test]
async fn who_ends_a_machine_disables_it_and_enabled_again_it_starts_anew() {
    let scene = Scene::of(MACHINE).await;
    let mut ada = scene.app.session(&scene.ada).await;
    let ask = async || scene.token(&[("grant_type", "client_credentials")]).await;
    let app = format!("/w/acme/apps/{}", scene.client.id);
    // The second time the app is disabled already when its tokens are ended.
    for disabled in [false, true] {
        let issued = ask().await.json();
        let before = text(&issued, "access_token");
        let page = ada.get("/w/acme/connected").await;
        assert!(page.text.contains("End and disable"), "{}", page.text);
        if disabled {
            assert_eq!(ada.form(&format!("{app}/disable"), &[]).await.status, StatusCode::SEE_OTHER);
        }
        let done = ada.form(&disconnect(&page.text, "/w/acme/connected"), &[]).await;
        assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/w/acme/connected"));
        let page = ada.get("/w/acme/connected").await;
        assert!(page.text.contains("disabled, and its tokens are over"), "{}", page.text);
        assert_eq!(scene.introspect(before).await, json!({"active": false}));
        assert_eq!(refused(&ask().await), (401, "invalid_client".to_owned()));
        assert_eq!(ada.form(&format!("{app}/enable"), &[]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(scene.introspect(before).await, json!({"active": false}));
        let after = ask().await.json();
        assert_eq!(scene.introspect(text(&after, "access_token")).await["active"], true);
    }
}
