//! Changing, switching off and ending keys.

use super::{HOME, READ, get, make, make_for, make_of, tick, verdict, verdict_from};
use crate::{
    audit::Change,
    error::Error,
    gate::Verdict,
    ids::KeyId,
    keys::{Bulk, KeyForm, KeyPatch, KeyStatus},
    page::PageRequest,
    profile::Profile,
    testing::{World, key_form},
};
use chrono::TimeDelta;

fn scopes(names: &[&str]) -> KeyPatch {
    KeyPatch { scopes: Some(names.iter().map(|&name| name.to_owned()).collect()), ..KeyPatch::default() }
}

#[tokio::test]
async fn a_change_is_seen_by_the_next_request_and_written_down_from_what_to_what() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let made = make(&world, &ada, "ci").await;
    assert_eq!(verdict(&world, &made.secret).await, Verdict::Allowed);
    let patch = KeyPatch {
        label: Some(" deploy ".into()),
        note: Some("GitHub".into()),
        networks: Some("198.51.100.0/24, 2001:db8::1".into()),
        version: Some(1),
        ..scopes(&["executions:read"])
    };
    tick(&world);
    let changed = world.services.keys.update(&ada, made.key.id, &patch).await.expect("changed");
    assert_eq!((changed.label.as_str(), changed.version), ("deploy", 2));
    assert_eq!(get(&world, &ada, made.key.id).await, changed);
    assert_eq!(verdict(&world, &made.secret).await, Verdict::AddressNotAllowed);
    let inside = "198.51.100.9".parse().expect("an address");
    assert_eq!(verdict_from(&world, &made.secret, inside).await, Verdict::ScopeMissing);

    let entry = world.services.audit.of_key(&ada, made.key.id).await.expect("a log").remove(0);
    assert_eq!(entry.action, "key.changed");
    let of = |what: &str, from: &str, to: &str| Change::between(what, from, to);
    assert_eq!(
        entry.changes,
        [
            of("label", "ci", "deploy"),
            of("note", "", "GitHub"),
            of("scopes", "workflows:read", "executions:read"),
            of("allowed_addresses", "", "198.51.100.0/24, 2001:db8::1"),
        ]
    );
}

#[tokio::test]
async fn a_change_that_changes_nothing_leaves_no_trace() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let key = make(&world, &ada, "ci").await.key;
    let same = KeyPatch { label: Some("ci".into()), ..scopes(READ) };
    assert_eq!(world.services.keys.update(&ada, key.id, &same).await, Ok(key.clone()));
    assert_eq!(world.services.audit.of_key(&ada, key.id).await.expect("a log").len(), 1);
}

#[tokio::test]
async fn of_two_changes_to_the_same_version_one_is_told() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let id = make(&world, &ada, "ci").await.key.id;
    let keys = &world.services.keys;
    let patch = |label: &str| KeyPatch { label: Some(label.into()), version: Some(1), ..KeyPatch::default() };
    keys.update(&ada, id, &patch("one")).await.expect("changed");
    assert_eq!(keys.update(&ada, id, &patch("two")).await, Err(Error::Stale));
    assert_eq!(keys.disable(&ada, id, Some(1)).await, Err(Error::Stale));
    assert_eq!(keys.revoke(&ada, id, "", Some(1)).await, Err(Error::Stale));
    assert_eq!(get(&world, &ada, id).await.label, "one");
}

#[tokio::test]
async fn an_editor_adds_only_scopes_of_their_role_and_may_leave_those_that_are_there() {
    let (world, ada) = World::owned("default", "growth").await;
    let keys = &world.services.keys;
    let bob = world.member(&ada.workspace, "Bob", "developer").await;
    let full = make_of(&world, &ada, &key_form("all", &["workflows:read", "workflows:write"])).await.key;
    let reach = keys.update(&bob, full.id, &scopes(&["workflows:read", "workflows:write", "workflows:run"])).await;
    assert_eq!(reach.map(|key| key.scopes.len()), Ok(3), "write was there, run is Bob's");
    keys.update(&bob, full.id, &scopes(&["workflows:read"])).await.expect("taking away is allowed");
    tick(&world);
    let beyond = keys.update(&bob, full.id, &scopes(&["workflows:read", "workflows:write"])).await;
    assert!(matches!(&beyond, Err(Error::Invalid(errors)) if errors[0].field == "scopes"), "{beyond:?}");
    let log = world.services.audit.of_key(&ada, full.id).await.expect("a log");
    assert_eq!(log[0].refused.as_deref(), Some("insufficient_scope"));
    let none = keys.update(&ada, full.id, &scopes(&[])).await;
    assert!(matches!(none, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn a_scope_that_the_owners_role_lacks_is_not_added() {
    let (world, ada) = World::owned("default", "growth").await;
    let bob = world.member(&ada.workspace, "Bob", "developer").await;
    let bobs = make(&world, &bob, "his").await.key;
    let beyond = world.services.keys.update(&ada, bobs.id, &scopes(&["workflows:read", "workflows:write"])).await;
    assert!(matches!(beyond, Err(Error::Invalid(errors)) if errors[0].message.contains("Bob")));
}

#[tokio::test]
async fn common_05_a_disabled_key_is_refused_at_once_and_works_again_once_enabled() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let made = make(&world, &ada, "ci").await;
    let (keys, id) = (&world.services.keys, made.key.id);
    assert_eq!(verdict(&world, &made.secret).await, Verdict::Allowed);
    keys.disable(&ada, id, None).await.expect("disabled");
    for _ in 0..3 {
        assert_eq!(verdict(&world, &made.secret).await, Verdict::Disabled);
    }
    world.services.usage.flush().await.expect("a flush");
    assert_eq!(get(&world, &ada, id).await.refused.map(|refused| refused.tries), Some(3));
    assert!(matches!(keys.disable(&ada, id, None).await, Err(Error::Conflict(_))));
    let key = keys.enable(&ada, id, None).await.expect("enabled");
    assert_eq!(key.refused, None);
    assert_eq!(verdict(&world, &made.secret).await, Verdict::Allowed);
    assert!(matches!(keys.enable(&ada, id, None).await, Err(Error::Conflict(_))));
    keys.revoke(&ada, id, "", None).await.expect("revoked");
    assert!(matches!(keys.enable(&ada, id, None).await, Err(Error::Conflict(_))), "a revoked key stays revoked");
    assert_eq!(verdict(&world, &made.secret).await, Verdict::Revoked);
}

#[tokio::test]
async fn a_revoked_key_keeps_its_reason_and_counts_what_is_tried() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let made = make(&world, &ada, "ci").await;
    let id = made.key.id;
    world.services.keys.revoke(&ada, id, " leaked in a log ", None).await.expect("revoked");
    for _ in 0..2 {
        world.clock.advance(TimeDelta::seconds(1));
        assert_eq!(verdict(&world, &made.secret).await, Verdict::Revoked);
        world.services.usage.flush().await.expect("a flush");
    }
    let key = get(&world, &ada, id).await;
    assert_eq!(key.revoked_reason.as_deref(), Some("leaked in a log"));
    let refused = key.refused.expect("tries");
    assert_eq!((refused.tries, refused.address.as_str()), (2, "203.0.113.7"));
    assert_eq!(refused.at, crate::clock::Clock::now(world.clock.as_ref()));
    let long = world.services.keys.revoke(&ada, make(&world, &ada, "b").await.key.id, &"x".repeat(201), None).await;
    assert!(matches!(long, Err(Error::Invalid(errors)) if errors[0].field == "reason"));
}

#[tokio::test]
async fn many_keys_are_changed_at_once_or_none() {
    let (world, ada) = World::owned("lodol", "enterprise").await;
    let eve = world.neighbour("Eve", "pro").await;
    let keys = &world.services.keys;
    let (a, b, c) =
        (make(&world, &ada, "a").await, make(&world, &ada, "b").await, make_for(&world, &ada, "c", 1).await);
    let foreign = make(&world, &eve, "hers").await.key.id;
    let ids = [a.key.id, b.key.id];
    let mixed = keys.bulk(&ada, Bulk::Revoke, &[ids[0], foreign], "").await;
    assert_eq!(mixed, Err(Error::NotFound("key")), "another workspace's key is not found");
    assert_eq!(verdict(&world, &a.secret).await, Verdict::Allowed, "and nothing was half done");

    world.clock.advance(TimeDelta::days(2));
    let done = keys.bulk(&ada, Bulk::Disable, &[ids[0], ids[1], ids[0], c.key.id], "").await.expect("done");
    assert_eq!((done.changed.len(), done.skipped.len()), (2, 1), "an expired key cannot be disabled");
    assert_eq!(verdict(&world, &b.secret).await, Verdict::Disabled);
    let done = keys.bulk(&ada, Bulk::Revoke, &ids, "spring cleaning").await.expect("done");
    assert_eq!(
        done.changed.iter().map(|key| key.revoked_reason.as_deref()).collect::<Vec<_>>(),
        [Some("spring cleaning"); 2]
    );
    assert_eq!(verdict(&world, &a.secret).await, Verdict::Revoked);
    assert_eq!(keys.quota(&ada).await.map(|quota| quota.used), Ok(0));
    let log = world.services.audit.list(&ada, PageRequest::first()).await.expect("a log").items;
    assert_eq!(log.iter().filter(|entry| entry.action == "key.revoked" && entry.refused.is_none()).count(), 2);
    assert!(matches!(keys.bulk(&ada, Bulk::Revoke, &[], "").await, Err(Error::Invalid(_))));
    assert_eq!(keys.chosen(&ada, &ids).await.expect("keys").len(), 2);
    assert_eq!(keys.chosen(&ada, &[foreign]).await, Err(Error::NotFound("key")));
}

#[tokio::test]
async fn common_01_and_14_nobody_else_changes_a_key() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let eve = world.neighbour("Eve", "pro").await;
    let bob = world.member(&ada.workspace, "Bob", "member").await;
    let id = make(&world, &ada, "ci").await.key.id;
    let (keys, patch) = (&world.services.keys, KeyPatch { label: Some("mine".into()), ..KeyPatch::default() });
    for (who, expected) in [(&bob, "forbidden"), (&eve, "not_found")] {
        assert_eq!(keys.update(who, id, &patch).await.map_err(|e| e.code()), Err(expected));
        assert_eq!(keys.disable(who, id, None).await.map_err(|e| e.code()), Err(expected));
        assert_eq!(keys.enable(who, id, None).await.map_err(|e| e.code()), Err(expected));
        assert_eq!(keys.bulk(who, Bulk::Disable, &[id], "").await.map_err(|e| e.code()), Err(expected));
        assert_eq!(keys.rotate(who, id, &Default::default()).await.map(|m| m.key).map_err(|e| e.code()), Err(expected));
        assert_eq!(keys.finish_rotation(who, id, None).await.map_err(|e| e.code()), Err(expected));
        assert_eq!(keys.undo_rotation(who, id, None).await.map_err(|e| e.code()), Err(expected));
        assert_eq!(keys.extend_rotation(who, id, &Default::default()).await.map_err(|e| e.code()), Err(expected));
    }
    assert_eq!(get(&world, &ada, id).await.version, 1);
    let refused = world.services.audit.of_key(&ada, id).await.expect("a log");
    assert_eq!(refused.iter().filter(|entry| entry.refused.as_deref() == Some("forbidden")).count(), 7);
}

#[test]
fn networks_are_read_as_people_write_them() {
    let profile = Profile::parse("lodol", Profile::built_in("lodol").expect("a profile")).expect("no faults");
    let read = |text: &str| {
        let form = KeyForm { networks: text.into(), ..key_form("ci", READ) };
        let now = chrono::DateTime::UNIX_EPOCH;
        crate::keys::NewKey::parse(&form, &profile, profile.owner_role(), now)
            .map(|new| crate::keys::networks_text(&new.networks))
    };
    assert_eq!(read(" 203.0.113.7\r\n10.1.2.3/8, 2001:DB8::/32 ::ffff:192.0.2.1 203.0.113.7"), {
        Ok("203.0.113.7\n10.0.0.0/8\n2001:db8::/32\n192.0.2.1".to_owned())
    });
    assert_eq!(read(""), Ok(String::new()));
    for bad in ["10.0.0.0/33", "10.0.0", "example.com", "1.2.3.4/", "1.2.3.4-9"] {
        assert!(read(bad).is_err_and(|errors| errors[0].field == "networks"), "{bad}");
    }
    let many: Vec<_> = (0..51).map(|i| format!("10.0.0.{i}")).collect();
    assert!(read(&many.join("\n")).is_err());
}

#[tokio::test]
async fn revoked_wins_over_expired_and_expired_over_disabled() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let made = make_for(&world, &ada, "ci", 1).await;
    let (keys, id) = (&world.services.keys, made.key.id);
    keys.disable(&ada, id, None).await.expect("disabled");
    world.clock.advance(TimeDelta::days(2));
    let now = crate::clock::Clock::now(world.clock.as_ref());
    assert_eq!(get(&world, &ada, id).await.status(now), KeyStatus::Expired);
    keys.revoke(&ada, id, "", None).await.expect("revoked");
    assert_eq!(get(&world, &ada, id).await.status(now), KeyStatus::Revoked);
    assert_eq!(verdict_from(&world, &made.secret, HOME).await, Verdict::Revoked);
    assert_eq!(keys.get(&ada, KeyId::from_uuid(uuid::Uuid::nil())).await, Err(Error::NotFound("key")));
}
