//! A new secret for a key that stays the same.

use super::{HOME, get, make, make_for, tick, verdict};
use crate::{
    clock::Clock as _,
    error::Error,
    gate::Verdict,
    keys::{KeyForm, KeyQuery, RotateForm},
    page::PageRequest,
    testing::{World, key_form},
    usage::{Mark, Meter},
};
use chrono::TimeDelta;
use std::sync::Arc;

fn grace(seconds: &str) -> RotateForm {
    RotateForm { grace: seconds.to_owned(), ..RotateForm::default() }
}

#[tokio::test]
async fn skedcast_03_both_secrets_work_until_the_grace_is_over() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let old = make(&world, &ada, "ci").await;
    assert_eq!(verdict(&world, &old.secret).await, Verdict::Allowed);
    let new = world.services.keys.rotate(&ada, old.key.id, &grace("3600")).await.expect("rotated");
    assert_eq!(new.key.id, old.key.id);
    assert_ne!(new.secret.expose(), old.secret.expose());
    assert_eq!(new.key.masked(), format!("{}…{}", new.secret.start(&world.services.profile.key), new.secret.last4()));

    world.clock.advance(TimeDelta::minutes(1));
    assert_eq!(verdict(&world, &old.secret).await, Verdict::Allowed);
    world.services.usage.flush().await.expect("a flush");
    let rotation = get(&world, &ada, old.key.id).await.rotation.expect("it runs");
    assert_eq!(rotation.masked(), old.key.masked());
    assert_eq!(rotation.last_use.as_ref().map(|last| last.at), Some(world.clock.now()));
    assert_eq!(rotation.new_last_use, None, "the new one has not been used yet");
    assert_eq!(verdict(&world, &new.secret).await, Verdict::Allowed);
    world.services.usage.flush().await.expect("a flush");
    let rotation = get(&world, &ada, old.key.id).await.rotation.expect("it runs");
    assert_eq!(rotation.new_last_use.map(|last| last.at), Some(world.clock.now()));

    world.clock.advance(TimeDelta::hours(1));
    assert_eq!(verdict(&world, &old.secret).await, Verdict::Rotated);
    assert_eq!(verdict(&world, &new.secret).await, Verdict::Allowed);
    let key = get(&world, &ada, old.key.id).await;
    assert_eq!(key.rotation, None);
    assert_eq!(world.services.keys.quota(&ada).await.map(|quota| quota.used), Ok(1), "it is one key all along");
}

#[tokio::test]
async fn common_11_what_was_answered_is_told_of_each_secret() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let old = make(&world, &ada, "ci").await;
    let new = world.services.keys.rotate(&ada, old.key.id, &grace("3600")).await.expect("rotated");
    let usage = &world.services.usage;
    for (secret, status) in [(&old.secret, 500), (&new.secret, 204)] {
        world.clock.advance(TimeDelta::minutes(1));
        let (address, route) = (HOME, &Arc::from("GET /a"));
        let meter = Arc::new(Meter::of_key(old.key.id, ada.workspace.id, secret.hash()));
        usage.answered(&meter, Mark { at: world.clock.now(), route, address, agent: None }, status);
    }
    usage.flush().await.expect("a flush");
    let listed =
        world.services.keys.list(&ada, &KeyQuery::default(), PageRequest::first()).await.expect("a list").items;
    for key in [get(&world, &ada, old.key.id).await, listed.into_iter().next().expect("the key")] {
        let rotation = key.rotation.expect("it runs");
        let told = [key.last_use, rotation.last_use, rotation.new_last_use].map(|last| last.and_then(|l| l.status));
        assert_eq!(told, [Some(204), Some(500), Some(204)]);
    }
}

#[tokio::test]
async fn without_grace_the_old_secret_ends_at_once() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let old = make(&world, &ada, "ci").await;
    assert_eq!(verdict(&world, &old.secret).await, Verdict::Allowed);
    let new = world.services.keys.rotate(&ada, old.key.id, &grace("0")).await.expect("rotated");
    assert_eq!(new.key.rotation, None);
    assert_eq!(verdict(&world, &old.secret).await, Verdict::Rotated);
    assert_eq!(verdict(&world, &new.secret).await, Verdict::Allowed);
}

#[tokio::test]
async fn a_rotation_can_be_finished_extended_and_undone() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let (keys, old) = (&world.services.keys, make(&world, &ada, "ci").await);
    let id = old.key.id;
    tick(&world);
    let second = keys.rotate(&ada, id, &grace("3600")).await.expect("rotated");
    tick(&world);
    keys.extend_rotation(&ada, id, &grace("7200")).await.expect("extended");
    world.clock.advance(TimeDelta::minutes(90));
    assert_eq!(verdict(&world, &old.secret).await, Verdict::Allowed);
    let key = keys.undo_rotation(&ada, id, None).await.expect("undone");
    assert_eq!(key.masked(), old.key.masked());
    assert_eq!(verdict(&world, &second.secret).await, Verdict::Rotated);
    world.clock.advance(TimeDelta::days(1));
    assert_eq!(verdict(&world, &old.secret).await, Verdict::Allowed, "it is the only one again, without an end");

    let third = keys.rotate(&ada, id, &grace("3600")).await.expect("it can be rotated again");
    tick(&world);
    let key = keys.finish_rotation(&ada, id, Some(third.key.version)).await.expect("finished");
    assert_eq!(key.rotation, None);
    assert_eq!(verdict(&world, &old.secret).await, Verdict::Rotated);
    assert_eq!(verdict(&world, &third.secret).await, Verdict::Allowed);
    for late in [keys.finish_rotation(&ada, id, None).await, keys.undo_rotation(&ada, id, None).await] {
        assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
    }
    assert!(matches!(keys.extend_rotation(&ada, id, &grace("60")).await, Err(Error::Conflict(_))));
    let log = world.services.audit.of_key(&ada, id).await.expect("a log");
    let done: Vec<_> = log.iter().filter(|e| e.refused.is_none()).map(|e| e.action.as_str()).collect();
    assert_eq!(
        done,
        [
            "key.rotation_finished",
            "key.rotated",
            "key.rotation_undone",
            "key.rotation_extended",
            "key.rotated",
            "key.created"
        ]
    );
}

#[tokio::test]
async fn of_many_who_rotate_the_same_key_one_wins_and_the_others_are_told() {
    for seconds in ["3600", "0"] {
        let (world, ada) = World::owned("lodol", "pro").await;
        let key = make(&world, &ada, "ci").await.key;
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let (keys, ada) = (world.services.keys.clone(), ada.clone());
                let form = RotateForm { version: Some(key.version), ..grace(seconds) };
                tokio::spawn(async move { keys.rotate(&ada, key.id, &form).await.map(|made| made.secret) })
            })
            .collect();
        let mut won = Vec::new();
        for task in tasks {
            match task.await.expect("no panic") {
                Ok(secret) => won.push(secret),
                Err(error) => assert!(matches!(error, Error::Conflict(_) | Error::Stale), "{error:?}"),
            }
        }
        assert_eq!(won.len(), 1);
        assert_eq!(verdict(&world, &won[0]).await, Verdict::Allowed);
    }
}

#[tokio::test]
async fn a_revocation_during_a_rotation_leaves_no_secret_that_works() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let keys = &world.services.keys;
    for _ in 0..5 {
        let old = make(&world, &ada, "ci").await;
        let form = grace("3600");
        let (rotated, revoked) =
            tokio::join!(keys.rotate(&ada, old.key.id, &form), keys.revoke(&ada, old.key.id, "", None));
        revoked.expect("revoking always works");
        if let Ok(new) = rotated {
            assert_eq!(verdict(&world, &new.secret).await, Verdict::Revoked);
        }
        assert_eq!(verdict(&world, &old.secret).await, Verdict::Revoked);
    }
    assert_eq!(keys.quota(&ada).await.map(|quota| quota.used), Ok(0));
}

#[tokio::test]
async fn the_grace_never_outlives_the_key_and_never_exceeds_the_policy() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let (keys, key) = (&world.services.keys, make_for(&world, &ada, "ci", 1).await.key);
    for (form, field) in [
        (grace("-1"), "grace"),
        (grace("soon"), "grace"),
        (grace(&(31 * 86_400).to_string()), "grace"),
        (RotateForm { grace: "custom".into(), hours: "a day".into(), version: None }, "hours"),
        (RotateForm { grace: "custom".into(), hours: "9223372036854775807".into(), version: None }, "hours"),
        (RotateForm { grace: "custom".into(), hours: (31 * 24).to_string(), version: None }, "hours"),
    ] {
        let refused = keys.rotate(&ada, key.id, &form).await.map(|made| made.key);
        assert!(matches!(&refused, Err(Error::Invalid(errors)) if errors[0].field == field), "{form:?}: {refused:?}");
    }
    let form = RotateForm { grace: "custom".into(), hours: "48".into(), version: None };
    let rotated = keys.rotate(&ada, key.id, &form).await.expect("rotated").key;
    assert_eq!(rotated.rotation.map(|rotation| rotation.ends_at), key.expires_at);
}

#[tokio::test]
async fn a_key_that_is_over_or_being_rotated_is_not_rotated() {
    let (world, ada) = World::owned("lodol", "enterprise").await;
    let keys = &world.services.keys;
    let (running, revoked, expired) = (
        make(&world, &ada, "a").await.key.id,
        make(&world, &ada, "b").await.key.id,
        make_for(&world, &ada, "c", 1).await.key.id,
    );
    keys.rotate(&ada, running, &grace("604800")).await.expect("rotated");
    keys.revoke(&ada, revoked, "", None).await.expect("revoked");
    world.clock.advance(TimeDelta::days(2));
    for id in [running, revoked, expired] {
        let refused = keys.rotate(&ada, id, &grace("0")).await.map(|made| made.key);
        assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn nobody_is_handed_a_secret_that_can_do_more_than_their_role() {
    let (world, ada) = World::owned("default", "growth").await;
    let keys = &world.services.keys;
    let bob = world.member(&ada.workspace, "Bob", "developer").await;
    let powerful = keys.create(&ada, &key_form("all", &["workflows:read", "workflows:write"])).await.expect("a key");
    let form = KeyForm { owner: "workspace".into(), ..key_form("shared", &["workflows:write"]) };
    let shared = keys.create(&ada, &form).await.expect("a key");
    for id in [powerful.key.id, shared.key.id] {
        let refused = keys.rotate(&bob, id, &grace("0")).await.map(|made| made.key);
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    }
    assert_eq!(verdict(&world, &powerful.secret).await, Verdict::Allowed);
    let modest = make(&world, &ada, "modest").await.key.id;
    assert!(keys.rotate(&bob, modest, &grace("0")).await.is_ok());
    world.set_role(&ada.workspace, &ada.user, "developer").await;
    assert!(keys.rotate(&bob, powerful.key.id, &grace("0")).await.is_ok(), "the owner's role bounds it now");
}
