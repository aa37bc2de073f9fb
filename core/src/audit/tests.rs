//! The log as its readers meet it, and as somebody with the database's password may leave it.

use super::*;
use crate::{
    actor::{Actor, Origin, Via},
    clock::Clock as _,
    db::{Db, on_db},
    ids::{AuditId, KeyId, SessionId},
    page::PageRequest,
    services::Services,
    testing::{World, key_form, origin},
};
use chrono::TimeDelta;

/// A world whose log has these many entries of Ada's workspace: the first tells that it was made, the
/// others are refused attempts.
async fn world_of(entries: u32) -> (World, Actor) {
    let (world, ada) = World::owned("lodol", "pro").await;
    for n in 1..entries {
        world.clock.advance(TimeDelta::microseconds(1_001));
        try_revoke(&world.services, &ada, n).await;
    }
    (world, ada)
}

async fn try_revoke(services: &Services, actor: &Actor, n: u32) {
    let nobodys = KeyId::from_uuid(uuid::Uuid::from_u128(n.into()));
    assert!(services.keys.revoke(actor, nobodys, "", None).await.is_err());
}

/// Does what somebody does who has the database's password.
async fn tamper(world: &World, sql: &'static str) {
    let db = &world.test_db.db;
    let changed: u64 = on_db!(db, c => sqlx::query(sql).execute(c).await.expect("a statement").rows_affected());
    assert!(changed > 0, "{sql}");
}

async fn found(world: &World) -> Verified {
    verify(&world.test_db.db, &[]).await.expect("a database")
}

/// The one chain's fault, and how many entries before it are good.
async fn fault(world: &World) -> (u64, Option<ChainFault>) {
    let found = found(world).await;
    assert_eq!(found.is_whole(), found.chains.iter().all(|chain| chain.fault.is_none()));
    let [chain] = found.chains.as_slice() else { panic!("{found:?}") };
    (chain.entries, chain.fault)
}

#[tokio::test]
async fn common_13_a_log_that_nobody_touched_is_whole() {
    let (world, ada) = world_of(5).await;
    world.clock.advance(TimeDelta::seconds(1));
    assert!(world.services.accounts.sign_out_everywhere(&ada.user, &origin()).await.is_ok());
    let stranger = crate::accounts::SignIn { email: "nobody@example.com", password: "x", device: None };
    assert!(world.services.accounts.sign_in(stranger, &origin()).await.is_err());
    let found = found(&world).await;
    assert!(found.is_whole(), "{found:?}");
    let chains: Vec<_> = found.chains.iter().map(|c| (c.workspace, c.slug.as_deref(), c.entries)).collect();
    assert_eq!(chains, [(None, None, 1), (Some(ada.workspace.id), Some("acme"), 6)]);
    assert_eq!((found.unchained, found.unchained_until), (0, None));

    let log = world.services.audit.list(&ada, PageRequest::first()).await.expect("a log").items;
    assert_eq!(log.iter().map(|e| e.seq).collect::<Vec<_>>(), (1..=6).rev().map(Some).collect::<Vec<_>>());
    assert_eq!(log[0].hash, Some(found.chains[1].head), "the list shows the hashes");
}

#[tokio::test]
async fn common_13_more_entries_than_are_held_in_memory_are_verified_to_the_last() {
    let (world, _) = world_of(501).await;
    assert_eq!(fault(&world).await, (501, None));
    tamper(&world, "update audit_log set address = '198.51.100.1' where seq = 501").await;
    assert_eq!(fault(&world).await, (500, Some(ChainFault::Altered { seq: 501 })));
}

#[tokio::test]
async fn common_13_an_altered_entry_is_found_whatever_was_altered() {
    let (world, _) = world_of(4).await;
    for (alter, restore) in [
        (
            "update audit_log set actor = 'Eve' where seq = 3",
            "update audit_log set actor = 'Ada Lovelace' where seq = 3",
        ),
        (
            "update audit_log set refused = null where seq = 3",
            "update audit_log set refused = 'not_found' where seq = 3",
        ),
        (
            "update audit_log set changes = '[{\"what\":\"x\"}]' where seq = 3",
            "update audit_log set changes = '[]' where seq = 3",
        ),
        ("update audit_log set via = 'system' where seq = 3", "update audit_log set via = null where seq = 3"),
    ] {
        tamper(&world, alter).await;
        assert_eq!(fault(&world).await, (2, Some(ChainFault::Altered { seq: 3 })), "{alter}");
        tamper(&world, restore).await;
        assert_eq!(fault(&world).await, (4, None), "{restore}");
    }
    tamper(&world, "update audit_log set changes = '{}' where seq = 3").await;
    assert_eq!(fault(&world).await, (2, Some(ChainFault::Altered { seq: 3 })), "what cannot be read was altered");
}

#[tokio::test]
async fn common_13_a_removed_entry_leaves_a_gap() {
    let (world, _) = world_of(4).await;
    tamper(&world, "delete from audit_log where seq = 2").await;
    assert_eq!(fault(&world).await, (1, Some(ChainFault::Removed { seq: 2 })));
    // Numbering the others anew does not hide it.
    tamper(&world, "update audit_log set seq = seq - 1 where seq > 2").await;
    assert_eq!(fault(&world).await, (1, Some(ChainFault::Altered { seq: 2 })));
}

#[tokio::test]
async fn common_13_a_cut_tail_is_found_by_the_head() {
    let (world, _) = world_of(4).await;
    tamper(&world, "delete from audit_log where seq > 2").await;
    assert_eq!(fault(&world).await, (2, Some(ChainFault::Cut { seq: 3, last: 4 })));
    tamper(&world, "update audit_heads set seq = 2").await;
    assert_eq!(fault(&world).await, (2, Some(ChainFault::Head)), "the head's number alone is not enough");
    tamper(&world, "delete from audit_heads").await;
    assert_eq!(fault(&world).await, (2, Some(ChainFault::Head)));
}

#[tokio::test]
async fn common_13_a_tail_that_was_cut_with_its_head_is_found_by_a_hash_that_was_kept() {
    let (world, _) = world_of(4).await;
    let db = &world.test_db.db;
    let kept = found(&world).await.chains[0].head;
    assert!(verify(db, &[kept]).await.expect("a database").is_whole());
    tamper(&world, "delete from audit_log where seq > 2").await;
    tamper(&world, "update audit_heads set seq = 2, hash = (select hash from audit_log where seq = 2)").await;
    assert_eq!(fault(&world).await, (2, None), "nothing inside the database tells");
    let found = verify(db, &[kept]).await.expect("a database");
    assert_eq!((found.is_whole(), found.missing), (false, vec![kept]));
}

#[tokio::test]
async fn common_13_a_forged_head_or_entry_is_found() {
    let (world, _) = world_of(3).await;
    let copy = "
        insert into audit_log (id, workspace_id, at, action, changes, seq, prev_hash, hash)
        select l.id, w.id, l.at, l.action, l.changes, l.seq, l.prev_hash, l.hash
        from (select u.id, l.at, l.action, l.changes, l.seq, l.prev_hash, l.hash from audit_log l, users u where l.seq = 3) l,
            workspaces w";
    tamper(&world, copy).await;
    let (good, twice) = fault(&world).await;
    assert!(good >= 2 && matches!(twice, Some(ChainFault::Added { seq: 3, .. } | ChainFault::Altered { seq: 3 })));
    tamper(&world, "delete from audit_log where actor is null").await;
    assert_eq!(fault(&world).await, (3, None));

    tamper(&world, "update audit_log set prev_hash = hash where seq = 2").await;
    assert_eq!(fault(&world).await, (1, Some(ChainFault::Altered { seq: 2 })));
    tamper(&world, "update audit_log set prev_hash = (select hash from audit_log where seq = 1) where seq = 2").await;
    tamper(&world, "update audit_heads set hash = (select hash from audit_log where seq = 2)").await;
    assert_eq!(fault(&world).await, (3, Some(ChainFault::Head)));
}

#[tokio::test]
async fn common_13_an_entry_whose_own_hash_was_computed_anew_does_not_fit_the_next() {
    let (world, _) = world_of(3).await;
    let db = &world.test_db.db;
    let mut tx = db.snapshot().await.expect("a snapshot");
    let chain = store::list_chains(&mut tx).await.expect("chains")[0].chain;
    let start = (i64::MIN, AuditId::from_uuid(uuid::Uuid::nil()));
    let mut links = store::list_links(&mut tx, chain, start, 10).await.expect("entries");
    drop(tx);
    let forged = &mut links[1];
    forged.entry.actor = Some("Eve".to_owned());
    let hash = chain::hash(forged.before().expect("a hash"), 2, &forged.entry);
    let sql = "update audit_log set actor = 'Eve', hash = $1 where seq = 2";
    on_db!(db, c => sqlx::query(sql).bind(&hash.as_bytes()[..]).execute(c).await.map(drop)).expect("a change");
    assert_eq!(fault(&world).await, (2, Some(ChainFault::Unlinked { seq: 3 })));
}

#[tokio::test]
async fn entries_from_before_the_chain_are_counted_and_left_alone() {
    let (world, ada) = world_of(3).await;
    tamper(&world, "update audit_log set seq = null, prev_hash = null, hash = null").await;
    tamper(&world, "delete from audit_heads").await;
    let last = world.clock.now();
    let before = found(&world).await;
    assert_eq!((before.is_whole(), before.chains.len()), (true, 0));
    assert_eq!((before.unchained, before.unchained_until), (3, Some(last)));
    world.clock.advance(TimeDelta::seconds(1));
    try_revoke(&world.services, &ada, 9).await;
    assert_eq!(fault(&world).await, (1, None));
    let log = world.services.audit.list(&ada, PageRequest::first()).await.expect("a log").items;
    assert_eq!(log.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [Some(1), None, None, None]);
}

#[tokio::test]
async fn common_13_parallel_writers_keep_the_chain_whole() {
    let (world, ada) = world_of(1).await;
    let eve = world.neighbour("Eve", "pro").await;
    world.join(&ada.workspace, &eve.user, "admin").await;
    world.join(&eve.workspace, &ada.user, "admin").await;
    let nodes = [world.services.clone(), world.second_node().await];
    let writers = (0..24).map(|n| {
        let (services, who) = (nodes[n % 2].clone(), if n % 3 == 0 { eve.clone() } else { ada.clone() });
        tokio::spawn(async move {
            // Both workspaces' chains in one transaction, and one chain alone.
            services.accounts.signed_out(&who.user, &origin()).await.expect("written");
            try_revoke(&services, &who, 7).await;
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("no panic");
    }
    let found = found(&world).await;
    assert!(found.is_whole(), "{found:?}");
    let entries: Vec<_> = found.chains.iter().map(|chain| chain.entries).collect();
    assert_eq!(entries.iter().sum::<u64>(), 1 + 24 * 2 + 24, "{entries:?}");
}

#[tokio::test]
async fn an_entry_says_by_what_its_actor_came() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let session = SessionId::from_uuid(uuid::Uuid::from_u128(5));
    for via in [Via::Browser(Some(session)), Via::Operator, Via::System] {
        world.clock.advance(TimeDelta::milliseconds(2));
        let actor = Actor { origin: Origin { via, ..origin() }, ..ada.clone() };
        try_revoke(&world.services, &actor, 1).await;
    }
    let log = world.services.audit.list(&ada, PageRequest::first()).await.expect("a log").items;
    let via: Vec<_> = log.iter().map(|entry| entry.via.as_deref()).collect();
    let session = format!("session:{session}");
    assert_eq!(via, [Some("system"), Some("operator"), Some(session.as_str()), None]);
}

async fn count(world: &World, actor: &Actor, form: AuditForm) -> usize {
    let filter = AuditFilter::parse(&form).expect("a good filter");
    let page = PageRequest { after: None, limit: 100 };
    world.services.audit.search(actor, &filter, page).await.expect("a log").items.len()
}

#[tokio::test]
async fn each_filter_narrows_and_all_of_them_together() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let bob = world.member(&ada.workspace, "Bob", "member").await;
    let eve = world.neighbour("Eve", "pro").await;
    let keys = &world.services.keys;
    let key = keys.create(&ada, &key_form("ci", &["workflows:read"])).await.expect("a key").key;
    world.clock.advance(TimeDelta::days(1));
    assert!(keys.revoke(&bob, key.id, "", None).await.is_err());
    assert!(keys.revoke(&eve, key.id, "", None).await.is_err());
    world.clock.advance(TimeDelta::days(1));
    assert!(keys.revoke(&ada, key.id, "", None).await.is_ok());

    let form = AuditForm::default;
    let (ada_id, bob_id, key_id) = (ada.user.id.to_string(), bob.user.id.to_string(), key.id.to_string());
    for (form, expected) in [
        (form(), 4),
        (AuditForm { actor: ada_id.clone(), ..form() }, 3),
        (AuditForm { actor: bob_id, ..form() }, 1),
        (AuditForm { actor: eve.user.id.to_string(), ..form() }, 0),
        (AuditForm { action: "key.revoked".into(), ..form() }, 2),
        (AuditForm { action: "session.ended".into(), ..form() }, 0),
        (AuditForm { refused: "1".into(), ..form() }, 1),
        (AuditForm { outcome: "done".into(), ..form() }, 3),
        (AuditForm { subject: key_id.clone(), ..form() }, 3),
        (AuditForm { from: "2026-11-22".into(), ..form() }, 2),
        (AuditForm { to: "2026-11-22".into(), ..form() }, 3),
        (AuditForm { from: "2026-11-22".into(), to: "2026-11-22".into(), ..form() }, 1),
        (AuditForm { to: "2026-11-20".into(), ..form() }, 0),
        (AuditForm { from: "0001-01-01".into(), to: "9999-12-31".into(), ..form() }, 4),
        (
            AuditForm {
                actor: ada_id.clone(),
                action: "key.revoked".into(),
                outcome: "done".into(),
                refused: String::new(),
                subject: key_id,
                from: "2026-11-23".into(),
                to: "2026-11-23".into(),
            },
            1,
        ),
        (AuditForm { actor: ada_id, outcome: "refused".into(), ..form() }, 0),
    ] {
        assert_eq!(count(&world, &ada, form.clone()).await, expected, "{form:?}");
    }
    let people = world.services.audit.people(&ada).await.expect("people");
    assert_eq!(people.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["Ada Lovelace", "Bob"]);
    assert!(world.services.audit.people(&bob).await.is_err(), "members do not read the log");
}

#[tokio::test]
async fn a_day_ends_with_its_last_microsecond() {
    let (world, ada) = World::owned("lodol", "pro").await;
    // The clock starts at noon.
    world.clock.advance(TimeDelta::hours(12) - TimeDelta::microseconds(1));
    try_revoke(&world.services, &ada, 1).await;
    world.clock.advance(TimeDelta::microseconds(1));
    try_revoke(&world.services, &ada, 2).await;
    let form = AuditForm { refused: "1".into(), ..AuditForm::default() };
    assert_eq!(count(&world, &ada, AuditForm { to: "2026-11-21".into(), ..form.clone() }).await, 1);
    assert_eq!(count(&world, &ada, AuditForm { from: "2026-11-22".into(), ..form }).await, 1);
}

#[tokio::test]
async fn a_filtered_list_goes_on_where_its_cursor_says() {
    let (world, ada) = world_of(8).await;
    let filter = AuditFilter { outcome: Some(Outcome::Refused), ..AuditFilter::default() };
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = PageRequest { after, limit: 3 };
        let page = world.services.audit.search(&ada, &filter, page).await.expect("a page");
        seen.extend(page.items.iter().filter_map(|entry| entry.seq));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, [8, 7, 6, 5, 4, 3, 2]);
}

#[tokio::test]
async fn a_copy_of_the_log_is_whole_and_is_in_the_log() {
    let entries = AuditExport::BATCH + 50;
    let (world, ada) = world_of(entries).await;
    let audit = &world.services.audit;
    world.clock.advance(TimeDelta::seconds(1));
    let filter = AuditFilter { outcome: Some(Outcome::Refused), ..AuditFilter::default() };
    let mut export = audit.export(&ada, filter.clone(), ExportFormat::Csv).await.expect("a copy");
    let mut batches = vec![export.next().await.expect("a batch").map_or(0, |batch| batch.len())];
    // What happens meanwhile is not in it.
    world.clock.advance(TimeDelta::seconds(1));
    try_revoke(&world.services, &ada, 9).await;
    while let Some(batch) = export.next().await.expect("a batch") {
        batches.push(batch.len());
    }
    assert_eq!(batches, [200, 49]);
    let log = audit.list(&ada, PageRequest::first()).await.expect("a log").items;
    assert_eq!(log[1].action, "audit.exported");
    assert_eq!(log[1].changes, [Change::set("format", "csv"), Change::set("outcome", "refused")]);

    let bob = world.member(&ada.workspace, "Bob", "member").await;
    assert!(audit.export(&bob, filter, ExportFormat::JsonLines).await.is_err());
    let log = audit.list(&ada, PageRequest::first()).await.expect("a log").items;
    let refused = log.iter().find(|entry| entry.action == "audit.exported").expect("an entry");
    assert_eq!((refused.actor.as_deref(), refused.refused.as_deref()), (Some("Bob"), Some("forbidden")));
}

#[tokio::test]
async fn a_database_that_is_not_there_is_not_made_to_be_verified() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("elsewhere.db").display());
    assert!(Db::open_existing(&url).await.is_err());
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);
}
