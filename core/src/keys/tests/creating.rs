//! Making, listing and ending keys.

use super::READ;
use crate::{
    audit::Change,
    error::Error,
    ids::KeyId,
    keys::{KeyForm, KeyOwner, KeyQuery},
    page::PageRequest,
    profile::Profile,
    testing::{World, key_form},
};
use chrono::TimeDelta;

#[tokio::test]
async fn a_key_is_listed_as_it_was_made_and_its_secret_is_nowhere() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let keys = &world.services.keys;
    let form = KeyForm { note: "in the vault".into(), expiry: "30".into(), ..key_form(" ci ", READ) };
    let created = keys.create(&ada, &form).await.expect("a key");
    let listed = keys.list(&ada, &KeyQuery::default(), PageRequest::first()).await.expect("a list").items;
    assert_eq!(listed, vec![created.key.clone()]);
    assert_eq!(keys.get(&ada, created.key.id).await, Ok(created.key.clone()));
    assert_eq!(created.key.label, "ci");
    assert_eq!(created.key.expires_at, Some(created.key.created_at + TimeDelta::days(30)));
    assert!(!format!("{:?}", created.secret).contains(&created.key.start));
    assert_eq!(keys.count(&ada).await, Ok(1));
}

#[tokio::test]
async fn keys_that_are_over_sink_and_pages_go_on_where_they_stopped() {
    let (world, ada) = World::owned("lodol", "enterprise").await;
    let keys = &world.services.keys;
    let mut ids = Vec::new();
    for (i, expiry) in ["never", "1", "never", "never", "1"].into_iter().enumerate() {
        world.clock.advance(TimeDelta::seconds(1));
        let form = KeyForm { expiry: expiry.into(), ..key_form(&format!("key {i}"), READ) };
        ids.push(keys.create(&ada, &form).await.expect("a key").key.id);
    }
    keys.revoke(&ada, ids[2], "", None).await.expect("revoked");
    world.clock.advance(TimeDelta::days(2));
    let expected = [ids[3], ids[0], ids[4], ids[2], ids[1]];
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = keys.list(&ada, &KeyQuery::default(), PageRequest { after, limit: 2 }).await.expect("a page");
        seen.extend(page.items.iter().map(|k| k.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, expected);
    let quota = keys.quota(&ada).await.expect("a quota");
    assert_eq!((quota.used, quota.limit), (2, 20), "expired and revoked keys do not count");
    let foreign = PageRequest { after: Some(KeyId::from_uuid(uuid::Uuid::nil())), limit: 2 };
    assert!(matches!(keys.list(&ada, &KeyQuery::default(), foreign).await, Err(Error::Malformed(_))));
}

#[tokio::test]
async fn common_12_of_fifty_creates_at_one_place_left_one_succeeds() {
    let (world, ada) = World::owned("lodol", "pro").await;
    for label in ["one", "two"] {
        world.services.keys.create(&ada, &key_form(label, READ)).await.expect("a key");
    }
    let tasks: Vec<_> = (0..50)
        .map(|i| {
            let (keys, ada) = (world.services.keys.clone(), ada.clone());
            tokio::spawn(async move { keys.create(&ada, &key_form(&format!("{i}"), READ)).await })
        })
        .collect();
    let mut made = 0;
    for task in tasks {
        match task.await.expect("no panic") {
            Ok(_) => made += 1,
            Err(error) => assert_eq!(error, Error::KeyLimitReached { limit: 3, plan: "Pro".into() }),
        }
    }
    assert_eq!(made, 1);
    assert_eq!(world.services.keys.count(&ada).await, Ok(3));
}

#[tokio::test]
async fn a_key_is_revoked_once_and_the_second_is_told() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let keys = &world.services.keys;
    let id = keys.create(&ada, &key_form("ci", READ)).await.expect("a key").key.id;
    let (one, two) = tokio::join!(keys.revoke(&ada, id, "", None), keys.revoke(&ada, id, "", None));
    assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|ok| **ok).count(), 1);
    assert!(matches!(keys.revoke(&ada, id, "", None).await, Err(Error::Conflict(_))));
}

#[tokio::test]
async fn common_14_another_workspaces_key_is_as_unknown_as_none() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let eve = world.neighbour("Eve", "pro").await;
    let keys = &world.services.keys;
    let id = keys.create(&ada, &key_form("ci", READ)).await.expect("a key").key.id;
    let nobodys = KeyId::from_uuid(uuid::Uuid::nil());
    for id in [id, nobodys] {
        assert_eq!(keys.get(&eve, id).await, Err(Error::NotFound("key")));
        assert_eq!(keys.revoke(&eve, id, "", None).await, Err(Error::NotFound("key")));
    }
    assert_eq!(keys.list(&eve, &KeyQuery::default(), PageRequest::first()).await.expect("a list").items, vec![]);
    assert_eq!(keys.same_label(&eve, "ci").await, Ok(None));
    assert!(keys.get(&ada, id).await.is_ok_and(|key| key.revoked_at.is_none()));
}

#[tokio::test]
async fn common_01_only_roles_that_manage_keys_make_or_end_them() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let keys = &world.services.keys;
    let id = keys.create(&ada, &key_form("ci", READ)).await.expect("a key").key.id;
    let bob = world.member(&ada.workspace, "Bob", "member").await;
    assert!(matches!(keys.create(&bob, &key_form("mine", READ)).await, Err(Error::Forbidden(_))));
    assert!(matches!(keys.revoke(&bob, id, "", None).await, Err(Error::Forbidden(_))));
    let admin = world.member(&ada.workspace, "Grace", "admin").await;
    assert!(keys.create(&admin, &key_form("hers", READ)).await.is_ok());
    assert!(keys.revoke(&admin, id, "", None).await.is_ok());
}

#[tokio::test]
async fn a_label_may_repeat_and_is_pointed_out() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let keys = &world.services.keys;
    assert_eq!(keys.same_label(&ada, "ci").await, Ok(None));
    let first = keys.create(&ada, &key_form("ci", READ)).await.expect("a key").key;
    assert_eq!(keys.same_label(&ada, " ci ").await, Ok(Some(first)));
    assert_eq!(keys.same_label(&ada, "c\0i").await, Ok(None));
    assert!(keys.create(&ada, &key_form("ci", READ)).await.is_ok());
}

#[tokio::test]
async fn common_13_reaching_beyond_ones_role_is_written_down() {
    let text = Profile::built_in("default").expect("the profile");
    let world = World::of(Profile::parse("default", text).expect("a good profile")).await;
    let ada = world.claim("growth").await;
    let bob = world.member(&ada.workspace, "Bob", "developer").await;
    let beyond = world.services.keys.create(&bob, &key_form("mine", &["workflows:write"])).await;
    assert!(matches!(beyond, Err(Error::Invalid(_))));
    let log = world.services.audit.list(&ada, PageRequest::first()).await.expect("a log").items;
    assert!(
        log.iter().any(|e| e.refused.as_deref() == Some("insufficient_scope") && e.actor.as_deref() == Some("Bob"))
    );
}

#[tokio::test]
async fn keys_on_a_plan_that_the_profile_dropped_can_still_be_seen_and_revoked() {
    let (world, mut ada) = World::owned("lodol", "pro").await;
    let keys = &world.services.keys;
    let id = keys.create(&ada, &key_form("ci", READ)).await.expect("a key").key.id;
    ada.workspace.plan = "gone".into();
    let quota = keys.quota(&ada).await.expect("a quota");
    assert_eq!((quota.limit, quota.plan.as_str(), quota.api), (0, "gone", false));
    assert!(keys.revoke(&ada, id, "", None).await.is_ok());
}

#[tokio::test]
async fn a_plan_without_keys_says_so() {
    let (world, ada) = World::owned("lodol", "free").await;
    let refused = world.services.keys.create(&ada, &key_form("ci", READ)).await.map(|c| c.key);
    assert_eq!(refused, Err(Error::PlanRequired { plan: "Free".into() }));
}

#[tokio::test]
async fn common_13_changes_and_refused_attempts_are_in_the_log() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let (keys, audit) = (&world.services.keys, &world.services.audit);
    let key = keys.create(&ada, &key_form("ci", READ)).await.expect("a key").key;
    let bob = world.member(&ada.workspace, "Bob", "member").await;
    world.clock.advance(TimeDelta::seconds(1));
    keys.revoke(&bob, key.id, "", None).await.expect_err("not allowed");
    world.clock.advance(TimeDelta::seconds(1));
    keys.revoke(&ada, key.id, "", None).await.expect("revoked");

    let log = audit.of_key(&ada, key.id).await.expect("a log");
    let said: Vec<_> = log
        .iter()
        .map(|e| (e.actor.as_deref(), e.action.as_str(), e.refused.as_deref(), e.address.as_deref()))
        .collect();
    assert_eq!(
        said,
        [
            (Some("Ada Lovelace"), "key.revoked", None, Some("203.0.113.7")),
            (Some("Bob"), "key.revoked", Some("forbidden"), Some("203.0.113.7")),
            (Some("Ada Lovelace"), "key.created", None, Some("203.0.113.7")),
        ]
    );
    let change = Change { what: "status".into(), from: Some("active".into()), to: Some("revoked".into()) };
    assert_eq!(log[0].changes, [change]);
    assert!(audit.list(&bob, PageRequest::first()).await.is_err(), "members do not read the log");
}

#[tokio::test]
async fn a_role_that_was_taken_away_meanwhile_makes_no_key() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let grace = world.member(&ada.workspace, "Grace", "admin").await;
    world.set_role(&ada.workspace, &grace.user, "member").await;
    let refused = world.services.keys.create(&grace, &key_form("late", READ)).await.map(|made| made.key);
    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    assert_eq!(world.services.keys.count(&ada).await, Ok(0));
}

#[tokio::test]
async fn a_key_of_the_workspace_is_nobodys_and_only_where_the_profile_allows_it() {
    let (world, ada) = World::owned("default", "growth").await;
    let form = KeyForm { owner: "workspace".into(), ..key_form("ci", READ) };
    let key = world.services.keys.create(&ada, &form).await.expect("a key").key;
    assert_eq!(key.owner, KeyOwner::Workspace);
    assert_eq!(key.creator.id, ada.user.id);
    assert_eq!(world.services.keys.get(&ada, key.id).await, Ok(key));
    let (world, ada) = World::owned("lodol", "pro").await;
    let refused = world.services.keys.create(&ada, &form).await.map(|made| made.key);
    assert!(matches!(refused, Err(Error::Invalid(errors)) if errors[0].field == "owner"));
}

#[tokio::test]
async fn each_environment_has_its_own_prefix() {
    let (world, ada) = World::owned("default", "growth").await;
    for (environment, name, prefix) in
        [("", "live", "sk_live_"), ("live", "live", "sk_live_"), ("test", "test", "sk_test_")]
    {
        let form = KeyForm { environment: environment.into(), ..key_form("ci", READ) };
        let made = world.services.keys.create(&ada, &form).await.expect("a key");
        assert!(made.secret.expose().starts_with(prefix) && made.key.start.starts_with(prefix));
        assert_eq!(made.key.environment, name);
        assert_eq!(super::verdict(&world, &made.secret).await, crate::gate::Verdict::Allowed);
    }
    let form = KeyForm { environment: "staging".into(), ..key_form("ci", READ) };
    assert!(
        matches!(world.services.keys.create(&ada, &form).await, Err(Error::Invalid(e)) if e[0].field == "environment")
    );
}

#[tokio::test]
async fn the_count_that_is_kept_is_the_count_that_is() {
    let (world, ada) = World::owned("lodol", "enterprise").await;
    let keys = &world.services.keys;
    let mut ids = Vec::new();
    for (label, expiry) in [("a", "never"), ("b", "1"), ("c", "never"), ("d", "1"), ("e", "never")] {
        let form = KeyForm { expiry: expiry.into(), ..key_form(label, READ) };
        ids.push(keys.create(&ada, &form).await.expect("a key").key.id);
    }
    keys.disable(&ada, ids[0], None).await.expect("disabled");
    keys.revoke(&ada, ids[1], "", None).await.expect("revoked");
    keys.revoke(&ada, ids[2], "", None).await.expect("revoked");
    assert_eq!(keys.quota(&ada).await.map(|q| q.used), Ok(3));
    world.clock.advance(TimeDelta::days(2));
    assert_eq!(keys.quota(&ada).await.map(|q| q.used), Ok(2), "b and d have expired; b was revoked before");
    keys.revoke(&ada, ids[3], "", None).await.expect("an expired key can be revoked");
    assert_eq!(keys.quota(&ada).await.map(|q| q.used), Ok(2));
}
