//! What is kept of refused requests, and what it says.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on must stop")]

use super::*;
use crate::{
    actor::Actor,
    clock::Clock as _,
    db::on_db,
    error::Error,
    gate::{Call, Check, Fix, Needs, Outcome, Place, Reason, Verdict},
    ids::RefusalId,
    keys::{CreatedKey, KeyForm},
    page::PageRequest,
    testing::{World, key_form},
};
use chrono::TimeDelta;
use std::net::IpAddr;

const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 7));
const WORKFLOWS: Needs<'static> = Needs::Request { method: "GET", path: "/api/v1/workflows" };
const SECRET_PATH: Needs<'static> = Needs::Request { method: "GET", path: "/api/v1/workflows/wf_secret" };
const EXECUTIONS: Needs<'static> = Needs::Request { method: "GET", path: "/api/v1/executions" };

async fn key(world: &World, actor: &Actor) -> CreatedKey {
    world.services.keys.create(actor, &key_form("ci", &["workflows:read"])).await.expect("a key")
}

fn call<'a>(key: &'a CreatedKey, needs: Needs<'a>) -> Call<'a> {
    Call {
        key: Some(key.secret.expose()),
        needs,
        address: HOME,
        user_agent: None,
        cost: 1,
        from_stranger: true,
        member: None,
    }
}

/// Sends a request as the doors do.
async fn send(world: &World, id: &str, call: Call<'_>) -> Verdict {
    let gate = &world.services.gate;
    let passage = gate.check(call).await.expect("a decision");
    gate.note_refused(id, call, &passage);
    passage.decision.verdict
}

async fn all(world: &World, actor: &Actor) -> Vec<Listed> {
    let (refusals, blank) = (&world.services.refusals, RefusalQuery::default());
    refusals.flush().await.expect("a flush");
    refusals.list(actor, &blank, PageRequest { after: None, limit: 100 }).await.expect("a list").items
}

fn failed(request: &RefusedRequest, world: &World) -> (Check, String) {
    let checks = request.explain(&world.services.profile).checks;
    let failed: Vec<_> = checks.into_iter().filter(|c| c.outcome == Outcome::Failed).collect();
    let [one] = failed.as_slice() else { panic!("{failed:?}") };
    (one.check, one.words.clone())
}

#[tokio::test]
async fn a_refused_request_is_kept_under_the_name_that_its_caller_knows() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let key = key(&world, &ada).await;
    assert_eq!(send(&world, "request-0001", call(&key, WORKFLOWS)).await, Verdict::Allowed);
    assert_eq!(send(&world, "request-0002", call(&key, EXECUTIONS)).await, Verdict::ScopeMissing);
    let found = world.services.refusals.get(&ada, "request-0002").await.expect("asked at once");
    assert_eq!((found.label.as_str(), found.request.key, found.request.at), ("ci", key.key.id, world.clock.now()));
    assert_eq!(found.request.reason, Reason::Verdict(Verdict::ScopeMissing));
    assert_eq!(found.request.facts.route.as_deref(), Some("GET /api/v1/executions"));
    assert_eq!(found.request.facts.address, Some(HOME));
    let (check, words) = failed(&found.request, &world);
    assert_eq!(check, Check::Scopes);
    assert_eq!(words, "The request needs executions:read. The key lacks executions:read.");
    let fix = found.request.explain(&world.services.profile).fix;
    assert_eq!(fix, Some((Fix::EditScopes, "Give the key executions:read.".to_owned())));
    assert_eq!(
        world.services.refusals.get(&ada, "request-0001").await.map(drop),
        Err(Error::NotFound("refused request")),
        "what was let through is not kept"
    );
    assert_eq!(all(&world, &ada).await, [found]);
}

#[tokio::test]
async fn common_14_other_workspaces_refusals_are_not_found() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let key = key(&world, &ada).await;
    send(&world, "request-0001", call(&key, EXECUTIONS)).await;
    let eve = world.neighbour("Eve", "pro").await;
    let refusals = &world.services.refusals;
    assert!(refusals.get(&ada, "request-0001").await.is_ok());
    assert_eq!(refusals.get(&eve, "request-0001").await.map(drop), Err(Error::NotFound("refused request")));
    assert!(all(&world, &eve).await.is_empty());
    assert!(refusals.keys(&eve).await.expect("keys").is_empty());
    let of_adas_key = RefusalQuery { key: Some(key.key.id), reason: None };
    assert!(refusals.list(&eve, &of_adas_key, PageRequest::first()).await.expect("a list").items.is_empty());
    assert!(refusals.find_anywhere("request-0001").await.expect("a database").is_some(), "the operator finds it");
    for odd in ["", "a\0b", "é", "request 1"] {
        assert_eq!(refusals.find_anywhere(odd).await.map(drop), Ok(()), "{odd}");
    }
}

#[tokio::test]
async fn no_secret_and_no_path_is_kept() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let form = KeyForm { networks: "198.51.100.0/24".into(), ..key_form("ci", &["workflows:read"]) };
    let key = world.services.keys.create(&ada, &form).await.expect("a key");
    assert_eq!(send(&world, "request-0001", call(&key, SECRET_PATH)).await, Verdict::AddressNotAllowed);
    let [listed] = all(&world, &ada).await.try_into().expect("one");
    assert_eq!(
        failed(&listed.request, &world).1,
        "The request came from 203.0.113.7; the key may be used from 198.51.100.0/24 only."
    );
    let dump = world.test_db.dump().await;
    assert!(dump.contains("request-0001") && dump.contains("GET /api/v1/workflows/{id}"));
    assert!(!dump.contains("wf_secret") && !dump.contains(key.secret.expose()));
}

#[tokio::test]
async fn a_flood_of_refusals_fills_neither_memory_nor_the_database() {
    let (world, ada) = World::owned("lodol", "enterprise").await;
    let refusals = &world.services.refusals;
    let key = key(&world, &ada).await;
    for n in 0..1_000 {
        send(&world, &format!("flood-{n:04}"), call(&key, EXECUTIONS)).await;
    }
    assert_eq!(all(&world, &ada).await.len(), 4, "of one key in one interval");
    for second in 0..30 {
        world.clock.advance(TimeDelta::seconds(1));
        for n in 0..9 {
            send(&world, &format!("later-{second:02}-{n}"), call(&key, EXECUTIONS)).await;
        }
        refusals.flush().await.expect("a flush");
    }
    let kept = all(&world, &ada).await;
    assert_eq!(kept.len(), 100, "of one key in all");
    assert!(kept.iter().all(|listed| listed.request.request_id.starts_with("later-")), "the latest");
    let mut made = 0;
    for n in 0..10_000_u128 {
        let key = crate::ids::KeyId::from_uuid(uuid::Uuid::from_u128(n));
        refusals.record(key, || {
            made += 1;
            RefusedRequest { key, ..kept[0].request.clone() }
        });
    }
    assert_eq!(made, 256, "of all keys in one interval");
    refusals.flush().await.expect("keys that are gone keep nothing from being written");
}

#[tokio::test]
async fn what_could_not_be_written_is_kept_and_what_is_old_is_removed() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let key = key(&world, &ada).await;
    let refusals = &world.services.refusals;
    send(&world, "request-0001", call(&key, EXECUTIONS)).await;
    refusals.flush().await.expect("a flush");
    world.clock.advance(KEPT - TimeDelta::seconds(1));
    refusals.sweep().await.expect("a sweep");
    assert_eq!(all(&world, &ada).await.len(), 1);
    world.clock.advance(TimeDelta::seconds(2));
    refusals.sweep().await.expect("a sweep");
    assert!(all(&world, &ada).await.is_empty());

    send(&world, "request-0002", call(&key, EXECUTIONS)).await;
    world.test_db.db.close().await;
    assert!(refusals.flush().await.is_err());
    assert!(refusals.flush().await.is_err(), "it still waits");
}

#[tokio::test]
async fn a_list_is_narrowed_and_comes_in_pages() {
    let (world, ada) = World::owned("lodol", "enterprise").await;
    let (one, other) = (key(&world, &ada).await, key(&world, &ada).await);
    world.services.keys.revoke(&ada, other.key.id, "", None).await.expect("revoked");
    for (id, key) in [("request-0001", &one), ("request-0002", &other), ("request-0003", &one)] {
        world.clock.advance(TimeDelta::seconds(1));
        send(&world, id, call(key, EXECUTIONS)).await;
    }
    let refusals = &world.services.refusals;
    refusals.flush().await.expect("a flush");
    let ids = async |query: RefusalQuery, after: Option<RefusalId>, limit: u32| {
        let page = refusals.list(&ada, &query, PageRequest { after, limit }).await.expect("a list");
        (page.items.into_iter().map(|listed| listed.request.request_id).collect::<Vec<_>>(), page.next)
    };
    let all = RefusalQuery::default();
    let (first, next) = ids(all, None, 2).await;
    assert_eq!(first, ["request-0003", "request-0002"]);
    assert_eq!(ids(all, next, 2).await, (vec!["request-0001".to_owned()], None));
    let of_one = RefusalQuery { key: Some(one.key.id), reason: None };
    assert_eq!(ids(of_one, None, 50).await.0, ["request-0003", "request-0001"]);
    let revoked = RefusalQuery { key: None, reason: Some(Reason::Verdict(Verdict::Revoked)) };
    assert_eq!(ids(revoked, None, 50).await.0, ["request-0002"]);
    assert_eq!(ids(RefusalQuery { key: Some(one.key.id), ..revoked }, None, 50).await.0, [""; 0]);
    assert_eq!(refusals.keys(&ada).await.expect("keys").len(), 2);
}

#[tokio::test]
async fn asking_why_counts_nowhere_and_leaves_no_mark() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let (gate, key) = (&world.services.gate, key(&world, &ada).await);
    for _ in 0..100 {
        let explained = gate.explain(call(&key, WORKFLOWS)).await.expect("an answer");
        assert_eq!(explained.verdict, Verdict::Allowed);
        assert!(explained.explanation.checks.iter().all(|checked| checked.outcome == Outcome::Passed));
        assert_eq!(explained.explanation.fix, None);
    }
    for left in (0..15).rev() {
        assert_eq!(send(&world, "request-0001", call(&key, WORKFLOWS)).await, Verdict::Allowed, "{left}");
    }
    let explained = gate.explain(call(&key, WORKFLOWS)).await.expect("an answer");
    assert_eq!(explained.verdict, Verdict::RateLimited);
    let last = explained.explanation.checks.last().expect("the limits");
    assert_eq!((last.check, last.outcome), (Check::Limits, Outcome::Failed));
    assert_eq!(last.words, "All 15 per minute are used. There is room again after 1 minute.");
    world.services.keys.revoke(&ada, key.key.id, "", None).await.expect("revoked");
    let explained = gate.explain(call(&key, WORKFLOWS)).await.expect("an answer");
    assert_eq!(explained.verdict, Verdict::Revoked);
    world.services.usage.flush().await.expect("a flush");
    let key = world.services.keys.get(&ada, key.key.id).await.expect("the key");
    assert_eq!(key.refused, None, "no mark of the question");
    assert!(all(&world, &ada).await.is_empty());
}

#[tokio::test]
async fn the_explanation_says_what_the_gate_does() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let (gate, services) = (&world.services.gate, &world.services);
    let key = key(&world, &ada).await;
    let agree = async |secret: &str, needs: Needs<'_>, expected: Verdict, check: Option<Check>| {
        let call = Call {
            key: Some(secret),
            needs,
            address: HOME,
            user_agent: None,
            cost: 1,
            from_stranger: false,
            member: None,
        };
        let explained = gate.explain(call).await.expect("an answer");
        let decided = gate.check(call).await.expect("a decision").decision.verdict;
        assert_eq!((explained.verdict, decided), (expected, expected));
        let outcomes: Vec<_> = explained.explanation.checks.iter().map(|c| (c.check, c.outcome)).collect();
        let failed = outcomes.iter().find(|(_, outcome)| *outcome == Outcome::Failed).map(|(check, _)| *check);
        assert_eq!(failed, check, "{outcomes:?}");
        assert_eq!(explained.explanation.fix.is_some(), check.is_some());
    };
    let secret = key.secret.expose();
    agree(secret, WORKFLOWS, Verdict::Allowed, None).await;
    agree(secret, EXECUTIONS, Verdict::ScopeMissing, Some(Check::Scopes)).await;
    let nowhere = Needs::Request { method: "GET", path: "/api/v1/nothing" };
    agree(secret, nowhere, Verdict::NoRoute, Some(Check::Route)).await;
    agree("sk_live_short", WORKFLOWS, Verdict::Unknown, Some(Check::Known)).await;
    let nobodys = crate::secret::Secret::generate(&services.profile.key, services.random.as_ref());
    agree(nobodys.expose(), WORKFLOWS, Verdict::Unknown, Some(Check::Known)).await;
    services.keys.revoke(&ada, key.key.id, "", None).await.expect("revoked");
    agree(secret, WORKFLOWS, Verdict::Revoked, Some(Check::NotRevoked)).await;
}

#[tokio::test]
async fn a_key_in_a_wrong_place_or_for_no_route_is_recognised() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let (gate, key) = (&world.services.gate, key(&world, &ada).await);
    gate.note_misplaced("request-0001", call(&key, WORKFLOWS), Place::XApiKey).await;
    world.clock.advance(TimeDelta::seconds(1));
    let nowhere = Needs::Request { method: "GET", path: "/api/v1/nothing" };
    let strayed = gate.check(call(&key, nowhere)).await.expect("a decision");
    gate.note_refused("request-0002", call(&key, nowhere), &strayed);
    gate.note_refused("request-0004", Call { cost: 0, ..call(&key, nowhere) }, &strayed);
    let mistyped = Call { key: Some("sk_live_nonsense"), ..call(&key, WORKFLOWS) };
    gate.note_misplaced("request-0003", mistyped, Place::Query).await;
    let [stray, misplaced] = all(&world, &ada).await.try_into().expect("two");
    assert_eq!(stray.request.reason, Reason::Verdict(Verdict::NoRoute));
    assert_eq!((stray.request.facts.route.as_deref(), failed(&stray.request, &world).0), (None, Check::Route));
    assert_eq!(misplaced.request.reason, Reason::Misplaced);
    assert_eq!(misplaced.request.status(&world.services.profile), 401, "as without any key");
    assert_eq!(
        failed(&misplaced.request, &world),
        (Check::Place, "The key came in X-API-Key, which is not read here.".to_owned())
    );
    let (_, advice) = misplaced.request.explain(&world.services.profile).fix.expect("a fix");
    assert_eq!(advice, "Send the key as “Authorization: Bearer <key>”. Send it there alone.");
}

#[tokio::test]
async fn the_first_call_of_a_new_secret_is_told_from_those_of_the_old_one() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let key = key(&world, &ada).await;
    let services = &world.services;
    let since = world.clock.now();
    let first = async |since| {
        services.usage.flush().await.expect("a flush");
        services.refusals.flush().await.expect("a flush");
        let key = services.keys.get(&ada, key.key.id).await.expect("the key");
        services.refusals.first_call(&ada, &key, since).await.expect("an answer")
    };
    assert_eq!(first(since).await, FirstCall::Waiting);
    world.clock.advance(TimeDelta::seconds(1));
    send(&world, "request-0001", call(&key, EXECUTIONS)).await;
    let FirstCall::Refused(request) = first(since).await else { panic!("a refused one") };
    assert_eq!(request.request_id, "request-0001");
    send(&world, "request-0002", call(&key, WORKFLOWS)).await;
    let FirstCall::Passed(last) = first(since).await else { panic!("one that passed") };
    assert_eq!(last.route, "GET /api/v1/workflows");

    world.clock.advance(TimeDelta::seconds(1));
    let rotated = services.keys.rotate(&ada, key.key.id, &crate::keys::RotateForm::default()).await;
    let rotated = rotated.expect("a new secret");
    let since = world.clock.now();
    assert_eq!(send(&world, "request-0003", call(&key, WORKFLOWS)).await, Verdict::Allowed, "the old one works on");
    assert_eq!(first(since).await, FirstCall::Waiting);
    send(&world, "request-0004", call(&rotated, WORKFLOWS)).await;
    assert!(matches!(first(since).await, FirstCall::Passed(_)));
}

#[tokio::test]
async fn a_row_of_a_later_version_is_passed_over() {
    const SET: &str = "update refusals set reason = 'unheard_of'";
    let (world, ada) = World::owned("lodol", "pro").await;
    let key = key(&world, &ada).await;
    send(&world, "request-0001", call(&key, EXECUTIONS)).await;
    assert_eq!(all(&world, &ada).await.len(), 1);
    on_db!(&world.test_db.db, c => sqlx::query(SET).execute(c).await.map(drop)).expect("a row");
    assert!(all(&world, &ada).await.is_empty());
}
