//! Checking a request, and hearing of changes.

mod explaining;
mod gauging;
mod holding;
mod passage;
mod reading;

use super::{
    Changed, Decision, Verdict, decide,
    guesses::Guesses,
    index::Entry,
    leases::Leases,
    limits::{Limits, Whose},
    memory::Memory,
    notices,
    redis::Redis,
    routes::Routes,
    under_way::{Slot, UnderWay},
};
use crate::{
    Time,
    actor::Actor,
    clock::SharedClock,
    db::{Db, Tx},
    error::{Error, Result},
    oauth::Tokens,
    profile::{Profile, ScopeSet},
    random::SharedRandom,
    refusals::Refusals,
    secret::Secret,
    usage::{Agent, Mark, Usage},
};
use std::{net::IpAddr, sync::Arc};

pub use explaining::Explained;
pub use holding::Lease;
pub use passage::Passage;

/// The gate. Clones share one memory.
#[derive(Clone)]
pub struct Gate(Arc<Inner>);

struct Inner {
    db: Db,
    clock: SharedClock,
    random: SharedRandom,
    profile: Arc<Profile>,
    usage: Usage,
    refusals: Refusals,
    limits: Limits,
    guesses: Guesses,
    leases: Leases,
    under_way: UnderWay,
    redis: Option<Redis>,
    memory: Arc<Memory>,
    routes: Routes,
    /// What is noted as the route of a check that names only scopes.
    unrouted: Arc<str>,
    tokens: Tokens,
    /// Where the API behind the gate is, as tokens name it.
    address: Arc<str>,
}

/// What the gate is made of.
pub(crate) struct Parts {
    pub db: Db,
    pub clock: SharedClock,
    pub random: SharedRandom,
    pub profile: Arc<Profile>,
    pub usage: Usage,
    pub refusals: Refusals,
    pub redis: Option<Redis>,
    pub tokens: Tokens,
    /// Where the API behind the gate is, as tokens name it.
    pub address: Arc<str>,
}

/// A request that wants to pass.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// The key that it brings, as it was sent.
    pub key: Option<&'a str>,
    /// Who is signed in where it comes from, if that counts and it brings no key.
    pub member: Option<&'a Actor>,
    /// What it is for.
    pub needs: Needs<'a>,
    /// Where it comes from.
    pub address: IpAddr,
    /// What sends it, as it calls itself; none if it does not say, or if who asks does not tell.
    pub user_agent: Option<&'a str>,
    /// What it takes from the limits. What costs nothing only asks, and leaves no mark.
    pub cost: u64,
    /// Whether somebody unknown asks: who tries keys that nobody has is slowed down.
    pub from_stranger: bool,
}

/// What a request is for.
#[derive(Clone, Copy, Debug)]
pub enum Needs<'a> {
    /// A method and a path, to be found among the profile's routes.
    Request {
        /// `GET`
        method: &'a str,
        /// Without the query string.
        path: &'a str,
    },
    /// Scopes that the asking backend names itself.
    Scopes(ScopeSet),
}

/// What a request is checked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// To tell somebody whether it may pass.
    Answer,
    /// To let it through here.
    Entry,
    /// To say why: it leaves no mark.
    Explanation,
}

/// What a request turned out to be for.
struct Aim<'g> {
    /// Among the profile's routes.
    place: Option<usize>,
    route: &'g Arc<str>,
    needed: ScopeSet,
}

impl Inner {
    fn aim(&self, needs: Needs<'_>) -> Option<Aim<'_>> {
        match needs {
            Needs::Scopes(needed) => Some(Aim { place: None, route: &self.unrouted, needed }),
            Needs::Request { method, path } => {
                let matched = self.routes.find(method, path)?;
                Some(Aim { place: Some(matched.place), route: matched.name, needed: matched.needed })
            }
        }
    }

    fn mark(&self, passage: &Passage, call: Call<'_>, route: &Arc<str>, at: Time) {
        let (verdict, address) = (passage.decision.verdict, call.address);
        if let Some(meter) = passage.meter().filter(|_| leaves_mark(call, verdict)) {
            let passed = verdict == Verdict::Allowed;
            let (agent, units) = if passed { (call.user_agent.map(Agent::of), call.cost) } else { (None, 0) };
            self.usage.record(meter, verdict, units, Mark { at, route, address, agent });
        }
    }
}

impl Entry {
    /// Whether a token is for what is asked for. Where only scopes are asked about, nobody says.
    fn is_for(&self, needs: Needs<'_>) -> bool {
        match needs {
            Needs::Scopes(_) => true,
            Needs::Request { path, .. } => {
                let covers =
                    |below: &str| path.strip_prefix(below).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
                self.within.is_empty() || self.within.iter().any(|below| covers(below))
            }
        }
    }

    /// The slot of a request that goes through here. It is taken first, and given back if a window refuses: who is
    /// refused takes nothing of either.
    fn slot(&self, decision: &mut Decision, purpose: Purpose) -> Option<Slot> {
        let enters = purpose == Purpose::Entry && decision.verdict == Verdict::Allowed;
        let slots = self.slots.as_ref().filter(|_| enters)?;
        let slot = slots.take();
        if slot.is_none() {
            decision.verdict = Verdict::ConcurrencyLimited;
        }
        slot
    }
}

/// Who is refused for these alone is told what is left of the limits.
const fn may_know(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Allowed | Verdict::ScopeMissing | Verdict::ConcurrencyLimited)
}

/// Whether a request is noted. Whoever tries a key that works no more is, even if they only ask.
const fn leaves_mark(call: Call<'_>, verdict: Verdict) -> bool {
    call.cost > 0 || verdict.is_over()
}

impl Gate {
    pub(crate) fn new(parts: Parts) -> Self {
        let Parts { db, clock, random, profile, usage, refusals, redis, tokens, address } = parts;
        // On PostgreSQL other nodes make changes too: nothing is believed before their notices are heard.
        let memory = Arc::new(Memory::new(matches!(db, Db::Sqlite(..)), tokens.clone()));
        let routes = Routes::new(&profile);
        let limits = Limits::new(db.clone(), Arc::clone(&clock), &profile, redis.clone());
        Self(Arc::new(Inner {
            db,
            clock,
            profile,
            usage,
            refusals,
            limits,
            guesses: Guesses::default(),
            leases: Leases::default(),
            under_way: UnderWay::default(),
            redis,
            random,
            memory,
            routes,
            unrouted: "/gate/verify".into(),
            tokens,
            address,
        }))
    }

    /// Decides on a request, and marks the use of a key that may pass.
    pub async fn check(&self, call: Call<'_>) -> Result<Passage> {
        self.pass(call, Purpose::Answer).await.map(|(passage, _)| passage)
    }

    /// The same for a request that goes through here: it is under way until its slot is dropped. Where the plan does
    /// not bound how many are, there is none.
    pub async fn enter(&self, call: Call<'_>) -> Result<(Passage, Option<Slot>)> {
        self.pass(call, Purpose::Entry).await
    }

    /// Marks what was answered to a request that has gone through here.
    pub fn answered(&self, passage: &Passage, address: IpAddr, agent: Option<Agent>, status: u16) {
        let route = passage.route.and_then(|place| self.0.routes.name(place));
        if let (Some(meter), Some(route), Some(at)) = (passage.meter(), route, passage.counted_at) {
            self.0.usage.answered(meter, Mark { at, route, address, agent }, status);
        }
    }

    async fn pass(&self, call: Call<'_>, purpose: Purpose) -> Result<(Passage, Option<Slot>)> {
        let gate = &*self.0;
        let refused = |verdict, needed| Ok((Passage::refused(verdict, needed), None));
        let Some(aim) = gate.aim(call.needs) else { return Ok((Box::pin(self.stray(call)).await, None)) };
        let entry = match (call.key, call.member) {
            // By its first characters, and never one after the other: nothing is both.
            (Some(text), _) if Tokens::is_one(text) => {
                self.find_token(text, call).await?.filter(|entry| entry.is_for(call.needs))
            }
            (Some(text), _) => match Secret::parse_hash(&gate.profile.key, text) {
                Ok(hash) => self.find(hash, call).await?,
                Err(_) => None,
            },
            (None, Some(actor)) => Some(Box::pin(gate.of_member(actor)).await?),
            (None, None) => return refused(Verdict::Missing, aim.needed),
        };
        let Some(entry) = entry else { return refused(Verdict::Unknown, aim.needed) };
        let now = gate.limits.now();
        let mut decision = decide(Some(&entry.standing), aim.needed, call.address, now.wall);
        let slot = entry.slot(&mut decision, purpose);
        let cost = if decision.verdict == Verdict::Allowed { call.cost } else { 0 };
        // Limits come last: what is refused for another reason costs nothing. Only who may be here learns what is left.
        let rooms = match entry.limited.as_ref().filter(|_| may_know(decision.verdict)) {
            Some(limited) => gate.limits.count(limited, Whose::from(&entry.standing), cost, now).await,
            None => Vec::new(),
        };
        let mut passage = Passage { decision, route: aim.place, counted_at: Some(now.wall), entry: Some(entry), rooms };
        passage.meet_limits(cost);
        if purpose != Purpose::Explanation {
            gate.mark(&passage, call, aim.route, now.wall);
        }
        let slot = slot.filter(|_| passage.decision.verdict == Verdict::Allowed);
        Ok((passage, slot))
    }

    /// A request for no route. Its key says why it may be asked about, and what is left of its limits, of which it takes
    /// nothing. Who sends keys that nobody has is slowed down as everywhere; a key that is not looked up for that, or
    /// cannot be, is told no more than that there is no such route. Tokens are good below some paths: here they are not
    /// looked at.
    async fn stray(&self, call: Call<'_>) -> Passage {
        let nowhere = Passage::refused(Verdict::NoRoute, ScopeSet::NONE);
        let Some(key) = call.key.filter(|text| !Tokens::is_one(text)) else { return nowhere };
        let anywhere = Call { key: Some(key), member: None, needs: Needs::Scopes(ScopeSet::NONE), cost: 0, ..call };
        match self.pass(anywhere, Purpose::Explanation).await {
            Ok((known, _)) => Passage { decision: Decision { verdict: Verdict::NoRoute, ..known.decision }, ..known },
            Err(_) => nowhere,
        }
    }

    /// Whether the profile has a route for this request.
    #[must_use]
    pub fn has_route(&self, method: &str, path: &str) -> bool {
        self.0.routes.find(method, path).is_some()
    }

    /// The methods that the profile has this path for.
    #[must_use]
    pub fn methods_of(&self, path: &str) -> Vec<&str> {
        self.0.routes.methods(path)
    }

    /// Commits a change, so that the next request on any node sees it. Runs to its end even if whoever
    /// asked is gone: a change that is committed must reach memory.
    pub(crate) async fn commit(&self, mut tx: Tx, changed: Changed) -> Result<()> {
        notices::send(&mut tx, &changed).await?;
        let memory = Arc::clone(&self.0.memory);
        let work = async move {
            let committed = tx.commit().await;
            // Also after an error: it may have been committed all the same.
            memory.hear(&changed);
            committed
        };
        Ok(tokio::spawn(work).await.map_err(|_| Error::Internal)??)
    }

    /// What is kept in memory of the database, on every node until a change is heard.
    pub(crate) fn memory(&self) -> &Memory {
        &self.0.memory
    }

    /// Where it counts together with other nodes, if anywhere.
    #[must_use]
    pub fn redis(&self) -> Option<&Redis> {
        self.0.redis.as_ref()
    }

    /// Forgets what is over: counts of windows, leases, requests under way.
    pub fn sweep(&self) {
        self.0.memory.sweep(self.0.clock.now());
        self.0.limits.sweep();
        self.0.under_way.sweep();
        self.0.leases.sweep(self.0.clock.tick());
    }

    /// Whether memory is believed.
    #[cfg(test)]
    pub(super) fn is_reliable(&self) -> bool {
        self.0.memory.keys.is_reliable()
    }

    /// How many workspaces and keys are being counted.
    #[cfg(test)]
    pub(super) fn counters(&self) -> usize {
        self.0.limits.len()
    }

    /// Hears what other nodes change. Ends at once on SQLite, where there are none; else never.
    pub async fn follow_other_nodes(&self) {
        notices::follow(self.0.db.clone(), Arc::clone(&self.0.memory)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        db::testing::postgres_url,
        testing::{World, key_form},
    };
    use chrono::TimeDelta;
    use std::time::Duration;

    const WORKFLOWS: Needs<'static> = Needs::Request { method: "GET", path: "/api/v1/workflows" };

    async fn verdict(gate: &Gate, key: &str, needs: Needs<'_>) -> Verdict {
        let call = Call {
            key: Some(key),
            needs,
            address: IpAddr::from([203, 0, 113, 7]),
            user_agent: None,
            cost: 0,
            from_stranger: true,
            member: None,
        };
        gate.check(call).await.expect("a decision").decision.verdict
    }

    #[tokio::test]
    async fn common_05_a_revoked_or_expired_key_is_refused_on_the_next_request() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let (keys, gate) = (&world.services.keys, &world.services.gate);
        let revoked = keys.create(&ada, &key_form("a", &["workflows:read"])).await.expect("a key");
        let form = crate::keys::KeyForm { expiry: "1".into(), ..key_form("b", &["workflows:read"]) };
        let expiring = keys.create(&ada, &form).await.expect("a key");
        for key in [&revoked, &expiring] {
            assert_eq!(verdict(gate, key.secret.expose(), WORKFLOWS).await, Verdict::Allowed);
        }
        keys.revoke(&ada, revoked.key.id, "", None).await.expect("revoked");
        assert_eq!(verdict(gate, revoked.secret.expose(), WORKFLOWS).await, Verdict::Revoked);
        world.clock.advance(TimeDelta::days(1));
        assert_eq!(verdict(gate, expiring.secret.expose(), WORKFLOWS).await, Verdict::Expired);
    }

    #[tokio::test]
    async fn lodol_04_scopes_add_up_and_nothing_else_passes() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let gate = &world.services.gate;
        let form = key_form("a", &["workflows:read", "workflows:execute"]);
        let key = world.services.keys.create(&ada, &form).await.expect("a key");
        let executions = Needs::Request { method: "GET", path: "/api/v1/executions" };
        assert_eq!(verdict(gate, key.secret.expose(), WORKFLOWS).await, Verdict::Allowed);
        assert_eq!(verdict(gate, key.secret.expose(), executions).await, Verdict::ScopeMissing);
        let nowhere = Needs::Request { method: "GET", path: "/api/v1/nothing" };
        assert_eq!(verdict(gate, key.secret.expose(), nowhere).await, Verdict::NoRoute);
        let named = world.services.profile.scope_set(&["executions:read"]).expect("a scope");
        assert_eq!(verdict(gate, key.secret.expose(), Needs::Scopes(named)).await, Verdict::ScopeMissing);
    }

    #[tokio::test]
    async fn common_03_a_mistyped_key_is_refused_without_a_lookup() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let key = world.services.keys.create(&ada, &key_form("a", &["workflows:read"])).await.expect("a key");
        let mut mistyped = key.secret.expose().to_owned();
        let last = if mistyped.ends_with('a') { "b" } else { "a" };
        mistyped.replace_range(mistyped.len() - 1.., last);
        // Without a database a lookup is an error, not an answer.
        world.test_db.db.close().await;
        assert_eq!(verdict(&world.services.gate, &mistyped, WORKFLOWS).await, Verdict::Unknown);
        let call = Call {
            key: Some(key.secret.expose()),
            needs: WORKFLOWS,
            address: IpAddr::from([203, 0, 113, 7]),
            user_agent: None,
            cost: 0,
            from_stranger: true,
            member: None,
        };
        assert!(
            world.services.gate.check(call).await.is_err(),
            "an unread key is never let through, nor called unknown"
        );
    }

    #[tokio::test]
    async fn lodol_06_a_plan_without_the_api_stops_its_keys() {
        let text = Profile::built_in("lodol").expect("the profile");
        let mut profile = Profile::parse("lodol", text).expect("a good profile");
        profile.plans[1].api = false;
        let world = World::of(profile).await;
        let ada = world.claim("pro").await;
        let key = world.services.keys.create(&ada, &key_form("a", &["workflows:read"])).await.expect("a key");
        assert_eq!(verdict(&world.services.gate, key.secret.expose(), WORKFLOWS).await, Verdict::PlanWithoutApi);
    }

    #[tokio::test]
    async fn common_05_a_key_revoked_on_one_node_is_refused_on_the_other() {
        // SQLite serves one node.
        if postgres_url().is_none() {
            return;
        }
        let (world, ada) = World::owned("lodol", "pro").await;
        let other = world.second_node().await;
        let following = [world.services.gate.clone(), other.gate.clone()]
            .map(|gate| tokio::spawn(async move { gate.follow_other_nodes().await }));
        let key = world.services.keys.create(&ada, &key_form("a", &["workflows:read"])).await.expect("a key");
        for _ in 0..20 {
            assert_eq!(verdict(&other.gate, key.secret.expose(), WORKFLOWS).await, Verdict::Allowed);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        world.services.keys.revoke(&ada, key.key.id, "", None).await.expect("revoked");
        // A notice takes the network's time; a hundred times what it needs here.
        let refused = async {
            while verdict(&other.gate, key.secret.expose(), WORKFLOWS).await == Verdict::Allowed {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        assert!(tokio::time::timeout(Duration::from_secs(2), refused).await.is_ok());
        for task in following {
            task.abort();
        }
    }
}
