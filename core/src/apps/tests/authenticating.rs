//! How apps say who they are, and who is not believed.

use super::{HOME, make, posted};
use crate::{
    apps::{App, NotAuthenticated, Presented},
    keys::RotateForm,
    secret::Secret,
    testing::{World, origin},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::TimeDelta;
use serde_json::json;
use std::net::IpAddr;

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{id}:{secret}")))
}

fn in_header(header: &str) -> Presented<'_> {
    Presented { authorization: Some(header), ..Presented::default() }
}

fn named(id: &str) -> Presented<'_> {
    Presented { client_id: Some(id), ..Presented::default() }
}

async fn server() -> (World, App, Secret) {
    let (world, ada) = World::owned("lodol", "pro").await;
    let made = make(&world, &ada, "server").await;
    (world, made.app, made.secret.expect("a secret"))
}

#[tokio::test]
async fn a_secret_is_good_in_the_header_and_in_the_body() {
    let (world, app, secret) = server().await;
    let (id, secret) = (app.client_id.as_str(), secret.expose());
    let apps = &world.services.apps;
    // As openid-client sends it, which encodes every character that a form would (RFC 6749 §2.3.1) …
    let encoded = |text: &str| text.replace('_', "%5F");
    for header in
        [basic(id, secret), basic(&encoded(id), &encoded(secret)), basic(id, secret).replacen("Basic", "bAsIc", 1)]
    {
        assert_eq!(apps.authenticate(&in_header(&header), Some(HOME)).await, Ok(app.clone()), "{header}");
    }
    assert_eq!(apps.authenticate(&posted(id, secret), Some(HOME)).await, Ok(app.clone()));
    let header = basic(id, secret);
    let both_names = Presented { client_id: Some(id), ..in_header(&header) };
    assert_eq!(apps.authenticate(&both_names, None).await, Ok(app), "naming oneself twice is no second way");
}

#[tokio::test]
async fn two_ways_at_once_are_refused() {
    let (world, app, secret) = server().await;
    let (id, secret) = (app.client_id.as_str(), secret.expose());
    let header = basic(id, secret);
    let both = Presented { client_id: Some(id), client_secret: Some(secret), ..in_header(&header) };
    let other_name = Presented { client_id: Some("app_other"), ..in_header(&header) };
    for presented in [both, other_name] {
        let refused = world.services.apps.authenticate(&presented, None).await;
        assert!(matches!(refused, Err(NotAuthenticated::Unclear(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn who_is_not_known_or_not_believed_is_an_invalid_client() {
    let (world, app, secret) = server().await;
    let (id, secret) = (app.client_id.as_str(), secret.expose());
    let stranger = format!("app_{}", "0".repeat(22));
    let headers = [
        "Basic".to_owned(),
        "Basic !!!".to_owned(),
        format!("Basic {}", BASE64_STANDARD.encode("no colon")),
        format!("Basic {}", BASE64_STANDARD.encode("a%zz:b")),
        format!("Bearer {secret}"),
        basic(id, "ks_wrong"),
        basic(&stranger, secret),
    ];
    for header in &headers {
        let refused = world.services.apps.authenticate(&in_header(header), None).await;
        assert!(matches!(refused, Err(NotAuthenticated::Refused { basic: true, .. })), "{header} {refused:?}");
    }
    let assertion = Presented { assertion: true, ..named(id) };
    for presented in [
        Presented::default(),
        named(id),
        named(&stranger),
        named("app_\0"),
        posted(id, "ks_wrong"),
        posted(id, &secret[..secret.len() - 1]),
        posted(id, ""),
        assertion,
    ] {
        let refused = world.services.apps.authenticate(&presented, None).await;
        assert!(matches!(refused, Err(NotAuthenticated::Refused { basic: false, .. })), "{refused:?}");
    }
}

#[tokio::test]
async fn the_secret_of_one_app_is_none_of_another() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let (one, other) = (make(&world, &ada, "server").await, make(&world, &ada, "server").await);
    let secret = other.secret.expect("a secret");
    let refused = world.services.apps.authenticate(&posted(one.app.client_id.as_str(), secret.expose()), None).await;
    assert!(matches!(refused, Err(NotAuthenticated::Refused { .. })));
}

#[tokio::test]
async fn an_app_without_a_secret_says_its_name_and_no_more() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let app = make(&world, &ada, "public").await.app;
    let id = app.client_id.as_str();
    let apps = &world.services.apps;
    assert_eq!(apps.authenticate(&named(id), None).await, Ok(app.clone()));
    assert_eq!(apps.authenticate(&posted(id, ""), None).await, Ok(app.clone()));
    let empty = basic(id, "");
    assert_eq!(apps.authenticate(&in_header(&empty), None).await, Ok(app.clone()));
    assert!(apps.authenticate(&posted(id, "ks_anything"), None).await.is_err());
}

#[tokio::test]
async fn the_way_that_was_registered_is_the_only_one() {
    let (world, _ada) = World::owned("lodol", "pro").await;
    let apps = &world.services.apps;
    for (method, header_works) in [("client_secret_basic", true), ("client_secret_post", false)] {
        let body = json!({"redirect_uris": ["https://a.example/cb"], "token_endpoint_auth_method": method});
        let made = apps.register(body.to_string().as_bytes(), "https://kw.example/oauth/register", &origin()).await;
        let made = serde_json::to_value(made.expect("registered")).expect("JSON");
        let [id, secret] = ["client_id", "client_secret"].map(|name| made[name].as_str().expect("text").to_owned());
        let header = basic(&id, &secret);
        assert_eq!(apps.authenticate(&in_header(&header), None).await.is_ok(), header_works, "{method}");
        assert_eq!(apps.authenticate(&posted(&id, &secret), None).await.is_ok(), !header_works, "{method}");
        assert!(apps.authenticate(&named(&id), None).await.is_err(), "{method}");
    }
}

#[tokio::test]
async fn who_guesses_at_a_secret_has_to_wait_and_nobody_else_does() {
    let (world, app, secret) = server().await;
    let (id, secret) = (app.client_id.as_str(), secret.expose());
    let apps = &world.services.apps;
    for _ in 0..10 {
        let refused = apps.authenticate(&posted(id, "ks_wrong"), Some(HOME)).await;
        assert!(matches!(refused, Err(NotAuthenticated::Refused { .. })));
    }
    for presented in [posted(id, "ks_wrong"), posted(id, secret)] {
        let refused = apps.authenticate(&presented, Some(HOME)).await;
        assert!(matches!(refused, Err(NotAuthenticated::Throttled { .. })), "{refused:?}");
    }
    let elsewhere: IpAddr = "198.51.100.1".parse().expect("an address");
    assert_eq!(apps.authenticate(&posted(id, secret), Some(elsewhere)).await, Ok(app.clone()));
    world.clock.advance(TimeDelta::minutes(15));
    assert_eq!(apps.authenticate(&posted(id, secret), Some(HOME)).await, Ok(app.clone()));
}

#[tokio::test]
async fn an_app_that_was_known_a_moment_ago_is_not_when_it_is_disabled_or_its_secret_was_replaced() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let made = make(&world, &ada, "server").await;
    let (id, secret) = (made.app.client_id.as_str(), made.secret.expect("a secret"));
    let apps = &world.services.apps;
    let comes = async |secret: &Secret| apps.authenticate(&posted(id, secret.expose()), Some(HOME)).await.is_ok();
    assert!(comes(&secret).await && comes(&secret).await);
    apps.disable(&ada, made.app.id, None).await.expect("disabled");
    assert!(!comes(&secret).await);
    apps.enable(&ada, made.app.id, None).await.expect("enabled");
    assert!(comes(&secret).await);
    let form = RotateForm { grace: "3600".to_owned(), ..RotateForm::default() };
    let next = apps.rotate_secret(&ada, made.app.id, &form).await.expect("rotated").secret.expect("a secret");
    assert!(comes(&secret).await && comes(&next).await, "both for an hour");
    apps.end_old_secret(&ada, made.app.id, None).await.expect("ended");
    assert!(!comes(&secret).await && comes(&next).await);
}
