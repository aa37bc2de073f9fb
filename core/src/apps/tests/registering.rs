//! Apps that register themselves.

use super::HOME;
use crate::{
    Time,
    actor::{Actor, Origin},
    apps::{App, AppKind, NotRegistered, PolicyForm, Presented, Registration},
    clock::Clock as _,
    db::on_db,
    error::Error,
    ids::{AppId, GrantId},
    page::PageRequest,
    profile::Profile,
    testing::{World, origin},
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use sqlx::types::Json;
use std::net::IpAddr;

const ENDPOINT: &str = "https://kw.example/oauth/register";

async fn register(world: &World, body: &Value) -> Result<Value, NotRegistered> {
    let made = world.services.apps.register(body.to_string().as_bytes(), ENDPOINT, &origin()).await;
    made.map(|made| document(&made))
}

fn document(made: &Registration) -> Value {
    serde_json::to_value(made).expect("JSON")
}

fn text<'a>(made: &'a Value, name: &str) -> &'a str {
    made[name].as_str().expect("text")
}

fn public() -> Value {
    json!({
        "client_name": "Claude",
        "redirect_uris": ["http://localhost/callback", "https://claude.ai/api/mcp/auth_callback"],
        "grant_types": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_method": "none"
    })
}

async fn replace(world: &World, made: &Value, body: &Value) -> Result<Value, NotRegistered> {
    let (id, token) = (text(made, "client_id"), text(made, "registration_access_token"));
    let body = body.to_string();
    let apps = &world.services.apps;
    let replaced = apps.replace_registration(id, token, body.as_bytes(), ENDPOINT, &origin()).await;
    replaced.map(|made| document(&made))
}

#[tokio::test]
async fn skedcast_06_an_app_registers_itself_and_is_told_all_that_holds_for_it() {
    let world = World::empty("lodol").await;
    let made = register(&world, &public()).await.expect("registered");
    let id = text(&made, "client_id").to_owned();
    let scopes = world.services.profile.scope_names(world.services.profile.all_scopes()).join(" ");
    assert_eq!(
        made,
        json!({
            "client_id": id,
            "client_id_issued_at": world.clock.now().timestamp(),
            "registration_client_uri": format!("{ENDPOINT}/{id}"),
            "registration_access_token": made["registration_access_token"],
            "client_name": "Claude",
            "redirect_uris": ["http://localhost/callback", "https://claude.ai/api/mcp/auth_callback"],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
            "application_type": "web",
            "scope": scopes,
        }),
        "no client_secret, and nothing that is null"
    );
    let app = world.services.apps.find(&id).await.expect("a database").expect("the app");
    assert!(app.is_unverified() && !app.pkce_optional && app.kind == AppKind::Public);
    let dump = world.test_db.dump().await;
    assert!(!dump.contains(text(&made, "registration_access_token")), "only the hash is kept");
}

#[tokio::test]
async fn what_is_left_out_has_its_default_and_comes_with_a_secret_that_does_not_expire() {
    let world = World::empty("lodol").await;
    let made = register(&world, &json!({"redirect_uris": ["https://a.example/cb"], "client_name": null})).await;
    let made = made.expect("registered");
    assert_eq!(made["token_endpoint_auth_method"], "client_secret_basic");
    assert_eq!((&made["grant_types"], &made["response_types"]), (&json!(["authorization_code"]), &json!(["code"])));
    assert_eq!((&made["client_name"], &made["client_secret_expires_at"]), (&json!("a.example"), &json!(0)));
    assert!(text(&made, "client_secret").starts_with("ks_"));
    assert!(!world.test_db.dump().await.contains(text(&made, "client_secret")));
}

#[tokio::test]
async fn what_an_app_asks_for_beyond_what_there_is_is_left_out() {
    let world = World::empty("lodol").await;
    let mut body = public();
    body["grant_types"] = json!(["authorization_code", "client_credentials", "implicit", "urn:x:unheard-of"]);
    body["scope"] = json!("openid workflows:read offline_access *");
    body["resource"] = json!("https://api.example");
    body["software_statement"] = json!("eyJ");
    body["client_name"] = json!(format!("Bank\u{202e}{}", "x".repeat(200)));
    let made = register(&world, &body).await.expect("registered");
    assert_eq!((&made["grant_types"], &made["scope"]), (&json!(["authorization_code"]), &json!("workflows:read")));
    assert!(text(&made, "client_name").chars().count() == 80 && text(&made, "client_name").starts_with("Bankx"));
    assert_eq!((made.get("resource"), made.get("software_statement")), (None, None));
}

#[tokio::test]
async fn a_device_needs_no_address_to_be_sent_back_to() {
    let world = World::empty("lodol").await;
    let device = "urn:ietf:params:oauth:grant-type:device_code";
    let body = json!({"grant_types": [device, "refresh_token"], "token_endpoint_auth_method": "none"});
    let made = register(&world, &body).await.expect("registered");
    assert_eq!((&made["redirect_uris"], &made["response_types"]), (&json!([]), &json!([])));
    let app = world.services.apps.find(text(&made, "client_id")).await.expect("a database").expect("the app");
    assert_eq!(app.kind, AppKind::Device);
}

#[tokio::test]
async fn what_cannot_be_registered_is_refused_by_name() {
    let world = World::empty("lodol").await;
    let with = |name: &str, value: Value| {
        let mut body = public();
        body[name] = value;
        body
    };
    for body in [
        json!({}),
        with("redirect_uris", json!([])),
        with("redirect_uris", json!("https://a.example/cb")),
        with("redirect_uris", json!([1])),
        with("redirect_uris", json!(["https://a.example/cb", "javascript:alert(1)"])),
        with("redirect_uris", json!(["https://a.example/cb#x"])),
        with("redirect_uris", json!(["http://a.example/cb"])),
        with("redirect_uris", json!((0..11).map(|n| format!("https://a.example/{n}")).collect::<Vec<_>>())),
        json!({"application_type": "web", "redirect_uris": ["com.example.app:/cb"]}),
    ] {
        let refused = register(&world, &body).await;
        assert!(matches!(refused, Err(NotRegistered::Redirect(_))), "{body} {refused:?}");
    }
    for body in [
        json!(["https://a.example/cb"]),
        with("client_name", json!(7)),
        with("client_uri", json!("javascript:alert(1)")),
        with("logo_uri", json!("file:///etc/passwd")),
        with("jwks_uri", json!("ftp://a.example")),
        with("grant_types", json!(["client_credentials"])),
        with("grant_types", json!(["refresh_token"])),
        with("grant_types", json!("authorization_code")),
        with("response_types", json!(["token"])),
        with("token_endpoint_auth_method", json!("private_key_jwt")),
        with("token_endpoint_auth_method", json!("client_secret")),
        with("scope", json!(["workflows:read"])),
        with("scope", json!("unheard:of")),
        {
            let mut both = with("jwks_uri", json!("https://a.example/jwks"));
            both["jwks"] = json!({"keys": []});
            both
        },
    ] {
        let refused = register(&world, &body).await;
        assert!(matches!(refused, Err(NotRegistered::Metadata(_))), "{body} {refused:?}");
    }
    let apps = &world.services.apps;
    for body in [&b""[..], b"{", b"null", b"\xff"] {
        assert!(matches!(apps.register(body, ENDPOINT, &origin()).await, Err(NotRegistered::Metadata(_))));
    }
}

#[tokio::test]
async fn the_profile_bounds_what_such_apps_may_ever_ask_for() {
    let text = Profile::built_in("lodol").expect("a profile");
    let text =
        format!("{text}\n[oauth]\nself_registration_scopes = [\"workflows:read\"]\nregistrations_per_hour = 2\n");
    let world = World::of(Profile::parse("lodol", &text).expect("a profile")).await;
    let mut greedy = public();
    greedy["scope"] = json!("workflows:read workflows:run");
    let made = register(&world, &greedy).await.expect("registered");
    assert_eq!(made["scope"], "workflows:read");
    greedy["client_id"] = made["client_id"].clone();
    let replaced = replace(&world, &made, &greedy).await.expect("replaced");
    assert_eq!(replaced["scope"], "workflows:read", "nor later");
}

#[tokio::test]
async fn who_registers_too_many_has_to_wait() {
    let text = Profile::built_in("lodol").expect("a profile");
    let text = format!("{text}\n[oauth]\nregistrations_per_hour = 2\n");
    let world = World::of(Profile::parse("lodol", &text).expect("a profile")).await;
    for _ in 0..2 {
        register(&world, &public()).await.expect("registered");
    }
    let refused = register(&world, &public()).await;
    assert!(matches!(refused, Err(NotRegistered::Throttled { .. })), "{refused:?}");
    let elsewhere: IpAddr = "198.51.100.1".parse().expect("an address");
    let from_elsewhere = Origin { address: Some(elsewhere), ..origin() };
    let body = public().to_string();
    assert!(world.services.apps.register(body.as_bytes(), ENDPOINT, &from_elsewhere).await.is_ok());
    world.clock.advance(TimeDelta::hours(1));
    register(&world, &public()).await.expect("registered");
    assert_ne!(elsewhere, HOME);
}

#[tokio::test]
async fn an_app_reads_what_it_registered_with_its_token_alone() {
    let world = World::empty("lodol").await;
    let (made, other) = (register(&world, &public()).await, register(&world, &public()).await);
    let (made, other) = (made.expect("registered"), other.expect("registered"));
    let apps = &world.services.apps;
    let (id, token) = (text(&made, "client_id"), text(&made, "registration_access_token"));
    let read = apps.read_registration(id, token, ENDPOINT).await.expect("read");
    assert_eq!(document(&read), made);
    let unknown = format!("app_{}", "0".repeat(22));
    for (id, token) in [
        (id, text(&other, "registration_access_token")),
        (id, "kt_wrong"),
        (id, ""),
        (text(&other, "client_id"), token),
        (&unknown, token),
        ("\0", token),
    ] {
        let refused = apps.read_registration(id, token, ENDPOINT).await.err();
        assert_eq!(refused, Some(NotRegistered::Token), "{id} {token}");
    }
}

#[tokio::test]
async fn a_replacement_replaces_all_and_resets_what_it_leaves_out() {
    let world = World::empty("lodol").await;
    let made = register(&world, &public()).await.expect("registered");
    let id = made["client_id"].clone();
    let body =
        json!({"client_id": id, "redirect_uris": ["https://new.example/cb"], "token_endpoint_auth_method": "none"});
    let replaced = replace(&world, &made, &body).await.expect("replaced");
    assert_eq!(replaced["client_id"], id);
    assert_eq!(
        (&replaced["client_name"], &replaced["grant_types"]),
        (&json!("new.example"), &json!(["authorization_code"]))
    );
    assert_eq!(replaced["registration_access_token"], made["registration_access_token"]);
    let app = world.services.apps.find(text(&made, "client_id")).await.expect("a database").expect("the app");
    assert!(app.redirect("https://new.example/cb".into()).is_some());
    assert!(app.redirect("http://localhost/callback".into()).is_none());
}

#[tokio::test]
async fn a_replacement_says_nothing_that_only_the_server_says() {
    let world = World::empty("lodol").await;
    let made = register(&world, &json!({"redirect_uris": ["https://a.example/cb"]})).await.expect("registered");
    let good = json!({"client_id": made["client_id"], "redirect_uris": ["https://a.example/cb"]});
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    for body in [
        with("client_id", json!("app_other")),
        with("client_id", Value::Null),
        with("registration_access_token", made["registration_access_token"].clone()),
        with("registration_client_uri", made["registration_client_uri"].clone()),
        with("client_secret_expires_at", json!(0)),
        with("client_id_issued_at", made["client_id_issued_at"].clone()),
        with("client_secret", json!("ks_other")),
    ] {
        let refused = replace(&world, &made, &body).await;
        assert!(matches!(refused, Err(NotRegistered::Metadata(_))), "{body} {refused:?}");
    }
    let same = with("client_secret", made["client_secret"].clone());
    let replaced = replace(&world, &made, &same).await.expect("replaced");
    assert_eq!(replaced.get("client_secret"), None, "it is not known any more");
}

#[tokio::test]
async fn an_app_that_comes_to_need_a_secret_gets_one_and_loses_it_again() {
    let world = World::empty("lodol").await;
    let made = register(&world, &public()).await.expect("registered");
    let (id, apps) = (text(&made, "client_id"), &world.services.apps);
    let mut body = public();
    body["client_id"] = json!(id);
    body["token_endpoint_auth_method"] = json!("client_secret_post");
    let replaced = replace(&world, &made, &body).await.expect("replaced");
    let secret = text(&replaced, "client_secret");
    let presented = Presented { client_id: Some(id), ..Presented::default() };
    assert!(apps.authenticate(&presented, None).await.is_err(), "not without");
    let with_secret = Presented { client_secret: Some(secret), ..presented };
    assert!(apps.authenticate(&with_secret, None).await.is_ok());
    body["token_endpoint_auth_method"] = json!("none");
    replace(&world, &made, &body).await.expect("replaced");
    assert!(apps.authenticate(&presented, None).await.is_ok());
    assert!(apps.authenticate(&with_secret, None).await.is_err());
}

#[tokio::test]
async fn a_deleted_registration_is_as_if_it_had_never_been() {
    let world = World::empty("lodol").await;
    let made = register(&world, &public()).await.expect("registered");
    let (id, token) = (text(&made, "client_id"), text(&made, "registration_access_token"));
    let apps = &world.services.apps;
    apps.delete_registration(id, token, &origin()).await.expect("deleted");
    assert_eq!(apps.delete_registration(id, token, &origin()).await, Err(NotRegistered::Token));
    assert_eq!(apps.read_registration(id, token, ENDPOINT).await.err(), Some(NotRegistered::Token));
    assert_eq!(apps.find(id).await, Ok(None));
}

/// A grant of this app, as if it had been given a moment ago.
async fn grant(world: &World, actor: &Actor, app: AppId, ends_at: Time) {
    const GIVE: &str = "
        insert into oauth_grants
            (id, app_id, user_id, workspace_id, kind, scopes, resources, destination, created_at, ends_at)
        values ($1, $2, $3, $4, 'authorization_code', $5, $5, '', $6, $6)";
    let none = Json(Vec::<String>::new());
    on_db!(&world.test_db.db, c => sqlx::query(GIVE)
        .bind(GrantId::from_uuid(app.uuid())).bind(app).bind(actor.user.id).bind(actor.workspace.id)
        .bind(none).bind(ends_at).execute(c).await.map(drop))
    .expect("a grant");
}

#[tokio::test]
async fn what_ends_with_an_app_is_known_before_it_is_deleted() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let app = super::make(&world, &ada, "server").await.app;
    let count = async || world.services.apps.count_grants(&ada, app.id).await;
    assert_eq!(count().await, Ok(0));
    grant(&world, &ada, app.id, world.clock.now() + TimeDelta::days(1)).await;
    assert_eq!(count().await, Ok(1));
    let eve = world.neighbour("Eve", "pro").await;
    assert_eq!(world.services.apps.count_grants(&eve, app.id).await, Err(Error::NotFound("app")));
    world.clock.advance(TimeDelta::days(1));
    assert_eq!(count().await, Ok(0), "it is over by itself");
}

#[tokio::test]
async fn an_app_that_is_not_used_goes_unless_something_of_it_is_alive() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let apps = &world.services.apps;
    let mut found = Vec::new();
    for _ in 0..4 {
        let made = register(&world, &public()).await.expect("registered");
        found.push(apps.find(text(&made, "client_id")).await.expect("a database").expect("the app"));
    }
    let [unused, used, granted, approved] = found.as_slice() else { panic!("four apps") };
    apps.ask(&ada, approved).await.expect("asked");
    apps.approve(&ada, approved.id, None).await.expect("approved");
    grant(&world, &ada, granted.id, world.clock.now() + TimeDelta::days(365)).await;
    let there = async |app: &App| apps.find(app.client_id.as_str()).await.expect("a database").is_some();
    let left = async || {
        apps.sweep().await.expect("swept");
        [there(unused).await, there(used).await, there(granted).await, there(approved).await]
    };
    world.clock.advance(TimeDelta::days(89));
    apps.mark_used(used.id);
    apps.flush().await.expect("a flush");
    assert_eq!(left().await, [true; 4]);
    world.clock.advance(TimeDelta::days(2));
    assert_eq!(left().await, [false, true, true, true]);
    world.clock.advance(TimeDelta::days(89));
    assert_eq!(left().await, [false, false, true, true]);
    world.clock.advance(TimeDelta::days(365));
    assert_eq!(left().await, [false, false, false, true], "what somebody approved may wait");
}

#[tokio::test]
async fn the_token_of_a_registration_manages_no_app_that_a_person_registered() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let own = super::make(&world, &ada, "server").await.app;
    let made = register(&world, &public()).await.expect("registered");
    let token = text(&made, "registration_access_token");
    let refused = world.services.apps.delete_registration(own.client_id.as_str(), token, &origin()).await;
    assert_eq!(refused, Err(NotRegistered::Token));
    assert_eq!(super::get(&world, &ada, &own).await, own);
}

#[tokio::test]
async fn an_app_that_becomes_another_one_has_to_be_approved_again() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let (apps, first) = (&world.services.apps, PageRequest::first());
    let form = PolicyForm { mode: "approval".to_owned(), scopes: vec!["workflows:read".to_owned()] };
    apps.set_policy(&ada, &form).await.expect("a policy");
    let made = register(&world, &public()).await.expect("registered");
    let app = apps.find(text(&made, "client_id")).await.expect("a database").expect("the app");
    apps.ask(&ada, &app).await.expect("noted");
    let is_approved = async || apps.list_foreign(&ada, first).await.expect("a list").items[0].approved.is_some();
    apps.approve(&ada, app.id, Some(app.version)).await.expect("approved");
    let mut other = public();
    other["client_id"] = made["client_id"].clone();
    other["scope"] = json!("workflows:read");
    replace(&world, &made, &other).await.expect("replaced");
    assert!(is_approved().await, "it may ask for less than before");
    for (name, value) in [
        ("client_name", json!("Northwind Payroll")),
        ("redirect_uris", json!(["https://evil.example/cb"])),
        ("scope", json!("workflows:read workflows:execute")),
    ] {
        other[name] = value;
        replace(&world, &made, &other).await.expect("replaced");
        assert!(!is_approved().await, "{name}");
        let stale = apps.approve(&ada, app.id, Some(app.version)).await;
        assert!(matches!(stale, Err(Error::Conflict(_))), "it is not any more what was looked at: {stale:?}");
        apps.approve(&ada, app.id, None).await.expect("approved");
    }
}
