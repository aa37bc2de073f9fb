//! The pages of OAuth apps: what they take, what they give back, and what they must not let through.

use crate::app::{Answer, Client, TestApp};
use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use keywright_core::{
    actor::Actor,
    apps::{App, AppForm, Presented, Refused},
    testing::origin,
};
use serde_json::json;

const GOOD: [(&str, &str); 4] =
    [("name", "Zap"), ("kind", "server"), ("redirect_uris", "https://zap.example/callback"), ("scopes", "leads:read")];

/// Ada's instance of Skode, and her browser.
async fn skode() -> (TestApp, Actor, Client) {
    let (app, ada) = TestApp::owned("skode", "pro", &[]).await;
    let client = app.session(&ada).await;
    (app, ada, client)
}

async fn make(app: &TestApp, ada: &Actor, kind: &str) -> App {
    let redirects = matches!(kind, "server" | "public");
    let form = AppForm {
        name: "Zap".to_owned(),
        kind: kind.to_owned(),
        redirect_uris: if redirects { "https://zap.example/callback".to_owned() } else { String::new() },
        scopes: vec!["leads:read".to_owned()],
        ..AppForm::default()
    };
    app.world.services.apps.create(ada, &form).await.expect("an app").app
}

/// An app that registered itself, and that Ada has wanted to use.
async fn stranger(app: &TestApp, ada: &Actor) -> App {
    let body = json!({
        "client_name": "<b>Claude</b>", "redirect_uris": ["https://claude.ai/cb"], "token_endpoint_auth_method": "none",
    });
    let apps = &app.world.services.apps;
    let made = apps.register(body.to_string().as_bytes(), "https://kw.example/oauth/register", &origin()).await;
    let made = serde_json::to_value(made.expect("registered")).expect("JSON");
    let found = apps.find(made["client_id"].as_str().expect("text")).await.expect("a database").expect("the app");
    apps.ask(ada, &found).await.expect("asked");
    found
}

fn path(of: &App, rest: &str) -> String {
    format!("/w/acme/apps/{}{rest}", of.id)
}

/// What a person reads.
fn text(page: &Answer) -> String {
    page.text.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect()
}

/// The value of an input.
fn value(page: &Answer, id: &str) -> String {
    let (_, rest) = page.text.split_once(&format!("id=\"{id}\"")).expect("the input");
    let (_, rest) = rest.split_once("value=\"").expect("a value");
    rest.split('"').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn skode_03_settings_api_and_webhooks_oauth_apps_gives_a_client_id_and_a_client_secret() {
    let (app, _ada, mut client) = skode().await;
    let list = client.get("/w/acme/apps").await;
    assert_eq!(list.status, StatusCode::OK);
    let read = text(&list);
    assert!(read.contains("Settings › API &amp; Webhooks") && read.contains("OAuth Apps"), "{read}");
    let made = client.form("/w/acme/apps/new", &GOOD).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let shown = client.get(made.header("location")).await;
    let (id, secret) = (value(&shown, "client_id"), value(&shown, "secret"));
    assert!(id.starts_with("app_") && secret.starts_with("ks_"), "{id} {secret}");
    assert!(text(&shown).contains("/v1/oauth/token"), "the address that their documents print");
    let presented = Presented { client_id: Some(&id), client_secret: Some(&secret), ..Presented::default() };
    assert!(app.world.services.apps.authenticate(&presented, None).await.is_ok());
    let again = client.get(made.header("location")).await;
    assert!(again.text.contains(&id) && !again.text.contains(&secret), "shown once");
}

#[tokio::test]
async fn an_app_without_a_secret_is_registered_and_nothing_is_revealed() {
    let (_app, _ada, mut client) = skode().await;
    let public = GOOD.map(|(name, value)| (name, if name == "kind" { "public" } else { value }));
    let made = client.form("/w/acme/apps/new", &public).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER);
    let shown = client.get(made.header("location")).await;
    assert!(text(&shown).contains("“Zap” is registered.") && !shown.text.contains("ks_"), "{}", text(&shown));
    assert!(!shown.text.contains("/rotate"));
}

#[tokio::test]
async fn a_wrong_form_comes_back_with_what_was_typed_and_every_wrong_line() {
    let (app, ada, mut client) = skode().await;
    let wrong = GOOD.map(|(name, value)| match name {
        "redirect_uris" => (name, "https://zap.example/</textarea><script>\nhttp://zap.example/cb\njavascript:x"),
        _ => (name, value),
    });
    let refused = client.form("/w/acme/apps/new", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let read = text(&refused);
    for line in ["Line 1: ", "Line 2: ", "Line 3: "] {
        assert!(read.contains(line), "{line} {read}");
    }
    assert!(refused.text.contains("value=\"Zap\"") && !refused.text.contains("</textarea><script>"));
    let nobody = client.form("/w/acme/apps/new", &[]).await;
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
    let forged = [GOOD.as_slice(), &[("pkce_optional", "1")]].concat();
    assert_eq!(client.form("/w/acme/apps/new", &forged).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let apps = app.world.services.apps.list(&ada, keywright_core::page::PageRequest::first()).await;
    assert!(apps.expect("apps").items.is_empty());
}

#[tokio::test]
async fn an_app_is_changed_by_its_form_and_pkce_can_be_made_optional_for_a_server_only() {
    let (app, ada, mut client) = skode().await;
    let server = make(&app, &ada, "server").await;
    let page = client.get(&path(&server, "/edit")).await;
    assert!(text(&page).contains("PKCE is optional for this app"));
    let form = [
        ("name", "Zapper"),
        ("redirect_uris", "https://zap.example/callback\nhttp://localhost/cb"),
        ("scopes", "leads:read"),
        ("client_uri", "https://zap.example"),
        ("pkce_optional", "1"),
        ("version", "1"),
    ];
    let done = client.form(&path(&server, "/edit"), &form).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, path(&server, "").as_str()));
    let shown = client.get(&path(&server, "")).await;
    assert!(text(&shown).contains("“Zapper” is changed."));
    assert!(text(&shown).contains("A code that is caught on its way is only protected by the client secret."));
    let stale = client.form(&path(&server, "/edit"), &form).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);

    let public = make(&app, &ada, "public").await;
    assert!(!text(&client.get(&path(&public, "/edit")).await).contains("PKCE is optional"));
    let refused = client.form(&path(&public, "/edit"), &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!app.world.services.apps.get(&ada, public.id).await.expect("the app").pkce_optional);
}

#[tokio::test]
async fn a_secret_is_rotated_with_an_overlap_that_can_be_ended() {
    let (app, ada, mut client) = skode().await;
    let server = make(&app, &ada, "server").await;
    let done = client.form(&path(&server, "/rotate"), &[("grace", "3600"), ("version", "1")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let shown = client.get(done.header("location")).await;
    assert!(value(&shown, "secret").starts_with("ks_") && text(&shown).contains("goes on working until"));
    let page = client.get(&path(&server, "")).await;
    assert!(text(&page).contains("Old secret") && !page.text.contains("/rotate\""), "two at most");
    assert_eq!(client.get(&path(&server, "/rotate")).await.status, StatusCode::SEE_OTHER);
    let ended = client.form(&path(&server, "/rotation/finish"), &[("version", "2")]).await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER);
    assert!(!text(&client.get(&path(&server, "")).await).contains("works until"));
    let again = client.form(&path(&server, "/rotation/finish"), &[]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let wrong = client.form(&path(&server, "/rotate"), &[("grace", "-1")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn an_app_is_switched_off_and_on_and_deleted_after_a_question() {
    let (app, ada, mut client) = skode().await;
    let server = make(&app, &ada, "server").await;
    let switched = client.form(&path(&server, "/disable"), &[("version", "1")]).await;
    assert_eq!(switched.status, StatusCode::SEE_OTHER);
    assert!(text(&client.get(&path(&server, "")).await).contains("Disabled"));
    assert_eq!(client.form(&path(&server, "/disable"), &[]).await.status, StatusCode::CONFLICT);
    assert_eq!(client.form(&path(&server, "/enable"), &[]).await.status, StatusCode::SEE_OTHER);
    let question = client.get(&path(&server, "/delete")).await;
    assert!(text(&question).contains("Nothing that it was allowed still holds"));
    assert_eq!(client.form(&path(&server, "/delete"), &[("version", "1")]).await.status, StatusCode::CONFLICT);
    assert_eq!(client.form(&path(&server, "/delete"), &[("version", "3")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(client.get(&path(&server, "")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_was_refused_to_an_app_stands_on_its_page() {
    let (app, ada, mut client) = skode().await;
    let server = make(&app, &ada, "server").await;
    for n in 0..25 {
        let refused = Refused::new("token", "invalid_grant", format!("Number {n}."));
        app.world.services.apps.trace(server.id, None, refused.instead("https://zap.example/callback", "<i>else</i>"));
        app.world.services.apps.flush().await.expect("a flush");
        app.advance(chrono::TimeDelta::seconds(1));
    }
    let page = client.get(&path(&server, "")).await;
    let read = text(&page);
    assert!(read.contains("invalid_grant") && read.contains("Number 24.") && !read.contains("Number 4."), "{read}");
    assert!(!page.text.contains("<i>else"), "what an app sent is text");
    let (_, rest) = page.text.split_once("cursor=").expect("an older page");
    let cursor = rest.split(['#', '"']).next().expect("a cursor");
    let older = client.get(&path(&server, &format!("?cursor={cursor}"))).await;
    assert!(text(&older).contains("Number 4.") && !text(&older).contains("Number 24."));
    assert_eq!(client.get(&path(&server, "?cursor=x")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn apps_from_elsewhere_are_listed_apart_and_let_in_as_the_rule_says() {
    let (app, ada, mut client) = skode().await;
    let known = stranger(&app, &ada).await;
    let list = client.get("/w/acme/apps").await;
    assert!(text(&list).contains("Unverified") && text(&list).contains("Let in"), "{}", text(&list));
    assert!(!list.text.contains("<b>Claude"), "its name is text");
    let rule = [("mode", "approval"), ("scopes", "leads:read")];
    assert_eq!(client.form("/w/acme/apps/policy", &rule).await.status, StatusCode::SEE_OTHER);
    let list = text(&client.get("/w/acme/apps").await);
    assert!(list.contains("Waits for approval") && list.contains("for leads:read at most"), "{list}");
    let here = format!("/w/acme/apps/elsewhere/{}", known.id);
    assert!(text(&client.get(&here).await).contains("Nobody has vouched for this app."));
    for _ in 0..2 {
        assert_eq!(client.form(&format!("{here}/approve"), &[]).await.status, StatusCode::SEE_OTHER);
    }
    assert!(text(&client.get(&here).await).contains("Approved"));
    assert!(
        text(&client.get(&format!("{here}/remove")).await).contains("Everything that members here allowed it ends.")
    );
    assert_eq!(client.form(&format!("{here}/remove"), &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(client.get(&here).await.status, StatusCode::NOT_FOUND);
    for wrong in
        [&[("mode", "maybe"), ("scopes", "leads:read")][..], &[("mode", "open")], &[("mode", "off"), ("x", "y")]]
    {
        assert_eq!(client.form("/w/acme/apps/policy", wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn of_another_workspaces_app_it_is_not_told_who_there_registered_it_nor_how_it_is_used() {
    let (app, ada, mut client) = skode().await;
    let eve = app.world.neighbour("Eve", "pro").await;
    let theirs = make(&app, &eve, "server").await;
    app.world.services.apps.mark_used(theirs.id);
    app.world.services.apps.flush().await.expect("a flush");
    app.world.services.apps.ask(&ada, &theirs).await.expect("asked");
    let last4 = theirs.secret.as_ref().expect("a secret").last4.clone();
    let page = client.get(&format!("/w/acme/apps/elsewhere/{}", theirs.id)).await;
    let rest = client.get(&format!("/api/v1/workspaces/acme/foreign-apps/{}", theirs.id)).await;
    assert_eq!((page.status, rest.json()["registered_by"].as_str()), (StatusCode::OK, Some("Eve Ltd")));
    assert!(text(&page).contains("by Eve Ltd") && !text(&page).contains("Unverified"));
    for answer in [&page.text, &rest.text] {
        assert!(!answer.contains(&eve.user.id.to_string()) && !answer.contains(&last4), "{answer}");
        assert!(!answer.contains("last_used_at") && !answer.contains("Last token"), "{answer}");
    }
}

#[tokio::test]
async fn who_may_not_sees_nothing_and_who_may_only_see_changes_nothing() {
    let (app, ada, _) = skode().await;
    let (server, known) = (make(&app, &ada, "server").await, stranger(&app, &ada).await);
    let bob = app.world.member(&ada.workspace, "Bob", "member").await;
    let eve = app.world.neighbour("Eve", "pro").await;
    let (mut bob, mut eve) = (app.session(&bob).await, app.session(&eve).await);
    let elsewhere = format!("/w/acme/apps/elsewhere/{}", known.id);
    for page in ["/w/acme/apps", "/w/acme/apps/new", "/w/acme/apps/policy", &path(&server, ""), &elsewhere] {
        assert_eq!(bob.get(page).await.status, StatusCode::FORBIDDEN, "{page}");
        assert_eq!(eve.get(page).await.status, StatusCode::NOT_FOUND, "{page}");
        assert_eq!(app.anonymous().get(page).await.status, StatusCode::SEE_OTHER, "{page}");
    }
    for button in [
        path(&server, "/disable"),
        path(&server, "/delete"),
        path(&server, "/rotate"),
        path(&server, "/edit"),
        path(&server, "/rotation/finish"),
        format!("{elsewhere}/approve"),
        format!("{elsewhere}/remove"),
        "/w/acme/apps/policy".to_owned(),
        "/w/acme/apps/new".to_owned(),
    ] {
        assert_eq!(bob.form(&button, &GOOD).await.status, StatusCode::FORBIDDEN, "{button}");
        assert_eq!(eve.form(&button, &GOOD).await.status, StatusCode::NOT_FOUND, "{button}");
    }
    let foreign = format!("/w/eve-ltd/apps/{}", server.id);
    assert_eq!(eve.get(&foreign).await.status, StatusCode::NOT_FOUND, "nor through one's own workspace");
    assert_eq!(app.world.services.apps.get(&ada, server.id).await, Ok(server));
}

#[tokio::test]
async fn skode_03_the_same_over_rest() {
    let (app, ada, mut client) = skode().await;
    let base = "/api/v1/workspaces/acme/apps";
    let body = json!({
        "name": "Zap", "kind": "server", "redirect_uris": ["https://zap.example/callback"], "scopes": ["leads:read"],
    });
    let made = client.post_json(base, body.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let made = made.json();
    let [id, name, secret] = ["id", "client_id", "client_secret"].map(|m| made[m].as_str().expect("text").to_owned());
    let presented = Presented { client_id: Some(&name), client_secret: Some(&secret), ..Presented::default() };
    assert!(app.world.services.apps.authenticate(&presented, None).await.is_ok());
    let one = format!("{base}/{id}");
    let shown = client.get(&one).await;
    assert!(!shown.text.contains(&secret) && shown.json()["secret"]["last4"] == secret[secret.len() - 4..]);

    let mut wrong = body.clone();
    wrong["redirect_uris"] = json!(["javascript:alert(1)"]);
    let refused = client.post_json(base, wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.json()["fields"]["redirect_uris"].as_str().is_some_and(|text| text.starts_with("Line 1")));

    let changed = client.patch_json(&one, json!({"pkce_optional": true})).await;
    assert_eq!((changed.status, &changed.json()["pkce_optional"]), (StatusCode::OK, &json!(true)));
    let wrong = client.post_json(&format!("{one}/rotate-secret"), json!({"grace_seconds": -1})).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.json()["fields"]["grace_seconds"].is_string());
    let rotated = client.post_json(&format!("{one}/rotate-secret"), json!({"grace_seconds": 60})).await.json();
    assert!(rotated["client_secret"].is_string() && rotated["secret"]["old_ends_at"].is_string(), "{rotated}");
    assert_eq!(client.post(&format!("{one}/end-old-secret")).await.json()["secret"]["old_last4"], json!(null));
    assert!(client.post(&format!("{one}/disable")).await.json()["disabled_at"].is_string());
    assert_eq!(client.post(&format!("{one}/enable")).await.json()["disabled_at"], json!(null));
    assert_eq!(client.get(base).await.json()["data"][0]["name"], "Zap");
    assert_eq!(client.get(&format!("{one}/refusals")).await.json()["data"], json!([]));

    let foreign = stranger(&app, &ada).await;
    let here = format!("/api/v1/workspaces/acme/foreign-apps/{}", foreign.id);
    assert_eq!(client.post(&format!("{here}/approve")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(client.get(&here).await.json()["approved_by"]["name"], "Ada Lovelace");
    assert_eq!(client.delete(&here).await.status, StatusCode::NO_CONTENT);
    let policy = json!({"mode": "approval", "scopes": ["leads:read"]}).to_string();
    let put = client
        .send(Method::PUT, "/api/v1/workspaces/acme/app-policy", Some("application/json"), Body::from(policy.clone()))
        .await;
    assert_eq!((put.status, put.json().to_string()), (StatusCode::OK, policy));
    assert_eq!(client.delete(&one).await.status, StatusCode::NO_CONTENT);
    assert_eq!(client.get(&one).await.status, StatusCode::NOT_FOUND);
}
