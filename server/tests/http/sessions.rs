//! Signing in, staying in, getting out.

use crate::app::TestApp;
use axum::http::StatusCode;
use chrono::TimeDelta;
use keywright_core::testing::PASSWORD;

const COOKIE: &str = "keywright_session";

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let (app, ada) = TestApp::lodol().await;
    let form = [("email", ada.user.email.as_str()), ("password", PASSWORD)];
    let answer = app.anonymous().form("/login", &form).await;
    let cookie = answer.set_cookie(COOKIE).expect("a session");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=604800"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Domain") && !cookie.contains("Secure"), "{cookie}");

    let (app, ada) = TestApp::owned("lodol", "pro", &[("KEYWRIGHT_PUBLIC_URL", "https://keys.example.com")]).await;
    let mut client = app.proxy().with("x-forwarded-proto", "https").with("x-forwarded-for", "203.0.113.7");
    let form = [("email", ada.user.email.as_str()), ("password", PASSWORD)];
    let answer = client.form("/login", &form).await;
    let cookie = answer.set_cookie(&format!("__Host-{COOKIE}")).expect("a session");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Secure"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
}

#[tokio::test]
async fn a_session_gets_a_new_id_at_sign_in() {
    let (app, ada) = TestApp::lodol().await;
    let mut client = app.session(&ada).await;
    let before = client.cookies[COOKIE].clone();
    let form = [("email", ada.user.email.as_str()), ("password", PASSWORD)];
    client.form("/login", &form).await;
    assert_ne!(client.cookies[COOKIE], before);
    let mut old = app.anonymous();
    old.cookies.insert(COOKIE.into(), before);
    assert_eq!(old.get("/account").await.status, StatusCode::SEE_OTHER, "the old id opens nothing");
    let mut planted = app.anonymous();
    planted.cookies.insert(COOKIE.into(), "AAAAAAAAAAAAAAAAAAAAAA".into());
    planted.form("/login", &form).await;
    assert_ne!(planted.cookies[COOKIE], "AAAAAAAAAAAAAAAAAAAAAA");
}

#[tokio::test]
async fn a_session_cannot_be_replayed_after_signing_out() {
    let (app, ada) = TestApp::lodol().await;
    let mut client = app.session(&ada).await;
    let mut thief = client.clone();
    assert_eq!(thief.get("/api-keys").await.status, StatusCode::OK);
    assert_eq!(client.form("/logout", &[]).await.header("location"), "/login");
    assert_eq!(client.get("/api-keys").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(thief.get("/api-keys").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        client.form("/logout", &[]).await.status,
        StatusCode::SEE_OTHER,
        "who is out stays out, without an error"
    );
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used_and_at_last_in_any_case() {
    let settings = [("KEYWRIGHT_SESSION_IDLE_HOURS", "24"), ("KEYWRIGHT_SESSION_ABSOLUTE_HOURS", "72")];
    let (app, ada) = TestApp::owned("lodol", "pro", &settings).await;
    let mut client = app.session(&ada).await;
    let mut idle = app.session(&ada).await;
    for _ in 0..3 {
        app.advance(TimeDelta::hours(20));
        assert_eq!(client.get("/api-keys").await.status, StatusCode::OK);
    }
    assert_eq!(idle.get("/api-keys").await.status, StatusCode::UNAUTHORIZED);
    app.advance(TimeDelta::hours(13));
    assert_eq!(client.get("/api-keys").await.status, StatusCode::UNAUTHORIZED, "used all the time, and over");
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_browser() {
    let (app, ada) = TestApp::lodol().await;
    let (mut here, mut there) = (app.session(&ada).await, app.session(&ada).await);
    assert_eq!(here.form("/account/sign-out-everywhere", &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(here.get("/api-keys").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(there.get("/api-keys").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_changed_password_ends_the_other_browsers() {
    let (app, ada) = TestApp::lodol().await;
    let (mut here, mut there) = (app.session(&ada).await, app.session(&ada).await);
    let wrong = [("current", "wrong"), ("password", "orange bicycle lantern")];
    assert_eq!(here.form("/account/password", &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let right = [("current", PASSWORD), ("password", "orange bicycle lantern")];
    assert_eq!(here.form("/account/password", &right).await.status, StatusCode::SEE_OTHER);
    assert_eq!(here.get("/api-keys").await.status, StatusCode::OK);
    assert_eq!(there.get("/api-keys").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_e_mail_give_the_same_page() {
    let (app, _) = TestApp::lodol().await;
    let mut pages = Vec::new();
    for email in ["ada@example.com", "eve@example.com"] {
        let answer = app.anonymous().form("/login", &[("email", email), ("password", "not the one")]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert!(answer.text.contains(email), "what was typed is kept");
        assert!(!answer.text.contains("not the one"), "but not the password");
        let nonce = answer.text.split("nonce=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("-");
        pages.push(answer.text.replace(email, "").replace(nonce, ""));
    }
    assert_eq!(pages[0], pages[1]);
}

#[tokio::test]
async fn the_sixth_try_is_told_to_wait_and_a_known_browser_is_not() {
    let (app, ada) = TestApp::lodol().await;
    let mut home = app.session(&ada).await;
    home.form("/logout", &[]).await;
    let wrong = [("email", ada.user.email.as_str()), ("password", "guess")];
    for _ in 0..5 {
        assert_eq!(app.anonymous().form("/login", &wrong).await.status, StatusCode::UNAUTHORIZED);
    }
    let throttled = app.anonymous().form("/login", &wrong).await;
    assert_eq!((throttled.status, throttled.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "900"));
    let right = [("email", ada.user.email.as_str()), ("password", PASSWORD)];
    assert_eq!(app.anonymous().form("/login", &right).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(home.form("/login", &right).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_browser_that_claimed_the_instance_is_known_too() {
    let app = TestApp::empty("lodol", &[]).await;
    let link = app.world.services.accounts.setup_link().await.expect("a database").expect("a link");
    let form = [
        ("token", link.token()),
        ("name", "Ada"),
        ("email", "ada@example.com"),
        ("password", PASSWORD),
        ("workspace", "Acme"),
        ("plan", "pro"),
    ];
    let mut owner = app.anonymous();
    assert_eq!(owner.form("/setup", &form).await.status, StatusCode::SEE_OTHER);
    owner.form("/logout", &[]).await;
    for _ in 0..9 {
        app.anonymous().form("/login", &[("email", "ada@example.com"), ("password", "guess")]).await;
    }
    let right = [("email", "ada@example.com"), ("password", PASSWORD)];
    assert_eq!(app.anonymous().form("/login", &right).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(owner.form("/login", &right).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn signing_in_goes_on_to_where_one_wanted_to_be_and_never_elsewhere() {
    let (app, ada) = TestApp::lodol().await;
    let stopped = app.anonymous().get("/w/acme/keys?cursor=x").await;
    assert_eq!(stopped.header("location"), "/login?next=%2Fw%2Facme%2Fkeys%3Fcursor%3Dx");
    for (next, goes) in [("/w/acme/audit", "/w/acme/audit"), ("https://evil.example", "/"), ("//evil.example", "/")] {
        let form = [("email", ada.user.email.as_str()), ("password", PASSWORD), ("next", next)];
        assert_eq!(app.anonymous().form("/login", &form).await.header("location"), goes);
    }
}

#[tokio::test]
async fn no_session_is_in_the_database_in_clear() {
    let (app, ada) = TestApp::lodol().await;
    let client = app.session(&ada).await;
    let rows = app.world.test_db.dump().await;
    assert!(!rows.contains(&client.cookies[COOKIE]));
    assert!(!rows.contains(PASSWORD));
}
