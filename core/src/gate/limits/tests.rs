//! What passes through the whole gate, counted.

use crate::{
    actor::Actor,
    error::Error,
    gate::{Call, Gate, Needs, Passage, Verdict},
    keys::CreatedKey,
    operator::CustomerChange,
    profile::Profile,
    secret::SecretHash,
    services::Services,
    testing::{AppSpec, World, key_form, origin},
};
use chrono::TimeDelta;
use std::{net::IpAddr, time::Duration};

const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 7));
const WORKFLOWS: Needs<'static> = Needs::Request { method: "GET", path: "/api/v1/workflows" };
const EXECUTIONS: Needs<'static> = Needs::Request { method: "GET", path: "/api/v1/executions" };

async fn key(world: &World, actor: &Actor) -> CreatedKey {
    world.services.keys.create(actor, &key_form("a", &["workflows:read"])).await.expect("a key")
}

async fn ask(gate: &Gate, key: &CreatedKey, needs: Needs<'_>, cost: u64) -> Passage {
    send(gate, key.secret.expose(), needs, cost).await
}

/// The same with a key or a token.
async fn send(gate: &Gate, credential: &str, needs: Needs<'_>, cost: u64) -> Passage {
    gate.check(Call {
        key: Some(credential),
        needs,
        address: HOME,
        user_agent: None,
        cost,
        from_stranger: true,
        member: None,
    })
    .await
    .expect("a decision")
}

async fn verdict(gate: &Gate, key: &CreatedKey) -> Verdict {
    ask(gate, key, WORKFLOWS, 1).await.decision.verdict
}

/// The limits of lodol's plan `pro` instead of its own.
async fn world_with(limits: &str) -> (World, Actor) {
    let text = Profile::built_in("lodol").expect("the profile");
    let own = "limits = [{ requests = 15, per = \"minute\", each = \"workspace\" }]";
    let text = text.replace(own, &format!("limits = [{limits}]"));
    let world = World::of(Profile::parse("lodol", &text).expect("a good profile")).await;
    let ada = world.claim("pro").await;
    (world, ada)
}

async fn move_to(world: &World, actor: &Actor, plan: &str) {
    let (operations, token) = (&world.services.operations, "operator-token-of-the-tests-012345678");
    let expected = SecretHash::of(token.as_bytes());
    let operator = operations.admit(Some(token), expected, origin()).await.expect("the operator");
    let change = CustomerChange { plan: Some(plan.to_owned()), name: None };
    operations.change(&operator, &actor.workspace.slug, &change).await.expect("a plan");
}

#[tokio::test]
async fn who_tries_keys_that_nobody_has_waits_while_others_behind_the_address_go_on() {
    let (world, ada) = World::owned("lodol", "enterprise").await;
    let (gate, services) = (&world.services.gate, &world.services);
    let (used, unused) = (key(&world, &ada).await, key(&world, &ada).await);
    // On PostgreSQL memory is believed once notices are heard; on SQLite at once.
    let following = gate.clone();
    let following = tokio::spawn(async move { following.follow_other_nodes().await });
    while !gate.is_reliable() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(verdict(gate, &used).await, Verdict::Allowed);
    let guess = async |needs: Needs<'_>, from_stranger: bool| {
        let secret = crate::secret::Secret::generate(&services.profile.key, services.random.as_ref());
        let call = Call {
            key: Some(secret.expose()),
            needs,
            address: HOME,
            user_agent: None,
            cost: 1,
            from_stranger,
            member: None,
        };
        gate.check(call).await.map(|passage| passage.decision.verdict)
    };
    let nowhere = Needs::Request { method: "GET", path: "/api/v1/nothing" };
    for _ in 0..30 {
        assert_eq!(guess(WORKFLOWS, true).await, Ok(Verdict::Unknown));
        assert_eq!(guess(nowhere, true).await, Ok(Verdict::NoRoute), "tried all the same");
    }
    let wait = Duration::from_secs(60);
    assert_eq!(guess(WORKFLOWS, true).await, Err(Error::Throttled { retry_after: wait }));
    assert_eq!(guess(nowhere, true).await, Ok(Verdict::NoRoute), "who waits is told no more there");
    assert_eq!(guess(WORKFLOWS, false).await, Ok(Verdict::Unknown), "who is known may ask");
    assert_eq!(verdict(gate, &used).await, Verdict::Allowed, "it is in memory");
    let call = Call {
        key: Some(unused.secret.expose()),
        needs: WORKFLOWS,
        address: HOME,
        user_agent: None,
        cost: 1,
        from_stranger: true,
        member: None,
    };
    assert_eq!(gate.check(call).await.map(drop), Err(Error::Throttled { retry_after: wait }));
    let elsewhere = IpAddr::from([198, 51, 100, 1]);
    assert!(gate.check(Call { address: elsewhere, ..call }).await.is_ok());
    world.clock.advance(TimeDelta::seconds(60));
    assert_eq!(verdict(gate, &unused).await, Verdict::Allowed);
    following.abort();
}

fn remaining(passage: &Passage) -> Vec<u64> {
    passage.limits().map(|(_, room)| room.remaining).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn lodol_08_at_sixteen_at_a_time_exactly_as_many_pass_as_the_workspace_has() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let keys = [key(&world, &ada).await, key(&world, &ada).await];
    for window in 0..4 {
        let calls = (0..16).map(|i| {
            let (gate, secret) = (world.services.gate.clone(), keys[i % 2].secret.expose().to_owned());
            tokio::spawn(async move {
                let mut passed = 0;
                for _ in 0..20 {
                    let call = Call {
                        key: Some(&secret),
                        needs: WORKFLOWS,
                        address: HOME,
                        user_agent: None,
                        cost: 1,
                        from_stranger: true,
                        member: None,
                    };
                    let passage = gate.check(call).await.expect("a decision");
                    passed += usize::from(passage.decision.verdict == Verdict::Allowed);
                }
                passed
            })
        });
        let mut passed = 0;
        for call in calls.collect::<Vec<_>>() {
            passed += call.await.expect("a count");
        }
        assert_eq!(passed, 15, "in window {window}");
        world.clock.advance(TimeDelta::seconds(60));
    }
}

#[tokio::test]
async fn common_09_what_is_refused_costs_nothing_and_scopes_come_first() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let (key, gate) = (key(&world, &ada).await, &world.services.gate);
    for _ in 0..30 {
        let refused = ask(gate, &key, EXECUTIONS, 1).await;
        assert_eq!((refused.decision.verdict, remaining(&refused)), (Verdict::ScopeMissing, vec![15]));
    }
    for left in (0..15).rev() {
        assert_eq!(remaining(&ask(gate, &key, WORKFLOWS, 1).await), [left]);
    }
    for _ in 0..5 {
        assert_eq!(verdict(gate, &key).await, Verdict::RateLimited);
        assert_eq!(ask(gate, &key, EXECUTIONS, 1).await.decision.verdict, Verdict::ScopeMissing, "not a 429");
    }
    world.clock.advance(TimeDelta::seconds(59));
    let refused = ask(gate, &key, WORKFLOWS, 1).await;
    let (refusal, wait) = refused.refusal(&world.services.profile).expect("a refusal");
    assert_eq!((refusal.status, refusal.code, wait), (429, "rate_limited", Some(Duration::from_secs(1))));
    assert_eq!(refusal.message, "Rate limit exceeded (15 requests per minute). Try again in 1 second.");
    world.clock.advance(TimeDelta::seconds(1));
    assert_eq!(verdict(gate, &key).await, Verdict::Allowed);
}

#[tokio::test]
async fn a_request_that_one_window_refuses_takes_nothing_from_the_other() {
    let limits =
        "{ requests = 2, per = \"minute\", each = \"key\" }, { requests = 3, per = \"hour\", each = \"workspace\" }";
    let (world, ada) = world_with(limits).await;
    let (one, other) = (key(&world, &ada).await, key(&world, &ada).await);
    let gate = &world.services.gate;
    for _ in 0..5 {
        ask(gate, &one, WORKFLOWS, 1).await;
    }
    let names: Vec<_> =
        ask(gate, &other, WORKFLOWS, 0).await.limits().map(|(l, r)| (l.name.clone(), r.remaining)).collect();
    assert_eq!(names, [("hour".to_owned(), 1), ("minute".to_owned(), 2)]);
    assert_eq!(verdict(gate, &other).await, Verdict::Allowed);
    let refused = ask(gate, &other, WORKFLOWS, 1).await;
    assert_eq!((refused.decision.verdict, remaining(&refused)), (Verdict::RateLimited, vec![0, 1]));
    let (tightest, _) = refused.tightest().expect("a limit");
    assert_eq!(tightest.name, "hour", "the one that refuses");
}

#[tokio::test]
async fn skode_05_every_key_has_a_window_of_its_own_and_both_its_secrets_share_it() {
    let (world, ada) = world_with("{ requests = 2, per = \"minute\", each = \"key\" }").await;
    let (one, other) = (key(&world, &ada).await, key(&world, &ada).await);
    let gate = &world.services.gate;
    assert_eq!(verdict(gate, &one).await, Verdict::Allowed);
    let form = crate::keys::RotateForm { grace: "24".into(), ..Default::default() };
    let rotated = world.services.keys.rotate(&ada, one.key.id, &form).await.expect("a second secret");
    assert_eq!(verdict(gate, &rotated).await, Verdict::Allowed);
    assert_eq!(verdict(gate, &one).await, Verdict::RateLimited);
    assert_eq!(verdict(gate, &other).await, Verdict::Allowed);
}

#[tokio::test]
async fn what_costs_more_takes_more_and_what_does_not_fit_takes_nothing() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let (key, gate) = (key(&world, &ada).await, &world.services.gate);
    assert_eq!(remaining(&ask(gate, &key, WORKFLOWS, 10).await), [5]);
    let refused = ask(gate, &key, WORKFLOWS, 6).await;
    assert_eq!((refused.decision.verdict, remaining(&refused)), (Verdict::RateLimited, vec![5]));
    assert_eq!(remaining(&ask(gate, &key, WORKFLOWS, 5).await), [0]);
    let asked = ask(gate, &key, WORKFLOWS, 0).await;
    assert_eq!((asked.decision.verdict, remaining(&asked)), (Verdict::Allowed, vec![0]), "asking is free");
}

#[tokio::test]
async fn another_plan_keeps_what_was_used() {
    let (world, ada) = World::owned("lodol", "pro").await;
    let (key, gate) = (key(&world, &ada).await, &world.services.gate);
    for _ in 0..15 {
        assert_eq!(verdict(gate, &key).await, Verdict::Allowed);
    }
    move_to(&world, &ada, "team").await;
    assert_eq!(remaining(&ask(gate, &key, WORKFLOWS, 1).await), [9], "25 less 15, less this one");
    move_to(&world, &ada, "pro").await;
    assert_eq!(verdict(gate, &key).await, Verdict::RateLimited);
}

#[tokio::test]
async fn a_day_that_another_plan_begins_to_count_counts_from_midnight() {
    let world = World::empty("skillett").await;
    let ada = world.claim("unlimited").await;
    let form = key_form("a", &["github"]);
    let key = world.services.keys.create(&ada, &form).await.expect("a key");
    let github = Needs::Request { method: "GET", path: "/v1/skills/github" };
    let gate = &world.services.gate;
    assert_eq!(ask(gate, &key, github, 500).await.decision.verdict, Verdict::Allowed);
    world.services.usage.flush().await.expect("a flush");
    move_to(&world, &ada, "free").await;
    let left: Vec<_> = ask(gate, &key, github, 0).await.limits().map(|(l, r)| (l.name.clone(), r.remaining)).collect();
    assert!(left.contains(&("day".to_owned(), 9_500)), "{left:?}");
}

#[tokio::test]
async fn skillett_06_a_days_count_outlives_a_restart_and_ends_at_midnight() {
    let limits =
        "{ requests = 5, per = \"day\", each = \"workspace\" }, { requests = 5, per = \"day\", each = \"key\" }";
    let (world, ada) = world_with(limits).await;
    let key = key(&world, &ada).await;
    assert_eq!(remaining(&ask(&world.services.gate, &key, WORKFLOWS, 3).await), [2, 2]);
    ask(&world.services.gate, &key, EXECUTIONS, 1).await;
    world.services.usage.flush().await.expect("a flush");

    let restarted: Services = world.second_node().await;
    assert_eq!(remaining(&ask(&restarted.gate, &key, WORKFLOWS, 1).await), [1, 1]);
    assert_eq!(verdict(&restarted.gate, &key).await, Verdict::Allowed);
    let refused = ask(&restarted.gate, &key, WORKFLOWS, 1).await;
    let (refusal, wait) = refused.refusal(&world.services.profile).expect("a refusal");
    assert_eq!((refusal.code, wait), ("daily_limit_reached", Some(Duration::from_secs(12 * 3600))));
    assert_eq!(refusal.message, "Daily API call limit reached (5). Resets at midnight UTC.");
    world.clock.advance(TimeDelta::hours(12));
    assert_eq!(verdict(&restarted.gate, &key).await, Verdict::Allowed);
}

#[tokio::test]
async fn a_days_count_of_an_app_outlives_a_restart_for_its_workspace_and_for_itself() {
    let limits =
        "{ requests = 9, per = \"day\", each = \"workspace\" }, { requests = 5, per = \"day\", each = \"key\" }";
    let (world, ada) = world_with(limits).await;
    let (app, _) = world.app(&ada, AppSpec::MACHINE).await;
    let (token, key) = (world.machine_token(&app).await, key(&world, &ada).await);
    assert_eq!(remaining(&send(&world.services.gate, &token, WORKFLOWS, 3).await), [6, 2]);
    assert_eq!(remaining(&ask(&world.services.gate, &key, WORKFLOWS, 1).await), [5, 4]);
    world.services.usage.flush().await.expect("a flush");

    let restarted: Services = world.second_node().await;
    assert_eq!(remaining(&ask(&restarted.gate, &key, WORKFLOWS, 1).await), [4, 3]);
    assert_eq!(remaining(&send(&restarted.gate, &token, WORKFLOWS, 2).await), [2, 0]);
    let refused = send(&restarted.gate, &token, WORKFLOWS, 1).await;
    assert_eq!(refused.decision.verdict, Verdict::DailyLimitReached);
}

#[tokio::test]
async fn a_clock_that_is_set_hands_out_nothing_twice_and_locks_nobody_out() {
    let limits = "{ requests = 2, per = \"minute\", each = \"key\" }, { requests = 3, per = \"day\", each = \"key\" }";
    let (world, ada) = world_with(limits).await;
    let (key, gate) = (key(&world, &ada).await, &world.services.gate);
    for _ in 0..2 {
        assert_eq!(verdict(gate, &key).await, Verdict::Allowed);
    }
    for step in [TimeDelta::days(2), TimeDelta::days(-2) - TimeDelta::hours(1)] {
        world.clock.set(step);
        assert_eq!(verdict(gate, &key).await, Verdict::RateLimited, "a step by {step} is no minute");
    }
    world.clock.advance(TimeDelta::seconds(60));
    assert_eq!(verdict(gate, &key).await, Verdict::Allowed);
    assert_eq!(verdict(gate, &key).await, Verdict::DailyLimitReached);
    world.clock.advance(TimeDelta::days(1));
    assert_eq!(verdict(gate, &key).await, Verdict::Allowed);
}

#[tokio::test]
async fn counts_that_are_over_are_forgotten_and_others_are_not() {
    let (world, ada) = world_with("{ requests = 2, per = \"minute\", each = \"key\" }").await;
    let (key, gate) = (key(&world, &ada).await, &world.services.gate);
    assert_eq!(verdict(gate, &key).await, Verdict::Allowed);
    world.services.keys.disable(&ada, key.key.id, None).await.expect("disabled, and so forgotten by the index");
    gate.sweep();
    assert_eq!(gate.counters(), 1, "its minute runs");
    world.services.keys.enable(&ada, key.key.id, None).await.expect("enabled");
    assert_eq!(verdict(gate, &key).await, Verdict::Allowed);
    assert_eq!(verdict(gate, &key).await, Verdict::RateLimited, "its count has outlived the change");
    world.services.keys.revoke(&ada, key.key.id, "", None).await.expect("revoked");
    world.clock.advance(TimeDelta::seconds(60));
    gate.sweep();
    assert_eq!(gate.counters(), 0);
}
