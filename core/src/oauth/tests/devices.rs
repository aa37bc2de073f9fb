use super::*;
use crate::{
    error::Error,
    oauth::{DeviceAnswer, DeviceRequest, Typed},
};
use chrono::TimeDelta;
use std::sync::Arc;

impl Scene {
    async fn begin(&self) -> DeviceAnswer {
        let begun = self.world.services.oauth.begin_device(&self.app, &parameters(&[]), &origin()).await;
        begun.expect("codes")
    }

    pub(super) async fn poll(&self, device_code: &str) -> OAuthResult<Issued> {
        let grant = "urn:ietf:params:oauth:grant-type:device_code";
        self.token(&[("grant_type", grant), ("device_code", device_code)]).await
    }

    pub(super) async fn look(&self, actor: &Actor, browser: &str, code: &str) -> crate::error::Result<DeviceRequest> {
        let from = origin();
        let typed = Typed { code, user: &actor.user, session: session(browser), origin: &from };
        self.world.services.oauth.look_at_device(&typed, None).await
    }

    async fn decide(&self, browser: &str, code: &str, decision: &Decision) -> crate::error::Result<App> {
        let from = origin();
        let typed = Typed { code, user: &self.ada.user, session: session(browser), origin: &from };
        self.world.services.oauth.decide_device(&typed, decision).await
    }

    fn yes(&self) -> Decision {
        Decision::Allow(self.ada.workspace.slug.clone())
    }
}

#[tokio::test]
async fn skillett_08_a_device_is_let_in_with_a_code_that_a_person_types() {
    let scene = Scene::of(DEVICE).await;
    let begun = scene.begin().await;
    assert_eq!((begun.expires_in, begun.interval), (600, 5));
    assert_eq!(begun.verification_uri, "http://127.0.0.1:3000/device");
    assert_eq!(begun.verification_uri_complete, format!("{}?user_code={}", begun.verification_uri, begun.user_code));
    assert_eq!(code_of(scene.poll(&begun.device_code).await), "authorization_pending");
    let typed = begun.user_code.to_lowercase().replace('-', " ");
    let page = scene.look(&scene.ada, "browser", &typed).await.expect("a page");
    assert_eq!((page.user_code.as_str(), page.address.as_deref()), (begun.user_code.as_str(), Some("203.0.113.7")));
    assert_eq!(scene.decide("browser", &typed, &scene.yes()).await.expect("decided").id, scene.app.id);
    let issued = scene.poll(&begun.device_code).await.expect("tokens, though it asks early");
    assert_eq!(issued.scope, "workflows:read executions:read");
    assert_eq!(code_of(scene.poll(&begun.device_code).await), "invalid_grant", "once");
    assert!(scene.refresh(next(&issued)).await.is_ok(), "they refresh like any other");
    let dump = scene.world.test_db.dump().await;
    assert!(!dump.contains(&begun.device_code) && !dump.contains(&begun.user_code));
    assert!(!dump.contains(&begun.user_code.replace('-', "")));
}

#[tokio::test]
async fn a_code_belongs_to_the_session_that_typed_it_first() {
    let scene = Scene::of(DEVICE).await;
    let bob = scene.world.member(&scene.ada.workspace, "Bob", "admin").await;
    let begun = scene.begin().await;
    let early = scene.decide("browser", &begun.user_code, &scene.yes()).await;
    assert!(matches!(early, Err(Error::Forbidden(_))), "nobody decides unseen: {early:?}");
    scene.look(&scene.ada, "browser", &begun.user_code).await.expect("a page");
    for (actor, browser) in [(&bob, "bob's"), (&scene.ada, "another")] {
        let other = scene.look(actor, browser, &begun.user_code).await;
        assert!(matches!(other, Err(Error::Forbidden(_))), "{other:?}");
    }
    let other = scene.decide("another", &begun.user_code, &scene.yes()).await;
    assert!(matches!(other, Err(Error::Forbidden(_))), "{other:?}");
    assert!(scene.look(&scene.ada, "browser", &begun.user_code).await.is_ok(), "the first one may look again");
}

#[tokio::test]
async fn a_no_and_the_end_are_told_to_the_device() {
    let scene = Scene::of(DEVICE).await;
    let (refused, late) = (scene.begin().await, scene.begin().await);
    scene.look(&scene.ada, "browser", &refused.user_code).await.expect("a page");
    scene.decide("browser", &refused.user_code, &Decision::Deny).await.expect("decided");
    assert_eq!(code_of(scene.poll(&refused.device_code).await), "access_denied");
    assert!(scene.decide("browser", &refused.user_code, &scene.yes()).await.is_err(), "it was decided");
    scene.world.clock.advance(TimeDelta::minutes(10));
    assert_eq!(code_of(scene.poll(&late.device_code).await), "expired_token");
    assert!(scene.look(&scene.ada, "browser", &late.user_code).await.is_err());
}

/// A device that asks at a fixed pace is slowed down and never starved (H2CK/oidc #716).
#[tokio::test]
async fn a_device_that_asks_too_soon_waits_longer_and_still_learns_what_was_decided() {
    let scene = Scene::of(DEVICE).await;
    let begun = scene.begin().await;
    let poll = async |after: i64| {
        scene.world.clock.advance(TimeDelta::seconds(after));
        code_of(scene.poll(&begun.device_code).await)
    };
    assert_eq!(poll(0).await, "authorization_pending", "the first is never too soon");
    assert_eq!(poll(4).await, "authorization_pending", "a second more or less");
    assert_eq!(poll(3).await, "slow_down");
    assert_eq!(poll(5).await, "slow_down", "the interval is ten now, from the last good one");
    assert_eq!(poll(5).await, "slow_down");
    assert_eq!(poll(7).await, "authorization_pending");
    scene.look(&scene.ada, "browser", &begun.user_code).await.expect("a page");
    scene.decide("browser", &begun.user_code, &scene.yes()).await.expect("decided");
    assert_eq!(poll(0).await, "ok");
}

#[tokio::test]
async fn of_many_polls_at_once_one_gets_tokens() {
    let scene = Arc::new(Scene::of(DEVICE).await);
    let begun = scene.begin().await;
    scene.look(&scene.ada, "browser", &begun.user_code).await.expect("a page");
    scene.decide("browser", &begun.user_code, &scene.yes()).await.expect("decided");
    let tries = (0..20).map(|_| {
        let (scene, code) = (Arc::clone(&scene), begun.device_code.clone());
        tokio::spawn(async move { scene.poll(&code).await.is_ok() })
    });
    let mut won = 0;
    for attempt in tries.collect::<Vec<_>>() {
        won += u32::from(attempt.await.expect("an answer"));
    }
    assert_eq!(won, 1);
}

#[tokio::test]
async fn guesses_at_short_codes_are_counted_and_good_ones_are_not() {
    let scene = Scene::of(DEVICE).await;
    for _ in 0..8 {
        let begun = scene.begin().await;
        scene.look(&scene.ada, "browser", &begun.user_code).await.expect("not a guess");
    }
    for _ in 0..5 {
        let guess = scene.look(&scene.ada, "browser", "BCDF-GHJK").await;
        assert!(matches!(guess, Err(Error::Invalid(_))), "{guess:?}");
    }
    let begun = scene.begin().await;
    let sixth = scene.look(&scene.ada, "browser", &begun.user_code).await;
    assert!(matches!(sixth, Err(Error::Throttled { .. })), "{sixth:?}");
    let decided = scene.decide("browser", &begun.user_code, &scene.yes()).await;
    assert!(matches!(decided, Err(Error::Throttled { .. })), "no other way to guess: {decided:?}");
    scene.world.clock.advance(TimeDelta::minutes(15));
    let begun = scene.begin().await;
    assert!(scene.look(&scene.ada, "browser", &begun.user_code).await.is_ok());
}

#[tokio::test]
async fn unknown_and_foreign_device_codes_are_no_ones_and_a_flood_of_them_is_slowed() {
    let scene = Scene::of(DEVICE).await;
    let begun = scene.begin().await;
    let (other, _) = scene.world.app(&scene.ada, DEVICE).await;
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    let list = parameters(&[("grant_type", grant), ("device_code", &begun.device_code)]);
    assert_eq!(code_of(scene.world.services.oauth.token(&other, &list, &origin()).await), "invalid_grant");
    for _ in 0..19 {
        assert_eq!(code_of(scene.poll("kd_x").await), "invalid_grant");
    }
    assert_eq!(code_of(scene.poll("kd_x").await), "slow_down", "and never 429");
    assert_eq!(code_of(scene.poll(&begun.device_code).await), "authorization_pending", "a good one is not held up");
}

#[tokio::test]
async fn an_app_without_the_grant_gets_no_codes() {
    let scene = Scene::of(SERVER).await;
    let begun = scene.world.services.oauth.begin_device(&scene.app, &parameters(&[]), &origin()).await;
    assert_eq!(code_of(begun), "unauthorized_client");
}
