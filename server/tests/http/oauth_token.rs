//! What an app has is changed for tokens.

use crate::{
    app::TestApp,
    oauth::{CALLBACK, PUBLIC, SERVER, Scene, VERIFIER, refused},
};
use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use keywright_core::{apps::AppKind, testing::AppSpec};
use serde_json::{Value, json};

/// The body that Skode's documents print, as they print it.
#[tokio::test]
async fn skode_04_the_printed_json_body_brings_tokens() {
    let (app, ada) = TestApp::owned("skode", "pro", &[]).await;
    let spec = AppSpec {
        kind: AppKind::Server,
        redirects: &["https://your-app.com/callback"],
        scopes: &["leads:read"],
        pkce_optional: true,
        unverified: false,
    };
    let (client, secret) = app.world.app(&ada, spec).await;
    let scene = Scene { app, ada, client, secret };
    let without_pkce = [
        ("redirect_uri", "https://your-app.com/callback"),
        ("scope", "leads:read"),
        ("code_challenge", ""),
        ("code_challenge_method", ""),
    ];
    let code = scene.code(&without_pkce).await;
    let body = json!({
        "grant_type": "authorization_code",
        "code": code,
        "client_id": scene.id(),
        "client_secret": scene.secret,
        "redirect_uri": "https://your-app.com/callback",
    });
    let answer = scene.app.anonymous().post_json("/v1/oauth/token", body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(answer.json()["token_type"], "Bearer");
}

#[tokio::test]
async fn skedcast_08_a_code_brings_a_pair_and_a_refresh_token_the_next_at_either_address() {
    let scene = Scene::of(SERVER).await;
    let code = scene.code(&[]).await;
    let answer = scene.redeem(&code).await;
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
    assert_eq!(answer.header("content-type"), "application/json");
    let first = answer.json();
    let mut members: Vec<_> = first.as_object().expect("an object").keys().cloned().collect();
    members.sort();
    assert_eq!(members, ["access_token", "expires_in", "refresh_token", "scope", "token_type"]);
    assert_eq!((&first["expires_in"], &first["scope"]), (&json!(600), &json!("workflows:read")));
    let body = json!({
        "grant_type": "refresh_token",
        "refresh_token": first["refresh_token"],
        "client_id": scene.id(),
        "client_secret": scene.secret,
    });
    let second = scene.app.anonymous().post_json("/v1/oauth/token", body).await;
    assert_eq!(second.status, StatusCode::OK, "{}", second.text);
    assert_ne!(second.json()["refresh_token"], first["refresh_token"]);
    for token in [&first["access_token"], &second.json()["access_token"]] {
        assert_eq!(scene.introspect(token.as_str().expect("a token")).await["active"], true);
    }
}

#[tokio::test]
async fn an_app_without_a_secret_redeems_its_code_by_its_name_and_its_verifier() {
    let scene = Scene::of(PUBLIC).await;
    let code = scene.code(&[]).await;
    let answer = scene.redeem(&code).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
}

#[tokio::test]
async fn who_is_asking_comes_first_and_is_told_apart() {
    let scene = Scene::of(SERVER).await;
    let grant = ("grant_type", "client_credentials");
    let basic = |id: &str, secret: &str| format!("Basic {}", BASE64_STANDARD.encode(format!("{id}:{secret}")));
    let with = |header: &str| scene.app.anonymous().with("authorization", header);
    let good = with(&basic(scene.id(), &scene.secret)).form("/oauth/token", &[grant]).await;
    assert_eq!(refused(&good), (400, "unauthorized_client".to_owned()), "it is known, and may not");
    for header in [basic(scene.id(), "ks_wrong"), basic("app_0000000000000000000000", "x"), "Basic !".to_owned()] {
        let answer = with(&header).form("/oauth/token", &[grant]).await;
        assert_eq!(refused(&answer), (401, "invalid_client".to_owned()), "{header}");
        assert!(answer.header("www-authenticate").starts_with("Basic "));
    }
    for fields in [
        &[grant][..],
        &[grant, ("client_id", "app_0000000000000000000000")],
        &[grant, ("client_id", scene.id())],
        &[grant, ("client_id", scene.id()), ("client_secret", "ks_wrong")],
    ] {
        let answer = scene.app.anonymous().form("/oauth/token", fields).await;
        assert_eq!(refused(&answer), (401, "invalid_client".to_owned()), "{fields:?}");
        assert!(!answer.text.contains('?'), "a description that can be read: {}", answer.text);
        assert_eq!(answer.header("www-authenticate"), "");
    }
    let both = with(&basic(scene.id(), &scene.secret))
        .form("/oauth/token", &[grant, ("client_id", scene.id()), ("client_secret", &scene.secret)])
        .await;
    assert_eq!(refused(&both), (400, "invalid_request".to_owned()));
}

#[tokio::test]
async fn every_bad_body_is_told_in_oauths_shape_and_never_as_415_or_422() {
    let scene = Scene::of(PUBLIC).await;
    let (form, json) = (Some("application/x-www-form-urlencoded"), Some("application/json"));
    let id = scene.id();
    for (kind, body) in [
        (form, format!("client_id={id}&grant_type=authorization_code&code=a&code=b")),
        (form, format!("client_id={id}&client_id={id}")),
        (json, format!(r#"{{"client_id":"{id}","grant_type":"authorization_code","code":1}}"#)),
        (json, format!(r#"{{"client_id":"{id}","code":null}}"#)),
        (json, format!(r#"{{"client_id":"{id}","scope":["a"]}}"#)),
        (json, format!(r#"{{"client_id":"{id}","client_id":"{id}"}}"#)),
        (json, "[]".to_owned()),
        (json, "{".to_owned()),
        (Some("text/plain"), "grant_type=x".to_owned()),
        (Some("multipart/form-data; boundary=x"), "--x--".to_owned()),
        (None, "grant_type=x".to_owned()),
        (form, format!("client_id={id}&grant_type=authorization_code")),
        (form, format!("client_id={id}")),
        (form, "a".repeat(70_000)),
    ] {
        let answer = scene.app.anonymous().send(Method::POST, "/oauth/token", kind, Body::from(body.clone())).await;
        assert_eq!(refused(&answer), (400, "invalid_request".to_owned()), "{}", body.get(..80).unwrap_or(&body));
    }
    let answer = scene.token(&[("grant_type", "password"), ("username", "a"), ("password", "b")]).await;
    assert_eq!(refused(&answer), (400, "unsupported_grant_type".to_owned()));
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let answer = scene.app.anonymous().send(method, "/oauth/token", None, Body::empty()).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(answer.json()["error"], "invalid_request");
    }
}

#[tokio::test]
async fn what_stands_in_the_query_is_not_read() {
    let scene = Scene::of(SERVER).await;
    let code = scene.code(&[]).await;
    let query =
        format!("client_id={}&client_secret={}&grant_type=authorization_code&code={code}", scene.id(), scene.secret);
    let answer = scene.app.anonymous().form(&format!("/oauth/token?{query}"), &[("code_verifier", VERIFIER)]).await;
    assert_eq!(refused(&answer).0, 401);
    assert_eq!(scene.redeem(&code).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_failed_redemption_leaves_the_code_and_says_in_the_apps_trace_what_was_expected() {
    let scene = Scene::of(SERVER).await;
    let code = scene.code(&[]).await;
    let wrong = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("code_verifier", VERIFIER),
        ("redirect_uri", "https://reporter.example/other"),
    ];
    assert_eq!(refused(&scene.token(&wrong).await), (400, "invalid_grant".to_owned()));
    scene.app.world.services.apps.flush().await.expect("written");
    let dump = scene.app.world.test_db.dump().await;
    assert!(dump.contains("https://reporter.example/other") && dump.contains(CALLBACK));
    assert!(!dump.contains(&code) && !dump.contains(&scene.secret), "no secret is in the trace");
    assert_eq!(scene.redeem(&code).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_token_that_is_given_back_is_over_and_a_foreign_one_is_not() {
    let scene = Scene::of(SERVER).await;
    let issued = scene.tokens().await;
    let token = issued["access_token"].as_str().expect("a token");
    let (other, secret) = scene.app.world.app(&scene.ada, SERVER).await;
    let revoke = async |id: &str, secret: &str, token: &str| {
        let fields =
            [("client_id", id), ("client_secret", secret), ("token", token), ("token_type_hint", "refresh_token")];
        scene.app.anonymous().form("/oauth/revoke", &fields).await
    };
    for (id, secret, token) in
        [(other.client_id.as_str(), secret.as_str(), token), (scene.id(), &scene.secret, "nonsense")]
    {
        let answer = revoke(id, secret, token).await;
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, ""));
    }
    assert_eq!(scene.introspect(token).await["active"], true);
    assert_eq!(revoke(scene.id(), "ks_wrong", token).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(revoke(scene.id(), &scene.secret, token).await.status, StatusCode::OK);
    assert_eq!(scene.introspect(token).await, json!({"active": false}));
    assert_eq!(refused(&revoke(scene.id(), &scene.secret, "").await), (400, "invalid_request".to_owned()));
}

#[tokio::test]
async fn introspection_tells_nobody_who_has_not_proved_who_they_are() {
    let scene = Scene::of(SERVER).await;
    let issued = scene.tokens().await;
    let token = issued["access_token"].as_str().expect("a token");
    let (public, _) = scene.app.world.app(&scene.ada, PUBLIC).await;
    for (bearer, fields, code) in [
        (None, &[("token", token)][..], "invalid_client"),
        (None, &[("token", token), ("client_id", public.client_id.as_str())], "unauthorized_client"),
        (Some("Bearer wrong"), &[("token", token)], "invalid_token"),
        (Some("Bearer "), &[("token", token)], "invalid_token"),
    ] {
        let mut asker = scene.app.anonymous();
        if let Some(bearer) = bearer {
            asker = asker.with("authorization", bearer);
        }
        assert_eq!(refused(&asker.form("/oauth/introspect", fields).await).1, code);
    }
    let own = [("token", token), ("client_id", scene.id()), ("client_secret", &scene.secret)];
    let told: Value = scene.app.anonymous().form("/oauth/introspect", &own).await.json();
    let now = scene.app.now().timestamp();
    assert_eq!(
        told,
        json!({
            "active": true,
            "scope": "workflows:read",
            "client_id": scene.id(),
            "token_type": "Bearer",
            "exp": now + 600,
            "iat": now,
            "sub": scene.ada.user.id,
            "aud": "http://127.0.0.1:3000",
            "iss": "http://127.0.0.1:3000",
            "jti": told["jti"],
        })
    );
    // An API key is no token of any app.
    let key = scene.app.make_key(&scene.ada, "ci", &["workflows:read"]).await;
    assert_eq!(scene.introspect(key.secret.expose()).await, json!({"active": false}));
}

#[tokio::test]
async fn an_access_token_is_verified_by_the_published_keys_and_says_what_kind_it_is() {
    let scene = Scene::of(SERVER).await;
    let issued = scene.tokens().await;
    let token = issued["access_token"].as_str().expect("a token");
    let header = token.split('.').next().expect("a header");
    let header = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(header).expect("base64url");
    let header: Value = serde_json::from_slice(&header).expect("JSON");
    let set = scene.app.anonymous().get("/.well-known/jwks.json").await.json();
    assert_eq!(header, json!({"alg": "ES256", "typ": "at+jwt", "kid": set["keys"][0]["kid"]}));
}
