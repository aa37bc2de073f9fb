//! Checking a request, and hearing of changes.

mod explaining;

use super::{
    Changed, Credential, Decision, Gauge, Refusal, Standing, Verdict, decide,
    guesses::Guesses,
    index::Entry,
    leases::Leases,
    limits::{Limits, Room, Whose},
    memory::Memory,
    notices,
    redis::Redis,
    routes::Routes,
    store,
    under_way::{Slot, Slots, UnderWay},
};
use crate::{
    Time,
    actor::Actor,
    clock::SharedClock,
    db::{Db, Tx},
    error::{Error, Result},
    ids::{KeyId, LeaseId, WorkspaceId},
    oauth::{self, Tokens},
    profile::{Limit, Per, Profile, Right, ScopeSet},
    random::{self, SharedRandom},
    refusals::Refusals,
    secret::{Secret, SecretHash},
    usage::{Mark, Meter, Usage},
    words,
};
use std::{net::IpAddr, sync::Arc, time::Duration};

pub use explaining::Explained;

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

/// What came of asking for a lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lease {
    /// It is held.
    Held {
        /// What it is extended and given back by.
        id: LeaseId,
        /// How many the plan has; none: as many as come.
        limit: Option<u32>,
        /// How many the workspace holds now.
        held: u32,
    },
    /// All are held.
    Refused {
        /// How many the plan has.
        limit: u32,
        /// After how long at the latest one ends.
        wait: Duration,
    },
}

/// A request with what was decided on it.
#[derive(Clone, Debug)]
pub struct Passage {
    /// What was decided.
    pub decision: Decision,
    /// The place of its route among the profile's; none if the check named scopes, or there is no such route.
    pub route: Option<usize>,
    /// When the limits were asked, by the clock on the wall; none if they were not.
    pub counted_at: Option<Time>,
    entry: Option<Arc<Entry>>,
    rooms: Vec<Room>,
}

impl Passage {
    /// The key, if it is one of ours.
    #[must_use]
    pub fn standing(&self) -> Option<&Standing> {
        self.entry.as_deref().map(|entry| &entry.standing)
    }

    /// Each limit of the key's plan, and how it stands now.
    pub fn limits(&self) -> impl Iterator<Item = (&Limit, &Room)> {
        let limits = self.entry.as_deref().and_then(|entry| entry.limited.as_ref()).map(|limited| &**limited.limits);
        limits.unwrap_or_default().iter().zip(&self.rooms)
    }

    /// All limits of the key's plan, as `RateLimit-Policy` tells them (draft-ietf-httpapi-ratelimit-headers §3).
    #[must_use]
    pub fn policy(&self) -> Option<&str> {
        self.entry.as_deref().and_then(|entry| entry.limited.as_ref()).map(|limited| &*limited.limits.policy)
    }

    /// The limit that refuses the request the longest; else the one with the least room.
    #[must_use]
    pub fn tightest(&self) -> Option<(&Limit, &Room)> {
        let rest = |room: &Room| std::cmp::Reverse(room.remaining);
        self.limits().max_by_key(|(_, room)| (room.wait, rest(room), room.resets_in))
    }

    /// What the caller is told, and when to come again; none if the request may pass.
    #[must_use]
    pub fn refusal(&self, profile: &Profile) -> Option<(Refusal, Option<Duration>)> {
        let refusal = self.decision.verdict.refusal(profile, self.standing().map(|standing| &standing.by))?;
        if self.decision.verdict == Verdict::ConcurrencyLimited {
            let most = self.entry.as_deref().and_then(|entry| entry.slots.as_ref()).map_or(0, Slots::most);
            return Some((Refusal { message: all_under_way(most).into(), ..refusal }, Some(SLOT_WAIT)));
        }
        let limited = self.tightest().and_then(|(limit, room)| Some((limit, room.wait?)));
        Some(match limited.filter(|_| refusal.status == 429) {
            Some((limit, Room::NEVER)) => (Refusal { message: never_fits(limit).into(), ..refusal }, None),
            Some((limit, wait)) => (Refusal { message: limit_reached(limit, wait).into(), ..refusal }, Some(wait)),
            None => (refusal, None),
        })
    }

    /// A window that has no room for the request refuses it.
    fn meet_limits(&mut self, cost: u64) {
        let full = self.tightest().filter(|(_, room)| cost > 0 && room.wait.is_some());
        if let Some(per) = full.map(|(limit, _)| limit.per) {
            self.decision.verdict = match per {
                Per::Day => Verdict::DailyLimitReached,
                Per::Seconds(_) | Per::Minute | Per::Hour => Verdict::RateLimited,
            };
        }
    }

    const fn refused(verdict: Verdict, needed: ScopeSet) -> Self {
        let decision = Decision { verdict, effective: ScopeSet::NONE, needed };
        Self { decision, route: None, counted_at: None, entry: None, rooms: Vec::new() }
    }
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
    /// What is read of a key that may be anybody's guess: who has guessed wrong too often is not looked up for.
    async fn guessed(
        &self,
        call: Call<'_>,
        read: impl Future<Output = Result<Option<Entry>>>,
    ) -> Result<Option<Entry>> {
        // While memory is not believed every key comes here, those in use as well: they are not to pay for it.
        let stranger = Some(call.address).filter(|_| call.from_stranger && self.memory.keys.is_reliable());
        let wait = stranger.and_then(|address| self.guesses.wait(address, self.clock.tick()));
        if let Some(retry_after) = wait {
            return Err(Error::Throttled { retry_after });
        }
        let found = read.await?;
        if found.is_none() {
            stranger.inspect(|address| self.guesses.note(*address, self.clock.tick()));
        }
        Ok(found)
    }

    async fn read_key(&self, hash: SecretHash) -> Result<Option<Entry>> {
        let Some(found) = store::find(&self.db, hash, &self.profile).await? else { return Ok(None) };
        let meter = Arc::new(Meter::of_key(found.key, found.standing.workspace, hash));
        Ok(Some(Entry { meter: Some(meter), ..self.entry(found.standing, found.plan).await? }))
    }

    /// A token that this instance has signed, for the API behind this gate, and how its grant stands.
    async fn read_token(&self, text: &str) -> Result<Option<Entry>> {
        let Some(claims) = self.tokens.signed(text).await? else { return Ok(None) };
        let Some(within) = claims.aud.paths_behind(&self.address) else { return Ok(None) };
        let grant = oauth::store::standing_of(&self.db, &self.profile, claims.gid).await?;
        // What manages keys opens nothing else, not even a route that needs no scope.
        let Some(grant) = grant.filter(|grant| !grant.manages) else { return Ok(None) };
        let plan = self.profile.plans.iter().position(|plan| plan.name == grant.plan_name);
        let names: Vec<_> = claims.scope.split(" ").collect();
        let scopes = self.profile.known_scopes(&names);
        let meter = Arc::new(Meter::of_token(grant.grant, grant.app, grant.workspace));
        let standing = Standing::of_grant(grant, scopes, Time::from_timestamp(claims.exp, 0));
        Ok(Some(Entry { meter: Some(meter), within, ..self.entry(standing, plan).await? }))
    }

    /// By what the requests of somebody who stands so are counted.
    async fn entry(&self, standing: Standing, plan: Option<usize>) -> Result<Entry> {
        let limited = match plan {
            Some(plan) => self.limits.of(plan, Whose::from(&standing)).await?,
            None => None,
        };
        let most = plan.and_then(|plan| self.profile.plans[plan].concurrent_requests);
        let slots = most.map(|most| self.under_way.slots(standing.workspace, most));
        Ok(Entry { standing, limited, slots, meter: None, within: Box::default() })
    }

    /// A member whose session stands for a key. It was just read, and is read with each request: what ends it, acts
    /// at once.
    async fn of_member(&self, actor: &Actor) -> Result<Arc<Entry>> {
        let plan = self.profile.plans.iter().position(|plan| plan.name == actor.workspace.plan);
        let standing = Standing::of_member(actor, plan.map(|place| &self.profile.plans[place]));
        Ok(Arc::new(self.entry(standing, plan).await?))
    }

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
        let (verdict, address, user_agent) = (passage.decision.verdict, call.address, call.user_agent);
        let meter = passage.entry.as_deref().and_then(|entry| entry.meter.as_ref());
        if let Some(meter) = meter.filter(|_| leaves_mark(call, verdict)) {
            let units = if verdict == Verdict::Allowed { call.cost } else { 0 };
            self.usage.record(meter, Mark { at, route, address, user_agent, verdict, units });
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

/// Nobody knows when a request ends; most do within a second.
const SLOT_WAIT: Duration = Duration::from_secs(1);

/// That others have to end first.
fn all_under_way(most: u32) -> String {
    let requests = words::plural(most.into(), "request");
    format!("The plan has room for {requests} at once, and as many are under way. Try again when one has ended.")
}

/// Who is refused for these alone is told what is left of the limits.
const fn may_know(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Allowed | Verdict::ScopeMissing | Verdict::ConcurrencyLimited)
}

/// Whether a request is noted. Whoever tries a key that works no more is, even if they only ask.
const fn leaves_mark(call: Call<'_>, verdict: Verdict) -> bool {
    call.cost > 0 || verdict.is_over()
}

/// That waiting does not help.
fn never_fits(limit: &Limit) -> String {
    format!("The request costs more than the {} per {} that the plan has.", limit.requests, limit.per.words())
}

/// Which window is full, and when there is room again.
fn limit_reached(limit: &Limit, wait: Duration) -> String {
    match limit.per {
        Per::Day => format!("Daily API call limit reached ({}). Resets at midnight UTC.", limit.requests),
        Per::Seconds(_) | Per::Minute | Per::Hour => format!(
            "Rate limit exceeded ({} per {}). Try again in {}.",
            words::plural(i64::try_from(limit.requests).unwrap_or(i64::MAX), "request"),
            limit.per.words(),
            words::duration(wait)
        ),
    }
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

    async fn pass(&self, call: Call<'_>, purpose: Purpose) -> Result<(Passage, Option<Slot>)> {
        let gate = &*self.0;
        let refused = |verdict, needed| Ok((Passage::refused(verdict, needed), None));
        let Some(aim) = gate.aim(call.needs) else { return refused(Verdict::NoRoute, ScopeSet::NONE) };
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

    async fn find(&self, hash: SecretHash, call: Call<'_>) -> Result<Option<Arc<Entry>>> {
        let gate = &*self.0;
        gate.memory.keys.get_or_load(hash, || gate.guessed(call, gate.read_key(hash))).await
    }

    /// A token is verified on its first request; while it is in memory its hash tells it as well as its signature.
    async fn find_token(&self, text: &str, call: Call<'_>) -> Result<Option<Arc<Entry>>> {
        let (gate, hash) = (&*self.0, SecretHash::of(text.as_bytes()));
        gate.memory.keys.get_or_load(hash, || gate.guessed(call, gate.read_token(text))).await
    }

    /// How each limit of the workspace stands; for one of its keys, that of the key as well. Looking takes nothing.
    pub async fn gauges(&self, actor: &Actor, key: Option<KeyId>) -> Result<Vec<Gauge>> {
        actor.require(Right::KeysRead)?;
        let (gate, workspace) = (&*self.0, actor.workspace.id);
        if let Some(key) = key {
            gate.usage.require_key(actor, key).await?;
        }
        let mut plans = gate.profile.plans.iter().enumerate();
        let Some((place, plan)) = plans.find(|(_, plan)| plan.api && plan.name == actor.workspace.plan) else {
            return Ok(Vec::new());
        };
        let (mut gauges, whose) = (Vec::new(), Whose { workspace, by: key.map(Credential::Key) });
        if let Some(limited) = gate.limits.of(place, whose).await? {
            let rooms = gate.limits.count(&limited, whose, 0, gate.limits.now()).await;
            gauges.extend(limited.limits.iter().zip(rooms).map(|(limit, room)| Gauge::Window {
                limit: limit.clone(),
                remaining: room.remaining,
                resets_in: room.resets_in,
            }));
        }
        if let Some(limit) = plan.concurrent {
            let tick = gate.clock.tick();
            let held = match &gate.redis {
                None => gate.leases.count(workspace, tick),
                Some(redis) => redis.count_leases(&gate.leases, workspace, tick).await,
            };
            gauges.push(Gauge::Running { limit, held });
        }
        Ok(gauges)
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

    /// Takes a lease for an execution of this workspace.
    pub async fn lease(&self, workspace: WorkspaceId, lifetime: Duration) -> Result<Lease> {
        let gate = &*self.0;
        let (plan, suspended_at) = store::find_plan(&gate.db, workspace).await?.ok_or(Error::NotFound("workspace"))?;
        if suspended_at.is_some() {
            return Err(Error::Suspended);
        }
        // A plan that the profile has dropped grants nothing.
        let limit = match gate.profile.plan(&plan) {
            Some(plan) if plan.api => plan.concurrent,
            Some(plan) => return Err(Error::PlanRequired { plan: plan.title.clone() }),
            None => return Err(Error::PlanRequired { plan }),
        };
        let id = LeaseId::from_uuid(random::uuid(gate.clock.now(), gate.random.as_ref()));
        let tick = gate.clock.tick();
        let taken = match &gate.redis {
            None => gate.leases.take(id, workspace, limit, lifetime, tick),
            Some(redis) => redis.take_lease(&gate.leases, (id, workspace), limit, lifetime, tick).await,
        };
        Ok(match (taken, limit) {
            (Ok(held), limit) => Lease::Held { id, limit, held },
            (Err(wait), limit) => Lease::Refused { limit: limit.unwrap_or_default(), wait },
        })
    }

    /// Holds a lease for so long from now on. False if it has ended.
    pub async fn extend(&self, lease: LeaseId, lifetime: Duration) -> bool {
        let (leases, tick) = (&self.0.leases, self.0.clock.tick());
        match &self.0.redis {
            None => leases.extend(lease, lifetime, tick),
            Some(redis) => redis.extend_lease(leases, lease, lifetime, tick).await,
        }
    }

    /// Gives a lease back. False if it has ended already.
    pub async fn release(&self, lease: LeaseId) -> bool {
        let (leases, tick) = (&self.0.leases, self.0.clock.tick());
        match &self.0.redis {
            None => leases.release(lease, tick),
            Some(redis) => redis.release_lease(leases, lease, tick).await,
        }
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
