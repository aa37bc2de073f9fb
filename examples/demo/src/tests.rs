//! The story on a database of its own, for every product.

use crate::{
    cast::{Cast, OWNER, PASSWORD},
    clock::MovedClock,
    history::{FirstCall, History},
};
use keywright_core::{
    accounts::SignIn,
    actor::{Actor, Origin},
    audit,
    clock::Clock as _,
    db::Db,
    gate::{Call, Needs, Verdict},
    keys::{KeyQuery, KeyStatus},
    page::PageRequest,
    profile::Profile,
    random::OsRandom,
    services::Services,
    testing::World,
};
use std::{net::Ipv4Addr, sync::Arc};

/// A product after its story, which ends at noon of 21 November 2026.
struct Told {
    world: World,
    services: Services,
    call: FirstCall,
}

async fn told(profile: &str) -> Told {
    let world = World::empty(profile).await;
    let clock = Arc::new(MovedClock::at(world.clock.now()));
    let profile = Arc::clone(&world.services.profile);
    let (db, site) = (world.test_db.db.clone(), keywright_core::testing::site());
    let services = Services::new(db, profile, clock.clone(), Arc::new(OsRandom), None, &site);
    let cast = Cast::of(&services.profile).unwrap();
    let call = History::new(&services, &clock, &cast).play().await.unwrap();
    Told { world, services, call }
}

impl Told {
    async fn owner(&self) -> Actor {
        let (origin, attempt) = (Origin::default(), SignIn { email: OWNER.email, password: PASSWORD, device: None });
        let user = self.services.accounts.sign_in(attempt, &origin).await.unwrap().user;
        self.services.workspaces.enter(user.id, "northwind", origin).await.unwrap()
    }

    /// What the gate says to the call that people are shown.
    async fn verdict_on_call(&self) -> Verdict {
        let needs = Needs::Request { method: "GET", path: &self.call.path };
        let (key, address) = (Some(self.call.secret.expose()), Ipv4Addr::LOCALHOST.into());
        let call = Call { key, needs, address, user_agent: None, cost: 1, from_stranger: true, member: None };
        self.world.services.gate.check(call).await.unwrap().decision.verdict
    }

    /// How many requests with which outcome are counted by this grain, in the time that all grains are kept for.
    async fn counted(&self, grain: &str) -> Vec<(String, i64)> {
        let sql = "select outcome, cast(sum(requests) as bigint) from usage_counts
            where grain = $1 and start >= $2 group by outcome order by outcome";
        let since = self.world.clock.now() - chrono::TimeDelta::hours(36);
        match &self.world.test_db.db {
            Db::Sqlite(c, _) => sqlx::query_as(sql).bind(grain).bind(since).fetch_all(c).await.unwrap(),
            Db::Postgres(c) => sqlx::query_as(sql).bind(grain).bind(since).fetch_all(c).await.unwrap(),
        }
    }
}

#[tokio::test]
async fn every_product_has_keys_of_every_kind_a_call_that_works_and_a_whole_log() {
    for name in Profile::built_in_names() {
        let told = told(name).await;
        let owner = told.owner().await;
        let page = PageRequest { after: None, limit: 100 };
        let keys = told.services.keys.list(&owner, &KeyQuery::default(), page).await.unwrap().items;
        let now = told.world.clock.now();
        let count = |status| keys.iter().filter(|key| key.status(now) == status).count();
        let counts = [KeyStatus::Active, KeyStatus::Disabled, KeyStatus::Revoked, KeyStatus::Expired].map(count);
        assert_eq!(counts, [6, 1, 1, 1], "{name}");
        assert_eq!(keys.iter().filter(|key| key.rotation.is_some()).count(), 1, "{name}");
        assert_eq!(keys.iter().filter(|key| key.last_use.is_none()).count(), 1, "{name}");
        assert!(keys.iter().any(|key| key.refused.is_some()), "{name}");
        let (_, ending) = told.services.keys.tally(&owner).await.unwrap();
        assert_eq!(ending.map(|ending| ending.within_days), Some(7), "{name}");

        let apps = told.services.apps.list(&owner, PageRequest { after: None, limit: 100 }).await.unwrap().items;
        assert_eq!(apps.len(), 3, "{name}");

        let roles = told.services.profile.roles.len();
        let members = told.services.members.list(&owner, PageRequest { after: None, limit: 100 }).await.unwrap();
        assert_eq!(members.items.len(), roles, "{name}");
        let places = told.services.workspaces.list(owner.user.id).await.unwrap();
        assert_eq!(places.len(), told.services.profile.plans.len(), "{name}");
        assert_eq!(told.verdict_on_call().await, Verdict::Allowed, "{name}");
        assert!(audit::verify(&told.world.test_db.db, &[]).await.unwrap().is_whole(), "{name}");
    }
}

#[tokio::test]
async fn the_counts_of_all_grains_agree_and_have_outcomes_of_several_kinds() {
    let told = told("skaala").await;
    let minutes = told.counted("minute").await;
    assert_eq!(minutes, told.counted("hour").await);
    assert!(minutes.iter().any(|(outcome, requests)| outcome == "allowed" && *requests > 100), "{minutes:?}");
    let rows = told.world.test_db.dump().await;
    for outcome in ["allowed", "insufficient_scope", "rate_limited", "revoked_key", "expired_key", "disabled_key"] {
        assert!(rows.contains(outcome), "{outcome}");
    }
}

#[tokio::test]
async fn two_tellings_at_one_moment_count_the_same() {
    let (one, two) = (told("lodol").await, told("lodol").await);
    assert_eq!(one.counted("hour").await, two.counted("hour").await);
}

#[tokio::test]
async fn a_database_in_which_there_is_somebody_is_left_alone() {
    let (world, _) = World::owned("lodol", "pro").await;
    let clock = Arc::new(MovedClock::at(world.clock.now()));
    let cast = Cast::of(&world.services.profile).unwrap();
    let before = world.test_db.dump().await;
    let refused = History::new(&world.services, &clock, &cast).play().await.map(drop);
    assert!(format!("{:?}", refused.unwrap_err()).contains("nothing was written"));
    assert_eq!(world.test_db.dump().await, before);
}
