use super::*;
use crate::page::PageRequest;
use chrono::TimeDelta;
use std::{collections::HashSet, sync::Arc};

#[tokio::test]
async fn skedcast_09_a_refresh_token_brings_the_next_pair_at_once_and_the_old_access_token_stays_good() {
    let scene = Scene::of(SERVER).await;
    let first = scene.tokens().await;
    let second = scene.refresh(next(&first)).await.expect("tokens");
    assert!(next(&second).starts_with("kr_") && next(&second) != next(&first));
    assert_eq!(second.scope, "workflows:read");
    assert!(scene.is_live(&first).await && scene.is_live(&second).await);
    let dump = scene.world.test_db.dump().await;
    assert!(!dump.contains(next(&first)) && !dump.contains(next(&second)) && !dump.contains(&second.access_token));
}

#[tokio::test]
async fn a_request_that_comes_again_within_the_grace_gets_the_same_next_token() {
    let scene = Scene::of(SERVER).await;
    let first = scene.tokens().await;
    let second = scene.refresh(next(&first)).await.expect("tokens");
    scene.world.clock.advance(TimeDelta::seconds(29));
    let again = scene.refresh(next(&first)).await.expect("the answer was lost");
    assert_eq!(next(&again), next(&second));
    assert!(scene.refresh(next(&again)).await.is_ok());
}

#[tokio::test]
async fn of_twenty_who_refresh_at_once_all_get_the_same_next_token() {
    let scene = Arc::new(Scene::of(SERVER).await);
    let first = scene.tokens().await;
    let tries = (0..20).map(|_| {
        let (scene, token) = (Arc::clone(&scene), next(&first).to_owned());
        tokio::spawn(async move { scene.refresh(&token).await.expect("tokens") })
    });
    let mut given = HashSet::new();
    for attempt in tries.collect::<Vec<_>>() {
        given.insert(next(&attempt.await.expect("an answer")).to_owned());
    }
    assert_eq!(given.len(), 1);
    assert!(scene.is_live(&first).await);
}

#[tokio::test]
async fn families_that_are_refreshed_together_get_each_their_own_and_a_stolen_one_ends_alone() {
    let scene = Arc::new(Scene::of(SERVER).await);
    let mut firsts = Vec::new();
    for _ in 0..6 {
        let code = scene.code(&[("prompt", "consent")]).await;
        firsts.push(scene.redeem(&code).await.expect("tokens"));
    }
    scene.refresh(next(&firsts[0])).await.expect("tokens");
    scene.world.clock.advance(TimeDelta::minutes(1));
    let tries = firsts.iter().map(|first| {
        let (scene, token) = (Arc::clone(&scene), next(first).to_owned());
        tokio::spawn(async move { scene.refresh(&token).await })
    });
    let mut given = HashSet::new();
    for (place, attempt) in tries.collect::<Vec<_>>().into_iter().enumerate() {
        match attempt.await.expect("an answer") {
            Ok(issued) => assert!(given.insert(next(&issued).to_owned())),
            refused => assert_eq!((place, code_of(refused)), (0, "invalid_grant")),
        }
    }
    assert_eq!(given.len(), 5);
    for token in &given {
        assert!(scene.refresh(token).await.is_ok(), "what was given is stored");
    }
}

#[tokio::test]
async fn two_nodes_agree_about_the_next_token() {
    let scene = Scene::of(SERVER).await;
    let first = scene.tokens().await;
    let second_node = scene.world.second_node().await;
    let list = parameters(&[("grant_type", "refresh_token"), ("refresh_token", next(&first))]);
    let from = origin();
    let (one, other) = tokio::join!(
        scene.world.services.oauth.token(&scene.app, &list, &from),
        second_node.oauth.token(&scene.app, &list, &from),
    );
    assert_eq!(next(&one.expect("tokens")), next(&other.expect("tokens")));
}

#[tokio::test]
async fn a_superseded_token_after_the_grace_ends_its_family_and_only_that() {
    let scene = Scene::of(SERVER).await;
    let (stolen, other) = (scene.tokens().await, scene.code(&[("prompt", "consent")]).await);
    let other = scene.redeem(&other).await.expect("tokens");
    let second = scene.refresh(next(&stolen)).await.expect("tokens");
    scene.world.clock.advance(TimeDelta::seconds(30));
    assert_eq!(code_of(scene.refresh(next(&stolen)).await), "invalid_grant");
    assert_eq!(code_of(scene.refresh(next(&second)).await), "invalid_grant");
    assert!(!scene.is_live(&second).await);
    assert!(scene.is_live(&other).await && scene.refresh(next(&other)).await.is_ok());
    assert!(scene.log().await.contains(&"grant.stolen".to_owned()));
    let shown = scene.world.services.oauth.connections_of(&scene.ada.user, PageRequest::first()).await;
    let alarms = shown.expect("a list").items.iter().filter(|connection| connection.is_alarming()).count();
    assert_eq!(alarms, 1, "the person is told");
}

#[tokio::test]
async fn a_superseded_token_whose_successor_was_used_is_a_theft_also_within_the_grace() {
    let scene = Scene::of(SERVER).await;
    let first = scene.tokens().await;
    let second = scene.refresh(next(&first)).await.expect("tokens");
    scene.refresh(next(&second)).await.expect("tokens");
    assert_eq!(code_of(scene.refresh(next(&first)).await), "invalid_grant");
    assert!(!scene.is_live(&first).await);
}

#[tokio::test]
async fn without_grace_every_second_use_is_a_theft() {
    let mut profile =
        crate::profile::Profile::parse("lodol", crate::profile::Profile::built_in("lodol").expect("lodol"))
            .expect("good");
    profile.oauth.refresh_grace_seconds = 0;
    let world = World::of(profile).await;
    let ada = world.claim("pro").await;
    let (app, _) = world.app(&ada, SERVER).await;
    let scene = Scene { world, ada, app };
    let first = scene.tokens().await;
    scene.refresh(next(&first)).await.expect("tokens");
    assert_eq!(code_of(scene.refresh(next(&first)).await), "invalid_grant");
    assert!(!scene.is_live(&first).await);
}

#[tokio::test]
async fn another_apps_token_is_left_as_it_is() {
    let scene = Scene::of(SERVER).await;
    let first = scene.tokens().await;
    let (other, _) = scene.world.app(&scene.ada, SERVER).await;
    let list = parameters(&[("grant_type", "refresh_token"), ("refresh_token", next(&first))]);
    assert_eq!(code_of(scene.world.services.oauth.token(&other, &list, &origin()).await), "invalid_grant");
    assert!(scene.refresh(next(&first)).await.is_ok());
    for wrong in ["kr_x", "", "kc_0000"] {
        assert_ne!(code_of(scene.refresh(wrong).await), "ok");
    }
}

#[tokio::test]
async fn a_refresh_may_take_less_and_the_next_one_has_all_again() {
    let scene = Scene::of(SERVER).await;
    let code = scene.code(&[("scope", "workflows:read executions:read")]).await;
    let first = scene.redeem(&code).await.expect("tokens");
    let with = |scope| [("grant_type", "refresh_token"), ("refresh_token", next(&first)), ("scope", scope)];
    assert_eq!(code_of(scene.token(&with("workflows:read workflows:execute")).await), "invalid_scope");
    let less = scene.token(&with("executions:read")).await.expect("nothing was used up");
    assert_eq!(less.scope, "executions:read");
    assert_eq!(scene.refresh(next(&less)).await.expect("tokens").scope, "workflows:read executions:read");
}

#[tokio::test]
async fn a_token_ends_unused_and_its_family_in_any_case() {
    let scene = Scene::of(SERVER).await;
    let unused = scene.tokens().await;
    let mut used = scene.redeem(&scene.code(&[("prompt", "consent")]).await).await.expect("tokens");
    for _ in 0..14 {
        scene.world.clock.advance(TimeDelta::days(26));
        used = scene.refresh(next(&used)).await.expect("used in time");
    }
    assert_eq!(code_of(scene.refresh(next(&unused)).await), "invalid_grant");
    scene.world.clock.advance(TimeDelta::days(2));
    assert_eq!(code_of(scene.refresh(next(&used)).await), "invalid_grant", "a year is over");
}

#[tokio::test]
async fn whoever_loses_their_role_or_their_place_loses_it_in_tokens_too() {
    let scopes = &["workflows:read", "workflows:execute"];
    let scene = Scene::of(AppSpec { scopes, ..SERVER }).await;
    let bob = scene.world.member(&scene.ada.workspace, "Bob", "admin").await;
    let both = [("scope", "workflows:read workflows:execute")];
    let code = in_query(&scene.allowed_by(&bob, &both).await, "code").expect("a code");
    let first = scene.redeem(&code).await.expect("tokens");
    scene.world.set_role(&bob.workspace, &bob.user, "viewer").await;
    let second = scene.refresh(next(&first)).await.expect("tokens");
    assert_eq!((first.scope.as_str(), second.scope.as_str()), ("workflows:read workflows:execute", "workflows:read"));
    scene.world.services.members.remove(&scene.ada, bob.user.id, None).await.expect("removed");
    assert_eq!(code_of(scene.refresh(next(&second)).await), "invalid_grant");
    scene.world.join(&scene.ada.workspace, &bob.user, "admin").await;
    assert!(!scene.is_live(&second).await, "coming back brings no app back");
}
