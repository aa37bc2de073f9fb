//! What can be read of what was counted, on a real database.

#![expect(clippy::expect_used, reason = "a test that cannot have its world must stop")]

use super::{
    Agent, Count, CredentialShare, Grain, Home, Mark, Meter, Range, Reason, Retention, RouteShare, Usage, UsageExport,
    UsageRow, UsedBy,
};
use crate::{
    Time,
    actor::Actor,
    apps::App,
    clock::Clock as _,
    db::{Db, on_db},
    error::Error,
    gate::{Call, Gauge, Needs, Verdict},
    ids::{GrantId, KeyId, WorkspaceId},
    keys::CreatedKey,
    testing::{AppSpec, World, key_form},
};
use chrono::TimeDelta;
use std::{net::IpAddr, sync::Arc, time::Duration};
use uuid::Uuid;

const WORKFLOWS: &str = "/api/v1/workflows";
const EXECUTIONS: &str = "/api/v1/executions";

async fn key(world: &World, actor: &Actor, label: &str) -> CreatedKey {
    world.services.keys.create(actor, &key_form(label, &["workflows:read"])).await.expect("a key")
}

/// Sends so many requests.
async fn send(world: &World, key: &CreatedKey, path: &str, times: u32) {
    send_with(world, key.secret.expose(), path, times).await;
}

/// The same with a key or a token.
async fn send_with(world: &World, credential: &str, path: &str, times: u32) {
    for _ in 0..times {
        let call = Call {
            key: Some(credential),
            needs: Needs::Request { method: "GET", path },
            address: IpAddr::from([203, 0, 113, 7]),
            user_agent: Some("python-requests/2.32.3"),
            cost: 1,
            from_stranger: true,
            member: None,
        };
        world.services.gate.check(call).await.expect("a decision");
    }
    world.services.usage.flush().await.expect("a flush");
}

const fn count(allowed: u64, refused: u64) -> Count {
    Count { allowed, refused }
}

#[tokio::test]
async fn common_11_a_report_adds_up_by_time_key_route_and_reason() {
    let (world, ada) = World::owned("lodol", "enterprise").await;
    let usage = &world.services.usage;
    let (ci, web) = (key(&world, &ada, "ci").await, key(&world, &ada, "web").await);
    assert!(!usage.report(&ada, None, Range::Day).await.expect("a report").ever);
    send(&world, &ci, WORKFLOWS, 3).await;
    send(&world, &ci, EXECUTIONS, 2).await;
    world.clock.advance(TimeDelta::hours(2));
    send(&world, &web, WORKFLOWS, 1).await;
    world.services.keys.revoke(&ada, web.key.id, "", None).await.expect("revoked");
    send(&world, &web, WORKFLOWS, 7).await;

    let report = usage.report(&ada, None, Range::Day).await.expect("a report");
    assert_eq!((report.buckets.len(), report.total(), report.ever), (24, count(4, 9), true));
    assert_eq!(report.buckets[23].count, count(1, 7));
    assert_eq!(report.buckets[22].count, count(0, 0));
    assert_eq!(report.buckets[21].count, count(3, 2));
    let shares: Vec<_> = report.shares.iter().map(|share| (share.by, share.label.as_str(), share.count)).collect();
    let by = |made: &CreatedKey| UsedBy::Key(made.key.id);
    assert_eq!(shares, [(by(&web), "web", count(1, 7)), (by(&ci), "ci", count(3, 2))]);
    let route = |path: &str, count| RouteShare { route: format!("GET {path}"), count };
    assert_eq!(report.routes, [route(WORKFLOWS, count(4, 7)), route(EXECUTIONS, count(0, 2))]);
    let reason = |code: &str, requests| Reason { code: code.into(), requests };
    assert_eq!(report.reasons, [reason("revoked_key", 7), reason("insufficient_scope", 2)]);

    let of_ci = usage.report(&ada, Some(ci.key.id), Range::Week).await.expect("a report");
    assert_eq!((of_ci.buckets.len(), of_ci.buckets[6].count, of_ci.shares.len()), (7, count(3, 2), 0));
    let hour = usage.report(&ada, Some(ci.key.id), Range::Hour).await.expect("a report");
    assert_eq!((hour.buckets.len(), hour.total(), hour.ever), (60, count(0, 0), true));
}

/// What the share of an app looks like.
fn share(app: &App, home: Home, label: &str, count: Count) -> CredentialShare {
    CredentialShare { by: UsedBy::App(app.id), home, label: label.to_owned(), count }
}

#[tokio::test]
async fn what_apps_do_with_tokens_is_counted_beside_what_is_done_with_keys() {
    let (world, ada) = World::owned("lodol", "enterprise").await;
    let usage = &world.services.usage;
    let (app, _) = world.app(&ada, AppSpec::MACHINE).await;
    let (token, ci) = (world.machine_token(&app).await, key(&world, &ada, "ci").await);
    send_with(&world, &token, WORKFLOWS, 3).await;
    send_with(&world, &token, EXECUTIONS, 1).await;
    send(&world, &ci, WORKFLOWS, 2).await;

    let report = usage.report(&ada, None, Range::Hour).await.expect("a report");
    assert_eq!((report.total(), report.buckets[59].count), (count(5, 1), count(5, 1)));
    let of_ci =
        CredentialShare { by: UsedBy::Key(ci.key.id), home: Home::Here, label: "ci".to_owned(), count: count(2, 0) };
    assert_eq!(report.shares, [share(&app, Home::Here, "Reporter", count(3, 1)), of_ci]);
    let routes: Vec<_> = report.routes.iter().map(|route| route.count).collect();
    assert_eq!(routes, [count(5, 0), count(0, 1)]);
    assert_eq!(report.reasons, [Reason { code: "insufficient_scope".into(), requests: 1 }]);
    let of_key = usage.report(&ada, Some(ci.key.id), Range::Hour).await.expect("a report");
    assert_eq!((of_key.total(), of_key.shares), (count(2, 0), Vec::new()));

    let rows = rows(&world, &ada, None).await;
    let of_app: Vec<_> = rows.iter().filter(|row| row.by == UsedBy::App(app.id)).collect();
    let told: Vec<_> = of_app.iter().map(|row| (row.label.as_str(), row.outcome.as_str(), row.requests)).collect();
    assert_eq!(told, [("Reporter", "insufficient_scope", 1), ("Reporter", "allowed", 3)]);
    assert_eq!(rows.len(), 3);
}

#[tokio::test]
async fn all_grants_of_an_app_are_one_share_and_one_row_of_a_file() {
    let (world, ada) = World::owned("lodol", "enterprise").await;
    let (app, _) = world.app(&ada, AppSpec::MACHINE).await;
    let (usage, grant) = (&world.services.usage, |n| GrantId::from_uuid(Uuid::from_u128(n)));
    let routes: Vec<Arc<str>> = vec!["GET /a".into(), "GET /b".into()];
    for n in 1..=4 {
        let meter = Arc::new(Meter::of_token(grant(n), app.id, ada.workspace.id));
        for route in &routes {
            let_through(usage, &meter, world.clock.now(), route);
        }
    }
    usage.flush().await.expect("a flush");
    let report = usage.report(&ada, None, Range::Day).await.expect("a report");
    assert_eq!(report.shares, [share(&app, Home::Here, "Reporter", count(8, 0))]);
    for size in 1..10 {
        let rows = rows_in_parts(&world, &ada, None, size).await;
        let told: Vec<_> = rows.iter().map(|row| (row.route.as_str(), row.requests, row.units)).collect();
        assert_eq!(told, [("GET /a", 4, 4), ("GET /b", 4, 4)], "in parts of {size}");
    }
}

#[tokio::test]
async fn what_an_app_has_done_stays_counted_when_it_is_deleted() {
    let (world, ada) = World::owned("lodol", "enterprise").await;
    let (app, _) = world.app(&ada, AppSpec::MACHINE).await;
    let token = world.machine_token(&app).await;
    send_with(&world, &token, WORKFLOWS, 2).await;
    world.services.apps.delete(&ada, app.id, None).await.expect("deleted");
    let report = world.services.usage.report(&ada, None, Range::Day).await.expect("a report");
    assert_eq!(report.shares, [share(&app, Home::Nowhere, "A deleted app", count(2, 0))]);
    let rows = rows(&world, &ada, None).await;
    assert_eq!((rows[0].by, rows[0].label.as_str(), rows.len()), (UsedBy::App(app.id), "A deleted app", 1));
}

#[tokio::test]
async fn an_app_from_elsewhere_is_told_from_those_of_the_workspace() {
    const ASK: &str = "insert into app_approvals (workspace_id, app_id, asked_at) values ($1, $2, $3)";
    let (world, ada) = World::owned("lodol", "enterprise").await;
    let (app, _) = world.app(&ada, AppSpec { unverified: true, ..AppSpec::MACHINE }).await;
    let meter = Arc::new(Meter::of_token(GrantId::from_uuid(Uuid::from_u128(1)), app.id, ada.workspace.id));
    let usage = &world.services.usage;
    let_through(usage, &meter, world.clock.now(), &"GET /a".into());
    usage.flush().await.expect("a flush");
    let home = async || usage.report(&ada, None, Range::Day).await.expect("a report").shares[0].home;
    assert_eq!(home().await, Home::Nowhere, "nobody here has wanted it");
    on_db!(&world.test_db.db, c => sqlx::query(ASK).bind(ada.workspace.id).bind(app.id).bind(world.clock.now())
        .execute(c).await.map(drop))
    .expect("a request");
    assert_eq!(home().await, Home::Elsewhere);
}

#[tokio::test]
async fn marks_of_a_workspace_that_is_gone_do_not_keep_others_from_being_written() {
    let (world, ada) = World::owned("lodol", "enterprise").await;
    let (app, _) = world.app(&ada, AppSpec::MACHINE).await;
    let usage = &world.services.usage;
    let gone = WorkspaceId::from_uuid(Uuid::from_u128(9));
    for (n, workspace) in [(1, gone), (2, ada.workspace.id)] {
        let meter = Arc::new(Meter::of_token(GrantId::from_uuid(Uuid::from_u128(n)), app.id, workspace));
        let_through(usage, &meter, world.clock.now(), &"GET /a".into());
    }
    usage.flush().await.expect("a flush");
    assert_eq!(grains(&world.test_db.db).await, "day hour minute", "of one of them");
    assert_eq!(usage.report(&ada, None, Range::Day).await.expect("a report").total(), count(1, 0));
}

fn let_through(usage: &Usage, meter: &Arc<Meter>, at: Time, route: &Arc<str>) {
    let mark = Mark { at, route, address: IpAddr::from([203, 0, 113, 7]), agent: None };
    usage.record(meter, Verdict::Allowed, 1, mark);
}

#[tokio::test]
async fn common_14_usage_is_told_to_members_who_may_see_keys_and_never_across_workspaces() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let (usage, gate) = (&world.services.usage, &world.services.gate);
    let made = key(&world, &ada, "ci").await;
    send(&world, &made, WORKFLOWS, 3).await;
    let eve = world.neighbour("Eve", "pro").await;
    let not_found = Some(Error::NotFound("key"));
    assert_eq!(usage.report(&eve, Some(made.key.id), Range::Day).await.err(), not_found);
    assert_eq!(usage.export(&eve, Some(made.key.id), Range::Day).await.err(), not_found);
    assert_eq!(gate.gauges(&eve, Some(made.key.id)).await.err(), not_found);
    assert_eq!(usage.report(&eve, None, Range::Day).await.expect("a report").total(), count(0, 0));
    let days = usage.days(&eve, &[made.key.id]).await.expect("days");
    assert_eq!(days[&made.key.id], [count(0, 0); 14]);

    let mut blind = ada.clone();
    blind.role.rights.clear();
    assert!(matches!(usage.report(&blind, None, Range::Day).await, Err(Error::Forbidden(_))));
    assert!(matches!(usage.days(&blind, &[made.key.id]).await, Err(Error::Forbidden(_))));
    assert!(matches!(usage.export(&blind, None, Range::Day).await, Err(Error::Forbidden(_))));
    assert!(matches!(gate.gauges(&blind, None).await, Err(Error::Forbidden(_))));
}

#[tokio::test]
async fn skaala_09_the_days_of_several_keys_are_one_question() {
    let (world, ada) = World::owned("lodol", "enterprise").await;
    let (used, unused) = (key(&world, &ada, "used").await, key(&world, &ada, "unused").await);
    send(&world, &used, WORKFLOWS, 2).await;
    world.clock.advance(TimeDelta::days(13));
    send(&world, &used, EXECUTIONS, 3).await;
    let ids = [used.key.id, unused.key.id];
    let days = world.services.usage.days(&ada, &ids).await.expect("days");
    assert_eq!(days[&used.key.id].len(), 14);
    assert_eq!((days[&used.key.id][0], days[&used.key.id][13]), (count(2, 0), count(0, 3)));
    assert_eq!(days[&unused.key.id], [count(0, 0); 14]);
    world.clock.advance(TimeDelta::days(1));
    let days = world.services.usage.days(&ada, &ids).await.expect("days");
    assert_eq!((days[&used.key.id][0], days[&used.key.id][12]), (count(0, 0), count(0, 3)));
    assert!(world.services.usage.days(&ada, &[]).await.expect("days").is_empty());
}

#[tokio::test]
async fn an_export_has_every_row_once_whatever_the_size_of_its_parts() {
    let (world, ada) = World::owned("lodol", "enterprise").await;
    let keys = [key(&world, &ada, "one").await, key(&world, &ada, "two").await];
    for _ in 0..3 {
        for key in &keys {
            send(&world, key, WORKFLOWS, 2).await;
            send(&world, key, EXECUTIONS, 1).await;
        }
        world.clock.advance(TimeDelta::hours(1));
    }
    let until = world.clock.now();
    let all = rows(&world, &ada, None).await;
    assert_eq!(all.len(), 12);
    assert!(all.windows(2).all(|pair| pair[0].start <= pair[1].start));
    let first = all
        .iter()
        .find(|row| row.by == UsedBy::Key(keys[0].key.id) && row.outcome == "allowed")
        .expect("a row")
        .clone();
    assert_eq!((first.label.as_str(), first.route.as_str()), ("one", "GET /api/v1/workflows"));
    assert_eq!((first.requests, first.units, first.start), (2, 2, Grain::Hour.start(until - TimeDelta::hours(3))));
    assert_eq!(rows(&world, &ada, Some(keys[1].key.id)).await.len(), 6);

    for size in [1, 5, 12] {
        assert_eq!(rows_in_parts(&world, &ada, None, size).await, all, "in parts of {size}");
    }
}

async fn rows(world: &World, actor: &Actor, key: Option<KeyId>) -> Vec<UsageRow> {
    rows_in_parts(world, actor, key, UsageExport::BATCH).await
}

async fn rows_in_parts(world: &World, actor: &Actor, key: Option<KeyId>, size: u32) -> Vec<UsageRow> {
    let mut export = world.services.usage.export(actor, key, Range::Day).await.expect("an export");
    export.batch = size;
    let mut all = Vec::new();
    while let Some(rows) = export.next().await.expect("rows") {
        all.extend(rows);
    }
    all
}

#[tokio::test]
async fn lodol_08_every_key_of_a_workspace_has_the_same_meter() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let (one, two) = (key(&world, &ada, "one").await, key(&world, &ada, "two").await);
    send(&world, &one, WORKFLOWS, 2).await;
    send(&world, &two, WORKFLOWS, 1).await;
    world.clock.advance(TimeDelta::seconds(17));
    let gate = &world.services.gate;
    for key in [None, Some(one.key.id), Some(two.key.id)] {
        let gauges = gate.gauges(&ada, key).await.expect("gauges");
        let [Gauge::Window { limit, remaining, resets_in }, Gauge::Running { limit: most, held }] = &gauges[..] else {
            panic!("{gauges:?}");
        };
        assert_eq!((limit.requests, *remaining, *resets_in), (15, 12, Duration::from_secs(43)));
        assert_eq!((*most, *held), (5, 0));
    }
    let lease = gate.lease(ada.workspace.id, Duration::from_secs(60)).await;
    assert!(lease.is_ok());
    let gauges = gate.gauges(&ada, None).await.expect("gauges");
    assert_eq!(gauges[1], Gauge::Running { limit: 5, held: 1 });
}

#[tokio::test]
async fn skode_05_the_meter_of_a_key_is_its_own_and_looking_takes_nothing() {
    let (world, ada) = World::owned("skode", "free").await;
    let make = async |label| world.services.keys.create(&ada, &key_form(label, &["leads:read"])).await.expect("a key");
    let (one, two) = (make("one").await, make("two").await);
    send(&world, &one, "/v1/leads", 2).await;
    let left = async |key| match &world.services.gate.gauges(&ada, key).await.expect("gauges")[..] {
        [Gauge::Window { remaining, .. }, ..] => Some(*remaining),
        _ => None,
    };
    for _ in 0..3 {
        assert_eq!(left(Some(one.key.id)).await, Some(98));
        assert_eq!(left(Some(two.key.id)).await, Some(100));
        assert_eq!(left(None).await, None, "no key, no limit of a key");
    }
}

#[tokio::test]
async fn a_last_use_says_with_what_and_never_what_it_called_itself() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let made = key(&world, &ada, "ci").await;
    send(&world, &made, WORKFLOWS, 1).await;
    let last = world.services.keys.get(&ada, made.key.id).await.expect("the key").last_use.expect("a use");
    assert_eq!(last.agent, Some(Agent::Python));
    let page = world.services.keys.list(&ada, &Default::default(), crate::page::PageRequest::first()).await;
    assert_eq!(page.expect("a page").items[0].last_use, Some(last));
    assert!(!world.test_db.dump().await.contains("2.32.3"));
}

#[tokio::test]
async fn counts_are_forgotten_by_grain_as_configured() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let made = key(&world, &ada, "ci").await;
    send(&world, &made, WORKFLOWS, 1).await;
    let retention = Retention { minutes: 1, hours: 3, days: 9 };
    let mut left = Vec::new();
    for days in [0, 2, 2, 6] {
        world.clock.advance(TimeDelta::days(days));
        world.services.usage.sweep(retention).await.expect("a sweep");
        left.push(grains(&world.test_db.db).await);
    }
    assert_eq!(left, ["day hour minute", "day hour", "day", ""]);
}

async fn grains(db: &Db) -> String {
    const GRAINS: &str = "select grain from usage_counts order by grain";
    let grains: Vec<String> = on_db!(db, c => sqlx::query_scalar(GRAINS).fetch_all(c).await).expect("rows");
    grains.join(" ")
}
