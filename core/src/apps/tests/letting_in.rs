//! Apps from elsewhere.

use super::{logged, make};
use crate::{
    actor::Actor,
    apps::{Admission, App, AppPolicy, PolicyForm},
    audit::Action,
    error::Error,
    page::PageRequest,
    profile::SelfRegistration,
    testing::{World, origin},
};
use serde_json::json;

async fn stranger(world: &World) -> App {
    let body = json!({"redirect_uris": ["https://a.example/cb"], "token_endpoint_auth_method": "none"}).to_string();
    let apps = &world.services.apps;
    let made = apps.register(body.as_bytes(), "https://kw.example/oauth/register", &origin()).await;
    let made = serde_json::to_value(made.expect("registered")).expect("JSON");
    apps.find(made["client_id"].as_str().expect("text")).await.expect("a database").expect("the app")
}

async fn say(world: &World, actor: &Actor, mode: &str, scopes: &[&str]) -> AppPolicy {
    let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    let form = PolicyForm { mode: mode.to_owned(), scopes };
    world.services.apps.set_policy(actor, &form).await.expect("a policy")
}

async fn admission(world: &World, actor: &Actor, app: &App) -> Admission {
    world.services.apps.admission(app, actor.workspace.id).await.expect("an answer")
}

#[tokio::test]
async fn a_workspaces_own_app_is_let_in_whatever_is_said_of_others() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let app = make(&world, &ada, "server").await.app;
    say(&world, &ada, "off", &[]).await;
    let scopes = world.services.profile.known_scopes(&["workflows:read"]);
    assert_eq!(admission(&world, &ada, &app).await, Admission::Admitted(scopes));
    world.services.apps.ask(&ada, &app).await.expect("nothing to ask");
    let foreign = world.services.apps.list_foreign(&ada, PageRequest::first()).await.expect("a list");
    assert!(foreign.items.is_empty());
}

#[tokio::test]
async fn apps_from_elsewhere_get_what_the_workspace_says_at_most() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let eve = world.neighbour("Eve", "pro").await;
    let (unknown, of_eve) = (stranger(&world).await, make(&world, &eve, "server").await.app);
    let profile = &world.services.profile;
    let policy = world.services.apps.policy(&ada).await.expect("a policy");
    assert_eq!((policy.mode, policy.scopes.len()), (SelfRegistration::Open, profile.scopes.len()), "the profile's");
    assert_eq!(admission(&world, &ada, &unknown).await, Admission::Admitted(profile.all_scopes()));
    say(&world, &ada, "open", &["executions:read"]).await;
    let reads = profile.known_scopes(&["executions:read"]);
    assert_eq!(admission(&world, &ada, &unknown).await, Admission::Admitted(reads));
    let Admission::Admitted(nothing) = admission(&world, &ada, &of_eve).await else { panic!("let in") };
    assert!(nothing.is_empty(), "it cannot have more than it was registered for");
    say(&world, &ada, "off", &[]).await;
    for app in [&unknown, &of_eve] {
        assert_eq!(admission(&world, &ada, app).await, Admission::Refused);
    }
    assert_eq!(admission(&world, &eve, &unknown).await, Admission::Admitted(profile.all_scopes()), "her own affair");
    assert_eq!(logged(&world, &ada, Action::AppPolicyChanged).await, (2, 0));
}

#[tokio::test]
async fn with_approval_an_app_waits_until_somebody_who_may_lets_it_in() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let bob = world.member(&ada.workspace, "Bob", "member").await;
    let (app, apps) = (stranger(&world).await, &world.services.apps);
    say(&world, &ada, "approval", &["workflows:read"]).await;
    assert_eq!(admission(&world, &bob, &app).await, Admission::NeedsApproval);
    for actor in [&bob, &ada] {
        apps.ask(actor, &app).await.expect("noted");
    }
    let waiting = apps.list_foreign(&ada, PageRequest::first()).await.expect("a list").items;
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].asked_by.as_ref().map(|person| person.id), Some(bob.user.id), "the first who asked");
    assert!(waiting[0].app.is_unverified() && waiting[0].approved.is_none());
    assert!(matches!(apps.approve(&bob, app.id, None).await, Err(Error::Forbidden(_))));
    assert_eq!(admission(&world, &bob, &app).await, Admission::NeedsApproval);

    apps.approve(&ada, app.id, None).await.expect("approved");
    let scopes = world.services.profile.known_scopes(&["workflows:read"]);
    assert_eq!(admission(&world, &bob, &app).await, Admission::Admitted(scopes));
    assert!(matches!(apps.approve(&ada, app.id, None).await, Err(Error::Conflict(_))));
    let eve = world.neighbour("Eve", "pro").await;
    assert_eq!(apps.approve(&eve, app.id, None).await, Err(Error::NotFound("app")), "nobody there has asked");

    apps.dismiss(&ada, app.id).await.expect("taken off");
    assert_eq!(admission(&world, &bob, &app).await, Admission::NeedsApproval);
    assert_eq!(logged(&world, &ada, Action::AppApproved).await, (1, 2));
    assert_eq!(logged(&world, &ada, Action::AppDismissed).await, (1, 0));
}

#[tokio::test]
async fn only_who_manages_apps_says_what_holds_for_others() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let bob = world.member(&ada.workspace, "Bob", "member").await;
    let open = PolicyForm { mode: "open".to_owned(), scopes: vec!["workflows:read".to_owned()] };
    let apps = &world.services.apps;
    assert!(matches!(apps.set_policy(&bob, &open).await, Err(Error::Forbidden(_))));
    for bad in [
        PolicyForm { mode: "maybe".to_owned(), ..open.clone() },
        PolicyForm { scopes: Vec::new(), ..open.clone() },
        PolicyForm { scopes: vec!["nothing:read".to_owned()], ..open.clone() },
    ] {
        assert!(matches!(apps.set_policy(&ada, &bad).await, Err(Error::Invalid(_))), "{bad:?}");
    }
}
