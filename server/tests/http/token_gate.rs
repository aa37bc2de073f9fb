//! Access tokens at the gate: as good as a key, and over at once.

use crate::{
    app::{Answer, TestApp},
    gateway::upstream,
    oauth::{ISSUER, PUBLIC, SERVER, Scene},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use keywright_core::{
    apps::PolicyForm,
    keys::KeyForm,
    testing::{AppSpec, key_form},
};
use serde_json::{Value, json};

const WORKFLOWS: &str = "/api/v1/workflows";

async fn lodol() -> Scene {
    scene("lodol", SERVER).await
}

async fn scene(profile: &str, spec: AppSpec<'_>) -> Scene {
    let plan = if profile == "skedcast" { "growth" } else { "pro" };
    let (app, ada) = TestApp::owned(profile, plan, &[("KEYWRIGHT_UPSTREAM", &upstream().await)]).await;
    let (client, secret) = app.world.app(&ada, spec).await;
    Scene { app, ada, client, secret }
}

fn access(issued: &Value) -> &str {
    issued["access_token"].as_str().expect("a token")
}

async fn call(scene: &Scene, token: &str, path: &str) -> Answer {
    scene.app.key(token).get(path).await
}

async fn status(scene: &Scene, token: &str) -> u16 {
    call(scene, token, WORKFLOWS).await.status.as_u16()
}

/// The token with another header or other claims, under its old signature.
fn forged(token: &str, header: &Value, change: impl FnOnce(&mut Value)) -> String {
    let parts: Vec<_> = token.split('.').collect();
    let mut claims: Value =
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(parts[1]).expect("base64url")).expect("claims");
    change(&mut claims);
    let encode = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{}", encode(header), encode(&claims), parts[2])
}

#[tokio::test]
async fn skedcast_04_the_agency_is_read_with_a_key_or_with_a_token() {
    let spec = AppSpec { scopes: &["agency:read", "schedules:read"], ..SERVER };
    let scene = scene("skedcast", spec).await;
    let code = scene.code(&[("scope", "agency:read")]).await;
    let issued = scene.redeem(&code).await.json();
    let form = KeyForm { expiry: "30".to_owned(), ..key_form("ci", &["agency:read"]) };
    let key = scene.app.world.services.keys.create(&scene.ada, &form).await.expect("a key");
    for credential in [access(&issued), key.secret.expose()] {
        let answer = call(&scene, credential, "/v1/agency").await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let seen = answer.json();
        assert_eq!(seen["headers"]["x-keywright-user-id"], scene.ada.user.id.to_string());
        assert_eq!(seen["headers"]["x-keywright-scopes"], "agency:read");
        assert_eq!(seen["headers"]["authorization"], Value::Null, "it stays here");
        assert_ne!(answer.header("x-ratelimit-remaining"), "");
    }
    let refused = call(&scene, access(&issued), "/v1/schedules").await;
    assert_eq!(refused.status, 403);
    let challenge = refused.header("www-authenticate");
    assert!(challenge.contains("error=\"insufficient_scope\", scope=\"schedules:read\""), "{challenge}");
}

#[tokio::test]
async fn skedcast_09_a_token_ends_and_the_next_one_works() {
    let scene = lodol().await;
    let issued = scene.tokens().await;
    assert_eq!(status(&scene, access(&issued)).await, 200);
    scene.app.advance(TimeDelta::minutes(10));
    let answer = call(&scene, access(&issued), WORKFLOWS).await;
    assert_eq!(answer.status, 401);
    assert!(answer.header("www-authenticate").contains("error=\"invalid_token\""));
    let said = "This access token has expired.";
    assert_eq!(answer.json()["message"], said);
    let renew = async |issued: &Value| {
        let refresh = issued["refresh_token"].as_str().expect("a token");
        scene.token(&[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await.json()
    };
    let next = renew(&issued).await;
    assert_eq!(status(&scene, access(&next)).await, 200);
    let unused = renew(&next).await;
    scene.app.advance(TimeDelta::minutes(10));
    assert_eq!(call(&scene, access(&unused), WORKFLOWS).await.json()["message"], said, "also if it was never seen");
}

#[tokio::test]
async fn what_ends_a_grant_acts_on_the_very_next_request() {
    let scene = lodol().await;
    let issued = scene.tokens().await;
    assert_eq!(status(&scene, access(&issued)).await, 200);
    let refresh = issued["refresh_token"].as_str().expect("a token");
    assert_eq!(scene.app.anonymous().form("/oauth/revoke", &own(&scene, refresh)).await.status, 200);
    assert_eq!(status(&scene, access(&issued)).await, 401, "given back by the app");

    let other = scene.tokens().await;
    assert_eq!(status(&scene, access(&other)).await, 200);
    let mut ada = scene.app.session(&scene.ada).await;
    let page = ada.get("/account/apps").await.text;
    let (_, rest) = page.split_once("action=\"/account/apps/grant_").expect("a button");
    let path = format!("/account/apps/grant_{}", rest.split('"').next().expect("an address"));
    assert_eq!(ada.form(&path, &[]).await.status, 303);
    assert_eq!(status(&scene, access(&other)).await, 401, "disconnected by the person");

    let third = scene.tokens().await;
    assert_eq!(status(&scene, access(&third)).await, 200);
    scene.app.world.services.apps.disable(&scene.ada, scene.client.id, None).await.expect("disabled");
    assert_eq!(status(&scene, access(&third)).await, 401, "the app is switched off");
}

fn own<'a>(scene: &'a Scene, token: &'a str) -> [(&'a str, &'a str); 3] {
    [("client_id", scene.id()), ("client_secret", &scene.secret), ("token", token)]
}

#[tokio::test]
async fn common_10_a_token_never_exceeds_the_role_and_the_plan_of_now() {
    let spec = AppSpec { scopes: &["workflows:read", "workflows:execute"], ..SERVER };
    let scene = scene("lodol", spec).await;
    let owner = scene.ada.clone();
    let bob = scene.app.world.member(&owner.workspace, "Bob", "admin").await;
    let scene = Scene { ada: bob, ..scene };
    let code = scene.code(&[("scope", "workflows:read workflows:execute")]).await;
    let issued = scene.redeem(&code).await.json();
    let run = async || scene.app.key(access(&issued)).post(&format!("{WORKFLOWS}/wf_1/run")).await.status;
    assert_eq!(run().await, 200);
    let members = &scene.app.world.services.members;
    members.change_role(&owner, scene.ada.user.id, "viewer", None).await.expect("demoted");
    assert_eq!(run().await, 403, "on the very next request");
    assert_eq!(status(&scene, access(&issued)).await, 200, "what the role still may");
    members.remove(&owner, scene.ada.user.id, None).await.expect("removed");
    assert_eq!(status(&scene, access(&issued)).await, 401);
}

#[tokio::test]
async fn what_is_no_token_of_ours_for_this_api_is_refused() {
    let scene = lodol().await;
    let issued = scene.tokens().await;
    let token = access(&issued);
    let header: Value = {
        let part = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').next().expect("a header")).expect("base64url");
        serde_json::from_slice(&part).expect("a header")
    };
    let same = |_: &mut Value| {};
    let none = json!({"alg": "none", "typ": "at+jwt", "kid": header["kid"]});
    let symmetric = json!({"alg": "HS256", "typ": "at+jwt", "kid": header["kid"]});
    let principal = json!({"alg": "ES256", "typ": "principal+jwt", "kid": header["kid"]});
    for (what, text) in [
        ("no signature", forged(token, &none, same)),
        ("another algorithm", forged(token, &symmetric, same)),
        ("another kind", forged(token, &principal, same)),
        ("more scopes", forged(token, &header, |claims| claims["scope"] = "workflows:execute".into())),
        ("a later end", forged(token, &header, |claims| claims["exp"] = 4_000_000_000_i64.into())),
        ("cut", token[..token.len() - 1].to_owned()),
        ("garbage", "eyJ".to_owned()),
        ("garbage with dots", "eyJ.eyJ.eyJ".to_owned()),
    ] {
        let answer = call(&scene, &text, WORKFLOWS).await;
        assert_eq!(answer.status, 401, "{what}");
        assert!(!answer.text.contains("eyJ"), "{what}");
    }
    assert_eq!(status(&scene, token).await, 200);
    assert_eq!(scene.app.anonymous().get(&format!("{WORKFLOWS}?access_token={token}")).await.status, 400);
}

#[tokio::test]
async fn a_token_for_a_part_of_the_api_opens_that_part() {
    let scene = lodol().await;
    let resource = format!("{ISSUER}/api/v1/workflows/");
    let code = scene.code(&[("scope", "workflows:read executions:read"), ("resource", &resource)]).await;
    let issued = scene.redeem(&code).await.json();
    assert_eq!(status(&scene, access(&issued)).await, 200);
    assert_eq!(call(&scene, access(&issued), "/api/v1/executions").await.status, 401);
    let nowhere = call(&scene, access(&issued), "/api/v1/nothing").await;
    assert_eq!((nowhere.status.as_u16(), nowhere.header("x-ratelimit-remaining")), (404, ""), "no part of it either");
}

#[tokio::test]
async fn a_stranger_learns_where_tokens_are_given() {
    let scene = lodol().await;
    let answer = scene.app.anonymous().get(WORKFLOWS).await;
    let metadata = format!("/.well-known/oauth-protected-resource{WORKFLOWS}");
    assert_eq!(
        answer.header("www-authenticate"),
        format!("Bearer realm=\"keywright\", resource_metadata=\"{ISSUER}{metadata}\"")
    );
    let with_slash = scene.app.anonymous().get(&format!("{metadata}/")).await.json();
    assert_eq!(with_slash["resource"], format!("{ISSUER}{WORKFLOWS}/"), "another address than without");
    let document = scene.app.anonymous().get(&metadata).await.json();
    assert_eq!(document["authorization_servers"], json!([ISSUER]));
    assert_eq!(document["resource"], format!("{ISSUER}{WORKFLOWS}"), "what the client called");
}

#[tokio::test]
async fn the_last_use_of_a_connected_app_is_shown_with_its_route() {
    let scene = lodol().await;
    let issued = scene.tokens().await;
    assert_eq!(status(&scene, access(&issued)).await, 200);
    scene.app.world.services.usage.flush().await.expect("written");
    let mut ada = scene.app.session(&scene.ada).await;
    let page = ada.get("/account/apps").await.text;
    assert!(page.contains("203.0.113.7"), "{page}");
}

#[tokio::test]
async fn the_operators_backend_is_told_of_a_token_as_of_a_key() {
    let scene = lodol().await;
    let issued = scene.tokens().await;
    let mut backend = scene.app.anonymous().with("authorization", &format!("Bearer {}", crate::app::GATE_TOKEN));
    let question = json!({"key": access(&issued), "method": "GET", "path": WORKFLOWS});
    let answer = backend.post_json("/gate/verify", question).await.json();
    assert_eq!((&answer["valid"], &answer["key_id"]), (&json!(true), &Value::Null));
    assert_eq!((&answer["user_id"], &answer["scopes"]), (&json!(scene.ada.user.id), &json!(["workflows:read"])));
}

#[tokio::test]
async fn keys_in_the_wrong_hands_are_replaced_and_what_they_have_signed_is_over() {
    const TOKEN: &str = "operator-token-of-the-tests-012345678";
    let settings = [("KEYWRIGHT_UPSTREAM", &*upstream().await), ("KEYWRIGHT_OPERATOR_TOKEN", TOKEN)];
    let (app, ada) = TestApp::owned("lodol", "pro", &settings).await;
    let (client, secret) = app.world.app(&ada, SERVER).await;
    let scene = Scene { app, ada, client, secret };
    let issued = scene.tokens().await;
    assert_eq!(status(&scene, access(&issued)).await, 200);
    let mut operator = scene.app.key(TOKEN);
    let first = operator.get("/operator/signing-keys").await.json();
    assert_eq!(first["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(first["data"][0]["algorithm"], "ES256");

    let soon = operator.post_json("/operator/signing-keys", json!({})).await;
    assert_eq!((soon.status.as_u16(), soon.json()["data"].as_array().map(Vec::len)), (201, Some(2)));
    assert_eq!(status(&scene, access(&issued)).await, 200, "a change of turns ends nothing");
    let published = scene.app.anonymous().get("/.well-known/jwks.json").await.json();
    assert_eq!(published["keys"].as_array().map(Vec::len), Some(2));

    let now = operator.post_json("/operator/signing-keys", json!({"compromised": true})).await.json();
    assert_eq!(now["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(status(&scene, access(&issued)).await, 401);
    let refresh = issued["refresh_token"].as_str().expect("a token");
    let next = scene.token(&[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await.json();
    assert_eq!(status(&scene, access(&next)).await, 200, "no person has to be asked again");
    let wrong = operator.post_json("/operator/signing-keys", json!({"compromised": "yes"})).await;
    assert_eq!(wrong.status, 422);
}

#[tokio::test]
async fn what_a_workspace_says_of_apps_from_elsewhere_counts_for_those_that_are_in_use_as_well() {
    let scene = scene("lodol", AppSpec { unverified: true, ..PUBLIC }).await;
    let issued = scene.tokens().await;
    assert_eq!(status(&scene, access(&issued)).await, 200);
    let rule = async |mode: &str, scopes: &[&str]| {
        let form = PolicyForm { mode: mode.to_owned(), scopes: scopes.iter().map(|&scope| scope.to_owned()).collect() };
        scene.app.world.services.apps.set_policy(&scene.ada, &form).await.expect("a policy");
    };
    rule("open", &["executions:read"]).await;
    assert_eq!(status(&scene, access(&issued)).await, 403, "no more than the workspace gives");
    rule("off", &["workflows:read"]).await;
    assert_eq!(status(&scene, access(&issued)).await, 401);
    assert_eq!(scene.introspect(access(&issued)).await, json!({"active": false}));
    let refresh = issued["refresh_token"].as_str().expect("a token");
    let again = scene.token(&[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await;
    assert_eq!((again.status.as_u16(), &again.json()["error"]), (400, &json!("invalid_grant")));
    rule("approval", &["workflows:read"]).await;
    assert_eq!(status(&scene, access(&issued)).await, 401);
    scene.app.world.services.apps.approve(&scene.ada, scene.client.id, None).await.expect("approved");
    assert_eq!(status(&scene, access(&issued)).await, 200, "nobody has to be asked again");
    let next = scene.token(&[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await.json();
    assert_eq!(status(&scene, access(&next)).await, 200, "what was refused has used nothing up");
}
