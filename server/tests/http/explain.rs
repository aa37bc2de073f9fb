//! Why a request was refused: for backends, over REST and in the dashboard.

use crate::app::{Answer, GATE_TOKEN, TestApp};
use axum::http::StatusCode;
use chrono::TimeDelta;
use keywright_core::{actor::Actor, keys::CreatedKey};
use serde_json::{Value, json};

async fn with_key() -> (TestApp, Actor, CreatedKey) {
    let (app, ada) = TestApp::lodol().await;
    let key = app.make_key(&ada, "ci", &["workflows:read"]).await;
    (app, ada, key)
}

async fn explain(app: &TestApp, asked: Value) -> Answer {
    app.anonymous().with("authorization", &format!("Bearer {GATE_TOKEN}")).post_json("/gate/explain", asked).await
}

/// The name of a request that the built-in gateway refused.
async fn refused(app: &TestApp, key: &CreatedKey, path: &str) -> String {
    let answer = app.key(key.secret.expose()).get(path).await;
    assert_ne!(answer.status, StatusCode::OK);
    answer.header("x-request-id").to_owned()
}

/// What failed, and the words for it.
fn failed(explained: &Value) -> (String, String) {
    let checks = explained["checks"].as_array().expect("checks");
    let failed: Vec<_> = checks.iter().filter(|check| check["outcome"] == "failed").collect();
    let [one] = failed.as_slice() else { panic!("{explained}") };
    let text = |name: &str| one[name].as_str().expect("a text").to_owned();
    (text("check"), text("message"))
}

#[tokio::test]
async fn a_refused_request_is_explained_by_the_id_that_its_caller_got() {
    let (app, ada, key) = with_key().await;
    let id = refused(&app, &key, "/api/v1/executions").await;
    let explained = explain(&app, json!({"request_id": id})).await;
    assert_eq!(explained.status, StatusCode::OK, "{}", explained.text);
    let explained = explained.json();
    assert_eq!(explained["request_id"], json!(id));
    assert_eq!((&explained["allowed"], &explained["code"]), (&json!(false), &json!("insufficient_scope")));
    assert_eq!(explained["key_id"], json!(key.key.id));
    assert_eq!(explained["workspace_id"], json!(ada.workspace.id));
    assert_eq!(explained["route"], "GET /api/v1/executions");
    assert_eq!(explained["ip"], "203.0.113.7");
    assert_eq!(explained["fix"]["code"], "edit_scopes");
    let names: Vec<_> = explained["checks"].as_array().expect("checks").iter().map(|c| &c["check"]).collect();
    assert_eq!(
        names,
        [
            "place",
            "route",
            "known",
            "not_revoked",
            "not_replaced",
            "enabled",
            "not_expired",
            "not_suspended",
            "plan_has_api",
            "owner_is_member",
            "address",
            "scopes",
            "at_once",
            "limits"
        ]
    );
    let scopes = &explained["checks"][11];
    assert_eq!(
        scopes["values"],
        json!({
            "needed": ["executions:read"], "effective": ["workflows:read"],
            "missing": [{"scope": "executions:read", "from": "key"}]
        })
    );
    assert_eq!(
        (&explained["checks"][12]["outcome"], &explained["checks"][13]["values"]),
        (&json!("not_reached"), &json!({}))
    );
}

#[tokio::test]
async fn a_proxys_own_name_for_a_request_finds_it_too() {
    let (app, _, key) = with_key().await;
    let mut proxy = app.proxy().with("x-request-id", "proxy-4711").with("x-forwarded-for", "198.51.100.9");
    for (name, value) in [("x-forwarded-method", "GET"), ("x-forwarded-uri", "/api/v1/executions/exec_secret?x=1")] {
        proxy = proxy.with(name, value);
    }
    let answer = proxy.with("authorization", &format!("Bearer {}", key.secret.expose())).get("/gate/auth").await;
    assert_eq!((answer.status, answer.header("x-request-id")), (StatusCode::FORBIDDEN, "proxy-4711"));
    let explained = explain(&app, json!({"request_id": "proxy-4711"})).await;
    assert_eq!(explained.json()["ip"], "198.51.100.9");
    assert!(!explained.text.contains("exec_secret"), "the route, and not the path");
}

#[tokio::test]
async fn a_request_is_explained_before_it_is_made_and_counts_nowhere() {
    let (app, ada, key) = with_key().await;
    let asked = json!({"key": key.secret.expose(), "method": "GET", "path": "/api/v1/workflows?page=2"});
    for _ in 0..50 {
        let explained = explain(&app, asked.clone()).await.json();
        assert_eq!((&explained["allowed"], &explained["fix"]), (&json!(true), &json!(null)), "{explained}");
        assert_eq!(explained["checks"][13]["values"]["remaining"], 15);
    }
    for _ in 0..15 {
        let verify = json!({"key": key.secret.expose(), "scopes": []});
        let mut backend = app.anonymous().with("authorization", &format!("Bearer {GATE_TOKEN}"));
        assert_eq!(backend.post_json("/gate/verify", verify).await.json()["valid"], true);
    }
    let explained = explain(&app, asked.clone()).await.json();
    assert_eq!(explained["code"], "rate_limited");
    assert_eq!(failed(&explained).0, "limits");
    assert_eq!(explained["checks"][13]["values"]["wait"], 60);
    app.advance(TimeDelta::seconds(60));
    let scopes = explain(&app, json!({"key": key.secret.expose(), "scopes": ["executions:read"]})).await.json();
    assert_eq!(failed(&scopes).1, "The request needs executions:read. The key lacks executions:read.");
    let elsewhere = json!({"key": key.secret.expose(), "method": "GET", "path": "/nowhere"});
    assert_eq!(failed(&explain(&app, elsewhere).await.json()).0, "route");
    let typo = explain(&app, json!({"key": "sk_live_nonsense", "scopes": []})).await.json();
    assert_eq!((failed(&typo).0.as_str(), &typo["key_id"]), ("known", &json!(null)));
    assert!(failed(&typo).1.contains("mistyped"));

    app.world.services.keys.revoke(&ada, key.key.id, "", None).await.expect("revoked");
    assert_eq!(failed(&explain(&app, asked).await.json()).0, "not_revoked");
    app.world.services.usage.flush().await.expect("a flush");
    let shown = app.world.services.keys.get(&ada, key.key.id).await.expect("the key");
    assert_eq!(shown.refused, None, "asking why is no try");
    let mut client = app.session(&ada).await;
    assert_eq!(client.get("/api/v1/workspaces/acme/refusals").await.json()["data"], json!([]));
}

#[tokio::test]
async fn who_does_not_know_the_gate_token_learns_nothing() {
    let (app, ada, key) = with_key().await;
    let id = refused(&app, &key, "/api/v1/executions").await;
    let mut answers = Vec::new();
    for asked in [
        json!({"request_id": id}),
        json!({"request_id": "unheard-of"}),
        json!({"key": key.secret.expose(), "scopes": []}),
        json!({"key": "sk_live_nonsense", "scopes": []}),
    ] {
        let session = app.session(&ada).await;
        for mut client in [app.anonymous(), app.key(key.secret.expose()), session] {
            let answer = client.post_json("/gate/explain", asked.clone()).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
            answers.push(answer.text);
        }
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "all alike");
}

#[tokio::test]
async fn a_question_that_makes_no_sense_is_told() {
    let (app, _, key) = with_key().await;
    for (asked, status) in [
        (json!({}), StatusCode::BAD_REQUEST),
        (json!({"request_id": "a", "key": "b"}), StatusCode::BAD_REQUEST),
        (json!({"key": key.secret.expose()}), StatusCode::BAD_REQUEST),
        (json!({"key": key.secret.expose(), "scopes": ["unheard:of"]}), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"key": key.secret.expose(), "scopes": [], "cost": 1}), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"request_id": "unheard-of"}), StatusCode::NOT_FOUND),
        (json!({"request_id": "a\u{0}b"}), StatusCode::NOT_FOUND),
    ] {
        let answer = explain(&app, asked.clone()).await;
        assert_eq!(answer.status, status, "{asked}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_key_that_is_sent_wrongly_is_recognised_and_told_only_to_its_own() {
    let (app, ada, key) = with_key().await;
    let secret = key.secret.expose();
    let path = "/api/v1/workflows";
    let mut sent = Vec::new();
    sent.push(app.anonymous().with("x-api-key", secret).get(path).await);
    sent.push(app.anonymous().with("authorization", secret).get(path).await);
    sent.push(app.anonymous().get(&format!("{path}?api_key={secret}")).await);
    sent.push(app.key(secret).get("/api/v1/nothing").await);
    let statuses: Vec<_> = sent.iter().map(|answer| answer.status.as_u16()).collect();
    assert_eq!(statuses, [401, 401, 400, 404]);
    let nobodys = "sk_live_0000000000000000000000000000000000000000000000000";
    assert_eq!(
        app.anonymous().with("x-api-key", nobodys).get(path).await.text,
        sent[0].text,
        "strangers see no difference"
    );
    let mut client = app.session(&ada).await;
    let mut words = Vec::new();
    for answer in &sent {
        let id = answer.header("x-request-id");
        let one = client.get(&format!("/api/v1/workspaces/acme/refusals/{id}")).await.json();
        words.push(failed(&one).1);
    }
    assert_eq!(
        words,
        [
            "The key came in X-API-Key, which is not read here.",
            "The key came in Authorization, but not as it is read here.",
            "The key stood in the URL, where it ends up in logs.",
            "No route of the API has this method and this path.",
        ]
    );
    let list = client.get("/api/v1/workspaces/acme/refusals?reason=misplaced_key").await;
    assert_eq!(list.json()["data"].as_array().map(Vec::len), Some(3));
    assert!(!list.text.contains(secret) && !app.world.test_db.dump().await.contains(secret));
}

#[tokio::test]
async fn the_dashboard_lists_refusals_and_explains_each() {
    let (app, ada, key) = with_key().await;
    let id = refused(&app, &key, "/api/v1/executions").await;
    app.world.services.refusals.flush().await.expect("a flush");
    let mut client = app.session(&ada).await;
    let list = client.get("/w/acme/refusals").await;
    assert!(list.text.contains("Scope missing") && list.text.contains(&format!("/w/acme/refusals/{id}")));
    let page = client.get(&format!("/w/acme/refusals/{id}")).await;
    assert!(page.text.contains("Give the key executions:read."));
    assert!(page.text.contains(&format!("/w/acme/keys/{}/edit", key.key.id)));
    assert_eq!(client.get("/w/acme/refusals/unheard-of").await.status, StatusCode::NOT_FOUND);
    assert_eq!(client.get("/w/acme/refusals?reason=unheard_of").await.status, StatusCode::UNPROCESSABLE_ENTITY);

    let eve = app.world.neighbour("Eve", "pro").await;
    let mut eve = app.session(&eve).await;
    assert_eq!(eve.get(&format!("/w/eve-ltd/refusals/{id}")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(eve.get(&format!("/w/acme/refusals/{id}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_request_is_found_by_its_id_or_by_a_key_and_a_whole_key_is_never_said_again() {
    let (app, ada, key) = with_key().await;
    let id = refused(&app, &key, "/api/v1/executions").await;
    let mut client = app.session(&ada).await;
    let of_key = format!("/w/acme/refusals?key={}", key.key.id);
    let secret = key.secret.expose();
    let hash = keywright_core::secret::to_hex(key.secret.hash().as_bytes());
    for (name, value, location) in [
        ("start", id.as_str(), format!("/w/acme/refusals/{id}")),
        ("start", key.key.start.as_str(), of_key.clone()),
        ("start", secret, of_key.clone()),
        ("hash", hash.as_str(), of_key),
    ] {
        let found = client.form("/w/acme/refusals/find", &[(name, value)]).await;
        assert_eq!((found.status, found.header("location")), (StatusCode::SEE_OTHER, location.as_str()));
    }
    let mistyped = format!("{secret}x");
    for text in [mistyped.as_str(), "unheard-of", "sk_live_zzzz", "a\0b"] {
        let nothing = client.form("/w/acme/refusals/find", &[("start", text)]).await;
        assert!(nothing.text.contains("No refused request is known by this, and no key."), "{text}");
        assert!(!nothing.text.contains(secret), "{text}");
    }
    assert_eq!(client.form("/w/acme/refusals/find", &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_page_of_a_new_secret_learns_of_its_first_request() {
    let (app, ada) = TestApp::lodol().await;
    let mut client = app.session(&ada).await;
    let form = [("label", "ci"), ("scopes", "workflows:read"), ("expiry", "never")];
    let made = client.form("/w/acme/keys/new", &form).await;
    let shown = client.get(made.header("location")).await;
    let at = shown.text.find("sk_live_").expect("the secret");
    let secret = shown.text[at..at + 57].to_owned();
    assert!(shown.text.contains("Waiting for the first request with this key…"));
    let key = made.header("location").to_owned();
    let since = app.now().timestamp_micros();
    let again = format!("{key}?since={since}");
    let refresh = format!("{again}&amp;at={since}#first-call");
    assert!(shown.text.contains(&refresh), "the way without a script");
    let source = format!("{key}/first-call?since={since}");
    assert!(shown.text.contains(&source));

    let first = async |client: &mut crate::app::Client| {
        app.world.services.usage.flush().await.expect("a flush");
        app.world.services.refusals.flush().await.expect("a flush");
        let (part, page) = (client.get(&source).await, client.get(&again).await);
        assert!(!page.text.contains(&secret) && !part.text.contains(&secret), "it is shown once");
        assert!(page.text.contains(&part.text), "the page says the same");
        part.text
    };
    assert!(first(&mut client).await.contains("data-first-call=\"waiting\""));
    app.anonymous().with("x-api-key", &secret).get("/api/v1/workflows").await;
    let refused = first(&mut client).await;
    assert!(refused.contains("data-first-call=\"refused\"") && refused.contains("X-API-Key, which is not read here."));
    app.advance(TimeDelta::seconds(1));
    app.key(&secret).get("/api/v1/workflows").await;
    let passed = first(&mut client).await;
    assert!(passed.contains("data-first-call=\"over\"") && passed.contains("GET /api/v1/workflows"));
    assert_eq!(app.anonymous().get(&source).await.status, StatusCode::SEE_OTHER, "to sign in");
}
