//! How many requests pass in which time. What a workspace and what a key has used is counted in memory, each under a
//! lock of its own, taken in this order; or in Redis, where there are several nodes. A request that one window refuses
//! takes nothing from the others, and what is let through is exact at any number of requests at once.

mod counters;
#[cfg(test)]
mod tests;
mod together;
mod window;

use crate::{
    clock::SharedClock,
    db::Db,
    error::Result,
    gate::{Credential, Standing, redis::Redis},
    ids::WorkspaceId,
    profile::{Each, Limit, Per, Plan, Profile},
    usage::{self, Subject},
};
use counters::{Counter, Counters, window};
use std::{ops::Deref, sync::Arc, time::Duration};
pub use window::Room;
use window::Window;
pub(super) use window::{Cell, Moment};

const DAY: Duration = Duration::from_secs(86_400);
/// More than any window is long: when this node starts, those of other nodes have begun already.
const BEFORE: Duration = Duration::from_secs(3 * 86_400);

/// All that is counted.
pub(super) struct Limits {
    db: Db,
    clock: SharedClock,
    /// By their places in the profile.
    plans: Vec<Arc<Windows>>,
    counters: Counters,
    /// Where all nodes count together; without it this one counts alone.
    redis: Option<Redis>,
}

/// Whose requests are counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whose {
    pub workspace: WorkspaceId,
    /// What has the limits of a key: a key, or what a request has in its place. None: only by what those with any key of
    /// the workspace are counted.
    pub by: Option<Credential>,
}

impl From<&Standing> for Whose {
    fn from(standing: &Standing) -> Self {
        Self { workspace: standing.workspace, by: Some(standing.by) }
    }
}

impl Whose {
    /// Whom a limit is counted for.
    pub(super) fn subject(self, each: Each) -> Option<Subject> {
        match each {
            Each::Workspace => Some(Subject::Workspace(self.workspace)),
            Each::Key => self.by.map(Subject::Credential),
        }
    }
}

/// The limits of a plan: those of the workspace, then those of the key.
#[derive(Debug)]
pub(super) struct Windows {
    limits: Box<[Limit]>,
    /// All of them, as `RateLimit-Policy` tells them.
    pub policy: Box<str>,
}

impl Deref for Windows {
    type Target = [Limit];

    fn deref(&self) -> &[Limit] {
        &self.limits
    }
}

impl From<Vec<Limit>> for Windows {
    fn from(limits: Vec<Limit>) -> Self {
        let policy = policy(&limits).into();
        Self { limits: limits.into(), policy }
    }
}

/// draft-ietf-httpapi-ratelimit-headers §3: each window's name, how many requests it has, and for how many seconds.
fn policy(limits: &[Limit]) -> String {
    let seconds = |per: Per| per.length().unwrap_or(DAY).as_secs();
    let items = limits.iter().map(|Limit { name, requests, per, .. }| {
        let seconds = seconds(*per);
        format!("\"{name}\";q={requests};w={seconds}")
    });
    items.collect::<Vec<_>>().join(", ")
}

/// By what the requests with one key are counted.
#[derive(Debug)]
pub(super) struct Limited {
    pub limits: Arc<Windows>,
    workspace: Option<Arc<Counter>>,
    key: Option<Arc<Counter>>,
}

impl Limits {
    pub(super) fn new(db: Db, clock: SharedClock, profile: &Profile, redis: Option<Redis>) -> Self {
        let plans = profile.plans.iter().map(in_order).collect();
        Self { db, clock, plans, counters: Counters::default(), redis }
    }

    /// By what the requests with this key are to be counted, on the plan at this place; without a key, by what those
    /// with any key of the workspace are.
    pub(super) async fn of(&self, plan: usize, whose: Whose) -> Result<Option<Limited>> {
        let mut limits = Arc::clone(&self.plans[plan]);
        if whose.by.is_none() {
            let own = limits.iter().filter(|limit| limit.each == Each::Workspace).cloned();
            limits = Arc::new(own.collect::<Vec<_>>().into());
        }
        if limits.is_empty() {
            return Ok(None);
        }
        let workspace = self.counter(&limits, Each::Workspace, whose).await?;
        let key = self.counter(&limits, Each::Key, whose).await?;
        Ok(Some(Limited { limits, workspace, key }))
    }

    async fn counter(&self, limits: &[Limit], each: Each, whose: Whose) -> Result<Option<Arc<Counter>>> {
        let own: Vec<_> = limits.iter().filter(|limit| limit.each == each).collect();
        let Some(subject) = whose.subject(each).filter(|_| !own.is_empty()) else { return Ok(None) };
        let counter = self.counters.get_or_put(subject.uuid());
        // A restart does not give the day anew, nor does another plan.
        let day = own.into_iter().find(|limit| limit.per == Per::Day);
        if let Some(day) = day.filter(|day| !counter.has(day)) {
            let now = self.now();
            let used = usage::store::units_of_day(&self.db, subject, now.wall).await?;
            counter.begin(day, u64::try_from(used).unwrap_or_default(), now);
        }
        Ok(Some(counter))
    }

    /// Counts a request of this cost if it fits everywhere, and tells how each window stands then, in the order of
    /// [`Limited::limits`]. A request that costs nothing, or is refused, only asks.
    pub(super) async fn count(&self, limited: &Limited, whose: Whose, cost: u64, now: Moment) -> Vec<Room> {
        match &self.redis {
            None => count_here(limited, cost, now),
            // In a box, so that who counts alone does not carry about what it takes to wait for an answer.
            Some(redis) => Box::pin(self.count_together(redis, limited, whose, cost, now)).await,
        }
    }

    /// Forgets what counts nothing any more.
    pub(super) fn sweep(&self) {
        self.counters.sweep(self.now());
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.counters.len()
    }

    /// The present, by both clocks.
    pub(super) fn now(&self) -> Moment {
        Moment { wall: self.clock.now(), tick: BEFORE + self.clock.tick() }
    }
}

/// Counts in the memory of this node.
fn count_here(limited: &Limited, cost: u64, now: Moment) -> Vec<Room> {
    let mut workspace = limited.workspace.as_deref().map(Counter::lock);
    let mut key = limited.key.as_deref().map(Counter::lock);
    let mut each = |limit: &Limit, work: &mut dyn FnMut(&mut Window) -> Room| {
        let windows = match limit.each {
            Each::Workspace => workspace.as_mut(),
            Each::Key => key.as_mut(),
        };
        windows.map(|windows| work(window(windows, limit, now)))
    };
    let limits = limited.limits.iter();
    let mut rooms: Vec<_> =
        limits.clone().filter_map(|limit| each(limit, &mut |w| w.room(limit.requests, cost, now))).collect();
    if cost == 0 || rooms.iter().any(|room| room.wait.is_some()) {
        return rooms;
    }
    let mut take = |limit: &Limit| {
        each(limit, &mut |window| {
            window.take(cost, now);
            window.room(limit.requests, 0, now)
        })
    };
    rooms.clear();
    rooms.extend(limits.filter_map(&mut take));
    rooms
}

fn in_order(plan: &Plan) -> Arc<Windows> {
    let of = |each| plan.limits.iter().filter(move |limit| limit.each == each).cloned();
    Arc::new(of(Each::Workspace).chain(of(Each::Key)).collect::<Vec<_>>().into())
}
