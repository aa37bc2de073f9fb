use super::*;
use crate::oauth::Audience;
use chrono::TimeDelta;
use std::sync::Arc;

#[tokio::test]
async fn skedcast_05_a_code_and_its_verifier_bring_tokens_that_say_what_they_are() {
    let scene = Scene::of(SERVER).await;
    let issued = scene.tokens().await;
    let now = scene.world.services.clock.now().timestamp();
    assert_eq!((issued.token_type, issued.expires_in, issued.scope.as_str()), ("Bearer", 600, "workflows:read"));
    let claims = scene.claims(&issued).await;
    let expected = Claims {
        iss: "http://127.0.0.1:3000".to_owned(),
        sub: scene.ada.user.id.to_string(),
        aud: Audience::One("http://127.0.0.1:3000".to_owned()),
        client_id: scene.app.client_id.to_string(),
        iat: now,
        exp: now + 600,
        jti: claims.jti.clone(),
        scope: "workflows:read".to_owned(),
        gid: claims.gid,
        wid: scene.ada.workspace.id,
    };
    assert_eq!(claims, expected);
    scene.world.clock.advance(TimeDelta::minutes(10));
    let read = scene.world.services.oauth.tokens().read(&issued.access_token).await;
    assert_eq!(read, Ok(None), "ten minutes later it is over");
}

/// A failed check must leave the code to whom it belongs (Cloudflare workers-oauth-provider #225, #246).
#[tokio::test]
async fn what_fails_a_check_uses_nothing_up() {
    let scene = Scene::of(SERVER).await;
    let (other, _) = scene.world.app(&scene.ada, SERVER).await;
    let other = Scene { app: other, ada: scene.ada.clone(), world: World::empty("lodol").await };
    let code = scene.code(&[("scope", "workflows:read")]).await;
    let stolen = parameters(&[("grant_type", "authorization_code"), ("code", &code), ("code_verifier", VERIFIER)]);
    let stolen = scene.world.services.oauth.token(&other.app, &stolen, &origin()).await;
    assert_eq!(code_of(stolen), "invalid_grant");
    let wrong_verifier = "a".repeat(43);
    for (more, error) in [
        (&[][..], "invalid_grant"),
        (&[("code_verifier", wrong_verifier.as_str())], "invalid_grant"),
        (&[("code_verifier", "short")], "invalid_grant"),
        (&[("code_verifier", VERIFIER), ("redirect_uri", "https://evil.example/")], "invalid_grant"),
        (&[("code_verifier", VERIFIER), ("resource", "https://evil.example/")], "invalid_target"),
        (&[("code_verifier", VERIFIER), ("resource", "http://127.0.0.1:3000/mcp")], "invalid_target"),
    ] {
        let sent = [&[("grant_type", "authorization_code"), ("code", code.as_str())][..], more].concat();
        assert_eq!(code_of(scene.token(&sent).await), error, "{more:?}");
    }
    assert_eq!(code_of(scene.token(&[("grant_type", "authorization_code"), ("code", "kc_x")]).await), "invalid_grant");
    assert_eq!(code_of(scene.token(&[("grant_type", "authorization_code")]).await), "invalid_request");
    assert!(scene.redeem(&code).await.is_ok(), "it is still good");
}

#[tokio::test]
async fn a_code_works_for_a_minute() {
    let scene = Scene::of(SERVER).await;
    let code = scene.code(&[]).await;
    scene.world.clock.advance(TimeDelta::seconds(60));
    assert_eq!(code_of(scene.redeem(&code).await), "invalid_grant");
}

#[tokio::test]
async fn a_code_that_comes_again_ends_what_came_of_the_first_time_and_nothing_else() {
    let scene = Scene::of(SERVER).await;
    let code = scene.code(&[]).await;
    let (first, other) = (scene.redeem(&code).await.expect("tokens"), scene.code(&[("prompt", "consent")]).await);
    let other = scene.redeem(&other).await.expect("tokens");
    let wrong =
        scene.token(&[("grant_type", "authorization_code"), ("code", &code), ("code_verifier", CHALLENGE)]).await;
    assert_eq!(code_of(wrong), "invalid_grant");
    assert!(scene.is_live(&first).await, "who cannot prove to have asked for it ends nothing");
    scene.world.clock.advance(TimeDelta::minutes(2));
    assert_eq!(code_of(scene.redeem(&code).await), "invalid_grant");
    assert!(!scene.is_live(&first).await);
    assert_eq!(code_of(scene.refresh(next(&first)).await), "invalid_grant");
    assert!(scene.is_live(&other).await);
    assert!(scene.log().await.contains(&"grant.stolen".to_owned()));
}

#[tokio::test]
async fn of_fifty_who_redeem_one_code_at_once_one_gets_tokens() {
    let scene = Arc::new(Scene::of(SERVER).await);
    let code = scene.code(&[]).await;
    let tries = (0..50).map(|_| {
        let (scene, code) = (Arc::clone(&scene), code.clone());
        tokio::spawn(async move { scene.redeem(&code).await })
    });
    let mut won = 0;
    for attempt in tries.collect::<Vec<_>>() {
        match attempt.await.expect("an answer") {
            Ok(_) => won += 1,
            Err(error) => assert_eq!(error.code.as_str(), "invalid_grant"),
        }
    }
    assert_eq!(won, 1);
}

#[tokio::test]
async fn without_pkce_the_redirect_address_must_be_sent_and_a_verifier_must_not() {
    let scene = Scene::of(AppSpec { pkce_optional: true, ..SERVER }).await;
    let code = scene.code(&[("code_challenge", ""), ("code_challenge_method", "")]).await;
    let base = [("grant_type", "authorization_code"), ("code", code.as_str())];
    assert_eq!(code_of(scene.token(&base).await), "invalid_request");
    let downgraded = [&base[..], &[("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)]].concat();
    assert_eq!(code_of(scene.token(&downgraded).await), "invalid_request");
    assert!(scene.token(&[&base[..], &[("redirect_uri", CALLBACK)]].concat()).await.is_ok());
}

#[tokio::test]
async fn a_token_is_for_the_resources_that_were_asked_for_and_a_request_may_take_fewer() {
    let scene = Scene::of(SERVER).await;
    let (api, mcp) = ("http://127.0.0.1:3000/api", "http://127.0.0.1:3000/mcp");
    let code = scene.code(&[("resource", api), ("resource", mcp)]).await;
    let list = [("grant_type", "authorization_code"), ("code", &code), ("code_verifier", VERIFIER), ("resource", mcp)];
    let issued = scene.token(&list).await.expect("tokens");
    assert_eq!(scene.claims(&issued).await.aud, Audience::One(mcp.to_owned()));
    let issued = scene.refresh(next(&issued)).await.expect("tokens");
    assert_eq!(scene.claims(&issued).await.aud.all(), [api, mcp]);
    // What clients make of "http://127.0.0.1:3000" has a slash at its end.
    let code = scene.code(&[("resource", "http://127.0.0.1:3000/")]).await;
    let issued = scene.redeem(&code).await.expect("tokens");
    assert_eq!(scene.claims(&issued).await.aud, Audience::One("http://127.0.0.1:3000".to_owned()));
}

#[tokio::test]
async fn a_scope_that_is_sent_with_the_code_widens_nothing() {
    let scene = Scene::of(SERVER).await;
    let code = scene.code(&[]).await;
    let list = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("code_verifier", VERIFIER),
        ("scope", "workflows:read executions:read"),
    ];
    assert_eq!(scene.token(&list).await.expect("tokens").scope, "workflows:read");
}

#[tokio::test]
async fn only_grants_that_exist_and_that_the_app_may_use_are_answered() {
    let scene = Scene::of(SERVER).await;
    assert_eq!(code_of(scene.token(&[]).await), "invalid_request");
    for unknown in ["password", "implicit", "AUTHORIZATION_CODE", "urn:ietf:params:oauth:grant-type:jwt-bearer"] {
        assert_eq!(code_of(scene.token(&[("grant_type", unknown)]).await), "unsupported_grant_type");
    }
    assert_eq!(code_of(scene.token(&[("grant_type", "client_credentials")]).await), "unauthorized_client");
}
