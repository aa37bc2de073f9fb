//! REST management of keys.

use crate::app::TestApp;
use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::json;

fn ci() -> serde_json::Value {
    json!({"label": "CI deploy", "scopes": ["workflows:read", "workflows:execute"]})
}

#[tokio::test]
async fn common_04_a_key_has_all_that_the_claim_names() {
    let (app, ada) = TestApp::lodol().await;
    let mut client = app.session(&ada).await;
    let made = client
        .post_json(
            "/api-keys",
            json!({"label": "CI deploy", "note": "in the vault", "scopes": ["workflows:read"], "expires_in_days": 30}),
        )
        .await;
    assert_eq!(made.status, StatusCode::CREATED);
    assert_eq!(made.header("cache-control"), "no-store");
    let id = made.json()["id"].as_str().expect("an id").to_owned();
    assert_eq!(made.header("location"), format!("/api/v1/workspaces/acme/api-keys/{id}"));
    insta::assert_json_snapshot!("created", made.json());
    insta::assert_json_snapshot!("listed", client.get("/api-keys").await.json());
}

#[tokio::test]
async fn common_02_the_secret_is_in_one_answer_and_nowhere_else() {
    let (app, ada) = TestApp::lodol().await;
    let mut client = app.session(&ada).await;
    let made = client.post_json("/api-keys", ci()).await.json();
    let (id, secret) = (made["id"].as_str().expect("an id"), made["key"].as_str().expect("a secret"));
    assert!(secret.starts_with("sk_live_"));
    for path in [
        "/api-keys".to_owned(),
        format!("/api-keys/{id}"),
        "/w/acme/keys".to_owned(),
        format!("/w/acme/keys/{id}"),
        format!("/w/acme/keys/{id}/revoke"),
        "/w/acme/audit".to_owned(),
        "/api/v1/workspaces/acme/audit".to_owned(),
    ] {
        let answer = client.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(!answer.text.contains(&secret[16..]), "{path}");
        assert!(
            answer.text.contains(&secret[secret.len() - 4..]) || path.ends_with("revoke") || path.contains("audit")
        );
    }
    let ended = client.delete(&format!("/api-keys/{id}")).await;
    assert!(!ended.text.contains(&secret[16..]));
}

#[tokio::test]
async fn lodol_03_a_prefix_and_a_hash_are_stored_and_the_random_part_has_256_bits() {
    let (app, ada) = TestApp::lodol().await;
    let made = app.session(&ada).await.post_json("/api-keys", ci()).await.json();
    let secret = made["key"].as_str().expect("a secret").to_owned();
    let random = secret.strip_prefix("sk_live_").expect("the prefix");
    // 43 of 62 characters carry 256.03 bits; six more are the checksum.
    assert_eq!(random.len(), 43 + 6);
    assert!(random.bytes().all(|b| b.is_ascii_alphanumeric()));
    let rows = app.world.test_db.dump().await;
    assert!(!rows.contains(&secret) && !rows.contains(random) && !rows.contains(&random[..20]));
    let hash = keywright_core::secret::SecretHash::of(secret.as_bytes());
    assert!(rows.contains(&keywright_core::secret::to_hex(hash.as_bytes())));
    assert!(rows.contains(made["prefix"].as_str().expect("a prefix")));
}

#[tokio::test]
async fn lodol_07_expires_in_days_is_optional() {
    let (app, ada) = TestApp::lodol().await;
    let mut client = app.session(&ada).await;
    let mut body = ci();
    assert_eq!(client.post_json("/api-keys", body.clone()).await.json()["expires_at"], json!(null));
    body["expires_in_days"] = json!(30);
    let end = client.post_json("/api-keys", body.clone()).await.json()["expires_at"].clone();
    assert_eq!(end, json!(app.now() + TimeDelta::days(30)));
    for bad in [json!(0), json!(-1), json!(40_000), json!(1.5), json!("30"), json!(true)] {
        body["expires_in_days"] = bad.clone();
        let refused = client.post_json("/api-keys", body.clone()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}: {}", refused.text);
    }
}

#[tokio::test]
async fn lodol_02_common_01_only_owners_and_admins_create_and_revoke() {
    let (app, ada) = TestApp::lodol().await;
    let id = app.make_key(&ada, "ci", &["workflows:read"]).await.key.id;
    let bob = app.world.member(&ada.workspace, "Bob", "member").await;
    let grace = app.world.member(&ada.workspace, "Grace", "admin").await;

    let mut bob = app.session(&bob).await;
    let refused = bob.post_json("/api-keys", ci()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    insta::assert_json_snapshot!("forbidden", refused.json());
    assert_eq!(bob.delete(&format!("/api-keys/{id}")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(bob.get("/w/acme/keys/new").await.status, StatusCode::FORBIDDEN);
    let form = [("label", "mine"), ("scopes", "workflows:read"), ("expiry", "never")];
    assert_eq!(bob.form("/w/acme/keys/new", &form).await.status, StatusCode::FORBIDDEN);
    assert_eq!(bob.form(&format!("/w/acme/keys/{id}/revoke"), &[]).await.status, StatusCode::FORBIDDEN);

    let mut grace = app.session(&grace).await;
    assert_eq!(grace.post_json("/api-keys", ci()).await.status, StatusCode::CREATED);
    assert_eq!(grace.delete(&format!("/api-keys/{id}")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_api_key_can_never_manage_keys() {
    let (app, ada) = TestApp::lodol().await;
    let all = ["workflows:read", "workflows:execute", "executions:read"];
    let secret = app.make_key(&ada, "all", &all).await.secret;
    let mut holder = app.key(secret.expose());
    let refused = holder.get("/api-keys").await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert_eq!(refused.header("www-authenticate"), "Bearer realm=\"keywright\"");
    insta::assert_json_snapshot!("key_cannot_manage", refused.json());
    assert_eq!(holder.post_json("/api-keys", ci()).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(holder.get("/api/v1/workspaces/acme/api-keys").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn common_14_another_workspaces_things_answer_like_unknown_ones() {
    let (app, ada) = TestApp::lodol().await;
    let id = app.make_key(&ada, "ci", &["workflows:read"]).await.key.id;
    let eve = app.world.neighbour("Eve", "pro").await;
    let mut eve = app.session(&eve).await;
    let nobodys = "key_00000000000000000000000000000000";
    for (theirs, unknown) in [
        (format!("/api-keys/{id}"), format!("/api-keys/{nobodys}")),
        ("/api/v1/workspaces/acme/api-keys".to_owned(), "/api/v1/workspaces/nowhere/api-keys".to_owned()),
        ("/api/v1/workspaces/acme/audit".to_owned(), "/api/v1/workspaces/nowhere/audit".to_owned()),
        (format!("/api/v1/workspaces/eve-ltd/api-keys/{id}"), format!("/api/v1/workspaces/eve-ltd/api-keys/{nobodys}")),
    ] {
        let (theirs, unknown) = (eve.get(&theirs).await, eve.get(&unknown).await);
        assert_eq!(theirs.status, StatusCode::NOT_FOUND);
        assert_eq!((theirs.status, &theirs.text), (unknown.status, &unknown.text));
    }
    assert_eq!(
        eve.delete(&format!("/api-keys/{id}")).await.text,
        eve.delete(&format!("/api-keys/{nobodys}")).await.text
    );
    assert_eq!(eve.delete("/api-keys/not-an-id").await.text, eve.delete(&format!("/api-keys/{nobodys}")).await.text);
    for page in ["/w/acme/keys".to_owned(), format!("/w/eve-ltd/keys/{id}"), "/w/acme/audit".to_owned()] {
        let answer = eve.get(&page).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{page}");
        assert!(!answer.text.contains("Acme"), "{page}");
    }
    assert!(app.world.services.keys.get(&ada, id).await.is_ok_and(|key| key.revoked_at.is_none()));
}

#[tokio::test]
async fn common_13_changes_and_refusals_are_in_the_log() {
    let (app, ada) = TestApp::lodol().await;
    let bob = app.world.member(&ada.workspace, "Bob", "member").await;
    let (mut owner, mut bob) = (app.session(&ada).await, app.session(&bob).await);
    let id = owner.post_json("/api-keys", ci()).await.json()["id"].as_str().expect("an id").to_owned();
    app.advance(TimeDelta::seconds(1));
    bob.delete(&format!("/api-keys/{id}")).await;
    app.advance(TimeDelta::seconds(1));
    owner.delete(&format!("/api-keys/{id}")).await;
    let log = owner.get("/api/v1/workspaces/acme/audit").await;
    insta::assert_json_snapshot!("audit", log.json());
    assert_eq!(bob.get("/api/v1/workspaces/acme/audit").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_plans_number_of_keys_is_a_403_that_says_so() {
    let (app, ada) = TestApp::lodol().await;
    let mut client = app.session(&ada).await;
    for _ in 0..3 {
        assert_eq!(client.post_json("/api-keys", ci()).await.status, StatusCode::CREATED);
    }
    let refused = client.post_json("/api-keys", ci()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    insta::assert_json_snapshot!("key_limit_reached", refused.json());
    assert_eq!(
        client.get("/api-keys").await.json()["meta"],
        json!({"total": 3, "used": 3, "limit": 3, "next_cursor": null})
    );
}

#[tokio::test]
async fn a_list_goes_on_where_its_cursor_says() {
    let (app, ada) = TestApp::owned("lodol", "enterprise", &[]).await;
    for i in 0..5 {
        app.advance(TimeDelta::seconds(1));
        app.make_key(&ada, &format!("key {i}"), &["workflows:read"]).await;
    }
    let mut client = app.session(&ada).await;
    let (mut labels, mut path) = (Vec::new(), "/api-keys?limit=2".to_owned());
    loop {
        let page = client.get(&path).await.json();
        let data = page["data"].as_array().expect("a list");
        labels.extend(data.iter().map(|key| key["label"].as_str().expect("a label").to_owned()));
        let Some(cursor) = page["meta"]["next_cursor"].as_str() else { break };
        path = format!("/api-keys?limit=2&cursor={cursor}");
    }
    assert_eq!(labels, ["key 4", "key 3", "key 2", "key 1", "key 0"]);
    for bad in
        ["limit=0", "limit=101", "limit=x", "cursor=x", "cursor=%00", "cursor=key_00000000000000000000000000000000"]
    {
        assert_eq!(client.get(&format!("/api-keys?{bad}")).await.status, StatusCode::BAD_REQUEST, "{bad}");
    }
}

#[tokio::test]
async fn a_person_in_two_workspaces_must_name_one() {
    let (app, ada) = TestApp::lodol().await;
    let eve = app.world.neighbour("Eve", "pro").await;
    app.world.join(&ada.workspace, &eve.user, "admin").await;
    let mut eve = app.session(&eve).await;
    assert_eq!(eve.get("/api-keys").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(eve.get("/api/v1/workspaces/acme/api-keys").await.status, StatusCode::OK);
    assert_eq!(eve.get("/api/v1/workspaces/eve-ltd/api-keys").await.status, StatusCode::OK);
}
