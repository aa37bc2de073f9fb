//! Lists by filter and order, and keys found by their secrets.

use super::{READ, make, make_for, make_of, verdict};
use crate::{
    actor::Actor,
    error::Error,
    ids::KeyId,
    keys::{ExpiryFilter, KeyForm, KeyQuery, KeySort, LastUseFilter, OwnerFilter, StatusFilter},
    page::PageRequest,
    testing::{World, key_form},
};
use chrono::TimeDelta;

/// All labels that a query finds, read two at a time.
async fn labels(world: &World, actor: &Actor, query: &KeyQuery) -> Vec<String> {
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = world.services.keys.list(actor, query, PageRequest { after, limit: 2 }).await.expect("a page");
        assert!(page.items.len() <= 2);
        seen.extend(page.items.into_iter().map(|key| key.label));
        after = page.next;
        if after.is_none() {
            return seen;
        }
    }
}

#[tokio::test]
async fn each_filter_finds_its_keys() {
    let (world, ada) = World::owned("default", "growth").await;
    let keys = &world.services.keys;
    let bob = world.member(&ada.workspace, "Bob", "developer").await;
    let used = make(&world, &ada, "Used").await;
    make_for(&world, &ada, "ends soon", 5).await;
    let off = make(&world, &bob, "off 100%").await.key.id;
    keys.disable(&ada, off, None).await.expect("disabled");
    let form =
        KeyForm { owner: "workspace".into(), note: "in the_vault".into(), ..key_form("shared", &["executions:read"]) };
    make_of(&world, &ada, &form).await;
    let gone = make(&world, &ada, "gone").await.key.id;
    keys.revoke(&ada, gone, "", None).await.expect("revoked");
    make_for(&world, &ada, "over", 1).await;
    assert_eq!(verdict(&world, &used.secret).await, crate::gate::Verdict::Allowed);
    world.services.usage.flush().await.expect("a flush");
    world.clock.advance(TimeDelta::days(2));
    world.remove_member(&ada.workspace, &bob.user).await;

    let blank = KeyQuery::default;
    let search = |text: &str| KeyQuery { search: text.into(), ..blank() };
    let status = |status| KeyQuery { status: Some(status), ..blank() };
    let owner = |owner| KeyQuery { owner: Some(owner), ..blank() };
    let expiry = |expiry| KeyQuery { expiry: Some(expiry), ..blank() };
    let last_use = |last_use| KeyQuery { last_use: Some(last_use), ..blank() };
    let cases: Vec<(KeyQuery, &[&str])> = vec![
        (blank(), &["shared", "off 100%", "ends soon", "Used", "over", "gone"]),
        (search("USED"), &["Used"]),
        (search("100%"), &["off 100%"]),
        (search("the_v"), &["shared"]),
        (search("the%v"), &[]),
        (search(&used.key.start), &["Used"]),
        (search(&used.key.start[1..]), &[]),
        (status(StatusFilter::Active), &["shared", "ends soon", "Used"]),
        (status(StatusFilter::Disabled), &["off 100%"]),
        (status(StatusFilter::Expired), &["over"]),
        (status(StatusFilter::Revoked), &["gone"]),
        (KeyQuery { scope: "executions:read".into(), ..blank() }, &["shared"]),
        (KeyQuery { scope: "executions".into(), ..blank() }, &[]),
        (owner(OwnerFilter::Workspace), &["shared"]),
        (owner(OwnerFilter::Left), &["off 100%"]),
        (owner(OwnerFilter::Member(bob.user.id)), &["off 100%"]),
        (expiry(ExpiryFilter::Within(7)), &["ends soon"]),
        (expiry(ExpiryFilter::Within(1)), &[]),
        (expiry(ExpiryFilter::Never), &["shared", "off 100%", "Used", "gone"]),
        (last_use(LastUseFilter::Within(7)), &["Used"]),
        (last_use(LastUseFilter::NotFor(1)), &["shared", "off 100%", "ends soon", "Used", "over", "gone"]),
        (last_use(LastUseFilter::NotFor(30)), &["shared", "off 100%", "ends soon", "over", "gone"]),
        (last_use(LastUseFilter::Never), &["shared", "off 100%", "ends soon", "over", "gone"]),
        (KeyQuery { search: "e".into(), ..status(StatusFilter::Active) }, &["shared", "ends soon", "Used"]),
        (KeyQuery { sort: KeySort::Label, ..blank() }, &["ends soon", "off 100%", "shared", "Used", "gone", "over"]),
        (KeyQuery { sort: KeySort::LastUse, ..blank() }, &["Used", "shared", "off 100%", "ends soon", "over", "gone"]),
        (KeyQuery { sort: KeySort::Expiry, ..blank() }, &["ends soon", "shared", "off 100%", "Used", "over", "gone"]),
    ];
    for (query, expected) in cases {
        assert_eq!(labels(&world, &ada, &query).await, expected, "{query:?}");
    }
    let owners: Vec<_> = keys.owners(&ada).await.expect("people").into_iter().map(|person| person.name).collect();
    assert_eq!(owners, ["Ada Lovelace"], "those who left are one choice, together");
}

#[tokio::test]
async fn a_page_goes_on_where_it_stopped_in_every_order_even_among_equals() {
    let (world, ada) = World::owned("lodol", "enterprise").await;
    for label in ["b", "a", "b", "A", "c"] {
        make(&world, &ada, label).await;
    }
    for sort in [KeySort::Newest, KeySort::Label, KeySort::LastUse, KeySort::Expiry] {
        let query = KeyQuery { sort, search: String::new(), ..KeyQuery::default() };
        let mut seen = labels(&world, &ada, &query).await;
        assert_eq!(seen.len(), 5, "{sort:?}");
        seen.sort();
        assert_eq!(seen, ["A", "a", "b", "b", "c"]);
    }
    let foreign = PageRequest { after: Some(KeyId::from_uuid(uuid::Uuid::nil())), limit: 2 };
    let query = KeyQuery { sort: KeySort::Label, ..KeyQuery::default() };
    assert!(matches!(world.services.keys.list(&ada, &query, foreign).await, Err(Error::Malformed(_))));
}

#[tokio::test]
async fn a_key_is_found_by_any_of_its_secrets_and_only_here() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let eve = world.neighbour("Eve", "pro").await;
    let (keys, old) = (&world.services.keys, make(&world, &ada, "ci").await);
    let new = keys.rotate(&ada, old.key.id, &Default::default()).await.expect("rotated");
    for secret in [&old.secret, &new.secret] {
        let found = keys.find_by_hash(&ada, secret.hash()).await.expect("a search");
        assert_eq!(found.map(|key| key.id), Some(old.key.id));
        assert_eq!(keys.find_by_hash(&eve, secret.hash()).await, Ok(None));
        let start = secret.start(&world.services.profile.key);
        assert_eq!(keys.find_by_start(&ada, start).await.expect("a search").len(), 1);
        assert_eq!(keys.find_by_start(&eve, start).await, Ok(vec![]));
    }
    for nothing in ["", "sk_live_", "sk_live_%", "sk_live_____", "sk_", "'; drop table api_keys", "sk_live_\0"] {
        assert_eq!(keys.find_by_start(&ada, nothing).await, Ok(vec![]), "{nothing}");
    }
}

#[tokio::test]
async fn the_most_urgent_keys_that_end_soon_are_told() {
    let (world, ada) = World::owned("lodol", "enterprise").await;
    let keys = &world.services.keys;
    assert_eq!(keys.tally(&ada).await.map(|(_, expiring)| expiring), Ok(None));
    for (label, days) in [("a", 20), ("b", 29), ("c", 60)] {
        make_for(&world, &ada, label, days).await;
    }
    let soon = |found: Option<crate::keys::Expiring>| found.map(|e| (e.within_days, e.count));
    assert_eq!(keys.tally(&ada).await.map(|(_, expiring)| soon(expiring)), Ok(Some((30, 2))));
    world.clock.advance(TimeDelta::days(15));
    assert_eq!(keys.tally(&ada).await.map(|(_, expiring)| soon(expiring)), Ok(Some((7, 1))));
    world.clock.advance(TimeDelta::days(4) + TimeDelta::hours(1));
    assert_eq!(keys.tally(&ada).await.map(|(_, expiring)| soon(expiring)), Ok(Some((1, 1))));
    world.clock.advance(TimeDelta::days(60));
    assert_eq!(keys.tally(&ada).await.map(|(_, expiring)| expiring), Ok(None));
    assert!(keys.create(&ada, &key_form("x", READ)).await.is_ok());
}
