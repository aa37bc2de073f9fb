//! Apps that people register.

use super::{form, get, logged, make, posted};
use crate::{
    apps::{AppForm, AppKind, AppPatch, AuthMethod, ClientId, GrantType, NotAuthenticated, Registrant},
    audit::Action,
    clock::Clock as _,
    error::{Error, FieldError},
    keys::RotateForm,
    page::PageRequest,
    testing::World,
};
use chrono::TimeDelta;

#[tokio::test]
async fn skode_03_whoever_registers_an_app_gets_a_client_id_and_a_secret() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let made = make(&world, &ada, "server").await;
    let secret = made.secret.expect("a server keeps a secret");
    assert!(ClientId::parse(made.app.client_id.as_str()).is_ok(), "{}", made.app.client_id);
    assert!(secret.expose().starts_with("ks_") && secret.expose().len() == 3 + 43 + 6);
    let app = get(&world, &ada, &made.app).await;
    assert_eq!(app, made.app);
    assert_eq!((app.kind, app.auth_method, app.pkce_optional), (AppKind::Server, AuthMethod::AnySecret, false));
    assert_eq!(app.grant_types, [GrantType::AuthorizationCode, GrantType::RefreshToken]);
    assert!(matches!(&app.registrant, Registrant::Member { person, .. } if person.id == ada.user.id));
    assert_eq!(app.workspace(), Some(ada.workspace.id));
    assert_eq!(logged(&world, &ada, Action::AppRegistered).await, (1, 0));
    let dump = world.test_db.dump().await;
    assert!(dump.contains("Zap") && !dump.contains(secret.expose()), "only the hash is kept");
}

#[tokio::test]
async fn only_apps_on_servers_have_a_secret_and_only_machines_act_alone() {
    let (world, ada) = World::owned("lodol", "pro").await;
    for (kind, secret, grants) in [
        ("server", true, &[GrantType::AuthorizationCode, GrantType::RefreshToken][..]),
        ("public", false, &[GrantType::AuthorizationCode, GrantType::RefreshToken]),
        ("device", false, &[GrantType::DeviceCode, GrantType::RefreshToken]),
        ("machine", true, &[GrantType::ClientCredentials]),
    ] {
        let made = make(&world, &ada, kind).await;
        assert_eq!((made.secret.is_some(), made.app.secret.is_some()), (secret, secret), "{kind}");
        assert_eq!((made.app.is_confidential(), made.app.grant_types.as_slice()), (secret, grants), "{kind}");
    }
    assert_eq!(world.services.apps.list(&ada, PageRequest::first()).await.expect("apps").items.len(), 4);
}

#[tokio::test]
async fn every_wrong_line_and_every_wrong_field_is_named() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let bad = AppForm {
        name: String::new(),
        kind: "server".to_owned(),
        redirect_uris: "https://good.example/cb\n\n  javascript:alert(1)  \nhttp://bad.example/cb".to_owned(),
        scopes: vec!["*".to_owned()],
        client_uri: "javascript:alert(1)".to_owned(),
        pkce_optional: true,
    };
    let Err(Error::Invalid(errors)) = world.services.apps.create(&ada, &bad).await else { panic!("refused") };
    let error = FieldError::new;
    assert_eq!(
        errors,
        [
            error("name", "The name cannot be empty."),
            error("redirect_uris", "Line 3: “javascript:alert(1)” begins with a scheme that no app can have."),
            error(
                "redirect_uris",
                "Line 4: “http://bad.example/cb” is not encrypted. Use https; http works only for 127.0.0.1, [::1] \
                 and localhost."
            ),
            error("scopes", "There is no scope called “*”."),
            error("client_uri", "Write the whole address of a website, like https://app.example.com."),
        ]
    );
    for (wrong, field) in [
        (AppForm { kind: "browser".to_owned(), ..form("server") }, "kind"),
        (AppForm { redirect_uris: " \n".to_owned(), ..form("server") }, "redirect_uris"),
        (AppForm { redirect_uris: "https://a.example/".to_owned(), ..form("machine") }, "redirect_uris"),
        (AppForm { pkce_optional: true, ..form("public") }, "pkce_optional"),
        (AppForm { pkce_optional: true, ..form("machine") }, "pkce_optional"),
        (AppForm { scopes: Vec::new(), ..form("server") }, "scopes"),
    ] {
        let Err(Error::Invalid(errors)) = world.services.apps.create(&ada, &wrong).await else { panic!("{field}") };
        assert_eq!(errors.iter().map(|error| &*error.field).collect::<Vec<_>>(), [field]);
    }
    let many: Vec<_> = (0..11).map(|n| format!("https://a.example/{n}")).collect();
    let wrong = AppForm { redirect_uris: many.join("\n"), ..form("server") };
    assert!(matches!(world.services.apps.create(&ada, &wrong).await, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn who_may_not_manage_apps_changes_nothing_and_the_attempt_is_written_down() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let bob = world.member(&ada.workspace, "Bob", "member").await;
    let app = make(&world, &ada, "server").await.app;
    let apps = &world.services.apps;
    assert!(matches!(apps.list(&bob, PageRequest::first()).await, Err(Error::Forbidden(_))));
    assert!(matches!(apps.create(&bob, &form("server")).await, Err(Error::Forbidden(_))));
    assert!(matches!(apps.rotate_secret(&bob, app.id, &RotateForm::default()).await, Err(Error::Forbidden(_))));
    assert!(matches!(apps.disable(&bob, app.id, None).await, Err(Error::Forbidden(_))));
    assert!(matches!(apps.delete(&bob, app.id, None).await, Err(Error::Forbidden(_))));
    assert_eq!(logged(&world, &ada, Action::AppRegistered).await, (1, 1));
    assert_eq!(logged(&world, &ada, Action::AppDeleted).await, (0, 1));
    assert_eq!(get(&world, &ada, &app).await, app);
}

#[tokio::test]
async fn another_workspaces_app_is_not_found() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let app = make(&world, &ada, "server").await.app;
    let eve = world.neighbour("Eve", "pro").await;
    let apps = &world.services.apps;
    let missing = Error::NotFound("app");
    assert_eq!(apps.get(&eve, app.id).await, Err(missing.clone()));
    assert_eq!(apps.update(&eve, app.id, &AppPatch::default()).await, Err(missing.clone()));
    assert_eq!(apps.disable(&eve, app.id, None).await, Err(missing.clone()));
    assert_eq!(apps.delete(&eve, app.id, None).await, Err(missing.clone()));
    assert_eq!(apps.events(&eve, app.id, PageRequest::first()).await, Err(missing.clone()));
    assert_eq!(apps.rotate_secret(&eve, app.id, &RotateForm::default()).await.err(), Some(missing));
}

#[tokio::test]
async fn a_change_is_kept_and_one_made_on_an_older_version_is_refused() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let app = make(&world, &ada, "server").await.app;
    let patch = AppPatch {
        name: Some("Zapper".to_owned()),
        redirect_uris: Some("https://zap.example/cb\nhttp://localhost/cb".to_owned()),
        pkce_optional: Some(true),
        version: Some(app.version),
        ..AppPatch::default()
    };
    let changed = world.services.apps.update(&ada, app.id, &patch).await.expect("changed");
    assert_eq!((changed.name.as_str(), changed.pkce_optional, changed.version), ("Zapper", true, 2));
    assert_eq!(get(&world, &ada, &app).await, changed);
    assert_eq!(world.services.apps.update(&ada, app.id, &patch).await, Err(Error::Stale));
    assert_eq!(logged(&world, &ada, Action::AppChanged).await, (1, 1));
    let same = AppPatch { version: None, ..patch };
    assert_eq!(world.services.apps.update(&ada, app.id, &same).await, Ok(changed), "nothing to write");
}

#[tokio::test]
async fn nobody_gives_an_app_a_scope_that_their_role_does_not_have() {
    let (world, ada) = World::owned("skedcast", "growth").await;
    let manager = world.member(&ada.workspace, "Max", "manager").await;
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let wide = AppForm { scopes: names(&["agency:write"]), ..form("server") };
    assert!(matches!(world.services.apps.create(&manager, &wide).await, Err(Error::Invalid(_))));
    let made = world.services.apps.create(&ada, &wide).await.expect("an owner may");
    let patch = |scopes: &[&str]| AppPatch { scopes: Some(names(scopes)), ..AppPatch::default() };
    let kept = patch(&["agency:write", "schedules:read"]);
    let app = world.services.apps.update(&manager, made.app.id, &kept).await.expect("what it has may stay");
    assert_eq!(app.scopes.len(), 2);
    world.services.apps.update(&manager, app.id, &patch(&["schedules:read"])).await.expect("less");
    assert!(matches!(world.services.apps.update(&manager, app.id, &kept).await, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn both_secrets_work_until_the_grace_is_over() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let made = make(&world, &ada, "server").await;
    let (id, old) = (made.app.client_id.to_string(), made.secret.expect("a secret"));
    let grace = RotateForm { grace: "3600".to_owned(), ..RotateForm::default() };
    let apps = &world.services.apps;
    let new = apps.rotate_secret(&ada, made.app.id, &grace).await.expect("rotated");
    let new_secret = new.secret.expect("a secret");
    for secret in [&old, &new_secret] {
        assert!(apps.authenticate(&posted(&id, secret.expose()), None).await.is_ok());
    }
    let ends = world.clock.now() + TimeDelta::hours(1);
    let retiring = get(&world, &ada, &made.app).await.secret.expect("a secret").retiring;
    assert_eq!(retiring, Some((old.last4().to_owned(), ends)));
    assert!(matches!(apps.rotate_secret(&ada, made.app.id, &grace).await, Err(Error::Conflict(_))), "two at most");

    world.clock.advance(TimeDelta::hours(1));
    let refused = apps.authenticate(&posted(&id, old.expose()), None).await;
    assert!(matches!(refused, Err(NotAuthenticated::Refused { .. })), "{refused:?}");
    assert!(apps.authenticate(&posted(&id, new_secret.expose()), None).await.is_ok());
    assert_eq!(get(&world, &ada, &made.app).await.secret.expect("a secret").retiring, None);
    apps.rotate_secret(&ada, made.app.id, &grace).await.expect("and once more");
}

#[tokio::test]
async fn an_old_secret_can_be_ended_at_once() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let made = make(&world, &ada, "machine").await;
    let (id, old) = (made.app.client_id.to_string(), made.secret.expect("a secret"));
    let apps = &world.services.apps;
    apps.rotate_secret(&ada, made.app.id, &RotateForm::default()).await.expect("rotated");
    assert!(apps.authenticate(&posted(&id, old.expose()), None).await.is_ok());
    apps.end_old_secret(&ada, made.app.id, None).await.expect("ended");
    assert!(apps.authenticate(&posted(&id, old.expose()), None).await.is_err());
    assert!(matches!(apps.end_old_secret(&ada, made.app.id, None).await, Err(Error::Conflict(_))));

    let now = RotateForm { grace: "0".to_owned(), ..RotateForm::default() };
    let app = apps.rotate_secret(&ada, made.app.id, &now).await.expect("rotated").app;
    assert_eq!(app.secret.expect("a secret").retiring, None);
    let public = make(&world, &ada, "public").await.app;
    assert!(matches!(apps.rotate_secret(&ada, public.id, &now).await, Err(Error::Conflict(_))));
}

#[tokio::test]
async fn whoever_cannot_do_what_a_machine_can_gets_no_secret_of_it() {
    let (world, ada) = World::owned("skedcast", "growth").await;
    let manager = world.member(&ada.workspace, "Max", "manager").await;
    let wide = AppForm { scopes: vec!["agency:write".to_owned()], ..form("machine") };
    let machine = world.services.apps.create(&ada, &wide).await.expect("a machine").app;
    let refused = world.services.apps.rotate_secret(&manager, machine.id, &RotateForm::default()).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))));
}

#[tokio::test]
async fn a_disabled_app_is_nobody_until_it_is_enabled_and_a_deleted_one_for_ever() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let made = make(&world, &ada, "server").await;
    let (id, secret) = (made.app.client_id.to_string(), made.secret.expect("a secret"));
    let apps = &world.services.apps;
    let comes = async || apps.authenticate(&posted(&id, secret.expose()), None).await;
    apps.disable(&ada, made.app.id, None).await.expect("disabled");
    let disabled = NotAuthenticated::Refused { why: "This app is disabled.", basic: false };
    assert_eq!(comes().await, Err(disabled));
    assert!(matches!(apps.disable(&ada, made.app.id, None).await, Err(Error::Conflict(_))));
    apps.enable(&ada, made.app.id, None).await.expect("enabled");
    assert!(comes().await.is_ok());
    assert!(matches!(apps.enable(&ada, made.app.id, None).await, Err(Error::Conflict(_))));
    assert_eq!(apps.delete(&ada, made.app.id, Some(1)).await.err(), Some(Error::Stale));
    apps.delete(&ada, made.app.id, None).await.expect("deleted");
    let unknown = NotAuthenticated::Refused { why: "There is no app with this client_id.", basic: false };
    assert_eq!(comes().await, Err(unknown));
    assert_eq!(apps.find(&id).await, Ok(None));
    assert_eq!(apps.get(&ada, made.app.id).await, Err(Error::NotFound("app")));
    assert_eq!(logged(&world, &ada, Action::AppDeleted).await, (1, 1));
}

#[tokio::test]
async fn in_a_suspended_workspace_nothing_about_apps_changes() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let mut suspended = ada.clone();
    suspended.workspace.suspended_at = Some(world.clock.now());
    assert_eq!(world.services.apps.create(&suspended, &form("server")).await.err(), Some(Error::Suspended));
}
