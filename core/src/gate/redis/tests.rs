//! Against a real server, by `KEYWRIGHT_TEST_REDIS_URL`: without one these tests have nothing to say. That Redis counts
//! as memory does is said by all other tests of limits as well: they run on both.

use super::*;
use crate::{
    actor::Actor,
    clock::FixedClock,
    gate::{
        Call, Credential, Gate, Lease, Needs, Verdict,
        limits::{Limits, Whose},
    },
    ids::{KeyId, WorkspaceId},
    keys::CreatedKey,
    profile::Profile,
    services::Services,
    testing::{self, World, key_form, redis_url},
};
use chrono::TimeDelta;
use proptest::prelude::*;
use std::{net::IpAddr, time::Instant};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};
use uuid::Uuid;

const WORKFLOWS: Needs<'static> = Needs::Request { method: "GET", path: "/api/v1/workflows" };

/// The limits of lodol's plan `pro` instead of its own.
fn profile_with(limits: &str) -> Profile {
    let text = Profile::built_in("lodol").expect("the profile");
    let own = "limits = [{ requests = 15, per = \"minute\", each = \"workspace\" }]";
    assert!(text.contains(own));
    Profile::parse("lodol", &text.replace(own, &format!("limits = [{limits}]"))).expect("a good profile")
}

/// How a way to the server is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Open,
    /// What is sent arrives nowhere.
    Stuck,
    Closed,
}

/// A way to the server that can be barred. Answers its URL.
async fn way() -> Option<(String, watch::Sender<Way>)> {
    let url = redis_url()?;
    let (scheme, server) = url.split_once("://").expect("a URL");
    let server = server.split('/').next().unwrap_or_default().to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("{scheme}://{}", listener.local_addr().expect("an address"));
    let (bar, way) = watch::channel(Way::Open);
    tokio::spawn(async move {
        while let Ok((from, _)) = listener.accept().await {
            tokio::spawn(pass(from, server.clone(), way.clone()));
        }
    });
    Some((url, bar))
}

async fn pass(mut from: TcpStream, server: String, mut way: watch::Receiver<Way>) {
    let mut to = TcpStream::connect(server).await.expect("the server");
    for end in [&from, &to] {
        end.set_nodelay(true).expect("a connection");
    }
    loop {
        let now = *way.borrow_and_update();
        tokio::select! {
            _ = copy_bidirectional(&mut from, &mut to), if now == Way::Open => return,
            changed = way.changed(), if now != Way::Closed => if changed.is_err() { return },
            () = std::future::ready(()), if now == Way::Closed => return,
        }
    }
}

/// A node that counts over a way that can be barred, another one next to it, and a key.
struct Nodes {
    world: World,
    other: Services,
    ada: Actor,
    key: CreatedKey,
    bar: watch::Sender<Way>,
    redis: Redis,
}

impl Nodes {
    async fn with(limits: &str, budget: Duration) -> Option<Self> {
        let (url, bar) = way().await?;
        let direct = testing::redis().await?;
        let redis = Redis::connect(&url, direct.0.prefix.clone(), budget, true).await.expect("the way is open");
        let mut world = World::with_redis(profile_with(limits), Some(redis.clone())).await;
        let ada = world.claim("pro").await;
        let key = world.services.keys.create(&ada, &key_form("a", &["workflows:read"])).await.expect("a key");
        world.redis = Some(direct);
        let other = world.second_node().await;
        Some(Self { world, other, ada, key, bar, redis })
    }

    async fn ask(&self, gate: &Gate, cost: u64) -> (Verdict, Vec<u64>) {
        let (key, address) = (Some(self.key.secret.expose()), IpAddr::from([203, 0, 113, 7]));
        let call = Call { key, needs: WORKFLOWS, address, cost, user_agent: None, from_stranger: true, member: None };
        let passage = gate.check(call).await.expect("a decision, whatever becomes of Redis");
        (passage.decision.verdict, passage.limits().map(|(_, room)| room.remaining).collect())
    }

    async fn left(&self, gate: &Gate, cost: u64) -> Vec<u64> {
        self.ask(gate, cost).await.1
    }

    fn set(&self, way: Way) {
        self.bar.send_replace(way);
    }

    async fn until(&self, is_there: bool) {
        let changed = async {
            while self.redis.is_there() != is_there {
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(PAUSE * 5, changed).await.expect("it changes soon");
    }
}

/// A step of the history that both homes are told: milliseconds, a cost, one of two keys, and whether the clock is set.
fn step() -> impl Strategy<Value = (u32, u64, bool, i64)> {
    let jump = prop_oneof![9 => Just(0_i64), 1 => -30_i64..30];
    (0_u32..25_000, 0_u64..4, any::<bool>(), jump)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]
    #[test]
    fn memory_and_redis_give_the_same_answers(
        most in prop::array::uniform4(1_u64..12),
        case: u128,
        steps in prop::collection::vec(step(), 1..80),
    ) {
        if redis_url().is_none() {
            return Ok(());
        }
        let [hour, day, sliding, short] = most;
        let profile = profile_with(&format!(
            "{{ requests = {hour}, per = \"hour\", each = \"workspace\" }}, \
             {{ requests = {day}, per = \"day\", each = \"key\" }}, \
             {{ requests = {sliding}, per = 30, each = \"workspace\", algorithm = \"sliding\" }}, \
             {{ requests = {short}, per = 10, each = \"key\" }}"
        ));
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let (db, clock) = (crate::db::testing::TestDb::sqlite().await, FixedClock::start());
            let homes = [None, testing::redis().await].map(|redis| {
                Limits::new(db.db.clone(), clock.clone(), &profile, redis)
            });
            let plan = profile.plans.iter().position(|plan| plan.name == "pro").expect("the plan");
            for (millis, cost, key, jump) in steps {
                clock.advance(TimeDelta::milliseconds(millis.into()));
                clock.set(TimeDelta::hours(jump));
                let whose = whose(case, u128::from(key));
                let mut rooms = Vec::new();
                for home in &homes {
                    let limited = home.of(plan, whose).await.expect("a database");
                    rooms.push(home.count(&limited.expect("limits"), whose, cost, home.now()).await);
                }
                prop_assert_eq!(&rooms[0], &rooms[1]);
            }
            Ok(())
        })?;
    }
}

fn whose(workspace: u128, key: u128) -> Whose {
    let workspace = WorkspaceId::from_uuid(Uuid::from_u128(workspace));
    Whose { workspace, by: Some(Credential::Key(KeyId::from_uuid(Uuid::from_u128(key)))) }
}

const FIVE_A_MINUTE: &str = "{ requests = 5, per = \"minute\", each = \"workspace\" }";
const TEN_A_DAY: &str =
    "{ requests = 10, per = \"day\", each = \"workspace\" }, { requests = 10, per = \"day\", each = \"key\" }";

#[tokio::test]
async fn what_one_node_lets_through_the_other_counts() {
    let Some(nodes) = Nodes::with(FIVE_A_MINUTE, CONNECT).await else { return };
    let (here, there) = (&nodes.world.services.gate, &nodes.other.gate);
    for (gate, left) in [(here, 4), (there, 3), (here, 2), (there, 1), (there, 0)] {
        assert_eq!(nodes.left(gate, 1).await, [left]);
    }
    assert_eq!(nodes.ask(here, 1).await.0, Verdict::RateLimited);
    assert_eq!(nodes.ask(there, 1).await.0, Verdict::RateLimited);
    nodes.world.clock.advance(TimeDelta::seconds(60));
    assert_eq!(nodes.left(there, 1).await, [4]);
}

#[tokio::test]
async fn a_server_that_hangs_costs_no_request_more_than_the_budget_and_is_asked_no_more() {
    // More than it is, so that a machine that stalls does not spoil the test.
    let budget = BUDGET * 10;
    let Some(nodes) = Nodes::with(FIVE_A_MINUTE, budget).await else { return };
    let gate = &nodes.world.services.gate;
    assert_eq!(nodes.left(gate, 1).await, [4]);
    assert_eq!(nodes.left(&nodes.other.gate, 1).await, [3]);
    assert_eq!(nodes.left(gate, 1).await, [2]);
    nodes.set(Way::Stuck);
    for left in [1, 0] {
        let begun = Instant::now();
        assert_eq!(nodes.ask(gate, 1).await, (Verdict::Allowed, vec![left]), "it goes on where all were");
        assert!(begun.elapsed() < budget * 2, "it took {:?}", begun.elapsed());
    }
    assert_eq!(nodes.ask(gate, 1).await.0, Verdict::RateLimited);
    assert!(!nodes.redis.is_there(), "three failures in a row");
    let unanswered = nodes.redis.unanswered();
    for _ in 0..50 {
        assert_eq!(nodes.ask(gate, 1).await.0, Verdict::RateLimited);
    }
    assert_eq!(nodes.redis.unanswered(), unanswered, "nobody asks it");
    nodes.set(Way::Open);
    nodes.until(true).await;
    nodes.world.clock.advance(TimeDelta::seconds(60));
    assert_eq!(nodes.left(gate, 1).await, [4]);
    assert_eq!(nodes.left(&nodes.other.gate, 1).await, [3], "together again");
}

#[tokio::test]
async fn skillett_06_a_day_that_redis_has_forgotten_goes_on() {
    let Some(nodes) = Nodes::with(TEN_A_DAY, CONNECT).await else { return };
    let (here, there) = (&nodes.world.services.gate, &nodes.other.gate);
    assert_eq!(nodes.left(here, 3).await, [7, 7]);
    assert_eq!(nodes.left(there, 1).await, [6, 6]);
    for node in [&nodes.world.services, &nodes.other] {
        node.usage.flush().await.expect("a flush");
    }
    forget_all(&nodes.redis).await;
    assert_eq!(nodes.left(here, 0).await, [6, 6], "the database knows it");
    assert_eq!(nodes.left(there, 1).await, [5, 5]);
    forget_all(&nodes.redis).await;
    assert_eq!(nodes.left(there, 1).await, [4, 4], "what is not yet in the database the node knows");
    // A node that is started anew.
    let third = nodes.world.second_node().await;
    assert_eq!(nodes.left(&third.gate, 1).await, [3, 3]);
}

/// As if it had been started anew.
async fn forget_all(redis: &Redis) {
    let mut connection = redis.0.connect().await.expect("a connection");
    let names: Vec<String> =
        redis::cmd("KEYS").arg(format!("{}*", redis.0.prefix)).query_async(&mut connection).await.expect("the names");
    redis::cmd("DEL").arg(names).query_async::<()>(&mut connection).await.expect("they are gone");
}

#[tokio::test]
async fn what_a_node_let_through_alone_the_day_has_had() {
    let Some(nodes) = Nodes::with(TEN_A_DAY, CONNECT).await else { return };
    let (here, there) = (&nodes.world.services.gate, &nodes.other.gate);
    assert_eq!(nodes.left(here, 1).await, [9, 9]);
    nodes.set(Way::Closed);
    assert_eq!(nodes.left(here, 4).await, [5, 5]);
    nodes.until(false).await;
    assert_eq!(nodes.left(here, 2).await, [3, 3], "alone");
    assert_eq!(nodes.left(there, 0).await, [9, 9], "Redis does not know");
    nodes.set(Way::Open);
    nodes.until(true).await;
    assert_eq!(nodes.left(here, 1).await, [2, 2]);
    assert_eq!(nodes.left(there, 0).await, [2, 2]);
}

#[tokio::test]
async fn lodol_10_leases_are_held_together_and_outlive_the_absence_of_redis() {
    let Some(nodes) = Nodes::with(FIVE_A_MINUTE, CONNECT).await else { return };
    let (here, there, minute) = (&nodes.world.services.gate, &nodes.other.gate, Duration::from_secs(60));
    let workspace = nodes.ada.workspace.id;
    let mut held = Vec::new();
    let most = loop {
        let gate = if held.len() % 2 == 0 { here } else { there };
        match gate.lease(workspace, minute).await.expect("an answer") {
            Lease::Held { id, held: count, .. } => {
                held.push(id);
                assert_eq!(usize::try_from(count), Ok(held.len()));
            }
            Lease::Refused { limit, wait } => {
                assert_eq!(wait, minute);
                break usize::try_from(limit).expect("a number");
            }
        }
    };
    assert!(most > 1 && held.len() == most, "{held:?}");
    assert!(matches!(there.lease(workspace, minute).await, Ok(Lease::Refused { .. })));
    assert!(there.release(held[0]).await && !here.release(held[0]).await, "by any node, and once");
    assert!(!here.extend(held[0], minute).await && !there.extend(held[0], minute).await);
    let Ok(Lease::Held { id, .. }) = here.lease(workspace, minute).await else { panic!("there is room") };
    held[0] = id;

    nodes.set(Way::Closed);
    for _ in 0..3 {
        nodes.world.clock.advance(TimeDelta::seconds(40));
        assert!(here.extend(held[0], minute).await, "its own lease");
        assert!(here.extend(held[1], minute).await, "of another node's it knows nothing");
    }
    nodes.until(false).await;
    nodes.set(Way::Open);
    nodes.until(true).await;
    assert!(here.extend(held[0], minute).await, "Redis has missed that it goes on");
    assert!(!there.extend(held[1], minute).await, "nobody has told Redis, and nobody vouches for it");
    let Ok(Lease::Held { held: count, .. }) = there.lease(workspace, minute).await else { panic!("there is room") };
    assert_eq!(count, 2, "the one that goes on, and this one");
    nodes.world.clock.advance(TimeDelta::seconds(60));
    assert!(!here.extend(held[0], minute).await, "all end by themselves");
}

#[tokio::test]
async fn who_asks_for_another_password_is_no_server_of_ours_and_who_is_not_there_may_come() {
    let Some(url) = redis_url() else { return };
    let with_password = url.replacen("://", "://:hunter2@", 1);
    let fault = Redis::open(&with_password).await.expect_err("a server without a password");
    assert!(matches!(fault, RedisFault::Refused(_)) && !fault.to_string().contains("hunter2"), "{fault}");
    let fault = Redis::open("http://:hunter2@cache").await.expect_err("no such URL");
    assert!(matches!(fault, RedisFault::Url(_)) && !fault.to_string().contains("hunter2"), "{fault}");
    let absent = Redis::open("redis://127.0.0.1:1").await.expect("it may come");
    assert!(!absent.is_there() && !format!("{absent:?}").contains("127.0.0.1"));
}
