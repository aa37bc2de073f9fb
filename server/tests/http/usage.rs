//! Usage, as members see it in the dashboard, over REST and in files.

use crate::{
    app::{Answer, Client, TestApp},
    oauth::{SERVER, Scene},
};
use axum::http::StatusCode;
use chrono::TimeDelta;
use keywright_core::{keys::CreatedKey, testing::World};
use serde_json::{Value, json};

const USAGE: &str = "/api/v1/workspaces/acme/usage";
const WORKFLOWS: &str = "/api/v1/workflows";
const EXECUTIONS: &str = "/api/v1/executions";

/// Sends so many requests through the gate, and lets the recorder write.
async fn send(app: &TestApp, key: &CreatedKey, path: &str, times: u32) -> Answer {
    send_with(app, key.secret.expose(), path, times).await
}

/// The same with a key or a token.
async fn send_with(app: &TestApp, credential: &str, path: &str, times: u32) -> Answer {
    let mut proxy = app.proxy().with("authorization", &format!("Bearer {credential}"));
    proxy = proxy.with("x-forwarded-method", "GET").with("x-forwarded-uri", path).with("user-agent", "node");
    let mut last = proxy.get("/gate/auth").await;
    for _ in 1..times {
        last = proxy.get("/gate/auth").await;
    }
    app.world.services.usage.flush().await.expect("a flush");
    last
}

async fn data(client: &mut Client, path: &str) -> Value {
    let answer = client.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
    answer.json()["data"].clone()
}

#[tokio::test]
async fn common_11_usage_is_told_over_rest_with_the_same_figures_as_on_the_page() {
    let (app, ada) = TestApp::lodol().await;
    let ci = app.make_key(&ada, "ci", &["workflows:read"]).await;
    let web = app.make_key(&ada, "web", &["workflows:read"]).await;
    let mut owner = app.session(&ada).await;
    send(&app, &ci, WORKFLOWS, 3).await;
    app.advance(TimeDelta::seconds(17));
    send(&app, &web, EXECUTIONS, 2).await;

    let mut usage = data(&mut owner, &format!("{USAGE}?range=1h")).await;
    let buckets = usage["buckets"].take();
    assert_eq!(buckets.as_array().map(Vec::len), Some(60));
    assert_eq!(buckets[59], json!({"start": "2026-11-21T12:00:00Z", "allowed": 3, "refused": 2}));
    insta::assert_json_snapshot!("usage", usage);
    let of_key = data(&mut owner, &format!("/api/v1/workspaces/acme/api-keys/{}/usage", ci.key.id)).await;
    assert_eq!((&of_key["allowed"], &of_key["refused"], &of_key["keys"]), (&json!(3), &json!(0), &json!([])));
    assert_eq!(of_key["buckets"][23], json!({"start": "2026-11-21T12:00:00Z", "allowed": 3, "refused": 0}));

    let page = owner.get("/w/acme/usage?range=1h").await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text.replace("<!>", "");
    for words in ["3 allowed and 2 refused", "The key lacked a scope", "12</strong> left of 15", "in 43 seconds"] {
        assert!(text.contains(words), "{words}");
    }
    let page = owner.get(&format!("/w/acme/keys/{}/usage", web.key.id)).await;
    assert!(page.text.replace("<!>", "").contains("0 allowed and 2 refused"));
}

#[tokio::test]
async fn a_request_with_a_token_is_in_the_usage_of_its_workspace_under_its_app() {
    let scene = Scene::of(SERVER).await;
    let (issued, id) = (scene.tokens().await, scene.client.id);
    let token = issued["access_token"].as_str().expect("a token");
    send_with(&scene.app, token, WORKFLOWS, 2).await;
    send_with(&scene.app, token, EXECUTIONS, 1).await;
    let mut owner = scene.app.session(&scene.ada).await;

    let usage = data(&mut owner, USAGE).await;
    assert_eq!((&usage["allowed"], &usage["refused"], &usage["keys"]), (&json!(2), &json!(1), &json!([])));
    assert_eq!(usage["apps"], json!([{"id": id, "name": "Reporter", "allowed": 2, "refused": 1}]));
    assert_eq!(usage["routes"][0], json!({"route": "GET /api/v1/workflows", "allowed": 2, "refused": 0}));
    assert_eq!(usage["limits"][0]["remaining"], 13);

    let page = owner.get("/w/acme/usage").await.text.replace("<!>", "");
    for words in ["2 allowed and 1 refused", "Keys and apps", "Busiest app", &format!("href=\"/w/acme/apps/{id}\"")] {
        assert!(page.contains(words), "{words}");
    }
    let file = owner.get("/w/acme/usage.csv").await.text;
    assert_eq!(
        file,
        format!(
            "start,key_id,key_label,route,outcome,requests,units,app\r\n\
             2026-11-21T12:00:00Z,,Reporter,GET /api/v1/executions,insufficient_scope,1,0,{id}\r\n\
             2026-11-21T12:00:00Z,,Reporter,GET /api/v1/workflows,allowed,2,2,{id}\r\n"
        )
    );
}

#[tokio::test]
async fn lodol_09_what_a_meter_says_is_what_the_header_says() {
    let (app, ada) = TestApp::lodol().await;
    let ci = app.make_key(&ada, "ci", &["workflows:read"]).await;
    send(&app, &ci, WORKFLOWS, 3).await;
    app.advance(TimeDelta::seconds(17));
    let answer = send(&app, &ci, WORKFLOWS, 1).await;
    let limits = data(&mut app.session(&ada).await, USAGE).await["limits"].clone();
    assert_eq!(limits[0], json!({"name": "minute", "limit": 15, "remaining": 11, "resets_in": 43}));
    assert_eq!(answer.header("x-ratelimit-remaining"), "11");
    assert_eq!(answer.header("x-ratelimit-reset"), "43");
    assert_eq!(limits[1], json!({"name": "concurrent", "limit": 5, "remaining": 5, "resets_in": null}));
}

#[tokio::test]
async fn lodol_09_a_page_can_look_at_its_meters_again_without_the_rest_of_it() {
    let (app, ada) = TestApp::lodol().await;
    let key = app.make_key(&ada, "ci", &["workflows:read"]).await;
    send(&app, &key, WORKFLOWS, 4).await;
    let mut owner = app.session(&ada).await;
    for page in ["/w/acme/usage".to_owned(), format!("/w/acme/keys/{}/usage", key.key.id)] {
        let meters = owner.get(&format!("{page}/limits")).await.text;
        assert!(meters.starts_with("<ul") && meters.contains(">11</strong> left of 15"), "{meters}");
        assert!(owner.get(&page).await.text.contains(&meters), "the page says the same");
    }
}

#[tokio::test]
async fn skaala_09_last_used_and_bars_tell_unused_keys_apart() {
    let (app, ada) = TestApp::owned("skaala", "pro", &[]).await;
    let used = app.make_key(&ada, "used", &["read:bookings"]).await;
    app.make_key(&ada, "unused", &["read:bookings"]).await;
    send(&app, &used, "/api/v1/bookings", 4).await;
    let mut owner = app.session(&ada).await;
    let list = owner.get("/w/acme/keys").await.text;
    assert_eq!(list.matches("4 requests in 14 days").count(), 2, "its name, and its title");
    assert_eq!(list.matches("Never used").count(), 1);
    let keys = owner.get("/api-keys").await.json()["data"].clone();
    assert_eq!((&keys[0]["last_used"], &keys[1]["last_used"]["agent"]), (&Value::Null, &json!("node")));
    let page = owner.get(&format!("/w/acme/keys/{}", used.key.id)).await.text.replace("<!>", "");
    assert!(page.contains(", with Node.js"));
}

#[tokio::test]
async fn common_14_usage_of_others_is_not_found() {
    let (app, ada) = TestApp::lodol().await;
    let made = app.make_key(&ada, "ci", &["workflows:read"]).await;
    let eve = app.world.neighbour("Eve", "pro").await;
    let (mut client, slug) = (app.session(&eve).await, &eve.workspace.slug);
    for path in [
        USAGE.to_owned(),
        "/w/acme/usage".to_owned(),
        "/w/acme/usage.csv".to_owned(),
        "/w/acme/usage/limits".to_owned(),
        format!("/w/{slug}/keys/{}/usage", made.key.id),
        format!("/w/{slug}/keys/{}/usage.csv", made.key.id),
        format!("/w/{slug}/keys/{}/usage/limits", made.key.id),
        format!("/api/v1/workspaces/{slug}/api-keys/{}/usage", made.key.id),
    ] {
        assert_eq!(client.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(app.anonymous().get("/w/acme/usage.csv").await.status, StatusCode::SEE_OTHER);
    assert_eq!(app.key(made.secret.expose()).get(USAGE).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_range_that_is_none_is_a_400_that_says_which_there_are() {
    let (app, ada) = TestApp::lodol().await;
    let mut owner = app.session(&ada).await;
    let answer = owner.get(&format!("{USAGE}?range=1y")).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.json()["fields"]["range"].as_str().is_some_and(|message| message.contains("24h, 7d")));
    for path in ["/w/acme/usage?range=1y", "/w/acme/usage.csv?range=%00"] {
        assert_eq!(owner.get(path).await.status, StatusCode::BAD_REQUEST, "{path}");
    }
}

#[tokio::test]
async fn usage_can_be_saved_and_no_label_becomes_a_formula() {
    let app = TestApp::over(World::empty("lodol").await, &[]);
    let ada = app.world.claim("enterprise").await;
    let formula = app.make_key(&ada, "=1+1", &["workflows:read"]).await;
    let plain = app.make_key(&ada, "a, \"b\"", &["workflows:read"]).await;
    send(&app, &formula, WORKFLOWS, 2).await;
    app.advance(TimeDelta::hours(1));
    send(&app, &plain, EXECUTIONS, 1).await;
    let mut owner = app.session(&ada).await;
    let file = owner.get("/w/acme/usage.csv?range=24h").await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"usage-acme-24h-2026-11-21.csv\"");
    let (one, two) = (formula.key.id, plain.key.id);
    assert_eq!(
        file.text,
        format!(
            "start,key_id,key_label,route,outcome,requests,units,app\r\n\
             2026-11-21T12:00:00Z,{one},'=1+1,GET /api/v1/workflows,allowed,2,2,\r\n\
             2026-11-21T13:00:00Z,{two},\"a, \"\"b\"\"\",GET /api/v1/executions,insufficient_scope,1,0,\r\n"
        )
    );
    let of_key = owner.get(&format!("/w/acme/keys/{one}/usage.csv?range=7d")).await;
    assert_eq!(of_key.text.lines().count(), 2);
    assert_eq!(
        of_key.header("content-disposition"),
        format!("attachment; filename=\"usage-acme-{one}-7d-2026-11-21.csv\"")
    );
}

#[tokio::test]
async fn a_backend_can_say_what_the_request_came_with_and_only_its_kind_is_kept() {
    let (app, ada) = TestApp::lodol().await;
    let made = app.make_key(&ada, "ci", &["workflows:read"]).await;
    let mut backend = app.key(crate::app::GATE_TOKEN).with("user-agent", "Go-http-client/1.1");
    let mut ask = async |more: Value| {
        let mut body = json!({"key": made.secret.expose(), "method": "GET", "path": WORKFLOWS});
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        app.advance(TimeDelta::seconds(1));
        assert_eq!(backend.post_json("/gate/verify", body).await.status, StatusCode::OK);
        app.world.services.usage.flush().await.expect("a flush");
        let key = app.world.services.keys.get(&ada, made.key.id).await.expect("the key");
        key.last_use.and_then(|last| last.agent).map(|agent| agent.code())
    };
    assert_eq!(ask(json!({})).await, None, "the backend's own is not the client's");
    assert_eq!(ask(json!({"user_agent": "PostmanRuntime/7.39.0"})).await, Some("postman"));
    assert_eq!(ask(json!({"user_agent": "ada@example.com"})).await, Some("other"));
    let dump = app.world.test_db.dump().await;
    assert!(!dump.contains("7.39.0") && !dump.contains("Go-http-client"));
}
