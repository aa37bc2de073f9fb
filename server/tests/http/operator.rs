//! The operator's own doors, and the links that they make.

use crate::app::{Answer, Client, TestApp};
use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use chrono::TimeDelta;
use keywright_core::{actor::Actor, testing::PASSWORD};
use serde_json::{Value, json};

const TOKEN: &str = "operator-token-of-the-tests-012345678";
const SETTING: (&str, &str) = ("KEYWRIGHT_OPERATOR_TOKEN", TOKEN);

async fn lodol() -> (TestApp, Actor) {
    TestApp::owned("lodol", "pro", &[SETTING]).await
}

fn operator(app: &TestApp) -> Client {
    app.key(TOKEN)
}

async fn send(client: &mut Client, method: Method, path: &str, body: Value) -> Answer {
    client.send(method, path, Some("application/json"), Body::from(body.to_string())).await
}

fn globex() -> Value {
    json!({"name": "Globex", "plan": "pro", "owner": {"email": "Grace@example.com", "name": "Grace Hopper"}})
}

/// The path of a link, as its browser asks for it.
fn path(url: &Value) -> String {
    let url = url.as_str().expect("a link");
    url.strip_prefix("http://127.0.0.1:3000").expect("a link to here").to_owned()
}

fn token(url: &Value) -> String {
    path(url).strip_prefix("/login/link?token=").expect("a token").to_owned()
}

#[tokio::test]
async fn without_a_configured_token_there_is_no_such_door() {
    let (app, ada) = TestApp::lodol().await;
    let mut elsewhere = app.key(TOKEN);
    let nothing = elsewhere.get("/api/v1/nothing").await;
    for path in ["/operator/workspaces", "/operator/plans", "/operator", "/operator/nothing"] {
        for mut client in [app.anonymous(), app.key(TOKEN), app.session(&ada).await] {
            let answer = client.get(path).await;
            assert_eq!((answer.status, &answer.text), (StatusCode::NOT_FOUND, &nothing.text), "{path}");
        }
    }
}

#[tokio::test]
async fn only_the_token_opens_the_doors() {
    let (app, ada) = lodol().await;
    let key = app.make_key(&ada, "ci", &["workflows:read"]).await;
    for path in ["/operator/workspaces", "/operator/workspaces/acme", "/operator/plans", "/operator/nothing"] {
        for mut client in
            [app.anonymous(), app.session(&ada).await, app.anonymous().with("authorization", "Basic eA==")]
        {
            let refused = client.get(path).await;
            assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{path}");
            assert!(refused.header("www-authenticate").starts_with("Bearer"), "{path}");
            assert_eq!(refused.json()["error"], "unauthorized");
        }
        assert_eq!(operator(&app).get(path).await.status == StatusCode::NOT_FOUND, path.ends_with("nothing"));
    }
    for (method, path) in [
        (Method::POST, "/operator/workspaces"),
        (Method::POST, "/operator/sign-in-links"),
        (Method::POST, "/operator/workspaces/acme/suspend"),
        (Method::PATCH, "/operator/workspaces/acme"),
        (Method::DELETE, "/operator/workspaces/acme"),
    ] {
        let refused = send(&mut app.session(&ada).await, method, path, json!({"confirm": "acme"})).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    let refused = app.key(key.secret.expose()).get("/operator/workspaces").await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "a key of the product's is not the operator's");
    let mut ours = operator(&app);
    assert_eq!(ours.get("/api-keys").await.status, StatusCode::UNAUTHORIZED, "and its token opens nothing else");
}

#[tokio::test]
async fn guessing_at_the_token_is_throttled_by_address() {
    let (app, _) = lodol().await;
    for n in 0..7 {
        let refused = app.key("guess").get("/operator/plans").await;
        let expected = if n < 5 { StatusCode::UNAUTHORIZED } else { StatusCode::TOO_MANY_REQUESTS };
        assert_eq!(refused.status, expected, "{n}");
    }
    let waits = operator(&app).get("/operator/plans").await;
    assert_eq!((waits.status, waits.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "900"));
    let mut elsewhere = operator(&app);
    elsewhere.peer = [198, 51, 100, 9].into();
    assert_eq!(elsewhere.get("/operator/plans").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_workspace_is_made_with_an_owner_who_enters_by_the_link() {
    let (app, _) = lodol().await;
    let mut ours = operator(&app);
    let made = send(&mut ours, Method::POST, "/operator/workspaces", globex()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert_eq!(made.header("location"), "/operator/workspaces/globex");
    assert_eq!(made.header("cache-control"), "no-store");
    let made = made.json();
    let shown = json!({"id": "[id]", "url": "[url]"});
    let mut shown = shown.as_object().cloned().unwrap_or_default();
    for (name, value) in made.as_object().expect("a workspace") {
        shown.entry(name).or_insert_with(|| value.clone());
    }
    insta::assert_json_snapshot!("operator_created", shown);
    assert!(!app.world.test_db.dump().await.contains(&token(&made["url"])));

    app.advance(TimeDelta::seconds(1));
    let mut grace = app.anonymous();
    for _ in 0..2 {
        let asked = grace.get(&path(&made["url"])).await;
        assert_eq!(asked.status, StatusCode::OK);
        assert!(asked.text.contains("Continue to Lodol as grace@example.com"), "{}", asked.text);
        assert!(grace.cookies.is_empty(), "whoever merely looks is not signed in");
    }
    let entered = grace.form("/login/link", &[("token", &token(&made["url"]))]).await;
    assert_eq!((entered.status, entered.header("location")), (StatusCode::SEE_OTHER, "/w/globex"));
    assert_eq!(grace.get("/w/globex/keys").await.status, StatusCode::OK);
    let log = grace.get("/api/v1/workspaces/globex/audit").await.json();
    let line = |n: usize| (log["data"][n]["action"].clone(), log["data"][n]["actor"].clone());
    assert_eq!(line(0), (json!("session.created"), json!("Grace Hopper")));
    assert_eq!(line(1), (json!("workspace.created"), json!("Operator")));

    let mut second = app.anonymous();
    for answer in [
        second.get(&path(&made["url"])).await,
        second.form("/login/link", &[("token", &token(&made["url"]))]).await,
        second.get("/login/link?token=guess").await,
        second.get("/login/link").await,
        second.form("/login/link", &[]).await,
    ] {
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert!(answer.text.contains("This sign-in link does not work"));
    }
    assert!(second.cookies.is_empty());
}

#[tokio::test]
async fn somebody_who_has_an_account_becomes_the_owner_and_keeps_it() {
    let (app, ada) = lodol().await;
    let body = json!({"name": "Acme", "plan": "team", "owner": {"email": "ADA@example.com", "name": "Not Ada"}});
    let made = send(&mut operator(&app), Method::POST, "/operator/workspaces", body).await.json();
    assert_eq!(made["slug"], "acme-2");
    let mut client = app.session(&ada).await;
    assert_eq!(client.get("/w/acme-2/keys").await.status, StatusCode::OK);
    let account = client.get("/account").await;
    assert!(account.text.contains("Ada Lovelace") && !account.text.contains("Not Ada"));
}

#[tokio::test]
async fn what_does_not_fit_is_named_and_nothing_is_made() {
    let (app, _) = lodol().await;
    let mut ours = operator(&app);
    let with = |pointer: &str, value: Value| {
        let mut body = globex();
        *body.pointer_mut(pointer).expect("a member") = value;
        body
    };
    for (body, field) in [
        (with("/name", json!("")), "name"),
        (with("/name", json!("a\u{202e}b")), "name"),
        (with("/plan", json!("gold")), "plan"),
        (with("/owner/email", json!("grace")), "owner.email"),
        (with("/owner/email", json!("gr\u{0}ace@example.com")), "owner.email"),
        (with("/owner/name", json!(" ")), "owner.name"),
        (with("/owner", json!({"email": "g@example.com", "name": "G", "role": "admin"})), "owner.role"),
        (json!({"name": "Globex"}), "plan"),
    ] {
        let refused = send(&mut ours, Method::POST, "/operator/workspaces", body.clone()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert!(refused.json()["fields"][field].is_string(), "{body}: {}", refused.text);
    }
    for (path, body, field) in [
        ("/operator/workspaces/acme", json!({}), "body"),
        ("/operator/workspaces/acme", json!({"plan": "gold"}), "plan"),
        ("/operator/workspaces/acme", json!({"name": ""}), "name"),
        ("/operator/workspaces/acme", json!({"slug": "other"}), "slug"),
    ] {
        let refused = send(&mut ours, Method::PATCH, path, body.clone()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert!(refused.json()["fields"][field].is_string(), "{body}: {}", refused.text);
    }
    for bad in ["?limit=0", "?cursor=x"] {
        assert_eq!(ours.get(&format!("/operator/workspaces{bad}")).await.status, StatusCode::BAD_REQUEST, "{bad}");
    }
    for path in ["/operator/workspaces/nowhere", "/operator/workspaces/%00", "/operator/workspaces/ACME"] {
        assert_eq!(ours.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(send(&mut ours, Method::PATCH, path, json!({"plan": "pro"})).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(ours.get("/operator/workspaces?q=%00").await.json()["data"], json!([]));
    assert_eq!(ours.get("/operator/workspaces").await.json()["data"].as_array().map(Vec::len), Some(1));
    let problem = operator(&app).with("accept", "application/problem+json").get("/operator/workspaces/nowhere").await;
    assert_eq!(problem.header("content-type"), "application/problem+json");
    assert_eq!(problem.json()["status"], 404);
    assert_eq!(ours.delete("/operator/plans").await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn workspaces_are_listed_searched_and_paged() {
    let (app, ada) = lodol().await;
    app.make_key(&ada, "ci", &["workflows:read"]).await;
    let mut ours = operator(&app);
    for (name, plan) in [("Globex", "pro"), ("100% Söhne", "team"), ("Umbrella_Corp", "pro")] {
        app.advance(TimeDelta::seconds(1));
        let body = json!({"name": name, "plan": plan, "owner": {"email": "grace@example.com", "name": "Grace"}});
        send(&mut ours, Method::POST, "/operator/workspaces", body).await;
    }
    let mut slugs = async |query: &str| -> Vec<String> {
        let listed = ours.get(&format!("/operator/workspaces{query}")).await.json();
        let rows = listed["data"].as_array().cloned().unwrap_or_default();
        rows.iter().filter_map(|row| row["slug"].as_str().map(str::to_owned)).collect()
    };
    assert_eq!(slugs("").await, ["umbrella-corp", "100-s-hne", "globex", "acme"]);
    assert_eq!(slugs("?q=GLO").await, ["globex"]);
    assert_eq!(slugs("?q=S%C3%B6hne").await, ["100-s-hne"]);
    assert_eq!(slugs("?q=%25").await, ["100-s-hne"], "a sign of the pattern is a letter like any other");
    assert_eq!(slugs("?q=_").await, ["umbrella-corp"]);
    assert_eq!(slugs("?q=%5C").await, Vec::<String>::new());
    assert_eq!(slugs("?plan=pro").await, ["umbrella-corp", "globex", "acme"]);
    assert_eq!(slugs("?plan=p%25").await, Vec::<String>::new());
    assert_eq!(slugs("?plan=pro&q=acme").await, ["acme"]);

    let first = ours.get("/operator/workspaces?limit=3").await.json();
    let cursor = first["meta"]["next_cursor"].as_str().expect("more").to_owned();
    let rest = ours.get(&format!("/operator/workspaces?limit=3&cursor={cursor}")).await.json();
    assert_eq!(rest["data"][0]["slug"], "acme");
    assert_eq!(rest["data"][0]["keys"], json!({"used": 1, "limit": 3}));
    assert_eq!(rest["meta"]["next_cursor"], json!(null));
    insta::assert_json_snapshot!("operator_plans", ours.get("/operator/plans").await.json());
}

#[tokio::test]
async fn a_smaller_plan_leaves_keys_working_and_makes_no_new_ones() {
    let (app, ada) = lodol().await;
    let mut client = app.session(&ada).await;
    let mut ours = operator(&app);
    let body = || json!({"label": "ci", "scopes": ["workflows:read"]});
    let plan = async |ours: &mut Client, plan: &str| {
        app.advance(TimeDelta::seconds(1));
        let changed = send(ours, Method::PATCH, "/operator/workspaces/acme", json!({"plan": plan})).await;
        assert_eq!((changed.status, changed.json()["plan"].clone()), (StatusCode::OK, json!(plan)));
        changed.json()
    };
    plan(&mut ours, "team").await;
    let mut keys = Vec::new();
    for _ in 0..4 {
        keys.push(client.post_json("/api-keys", body()).await.json()["key"].as_str().expect("a secret").to_owned());
    }
    let shrunk = plan(&mut ours, "pro").await;
    assert_eq!(shrunk["keys"], json!({"used": 4, "limit": 3}));
    let refused = client.post_json("/api-keys", body()).await;
    assert_eq!((refused.status, refused.json()["error"].clone()), (StatusCode::FORBIDDEN, json!("key_limit_reached")));
    let ask = async |key: &str| {
        let request = json!({"key": key, "method": "GET", "path": "/api/v1/workflows"});
        app.key(crate::app::GATE_TOKEN).post_json("/gate/verify", request).await.json()["code"].clone()
    };
    for key in &keys {
        assert_eq!(ask(key).await, "allowed");
    }
    plan(&mut ours, "free").await;
    assert_eq!(ask(&keys[0]).await, "plan_required");
    assert_eq!(app.key(&keys[0]).get("/api/v1/workflows").await.status, StatusCode::FORBIDDEN);
    plan(&mut ours, "enterprise").await;
    assert_eq!(ask(&keys[0]).await, "allowed");

    let log = client.get("/api/v1/workspaces/acme/audit").await.json();
    let line = &log["data"][0];
    assert_eq!((&line["action"], &line["actor"]), (&json!("workspace.changed"), &json!("Operator")));
    assert_eq!(line["changes"], json!([{"what": "plan", "from": "free", "to": "enterprise"}]));
    let lines = log["data"].as_array().map(Vec::len);
    plan(&mut ours, "enterprise").await;
    let log = client.get("/api/v1/workspaces/acme/audit").await.json();
    assert_eq!(log["data"].as_array().map(Vec::len), lines, "what changes nothing is not written");
}

#[tokio::test]
async fn a_renamed_workspace_keeps_its_address() {
    let (app, ada) = lodol().await;
    let renamed = send(&mut operator(&app), Method::PATCH, "/operator/workspaces/acme", json!({"name": "Apex"})).await;
    assert_eq!((renamed.json()["slug"].clone(), renamed.json()["name"].clone()), (json!("acme"), json!("Apex")));
    assert!(app.session(&ada).await.get("/w/acme/keys").await.text.contains("Apex"));
}

#[tokio::test]
async fn a_suspended_workspace_is_seen_and_not_changed() {
    let (app, ada) = lodol().await;
    let key = app.make_key(&ada, "ci", &["workflows:read"]).await.key.id;
    let mut client = app.session(&ada).await;
    assert!(!client.get("/w/acme/keys").await.text.contains("is suspended by"));
    let mut ours = operator(&app);
    let suspend = "/operator/workspaces/acme/suspend";
    let suspended = send(&mut ours, Method::POST, suspend, json!({"reason": "The invoice is open."})).await.json();
    assert_eq!(suspended["suspended_at"], json!(app.now()));
    app.advance(TimeDelta::hours(1));
    let again = ours.send(Method::POST, suspend, None, Body::empty()).await.json();
    assert_eq!(again["suspended_at"], suspended["suspended_at"], "since when it is so stays");

    let id = key.to_string();
    for path in ["/w/acme/keys".to_owned(), format!("/w/acme/keys/{id}"), "/w/acme/audit".to_owned()] {
        let page = client.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(page.text.contains("This workspace is suspended by Lodol."), "{path}");
    }
    let body = json!({"label": "ci", "scopes": ["workflows:read"]});
    let refused = client.post_json("/api-keys", body.clone()).await;
    let said = (refused.status, refused.json()["error"].clone());
    assert_eq!(said, (StatusCode::FORBIDDEN, json!("workspace_suspended")));
    assert_eq!(client.delete(&format!("/api-keys/{id}")).await.json()["error"], "workspace_suspended");
    assert_eq!(client.get("/w/acme/keys/new").await.status, StatusCode::FORBIDDEN);
    let form = [("label", "another"), ("scopes", "workflows:read"), ("expiry", "never")];
    let page = client.form("/w/acme/keys/new", &form).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.text.contains("This workspace is suspended: nothing in it can be changed"), "{}", page.text);

    let resumed = ours.send(Method::POST, "/operator/workspaces/acme/resume", None, Body::empty()).await;
    assert_eq!(resumed.json()["suspended_at"], json!(null));
    assert_eq!(client.post_json("/api-keys", body).await.status, StatusCode::CREATED);
    let log = client.get("/api/v1/workspaces/acme/audit").await.json();
    let rows = log["data"].as_array().cloned().unwrap_or_default();
    let stop: Vec<_> = rows.iter().filter(|row| row["action"] == "workspace.suspended").collect();
    assert_eq!(stop.len(), 1);
    assert_eq!(stop[0]["changes"], json!([{"what": "reason", "to": "The invoice is open."}]));
    assert!(rows.iter().any(|row| row["refused"] == "workspace_suspended"));
}

#[tokio::test]
async fn a_workspace_is_deleted_only_by_its_name_and_takes_its_keys_along() {
    let (app, ada) = lodol().await;
    let secret = app.make_key(&ada, "ci", &["workflows:read"]).await.secret;
    let mut ours = operator(&app);
    for body in [json!({}), json!({"confirm": ""}), json!({"confirm": "Acme"}), json!({"confirm": "globex"})] {
        let refused = send(&mut ours, Method::DELETE, "/operator/workspaces/acme", body).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
        assert!(refused.json()["fields"]["confirm"].is_string());
    }
    assert_eq!(ours.delete("/operator/workspaces/acme").await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_ne!(app.key(secret.expose()).get("/api/v1/workflows").await.status, StatusCode::UNAUTHORIZED);
    let done = send(&mut ours, Method::DELETE, "/operator/workspaces/acme", json!({"confirm": "acme"})).await;
    assert_eq!((done.status, done.text.as_str()), (StatusCode::NO_CONTENT, ""));
    assert_eq!(app.key(secret.expose()).get("/api/v1/workflows").await.status, StatusCode::UNAUTHORIZED);
    let mut client = app.session(&ada).await;
    assert_eq!(client.get("/w/acme/keys").await.status, StatusCode::NOT_FOUND);
    assert_eq!(client.get("/account").await.status, StatusCode::OK, "the person is still there");
    let again = send(&mut ours, Method::DELETE, "/operator/workspaces/acme", json!({"confirm": "acme"})).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_link_for_a_person_leads_to_a_workspace_of_theirs_and_to_no_other() {
    let (app, ada) = lodol().await;
    app.world.neighbour("Eve", "pro").await;
    let mut ours = operator(&app);
    let ask = async |ours: &mut Client, body: Value| send(ours, Method::POST, "/operator/sign-in-links", body).await;
    for (body, status) in [
        (json!({"email": "nobody@example.com"}), StatusCode::NOT_FOUND),
        (json!({"email": "ada@example.com", "workspace": "eve-ltd"}), StatusCode::NOT_FOUND),
        (json!({"email": "ada@example.com", "workspace": "nowhere"}), StatusCode::NOT_FOUND),
        (json!({"email": "ada"}), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"email": "ada@example.com", "role": "owner"}), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        assert_eq!(ask(&mut ours, body.clone()).await.status, status, "{body}");
    }
    let made = ask(&mut ours, json!({"email": "Ada@example.com", "workspace": "acme"})).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let made = made.json();
    assert_eq!(made["expires_at"], json!(app.now() + TimeDelta::minutes(10)));
    app.advance(TimeDelta::seconds(1));
    let mut browser = app.anonymous();
    let entered = browser.form("/login/link", &[("token", &token(&made["url"]))]).await;
    assert_eq!(entered.header("location"), "/w/acme");
    let log = browser.get("/api/v1/workspaces/acme/audit").await.json();
    assert_eq!(log["data"][1]["action"], "sign_in_link.created");
    assert_eq!((&log["data"][1]["actor"], &log["data"][1]["subject"]), (&json!("Operator"), &json!("Ada Lovelace")));

    let late = ask(&mut ours, json!({"email": "ada@example.com"})).await.json();
    app.advance(TimeDelta::minutes(10));
    assert_eq!(app.anonymous().get(&path(&late["url"])).await.status, StatusCode::NOT_FOUND);
    let foreign = ask(&mut ours, json!({"email": "ada@example.com"})).await.json();
    let mut evil = app.anonymous().with("sec-fetch-site", "cross-site");
    let refused = evil.form("/login/link", &[("token", &token(&foreign["url"]))]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "no other site signs a browser in");
    let general = app.anonymous().form("/login/link", &[("token", &token(&foreign["url"]))]).await;
    assert_eq!(general.header("location"), "/");
    assert_eq!(ada.workspace.slug, "acme");
}

#[tokio::test]
async fn a_link_opens_a_session_of_its_own() {
    let (app, ada) = lodol().await;
    let eve = app.world.neighbour("Eve", "pro").await;
    let mut browser = app.session(&eve).await;
    let before = browser.cookies["keywright_session"].clone();
    let made = json!({"email": ada.user.email, "workspace": "acme"});
    let made = send(&mut operator(&app), Method::POST, "/operator/sign-in-links", made).await.json();
    browser.form("/login/link", &[("token", &token(&made["url"]))]).await;
    assert_ne!(browser.cookies["keywright_session"], before);
    assert!(browser.get("/account").await.text.contains("ada@example.com"));
    let mut old = app.anonymous();
    old.cookies.insert("keywright_session".into(), before);
    assert_eq!(old.get("/account").await.status, StatusCode::SEE_OTHER, "who was signed in here is out");
}

#[tokio::test]
async fn who_has_no_password_sets_a_first_one_without_a_current() {
    let (app, ada) = lodol().await;
    let made = send(&mut operator(&app), Method::POST, "/operator/workspaces", globex()).await.json();
    let sign_in = [("email", "grace@example.com"), ("password", "")];
    assert_eq!(app.anonymous().form("/login", &sign_in).await.status, StatusCode::UNAUTHORIZED);
    let mut grace = app.anonymous();
    grace.form("/login/link", &[("token", &token(&made["url"]))]).await;
    let account = grace.get("/account").await;
    assert!(account.text.contains("Set a password") && !account.text.contains("name=\"current\""));
    assert!(app.session(&ada).await.get("/account").await.text.contains("name=\"current\""));

    let weak = grace.form("/account/password", &[("password", "password1234")]).await;
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(grace.form("/account/password", &[("password", PASSWORD)]).await.status, StatusCode::SEE_OTHER);
    let account = grace.get("/account").await;
    assert!(account.text.contains("name=\"current\""), "from now on the current one is asked");
    let other = [("password", "orange bicycle lantern")];
    assert_eq!(grace.form("/account/password", &other).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let sign_in = [("email", "grace@example.com"), ("password", PASSWORD)];
    assert_eq!(app.anonymous().form("/login", &sign_in).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn plain_http_reaches_the_operators_doors_from_this_machine_alone() {
    let settings = [SETTING, ("KEYWRIGHT_PUBLIC_URL", "https://keys.example.com")];
    let settings = [&settings[..], &[("KEYWRIGHT_TRUSTED_PROXIES", "10.0.0.1, 127.0.0.9")]].concat();
    let (app, _) = TestApp::owned("lodol", "pro", &settings).await;
    let from = async |peer: &str, path: &str| {
        let mut client = operator(&app);
        client.peer = peer.parse().expect("an address");
        client.get(path).await
    };
    for peer in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
        assert_eq!(from(peer, "/operator/plans").await.status, StatusCode::OK, "{peer}");
    }
    for (peer, path) in [
        ("203.0.113.7", "/operator/plans"),
        ("10.0.0.1", "/operator/plans"),
        ("127.0.0.9", "/operator/plans"),
        ("127.0.0.1", "/operators"),
        ("127.0.0.1", "/api-keys"),
    ] {
        let refused = from(peer, path).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{peer} {path}");
        assert_eq!(refused.json()["error"], "https_required", "{peer} {path}");
    }
    let mut proxied = operator(&app).with("x-forwarded-proto", "https").with("x-forwarded-for", "203.0.113.7");
    proxied.peer = "127.0.0.9".parse().expect("an address");
    assert_eq!(proxied.get("/operator/plans").await.status, StatusCode::OK);
    let mut spoofed = operator(&app).with("x-forwarded-for", "127.0.0.1");
    spoofed.peer = "10.0.0.1".parse().expect("an address");
    assert_eq!(spoofed.get("/operator/plans").await.status, StatusCode::FORBIDDEN, "a proxy speaks for others");
}
