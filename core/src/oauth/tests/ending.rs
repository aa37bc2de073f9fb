use super::*;
use crate::{
    error::Error,
    oauth::{Asker, Introspection},
    page::PageRequest,
    testing::PASSWORD,
};
use chrono::TimeDelta;

impl Scene {
    async fn introspect(&self, asker: Asker<'_>, token: &str) -> Introspection {
        self.world.services.oauth.introspect(asker, token).await.expect("a database")
    }

    async fn give_back(&self, app: &App, token: &str) {
        let list = parameters(&[("token", token), ("token_type_hint", "password")]);
        self.world.services.oauth.give_back(app, &list, &origin()).await.expect("always well");
    }
}

#[tokio::test]
async fn an_app_gives_back_its_own_tokens_of_either_kind_and_nobody_elses() {
    let scene = Scene::of(SERVER).await;
    let (other, _) = scene.world.app(&scene.ada, SERVER).await;
    let (one, two) = (scene.tokens().await, scene.code(&[("prompt", "consent")]).await);
    let two = scene.redeem(&two).await.expect("tokens");
    for token in [next(&one), &one.access_token, "kr_x", "nonsense"] {
        scene.give_back(&other, token).await;
    }
    assert!(scene.is_live(&one).await);
    scene.give_back(&scene.app, next(&one)).await;
    assert!(!scene.is_live(&one).await && scene.is_live(&two).await);
    scene.give_back(&scene.app, &two.access_token).await;
    assert!(!scene.is_live(&two).await);
    assert_eq!(code_of(scene.refresh(next(&two)).await), "invalid_grant");
    let nothing = scene.world.services.oauth.give_back(&scene.app, &parameters(&[]), &origin()).await;
    assert_eq!(code_of(nothing), "invalid_request");
}

#[tokio::test]
async fn a_token_is_told_to_its_own_app_and_to_the_operator_with_what_it_can_do_now() {
    let scopes = &["workflows:read", "workflows:execute"];
    let scene = Scene::of(AppSpec { scopes, ..SERVER }).await;
    let bob = scene.world.member(&scene.ada.workspace, "Bob", "admin").await;
    let both = [("scope", "workflows:read workflows:execute")];
    let code = in_query(&scene.allowed_by(&bob, &both).await, "code").expect("a code");
    let issued = scene.redeem(&code).await.expect("tokens");
    let told = scene.introspect(Asker::App(&scene.app), &issued.access_token).await;
    assert!(told.active && told.scope.as_deref() == Some("workflows:read workflows:execute"), "{told:?}");
    assert_eq!(told.sub, Some(bob.user.id.to_string()));
    assert_eq!(told, scene.introspect(Asker::Operator, &issued.access_token).await);
    let refresh = scene.introspect(Asker::App(&scene.app), next(&issued)).await;
    assert!(refresh.active && refresh.token_type.is_none());
    let nothing = Introspection::default();
    assert_eq!(scene.introspect(Asker::Operator, next(&issued)).await, nothing);
    let (other, _) = scene.world.app(&scene.ada, SERVER).await;
    for token in [issued.access_token.as_str(), next(&issued), "sk_live_x", "", "a.b.c"] {
        assert_eq!(scene.introspect(Asker::App(&other), token).await, nothing, "{token}");
    }
    scene.world.set_role(&bob.workspace, &bob.user, "viewer").await;
    let told = scene.introspect(Asker::Operator, &issued.access_token).await;
    assert_eq!(told.scope.as_deref(), Some("workflows:read"));
    scene.world.remove_member(&bob.workspace, &bob.user).await;
    assert_eq!(scene.introspect(Asker::Operator, &issued.access_token).await, nothing);
    assert_eq!(serde_json::to_string(&nothing).expect("JSON"), r#"{"active":false}"#);
}

#[tokio::test]
async fn a_token_that_ended_in_any_way_is_not_active() {
    let scene = Scene::of(SERVER).await;
    let active = async |token: &str| scene.introspect(Asker::App(&scene.app), token).await.active;
    let first = scene.tokens().await;
    let second = scene.refresh(next(&first)).await.expect("tokens");
    assert!(!active(next(&first)).await && active(next(&second)).await);
    scene.world.clock.advance(TimeDelta::minutes(10));
    assert!(!active(&second.access_token).await);
    let third = scene.refresh(next(&second)).await.expect("tokens");
    assert!(active(&third.access_token).await);
    scene.give_back(&scene.app, next(&third)).await;
    assert!(!active(&third.access_token).await && !active(next(&third)).await);
}

#[tokio::test]
async fn people_see_what_they_have_let_in_and_take_it_back() {
    let scene = Scene::of(SERVER).await;
    let (oauth, first) = (&scene.world.services.oauth, PageRequest::first());
    let bob = scene.world.member(&scene.ada.workspace, "Bob", "member").await;
    let issued = scene.tokens().await;
    let shown = oauth.connections_of(&scene.ada.user, first).await.expect("a list").items;
    let [connection] = shown.as_slice() else { panic!("{shown:?}") };
    assert_eq!((connection.app.as_str(), connection.destination.as_str()), ("Reporter", "reporter.example"));
    assert_eq!(connection.scopes, ["workflows:read"]);
    assert_eq!(connection.last_used_address.as_deref(), Some("203.0.113.7"));
    assert_eq!(oauth.connections_of(&bob.user, first).await.expect("a list").items, []);
    let foreign = oauth.disconnect_own(&bob.user, connection.id, &origin()).await;
    assert_eq!(foreign, Err(Error::NotFound("connected app")));
    assert_eq!(oauth.disconnect_own(&scene.ada.user, connection.id, &origin()).await, Ok("Reporter".to_owned()));
    assert!(!scene.is_live(&issued).await);
    assert_eq!(oauth.connections_of(&scene.ada.user, first).await.expect("a list").items, []);
    assert!(scene.log().await.contains(&"grant.revoked".to_owned()));
}

#[tokio::test]
async fn who_manages_apps_sees_and_ends_everybodys_in_their_own_workspace() {
    let scene = Scene::of(SERVER).await;
    let (oauth, first) = (&scene.world.services.oauth, PageRequest::first());
    let bob = scene.world.member(&scene.ada.workspace, "Bob", "member").await;
    let eve = scene.world.neighbour("Eve", "pro").await;
    let code = in_query(&scene.allowed_by(&bob, &[]).await, "code").expect("a code");
    let issued = scene.redeem(&code).await.expect("tokens");
    let id = scene.claims(&issued).await.gid;
    let shown = oauth.connections(&scene.ada, first).await.expect("a list").items;
    assert_eq!(shown.iter().map(|shown| shown.id).collect::<Vec<_>>(), [id]);
    assert_eq!(oauth.connections(&eve, first).await.expect("a list").items, []);
    assert_eq!(oauth.disconnect(&eve, id).await.err(), Some(Error::NotFound("connected app")));
    assert!(matches!(oauth.disconnect(&bob, id).await, Err(Error::Forbidden(_))));
    assert!(scene.is_live(&issued).await);
    assert_eq!(oauth.disconnect(&scene.ada, id).await.expect("ended").app, "Reporter");
    assert!(!scene.is_live(&issued).await);
}

#[tokio::test]
async fn what_is_long_over_is_forgotten_and_nothing_else() {
    let scene = Scene::of(SERVER).await;
    let issued = scene.tokens().await;
    scene.world.clock.advance(TimeDelta::days(29));
    scene.world.services.oauth.sweep().await.expect("swept");
    let issued = scene.refresh(next(&issued)).await.expect("tokens");
    scene.world.clock.advance(TimeDelta::days(61));
    scene.world.services.oauth.sweep().await.expect("swept");
    assert_eq!(code_of(scene.refresh(next(&issued)).await), "invalid_grant");
}

#[tokio::test]
async fn who_disconnects_an_app_ends_all_that_came_of_signing_in_again() {
    let scene = Scene::of(SERVER).await;
    let (oauth, first) = (&scene.world.services.oauth, PageRequest::first());
    let mut all = vec![scene.tokens().await];
    for _ in 0..3 {
        scene.world.clock.advance(TimeDelta::minutes(1));
        let Opened::Answered(url) = scene.open_for(&scene.ada, "browser", &[]).await else { panic!("asked again") };
        all.push(scene.redeem(&in_query(&url, "code").expect("a code")).await.expect("tokens"));
    }
    for shown in [oauth.connections_of(&scene.ada.user, first).await, oauth.connections(&scene.ada, first).await] {
        let shown = shown.expect("a list").items;
        assert_eq!(shown.len(), 1, "connected once, however often somebody signed in: {shown:?}");
    }
    let shown = oauth.connections_of(&scene.ada.user, first).await.expect("a list").items;
    oauth.disconnect_own(&scene.ada.user, shown[0].id, &origin()).await.expect("taken back");
    for issued in &all {
        assert!(!scene.is_live(issued).await);
    }
    assert!(oauth.connections_of(&scene.ada.user, first).await.expect("a list").items.is_empty());
    scene.consent_page(&scene.ada, "browser", &[]).await;
}

#[tokio::test]
async fn a_new_password_ends_what_apps_were_given_and_signing_out_everywhere_does_not() {
    let scene = Scene::of(SERVER).await;
    let (accounts, user) = (&scene.world.services.accounts, &scene.ada.user);
    let issued = scene.tokens().await;
    accounts.sign_out_everywhere(user, &origin()).await.expect("signed out");
    assert!(scene.is_live(&issued).await);
    let (browser, origin) = (session("browser"), origin());
    let changed = accounts.change_password(user, PASSWORD, "orange bicycle lantern", browser, &origin);
    changed.await.expect("another password");
    assert!(!scene.is_live(&issued).await);
    assert_eq!(code_of(scene.refresh(next(&issued)).await), "invalid_grant");
    scene.consent_page(&scene.ada, "browser", &[]).await;
}
