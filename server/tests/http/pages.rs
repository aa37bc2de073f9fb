//! Pages, where more is promised than how they look.

use crate::app::TestApp;
use axum::http::StatusCode;
use chrono::TimeDelta;

#[tokio::test]
async fn common_02_the_secret_is_rendered_once() {
    let (app, ada) = TestApp::lodol().await;
    let mut client = app.session(&ada).await;
    let form = [("label", "ci"), ("scopes", "workflows:read"), ("expiry", "never")];
    let made = client.form("/w/acme/keys/new", &form).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER);
    let cookie = made.set_cookie("keywright_reveal").expect("a sealed cookie").to_owned();
    for attribute in ["HttpOnly", "SameSite=Strict", "Max-Age=60"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("sk_live_") && !made.header("location").contains("sk_live_"));

    let path = made.header("location").to_owned();
    let shown = client.get(&path).await;
    let at = shown.text.find("sk_live_").expect("the secret");
    let secret = &shown.text[at..at + 57];
    assert_eq!(shown.header("cache-control"), "no-store");
    assert!(shown.text.contains(&format!("Authorization: Bearer {secret}")), "the curl line works as pasted");
    let again = client.get(&path).await;
    assert_eq!(again.status, StatusCode::OK);
    assert!(!again.text.contains(secret));
}

#[tokio::test]
async fn a_sealed_secret_ends_after_a_minute_and_opens_only_its_own_page() {
    let (app, ada) = TestApp::lodol().await;
    let other = app.make_key(&ada, "other", &["workflows:read"]).await.key.id;
    let mut client = app.session(&ada).await;
    let form = [("label", "ci"), ("scopes", "workflows:read"), ("expiry", "never")];
    let made = client.form("/w/acme/keys/new", &form).await;
    let elsewhere = client.clone().get(&format!("/w/acme/keys/{other}")).await;
    assert!(!elsewhere.text.contains("Authorization: Bearer sk_live_"));
    app.advance(TimeDelta::minutes(1));
    let late = client.get(made.header("location")).await;
    assert!(!late.text.contains("Authorization: Bearer sk_live_"));
}

#[tokio::test]
async fn a_message_is_shown_once() {
    let (app, ada) = TestApp::lodol().await;
    let id = app.make_key(&ada, "<b>ci</b>", &["workflows:read"]).await.key.id;
    let mut client = app.session(&ada).await;
    let done = client.form(&format!("/w/acme/keys/{id}/revoke"), &[]).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/w/acme/keys"));
    let list = client.get("/w/acme/keys").await;
    assert!(list.text.contains("“&lt;b&gt;ci&lt;/b&gt;” is revoked"));
    assert!(!client.get("/w/acme/keys").await.text.contains("is revoked"));
}

#[tokio::test]
async fn the_theme_is_in_the_first_byte_and_leads_nowhere_else() {
    let (app, _) = TestApp::lodol().await;
    let mut client = app.anonymous();
    let chosen = client.form("/theme", &[("theme", "dark"), ("next", "/login")]).await;
    assert_eq!((chosen.status, chosen.header("location")), (StatusCode::SEE_OTHER, "/login"));
    assert!(client.get("/login").await.text.contains("data-theme=\"dark\""));
    assert_eq!(client.form("/theme", &[("theme", "dark"), ("next", "//evil.example")]).await.header("location"), "/");
}

#[tokio::test]
async fn the_list_says_how_many_keys_are_used() {
    let (app, ada) = TestApp::lodol().await;
    app.make_key(&ada, "ci", &["workflows:read"]).await;
    let list = app.session(&ada).await.get("/w/acme/keys").await;
    let text: String = list.text.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect();
    assert!(text.contains("1 of 3 keys used"), "{text}");
}
