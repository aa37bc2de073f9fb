//! REST equal to the dashboard: the whole life of a key, filters, many at once, and what is refused.

use crate::app::{Client, TestApp};
use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use keywright_core::secret::{SecretHash, to_hex};
use serde_json::{Value, json};

async fn labels(client: &mut Client, query: &str) -> Vec<String> {
    let list = client.get(&format!("/api-keys{query}")).await;
    assert_eq!(list.status, StatusCode::OK, "{query}: {}", list.text);
    let list = list.json();
    let data = list["data"].as_array().expect("a list").iter();
    data.map(|key| key["label"].as_str().expect("a label").to_owned()).collect()
}

async fn made(client: &mut Client, body: Value) -> Value {
    let made = client.post_json("/api-keys", body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    made.json()
}

fn path(key: &Value) -> String {
    format!("/api-keys/{}", key["id"].as_str().expect("an id"))
}

#[tokio::test]
async fn a_key_is_made_changed_rotated_and_ended() {
    let (app, ada) = TestApp::lodol().await;
    let mut client = app.session(&ada).await;
    let body = json!({
        "label": "CI deploy", "note": "in the vault", "scopes": "workflows:read, workflows:execute",
        "expires_in_days": 90, "allowed_ips": ["203.0.113.0/24", "2001:db8::1"],
    });
    let key = made(&mut client, body).await;
    assert_eq!(key["allowed_ips"], json!(["203.0.113.0/24", "2001:db8::1"]));
    let path = path(&key);

    let patch = json!({"label": "CI", "note": "", "scopes": ["workflows:read"], "allowed_ips": []});
    let changed = client.patch_json(&path, patch).await.json();
    assert_eq!((&changed["label"], &changed["note"], &changed["allowed_ips"]), (&json!("CI"), &json!(""), &json!([])));
    assert_eq!(changed["effective_scopes"], json!(["workflows:read"]));
    assert_eq!(client.patch_json(&path, json!({})).await.json()["version"], changed["version"]);

    assert_eq!(client.post(&format!("{path}/disable")).await.json()["status"], "disabled");
    assert_eq!(client.post_json(&format!("{path}/enable"), json!({})).await.json()["status"], "active");

    let rotated = client.post_json(&format!("{path}/rotate"), json!({"grace_seconds": 3600})).await;
    assert_eq!(rotated.status, StatusCode::OK);
    let rotated = rotated.json();
    assert!(rotated["key"].as_str().is_some_and(|secret| secret.starts_with("sk_live_")));
    assert_eq!((&rotated["id"], &rotated["rotation"]["masked"]), (&key["id"], &key["masked"]));
    assert_eq!(rotated["rotation"]["ends_at"], json!(app.now() + TimeDelta::hours(1)));
    let extended = client.post_json(&format!("{path}/rotation/extend"), json!({"grace_seconds": 7200})).await.json();
    assert_eq!(extended["rotation"]["ends_at"], json!(app.now() + TimeDelta::hours(2)));
    insta::assert_json_snapshot!("rotating", extended);
    let undone = client.post(&format!("{path}/rotation/undo")).await.json();
    assert_eq!((&undone["rotation"], &undone["masked"]), (&json!(null), &key["masked"]));
    let rotated = client.post(&format!("{path}/rotate")).await.json();
    assert_eq!(rotated["rotation"]["ends_at"], json!(app.now() + TimeDelta::days(1)), "a day if nothing is said");
    assert_eq!(client.post(&format!("{path}/rotation/finish")).await.json()["rotation"], json!(null));
    assert_eq!(client.post(&format!("{path}/rotation/finish")).await.status, StatusCode::CONFLICT);

    let ended = client.post_json(&format!("{path}/revoke"), json!({"reason": "left in a repository"})).await.json();
    assert_eq!((&ended["status"], &ended["revoked_reason"]), (&json!("revoked"), &json!("left in a repository")));
    for action in ["disable", "enable", "rotate", "revoke"] {
        assert_eq!(client.post(&format!("{path}/{action}")).await.status, StatusCode::CONFLICT, "{action}");
    }
    assert_eq!(client.get(&path).await.json(), ended);
}

#[tokio::test]
async fn skillett_09_keys_are_listed_made_and_deleted_and_lists_are_paged_and_filtered_by_query_string() {
    let (app, ada) = TestApp::owned("skillett", "unlimited", &[]).await;
    let mut client = app.session(&ada).await;
    let all = made(&mut client, json!({"label": "everything"})).await;
    assert_eq!(all["scopes"], json!(["*"]), "what is not said is the product's default");
    app.advance(TimeDelta::seconds(1));
    let some =
        made(&mut client, json!({"label": "code and mail", "scopes": "github,gmail", "expires_in_days": 5})).await;
    assert_eq!(some["scopes"], json!(["github", "gmail"]));
    app.advance(TimeDelta::seconds(1));
    made(&mut client, json!({"label": "chat", "note": "for the bot", "scopes": ["slack"]})).await;
    assert_eq!(client.delete(&path(&all)).await.json()["status"], "revoked");

    assert_eq!(labels(&mut client, "").await, ["chat", "code and mail", "everything"]);
    for (query, expected) in [
        ("?status=active", ["chat", "code and mail"].as_slice()),
        ("?status=revoked", &["everything"]),
        ("?status=disabled", &[]),
        ("?q=bot", &["chat"]),
        ("?scope=github", &["code and mail", "everything"]),
        ("?scope=slack&status=active", &["chat"]),
        ("?expiry=7d", &["code and mail"]),
        ("?expiry=never&status=active", &["chat"]),
        ("?last_used=never&sort=label", &["chat", "code and mail", "everything"]),
        ("?owner=workspace", &[]),
        (&format!("?owner={}&status=active&sort=label", ada.user.id), &["chat", "code and mail"]),
    ] {
        assert_eq!(labels(&mut client, query).await, expected, "{query}");
    }
    let page = client.get("/api-keys?sort=label&limit=1").await.json();
    assert_eq!(page["data"][0]["label"], "chat");
    let cursor = page["meta"]["next_cursor"].as_str().expect("a cursor").to_owned();
    assert_eq!(labels(&mut client, &format!("?sort=label&limit=1&cursor={cursor}")).await, ["code and mail"]);
}

#[tokio::test]
async fn a_query_that_cannot_be_read_names_the_member() {
    let (app, ada) = TestApp::lodol().await;
    let mut client = app.session(&ada).await;
    for (query, member) in [
        ("status=dead", "status"),
        ("owner=bob", "owner"),
        ("expiry=soon", "expiry"),
        ("last_used=yesterday", "last_used"),
        ("sort=random", "sort"),
        ("q=a%00b", "q"),
        ("limit=1000", "limit"),
        ("cursor=x", "cursor"),
    ] {
        let refused = client.get(&format!("/api-keys?{query}")).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{query}: {}", refused.text);
        let refused = refused.json();
        assert_eq!(refused["error"], "invalid_request");
        assert!(refused["fields"][member].is_string(), "{query}: {refused}");
        assert!(refused["message"].as_str().is_some_and(|message| message.contains(member)), "{query}: {refused}");
    }
}

#[tokio::test]
async fn lodol_05_at_the_limit_the_answer_says_where_there_is_more() {
    let (app, ada) = TestApp::lodol().await;
    let mut client = app.session(&ada).await;
    let body = json!({"label": "ci", "scopes": ["workflows:read"]});
    for _ in 0..3 {
        made(&mut client, body.clone()).await;
    }
    for path in ["/api-keys", "/api/v1/workspaces/acme/api-keys"] {
        let refused = client.post_json(path, body.clone()).await;
        assert_eq!((refused.status, &refused.json()["error"]), (StatusCode::FORBIDDEN, &json!("key_limit_reached")));
        let url = app.plan_url("acme");
        assert_eq!(refused.json()["action_url"], json!(url), "{path}");
    }
}

#[tokio::test]
async fn lodol_06_without_the_api_in_the_plan_creating_and_calling_say_where_to_upgrade() {
    let (app, ada) = TestApp::owned("lodol", "free", &[]).await;
    let refused =
        app.session(&ada).await.post_json("/api-keys", json!({"label": "ci", "scopes": ["workflows:read"]})).await;
    assert_eq!((refused.status, &refused.json()["error"]), (StatusCode::FORBIDDEN, &json!("plan_required")));
    assert_eq!(refused.json()["action_url"], json!(app.plan_url("acme")));
    let mut problem = app.session(&ada).await.with("accept", "application/problem+json");
    let refused = problem.post_json("/api-keys", json!({"label": "ci", "scopes": ["workflows:read"]})).await;
    assert_eq!(refused.header("content-type"), "application/problem+json");
    insta::assert_json_snapshot!("plan_required", refused.json());
}

#[tokio::test]
async fn skaala_04_keys_last_365_days_unless_said_otherwise() {
    let (app, ada) = TestApp::owned("skaala", "pro", &[]).await;
    let mut client = app.session(&ada).await;
    let body = json!({"label": "ci", "scopes": ["read:bookings"]});
    let key = made(&mut client, body.clone()).await;
    assert_eq!(key["expires_at"], json!(app.now() + TimeDelta::days(365)));
    let with = |name: &str, value: Value| {
        let mut body = body.clone();
        body[name] = value;
        body
    };
    let day = (app.now() + TimeDelta::days(10)).date_naive();
    let key = made(&mut client, with("expires_on", json!(day))).await;
    assert!(key["expires_at"].as_str().is_some_and(|end| end.contains("T00:00:00")), "{key}");
    for (body, field) in [
        (with("expires_on", json!("2020-01-01")), "expires_on"),
        (with("expires_on", json!("tomorrow")), "expires_on"),
        (with("environment", json!("mars")), "environment"),
        (with("allowed_ips", json!(["everywhere"])), "allowed_ips"),
        (with("owner", json!("bob")), "owner"),
        (with("label", json!(null)), "label"),
    ] {
        let refused = client.post_json("/api-keys", body.clone()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}: {}", refused.text);
        assert!(refused.json()["fields"][field].is_string(), "{body}: {}", refused.text);
    }
    let mut both = with("expires_on", json!(day));
    both["expires_in_days"] = json!(10);
    assert!(client.post_json("/api-keys", both).await.json()["fields"]["expires_on"].is_string());
}

#[tokio::test]
async fn skaala_07_managing_needs_the_role_the_session_and_the_right_team_in_the_address() {
    let (app, ada) = TestApp::owned("skaala", "pro", &[]).await;
    let eve = app.world.neighbour("Eve", "pro").await;
    let body = json!({"label": "ci", "scopes": ["read:bookings"]});
    let key = made(&mut app.session(&ada).await, body.clone()).await;
    let secret = key["key"].as_str().expect("a secret");
    let id = key["id"].as_str().expect("an id");
    let of = |team: &str| format!("/api/v1/workspaces/{team}/api-keys");
    assert_eq!(app.anonymous().post_json(&of("acme"), body.clone()).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(app.key(secret).post_json(&of("acme"), body.clone()).await.status, StatusCode::UNAUTHORIZED);
    let mut eve = app.session(&eve).await;
    assert_eq!(eve.post_json(&of("acme"), body.clone()).await.status, StatusCode::NOT_FOUND);
    for action in ["", "/rotate", "/disable", "/revoke"] {
        let path = format!("{}/{id}{action}", of("eve-ltd"));
        let method = if action.is_empty() { Method::DELETE } else { Method::POST };
        assert_eq!(
            eve.send(method, &path, None, axum::body::Body::empty()).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    assert_eq!(app.session(&ada).await.get(&format!("{}/{id}", of("acme"))).await.json()["status"], "active");
}

#[tokio::test]
async fn many_keys_are_changed_at_once_or_none_is() {
    let (app, ada) = TestApp::owned("lodol", "enterprise", &[]).await;
    let eve = app.world.neighbour("Eve", "enterprise").await;
    let foreign = app.make_key(&eve, "eve's", &["workflows:read"]).await.key.id;
    let mut client = app.session(&ada).await;
    let mut ids = Vec::new();
    for label in ["a", "b", "c"] {
        app.advance(TimeDelta::seconds(1));
        ids.push(made(&mut client, json!({"label": label, "scopes": ["workflows:read"]})).await["id"].clone());
    }
    client.post(&format!("/api-keys/{}/disable", ids[0].as_str().expect("an id"))).await;
    let too_many: Vec<_> = (0..101).map(|n| json!(format!("key_{n:032x}"))).collect();
    let bulk = |action: &str, ids: &[Value]| json!({"action": action, "ids": ids});
    for (body, status) in [
        (bulk("disable", &[ids[1].clone(), json!(foreign)]), 404),
        (bulk("disable", &[ids[1].clone(), json!("nonsense")]), 404),
        (bulk("disable", &[]), 422),
        (bulk("delete", &ids), 422),
        (json!({"action": "disable"}), 422),
        (json!({"action": "disable", "ids": ids, "force": true}), 422),
        (bulk("revoke", &too_many), 422),
    ] {
        let refused = client.post_json("/api-keys/bulk", body.clone()).await;
        assert_eq!(refused.status.as_u16(), status, "{body}: {}", refused.text);
    }
    assert_eq!(labels(&mut client, "?status=active&sort=label").await, ["b", "c"], "nothing half done");
    let done = client.post_json("/api-keys/bulk", bulk("disable", &ids)).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let of = |answer: &Value, which: &str| -> Vec<Value> {
        answer["data"][which].as_array().expect("keys").iter().map(|key| key["label"].clone()).collect()
    };
    assert_eq!(of(&done.json(), "changed"), [json!("b"), json!("c")]);
    assert_eq!(of(&done.json(), "skipped"), [json!("a")]);
    let mut body = bulk("revoke", &ids);
    body["reason"] = json!("the project is over");
    let done = client.post_json("/api-keys/bulk", body).await.json();
    assert_eq!(of(&done, "changed").len(), 3);
    assert_eq!(done["data"]["changed"][0]["revoked_reason"], "the project is over");
}

#[tokio::test]
async fn a_key_is_handed_over_to_somebody_whose_role_covers_it() {
    let (app, ada) = TestApp::lodol().await;
    let bob = app.world.member(&ada.workspace, "Bob", "member").await;
    let eve = app.world.neighbour("Eve", "pro").await;
    let mut client = app.session(&ada).await;
    let key = made(&mut client, json!({"label": "ci", "scopes": ["workflows:read"]})).await;
    let path = path(&key);
    for nobody in [json!("bob"), json!(eve.user.id), json!(ada.user.id)] {
        let refused = client.post_json(&format!("{path}/hand-over"), json!({"hand_over_to": nobody})).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{nobody}: {}", refused.text);
    }
    let mut once = client.clone().with("idempotency-key", "one");
    let body = json!({"hand_over_to": bob.user.id});
    for _ in 0..2 {
        let given = once.post_json(&format!("{path}/hand-over"), body.clone()).await;
        assert_eq!((given.status, given.text.as_str()), (StatusCode::NO_CONTENT, ""));
    }
    let given = client.get(&path).await.json();
    assert_eq!((&given["owner"]["name"], &given["version"]), (&json!("Bob"), &json!(2)));
}

#[tokio::test]
async fn a_key_that_turned_up_is_found_by_its_hash() {
    let (app, ada) = TestApp::lodol().await;
    let eve = app.world.neighbour("Eve", "pro").await;
    let mut client = app.session(&ada).await;
    let key = made(&mut client, json!({"label": "ci", "scopes": ["workflows:read"]})).await;
    let hash = |secret: &Value| to_hex(SecretHash::of(secret.as_str().expect("a secret").as_bytes()).as_bytes());
    let old = hash(&key["key"]);
    let new = hash(&client.post(&format!("{}/rotate", path(&key))).await.json()["key"]);
    for hash in [&old, &new, &new.to_uppercase()] {
        let found = client.post_json("/api-keys/find", json!({"hash": hash})).await;
        assert_eq!((found.status, &found.json()["id"]), (StatusCode::OK, &key["id"]));
        let theirs = app.session(&eve).await.post_json("/api-keys/find", json!({"hash": hash})).await;
        assert_eq!(theirs.status, StatusCode::NOT_FOUND);
    }
    let unknown = to_hex(SecretHash::of(b"nobody's").as_bytes());
    assert_eq!(client.post_json("/api-keys/find", json!({"hash": unknown})).await.status, StatusCode::NOT_FOUND);
    for bad in ["", "abc", &"g".repeat(64), &"é".repeat(32), &"a".repeat(65)] {
        let refused = client.post_json("/api-keys/find", json!({"hash": bad})).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
        assert!(refused.json()["fields"]["hash"].is_string(), "{bad}");
    }
}

#[tokio::test]
async fn bodies_that_do_not_fit_change_nothing() {
    let (app, ada) = TestApp::lodol().await;
    let mut client = app.session(&ada).await;
    let key = made(&mut client, json!({"label": "ci", "scopes": ["workflows:read"]})).await;
    let path = path(&key);
    let before = client.get(&path).await.text;
    for (patch, field) in [
        (json!({"label": null}), "label"),
        (json!({"label": "   "}), "label"),
        (json!({"label": "𝒌".repeat(81)}), "label"),
        (json!({"scopes": []}), "scopes"),
        (json!({"scopes": ["*"]}), "scopes"),
        (json!({"scopes": ["workflows:delete"]}), "scopes"),
        (json!({"allowed_ips": null}), "allowed_ips"),
        (json!({"allowed_ips": ["10.0.0.0/99"]}), "allowed_ips"),
        (json!({"expires_at": null}), "expires_at"),
        (json!({"owner": "workspace"}), "owner"),
        (json!([]), "body"),
        (json!(["mine"]), "body"),
    ] {
        let refused = client.patch_json(&path, patch.clone()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{patch}: {}", refused.text);
        assert!(refused.json()["fields"][field].is_string(), "{patch}: {}", refused.text);
    }
    for (action, body) in [
        ("revoke", json!({"reason": "r".repeat(201)})),
        ("revoke", json!({"why": "because"})),
        ("disable", json!({"until": "tomorrow"})),
        ("rotate", json!({"grace_seconds": -1})),
        ("rotate", json!({"grace_seconds": 1.5})),
        ("rotate", json!({"grace_seconds": "3600"})),
        ("rotate", json!({"grace_seconds": i64::MAX})),
        ("rotate", json!({"grace": 1})),
        ("rotation/extend", json!({})),
    ] {
        let refused = client.post_json(&format!("{path}/{action}"), body.clone()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{action} {body}: {}", refused.text);
    }
    let untyped = client.send(Method::POST, &format!("{path}/disable"), None, "{}".into()).await;
    assert_eq!(untyped.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(client.get(&path).await.text, before);
    assert_eq!(client.patch_json(&path, json!({"label": "𝒌".repeat(80)})).await.status, StatusCode::OK);
}
