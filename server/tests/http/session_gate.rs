//! The dashboard's session in place of a key, at the gateway and at the proxies' door.

use crate::{
    app::{Client, TestApp},
    gateway::upstream,
};
use axum::{body::Body, http::Method};
use keywright_core::actor::Actor;

const BOOKINGS: &str = "/api/v1/bookings";

async fn behind(profile: &str, plan: &str) -> (TestApp, Actor) {
    TestApp::owned(profile, plan, &[("KEYWRIGHT_UPSTREAM", &upstream().await)]).await
}

async fn post(client: &Client, site: &str) -> u16 {
    let mut client = client.clone().with("sec-fetch-site", site);
    client.send(Method::POST, BOOKINGS, Some("application/json"), Body::from("{}")).await.status.as_u16()
}

#[tokio::test]
async fn skaala_01_a_dashboards_session_opens_the_api_from_the_browser_as_a_key_does() {
    let (app, ada) = behind("skaala", "pro").await;
    let mut browser = app.session(&ada).await;
    let answer = browser.get(BOOKINGS).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let seen = answer.json();
    let headers = &seen["headers"];
    assert_eq!(headers["x-keywright-user-id"], ada.user.id.to_string());
    assert_eq!(headers["x-keywright-workspace-id"], ada.workspace.id.to_string());
    assert_eq!(headers["x-keywright-key-id"], "");
    assert!(headers["x-keywright-scopes"].as_str().is_some_and(|scopes| scopes.contains("write:bookings")));
    assert_eq!(headers["cookie"], serde_json::Value::Null, "the session stays here");
    assert_ne!(answer.header("x-ratelimit-remaining"), "", "its plan's limits are those of the workspace");
    assert_eq!(post(&browser, "same-origin").await, 200);

    let key = app.make_key(&ada, "ci", &["read:contacts"]).await;
    let mut both = browser.clone().with("x-api-key", key.secret.expose());
    assert_eq!(both.get(BOOKINGS).await.status, 403, "a key that is sent counts, and not the session");
    let ended = browser.clone();
    browser.form("/logout", &[]).await;
    let mut ended = ended;
    assert_eq!(ended.get(BOOKINGS).await.status, 401, "signed out");
    assert_eq!(app.anonymous().get(BOOKINGS).await.status, 401);
}

#[tokio::test]
async fn skaala_01_what_a_session_may_do_follows_the_role_at_once() {
    let (app, ada) = behind("skaala", "pro").await;
    let ben = app.world.member(&ada.workspace, "Ben", "member").await;
    let mut browser = app.session(&ben).await;
    let role = app.world.services.profile.role("member").expect("the role").scopes;
    let names = app.world.services.profile.scope_names(role);
    assert!(names.iter().any(|name| name == "read:bookings"), "{names:?}");
    assert_eq!(browser.get(BOOKINGS).await.status, 200);
    app.world.remove_member(&ada.workspace, &ben.user).await;
    assert_eq!(browser.get(BOOKINGS).await.status, 401);
}

#[tokio::test]
async fn another_sites_page_cannot_change_anything_by_a_session() {
    let (app, ada) = behind("skaala", "pro").await;
    let browser = app.session(&ada).await;
    for site in ["cross-site", "same-site"] {
        assert_eq!(post(&browser, site).await, 403, "{site}");
    }
    let mut foreign = browser.clone().with("origin", "https://evil.example");
    let answer = foreign.send(Method::POST, BOOKINGS, Some("application/json"), Body::from("{}")).await;
    assert_eq!((answer.status.as_u16(), answer.json()["error"].clone()), (403, "cross_origin".into()));
}

#[tokio::test]
async fn where_the_profile_does_not_say_so_a_session_opens_nothing_but_the_dashboard() {
    let (app, ada) = behind("lodol", "pro").await;
    let mut browser = app.session(&ada).await;
    assert_eq!(browser.get("/api/v1/workflows").await.status, 401);
}

#[tokio::test]
async fn skaala_01_a_proxy_that_hands_the_cookie_on_gets_the_same_answer() {
    let (app, ada) = behind("skaala", "pro").await;
    let mut asking = app.proxy().with("x-forwarded-method", "GET").with("x-forwarded-uri", BOOKINGS);
    assert_eq!(asking.get("/gate/auth").await.status, 401);
    asking.cookies = app.session(&ada).await.cookies;
    let answer = asking.get("/gate/auth").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("x-keywright-user-id"), ada.user.id.to_string());
}

#[tokio::test]
async fn skillett_04_a_refusal_of_the_gate_says_where_it_can_be_mended() {
    let (app, ada) = behind("skillett", "pro").await;
    let key = app.make_key(&ada, "ci", &["github"]).await;
    let mut holder = app.key(key.secret.expose());
    let mut ended = app.key(&format!("{}0", &key.secret.expose()[..key.secret.expose().len() - 1]));
    for answer in [
        app.anonymous().get("/v1/skills").await,
        ended.get("/v1/skills").await,
        holder.get("/v1/skills/gmail").await,
        holder.get("/v1/no/such/route/here").await,
    ] {
        let body = answer.json();
        assert!(answer.status.is_client_error() && body["error"].is_string() && body["message"].is_string(), "{body}");
        assert!(body["action_url"].as_str().is_some_and(|url| url.starts_with("http")), "{body}");
    }
}
