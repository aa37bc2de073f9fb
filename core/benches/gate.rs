//! What each step of a decision costs, without HTTP:
//!
//! ```text
//! cargo bench --package keywright-core --features testing
//! ```

#![expect(clippy::expect_used, reason = "a bench that cannot have its world must stop")]

use criterion::{Criterion, criterion_group, criterion_main};
use keywright_core::{
    clock::{Clock as _, SystemClock},
    gate::{Call, Credential, Needs, Standing, decide},
    ids::{KeyId, UserId, WorkspaceId},
    profile::{Profile, ScopeSet},
    random::OsRandom,
    secret::Secret,
    services::Services,
    testing::{self, World, key_form},
};
use std::{hint::black_box, net::IpAddr, sync::Arc};
use tokio::runtime::Runtime;
use uuid::Uuid;

const ADDRESS: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 7));
const REQUEST: Needs<'_> = Needs::Request { method: "GET", path: "/api/v1/workflows" };

fn profile(limits: &str) -> Profile {
    let text = Profile::built_in("lodol").expect("the profile");
    let own = text.lines().find(|line| line.contains("requests = 50,")).expect("the limits of a plan");
    Profile::parse("lodol", &text.replace(own, &format!("limits = [{limits}]"))).expect("a good profile")
}

/// What a key costs before anybody looks for it; and what garbage does.
fn secrets(c: &mut Criterion) {
    let profile = profile("");
    let key = Secret::generate(&profile.key, &OsRandom).expose().to_owned();
    let mistyped = format!("{}{}", &key[..key.len() - 1], if key.ends_with('0') { '1' } else { '0' });
    c.bench_function("parse, checksum, hash", |b| b.iter(|| Secret::parse_hash(&profile.key, black_box(&key))));
    c.bench_function("parse, wrong checksum", |b| b.iter(|| Secret::parse_hash(&profile.key, black_box(&mistyped))));
}

fn decision(c: &mut Criterion) {
    let standing = Standing {
        by: Credential::Key(KeyId::from_uuid(Uuid::nil())),
        workspace: WorkspaceId::from_uuid(Uuid::nil()),
        owner: Some(UserId::from_uuid(Uuid::nil())),
        environment: "".into(),
        scopes: ScopeSet::one(0),
        role: Some(ScopeSet::ALL),
        plan: Some(ScopeSet::ALL),
        networks: Box::default(),
        retires_at: None,
        suspended: false,
        expires_at: Some(SystemClock.now() + chrono::TimeDelta::days(1)),
        disabled: false,
        revoked: false,
    };
    let now = SystemClock.now();
    let needed = ScopeSet::one(0);
    c.bench_function("decide", |b| b.iter(|| decide(Some(black_box(&standing)), needed, ADDRESS, now)));
}

/// The whole check of a key that is in memory: the index alone, and with one and two windows.
fn checks(c: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let window = |per: &str| format!("{{ requests = 1000000000, each = \"key\", per = \"{per}\" }}");
    let cases = [
        ("check, no limit", String::new()),
        ("check, one window", window("minute")),
        ("check, two windows", [window("minute"), window("day")].join(", ")),
    ];
    for (name, limits) in cases {
        let (world, key) = runtime.block_on(world(profile(&limits)));
        let call = Call {
            key: Some(&key),
            needs: REQUEST,
            address: ADDRESS,
            user_agent: None,
            cost: 1,
            from_stranger: true,
            member: None,
        };
        c.bench_function(name, |b| {
            b.iter(|| runtime.block_on(world.services.gate.check(black_box(call))).expect("an answer"));
        });
    }
}

/// A world by the machine's own clock, and a key.
async fn world(profile: Profile) -> (World, String) {
    let mut world = World::of(profile).await;
    let (db, profile) = (world.services.db.clone(), Arc::clone(&world.services.profile));
    world.services = Services::new(db, profile, Arc::new(SystemClock), Arc::new(OsRandom), None, &testing::site());
    let ada = world.claim("enterprise").await;
    let form = key_form("bench", &["workflows:read"]);
    let created = world.services.keys.create(&ada, &form).await.expect("a key");
    (world, created.secret.expose().to_owned())
}

criterion_group!(gate, secrets, decision, checks);
criterion_main!(gate);
