//! A person is asked whether an app may act for them.

use crate::oauth::{CALLBACK, ISSUER, PUBLIC, SERVER, Scene, hidden, in_query};
use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use keywright_core::testing::AppSpec;

#[tokio::test]
async fn skedcast_08_a_person_signs_in_is_asked_and_is_sent_back_with_a_code() {
    let scene = Scene::of(SERVER).await;
    let address = scene.request(&[]);
    let stranger = scene.app.anonymous().get(&address).await;
    assert_eq!(stranger.status, StatusCode::SEE_OTHER);
    let login = stranger.header("location").to_owned();
    assert_eq!(in_query(&login, "next").as_deref(), Some(address.as_str()), "they come back");
    let mut ada = scene.app.anonymous();
    let signed_in = ada
        .form(
            "/login",
            &[("email", &scene.ada.user.email), ("password", keywright_core::testing::PASSWORD), ("next", &address)],
        )
        .await;
    assert_eq!((signed_in.status, signed_in.header("location")), (StatusCode::SEE_OTHER, address.as_str()));
    let page = ada.get(&address).await;
    for words in ["Reporter", "reporter.example", "Acme", "ada@example.com", "workflows:read", "Deny", "Allow"] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    assert!(!page.text.contains("Unverified"));
    let back = scene.allow(&mut ada, &[]).await;
    assert!(back.starts_with(&format!("{CALLBACK}?code=kc_")), "{back}");
    assert_eq!(in_query(&back, "state").as_deref(), Some("xyz"));
    assert_eq!(in_query(&back, "iss").as_deref(), Some(ISSUER));
}

#[tokio::test]
async fn a_page_of_trust_is_framed_by_nobody_kept_by_nobody_and_may_lead_to_another_site() {
    let scene = Scene::of(SERVER).await;
    let mut ada = scene.app.session(&scene.ada).await;
    let consent = ada.get(&scene.request(&[])).await;
    let error = ada.get(&scene.request(&[("client_id", "nobody")])).await;
    let login = scene.app.anonymous().get("/login").await;
    let device = ada.get("/device").await;
    for page in [&consent, &error, &login, &device] {
        assert_eq!(page.header("x-frame-options"), "DENY");
        assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
    }
    // Chromium and Safari hold the app's own site against it, too (kanidm #2390).
    assert!(!consent.header("content-security-policy").contains("form-action"));
    assert!(device.header("content-security-policy").contains("form-action 'self'"));
    // An app that waits in the window behind this one must stay its opener.
    for page in [&consent, &error, &login] {
        assert_eq!(page.header("cross-origin-opener-policy"), "unsafe-none");
    }
    assert_eq!(device.header("cross-origin-opener-policy"), "same-origin");
}

#[tokio::test]
async fn while_the_app_or_its_address_is_in_doubt_a_page_says_so_and_nobody_is_sent_anywhere() {
    let scene = Scene::of(SERVER).await;
    for changes in [
        &[("client_id", "")][..],
        &[("client_id", "app_0000000000000000000000")],
        &[("redirect_uri", "https://evil.example/")],
        &[("redirect_uri", "https://reporter.example/callback/")],
    ] {
        let page = scene.app.anonymous().get(&scene.request(changes)).await;
        assert_eq!((page.status, page.header("location")), (StatusCode::BAD_REQUEST, ""), "{changes:?}");
        assert!(page.header("content-type").starts_with("text/html"));
        assert!(!page.text.contains("=\"https://evil.example"), "nothing leads there");
    }
}

#[tokio::test]
async fn an_error_goes_back_to_a_known_app_at_once_and_to_an_unverified_one_only_if_the_person_wants() {
    let scene = Scene::of(SERVER).await;
    let wrong = [("scope", "nothing")];
    let back = scene.app.anonymous().get(&scene.request(&wrong)).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER);
    let url = back.header("location");
    assert_eq!(in_query(url, "error").as_deref(), Some("invalid_scope"));
    assert_eq!((in_query(url, "state").as_deref(), in_query(url, "iss").as_deref()), (Some("xyz"), Some(ISSUER)));
    let scene = Scene::of(AppSpec { unverified: true, ..PUBLIC }).await;
    let stranger = scene.app.anonymous().get(&scene.request(&wrong)).await;
    assert!(stranger.header("location").starts_with("/login?next="), "{}", stranger.header("location"));
    let page = scene.app.session(&scene.ada).await.get(&scene.request(&wrong)).await;
    assert_eq!((page.status, page.header("location")), (StatusCode::BAD_REQUEST, ""));
    assert!(page.text.contains("reporter.example") && page.text.contains("error=invalid_scope"));
}

#[tokio::test]
async fn an_app_that_nobody_has_vouched_for_is_marked_and_what_it_says_is_text() {
    let scene = Scene::of(AppSpec { unverified: true, redirects: &["http://127.0.0.1/cb"], ..PUBLIC }).await;
    let mut ada = scene.app.session(&scene.ada).await;
    let page = ada.get(&scene.request(&[("redirect_uri", "http://127.0.0.1:53219/cb")])).await;
    assert!(page.text.contains("Unverified") && page.text.contains("127.0.0.1:53219"), "{}", page.text);
    assert!(page.text.contains("a program on this computer"));
    let done =
        [("request", hidden(&page, "request")), ("workspace", "acme".to_owned()), ("decision", "allow".to_owned())];
    let done: Vec<_> = done.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let done = ada.form("/oauth/authorize/decision", &done).await;
    assert!(done.header("location").starts_with("http://127.0.0.1:53219/cb?code="));
}

#[tokio::test]
async fn a_decision_from_another_site_another_session_or_a_changed_form_gives_nothing() {
    let scene = Scene::of(SERVER).await;
    let bob = scene.app.world.member(&scene.ada.workspace, "Bob", "admin").await;
    let mut ada = scene.app.session(&scene.ada).await;
    let request = hidden(&ada.get(&scene.request(&[])).await, "request");
    let form = [("request", request.as_str()), ("workspace", "acme"), ("decision", "allow")];
    let mut elsewhere = ada.clone().with("origin", "https://evil.example").with("sec-fetch-site", "cross-site");
    assert_eq!(elsewhere.form("/oauth/authorize/decision", &form).await.status, StatusCode::FORBIDDEN);
    let mut other = scene.app.session(&bob).await;
    assert_eq!(other.form("/oauth/authorize/decision", &form).await.status, StatusCode::FORBIDDEN);
    let mut second = scene.app.session(&scene.ada).await;
    assert_eq!(second.form("/oauth/authorize/decision", &form).await.status, StatusCode::FORBIDDEN);
    let stranger = scene.app.anonymous().form("/oauth/authorize/decision", &form).await;
    assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
    for tampered in [
        ("client_id", "app_0000000000000000000000"),
        ("scope", "workflows:execute"),
        ("redirect_uri", "https://evil.example"),
    ] {
        let form = [&form[..], &[tampered]].concat();
        assert_eq!(ada.form("/oauth/authorize/decision", &form).await.status, StatusCode::BAD_REQUEST);
    }
    let done = ada.form("/oauth/authorize/decision", &form).await;
    assert!(done.header("location").starts_with(CALLBACK), "nothing was used up: {}", done.text);
    assert_eq!(ada.form("/oauth/authorize/decision", &form).await.status, StatusCode::CONFLICT, "no second code");
}

#[tokio::test]
async fn a_no_is_told_to_the_app() {
    let scene = Scene::of(SERVER).await;
    let mut ada = scene.app.session(&scene.ada).await;
    let request = hidden(&ada.get(&scene.request(&[])).await, "request");
    let done = ada
        .form("/oauth/authorize/decision", &[("request", &request), ("workspace", "acme"), ("decision", "deny")])
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert_eq!(in_query(done.header("location"), "error").as_deref(), Some("access_denied"));
}

#[tokio::test]
async fn a_request_may_come_as_a_form_from_the_apps_own_site() {
    let scene = Scene::of(SERVER).await;
    let address = scene.request(&[]);
    let (path, query) = address.split_once('?').expect("a query");
    let mut page =
        scene.app.anonymous().with("origin", "https://reporter.example").with("sec-fetch-site", "cross-site");
    let form = Some("application/x-www-form-urlencoded");
    let passed_on = page.send(Method::POST, path, form, Body::from(query.to_owned())).await;
    assert_eq!((passed_on.status, passed_on.header("location")), (StatusCode::SEE_OTHER, address.as_str()));
}

#[tokio::test]
async fn without_a_question_nobody_is_shown_anything() {
    let scene = Scene::of(SERVER).await;
    let address = scene.request(&[("prompt", "none")]);
    let stranger = scene.app.anonymous().get(&address).await;
    assert_eq!(in_query(stranger.header("location"), "error").as_deref(), Some("login_required"));
    let asked = scene.app.session(&scene.ada).await.get(&address).await;
    assert_eq!(in_query(asked.header("location"), "error").as_deref(), Some("consent_required"));
}

#[tokio::test]
async fn of_several_workspaces_one_is_chosen_and_where_it_cannot_be_is_said_why() {
    let scene = Scene::of(SERVER).await;
    let eve = scene.app.world.neighbour("Eve", "free").await;
    let zoe = scene.app.world.neighbour("Zoe", "pro").await;
    for workspace in [&eve.workspace, &zoe.workspace] {
        scene.app.world.join(workspace, &scene.ada.user, "viewer").await;
    }
    let mut ada = scene.app.session(&scene.ada).await;
    let page = ada.get(&scene.request(&[])).await;
    assert_eq!(page.text.matches("type=\"radio\" name=\"workspace\"").count(), 2, "{}", page.text);
    assert!(page.text.contains("Eve Ltd") && page.text.contains("its plan has no API"));
    let request = hidden(&page, "request");
    let done = ada
        .form("/oauth/authorize/decision", &[("request", &request), ("workspace", "zoe-ltd"), ("decision", "allow")])
        .await;
    let issued = scene.redeem(&in_query(done.header("location"), "code").expect("a code")).await.json();
    let told = scene.introspect(issued["access_token"].as_str().expect("a token")).await;
    assert_eq!(told["active"], true);
}
