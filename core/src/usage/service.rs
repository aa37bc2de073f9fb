//! The recorder: a request that is let through leaves a mark in memory; once in each interval all marks are written. A
//! crash loses one interval at most, where there are many keys what came during two passes over them; an orderly stop
//! nothing.

use super::{Agent, Grain, LastUse, RefusedUses, Retention, store};
use crate::{
    Time,
    clock::SharedClock,
    db::Db,
    error::Result,
    gate::Verdict,
    ids::{AppId, GrantId, KeyId, WorkspaceId},
    secret::SecretHash,
};
use std::{
    collections::BTreeMap,
    mem,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::watch,
    time::{Instant, timeout},
};
use uuid::Uuid;

/// How often marks are written, unless the operator says otherwise. "Last used" is seen within this time and a page's
/// reload.
pub const INTERVAL: Duration = Duration::from_secs(1);

/// The marks of so many keys are written in one transaction: nobody else who writes waits long for it.
const AT_ONCE: usize = 2_000;

/// Where there are more, who writes at leisure rests so many times as long as a transaction took: a tenth of the time
/// goes to writing. A key that is used again meanwhile is written once for all of it.
const REST: u32 = 9;

/// But no longer than this: a transaction may have waited for others.
const LONGEST_REST: Duration = Duration::from_secs(2);

/// Where the requests with a key or a token leave their marks. The gate holds one for each.
#[derive(Debug)]
pub struct Meter {
    by: Means,
    workspace: WorkspaceId,
    /// None if nothing has happened: most keys are at rest at any time.
    marks: Mutex<Option<Box<Marks>>>,
}

/// What requests came with, and what their marks are written under.
#[derive(Clone, Copy, Debug)]
enum Means {
    /// A key, by this secret of it.
    Key(KeyId, SecretHash),
    /// A token of what this app was given.
    Token(GrantId, AppId),
}

/// What has happened since the last flush.
#[derive(Debug, Default)]
struct Marks {
    passed: Option<Passed>,
    refused: Option<Refused>,
    counts: Vec<Count>,
}

/// A request with a key or a token that is one of ours.
#[derive(Clone, Copy, Debug)]
pub struct Mark<'a> {
    /// When it came.
    pub at: Time,
    /// The route that it was for. The name is shared, so that a mark costs no allocation.
    pub route: &'a Arc<str>,
    /// From where.
    pub address: IpAddr,
    /// With what; none if it did not say, or was not let through.
    pub agent: Option<Agent>,
}

/// How many requests for one route had one fate in one minute.
#[derive(Debug)]
struct Count {
    minute: Time,
    route: Arc<str>,
    verdict: Verdict,
    requests: u64,
    units: u64,
}

/// The latest request that was let through.
#[derive(Debug)]
struct Passed {
    at: Time,
    route: Arc<str>,
    address: IpAddr,
    agent: Option<Agent>,
    status: Option<u16>,
}

/// The requests that came after the key had stopped working.
#[derive(Debug)]
struct Refused {
    tries: u32,
    at: Time,
    address: IpAddr,
}

impl Mark<'_> {
    fn passed(self, status: Option<u16>) -> Passed {
        let Self { at, route, address, agent } = self;
        Passed { at, route: Arc::clone(route), address, agent, status }
    }
}

impl Marks {
    /// Of two requests that were let through the later one stays, and of one and the same what is known last.
    fn keep(&mut self, new: Passed) {
        if self.passed.as_ref().is_none_or(|kept| kept.at <= new.at) {
            self.passed = Some(new);
        }
    }

    fn count(&mut self, new: Count) {
        let same = |count: &&mut Count| {
            count.verdict == new.verdict && count.minute == new.minute && Arc::ptr_eq(&count.route, &new.route)
        };
        // The last minute is the last: most are of it.
        match self.counts.iter_mut().rev().find(same) {
            Some(count) => {
                count.requests += new.requests;
                count.units = count.units.saturating_add(new.units);
            }
            None => {
                // Most keys are used for one thing: as many marks wait as keys are used in an interval.
                self.counts.reserve_exact(1);
                self.counts.push(new);
            }
        }
    }
}

/// Collects marks and writes them.
#[derive(Clone)]
pub struct Usage {
    pub(super) db: Db,
    pub(super) clock: SharedClock,
    /// Those with marks, but for those that are being written in turn.
    touched: Arc<Mutex<Vec<Arc<Meter>>>>,
}

impl Meter {
    /// A meter without marks, for a secret of a key.
    #[must_use]
    pub fn of_key(key: KeyId, workspace: WorkspaceId, secret: SecretHash) -> Self {
        Self { by: Means::Key(key, secret), workspace, marks: Mutex::default() }
    }

    /// The same for a token.
    #[must_use]
    pub fn of_token(grant: GrantId, app: AppId, workspace: WorkspaceId) -> Self {
        Self { by: Means::Token(grant, app), workspace, marks: Mutex::default() }
    }

    const fn key(&self) -> Option<KeyId> {
        match self.by {
            Means::Key(key, _) => Some(key),
            Means::Token(..) => None,
        }
    }

    const fn secret(&self) -> Option<[u8; 32]> {
        match self.by {
            Means::Key(_, secret) => Some(*secret.as_bytes()),
            Means::Token(..) => None,
        }
    }

    const fn grant(&self) -> Option<GrantId> {
        match self.by {
            Means::Key(..) => None,
            Means::Token(grant, _) => Some(grant),
        }
    }

    /// A key's id, or a grant's.
    const fn credential(&self) -> Uuid {
        match self.by {
            Means::Key(key, _) => key.uuid(),
            Means::Token(grant, _) => grant.uuid(),
        }
    }

    /// The row of this grain that a count is added to.
    fn row<'c>(&self, count: &'c Count, grain: Grain) -> store::Counted<'c> {
        let credential = self.credential();
        let app = match self.by {
            Means::Key(..) => None,
            Means::Token(_, app) => Some(app),
        };
        let (start, route, outcome) = (grain.start(count.minute), &*count.route, count.verdict.code());
        store::Counted { credential, grain: grain.word(), start, route, outcome, workspace: self.workspace, app }
    }
}

impl Usage {
    pub(crate) fn new(db: Db, clock: SharedClock) -> Self {
        Self { db, clock, touched: Arc::default() }
    }

    /// Marks what became of a request, and what it took from the limits. Memory only: two short locks, the second only
    /// for a key's first mark in each interval.
    pub fn record(&self, meter: &Arc<Meter>, verdict: Verdict, units: u64, mark: Mark<'_>) {
        let Mark { at, route, address, .. } = mark;
        self.mark(meter, |marks| {
            if verdict == Verdict::Allowed {
                marks.keep(mark.passed(None));
            } else if verdict.is_over() {
                let before = marks.refused.as_ref().map_or(0, |refused| refused.tries);
                marks.refused = Some(Refused { tries: before.saturating_add(1), at, address });
            }
            let minute = Grain::Minute.start(at);
            marks.count(Count { minute, route: Arc::clone(route), verdict, requests: 1, units });
        });
    }

    /// Marks what was answered to a request with a key that was let through, unless another one has come since. Of
    /// grants it is not kept.
    pub fn answered(&self, meter: &Arc<Meter>, mark: Mark<'_>, status: u16) {
        if meter.key().is_some() {
            self.mark(meter, |marks| marks.keep(mark.passed(Some(status))));
        }
    }

    fn mark(&self, meter: &Arc<Meter>, set: impl FnOnce(&mut Marks)) {
        let mut marks = hold(&meter.marks);
        let first = marks.is_none();
        set(marks.get_or_insert_default());
        drop(marks);
        if first {
            hold(&self.touched).push(Arc::clone(meter));
        }
    }

    /// Writes what has been marked until now. What could not be written is kept for the next time.
    pub async fn flush(&self) -> Result<()> {
        self.write_all(None).await
    }

    /// The same with pauses, in which requests are answered and others write. When told to stop it leaves the rest
    /// where it is.
    pub async fn flush_at_leisure(&self, stopped: &mut watch::Receiver<()>) -> Result<()> {
        self.write_all(Some(stopped)).await
    }

    async fn write_all(&self, mut pauses: Option<&mut watch::Receiver<()>>) -> Result<()> {
        let mut touched = mem::take(&mut *hold(&self.touched));
        // In the order of the table: what is written together lies together.
        touched.sort_unstable_by_key(|meter| meter.credential());
        let mut touched = touched.into_iter();
        let take = |meter: Arc<Meter>| {
            let marks = hold(&meter.marks).take()?;
            Some((meter, marks))
        };
        loop {
            let began = Instant::now();
            let taken: Vec<_> = touched.by_ref().filter_map(take).take(AT_ONCE).collect();
            if taken.is_empty() {
                return Ok(());
            }
            if let Err(error) = self.write(&taken).await {
                self.put_back(taken);
                hold(&self.touched).extend(touched);
                return Err(error);
            }
            // Who says when to stop may be gone already: that says it, too.
            let rest = (began.elapsed() * REST).min(LONGEST_REST);
            if touched.len() > 0
                && let Some(stopped) = &mut pauses
                && timeout(rest, stopped.changed()).await.is_ok()
            {
                hold(&self.touched).extend(touched);
                return Ok(());
            }
        }
    }

    /// Removes counts that have been kept for long enough.
    pub async fn sweep(&self, retention: Retention) -> Result<()> {
        for grain in Grain::ALL {
            store::forget(&self.db, grain, self.clock.now() - retention.of(grain)).await?;
        }
        Ok(())
    }

    async fn write(&self, taken: &[(Arc<Meter>, Box<Marks>)]) -> Result<()> {
        let passed: Vec<_> = taken.iter().filter_map(last_use).collect();
        let mut tx = self.db.begin().await?;
        // A key that was just rotated is used by two secrets; a key that was just changed has two meters.
        store::flush::last_uses(&mut tx, &latest(&passed, Meter::key)).await?;
        store::flush::secret_uses(&mut tx, &latest(&passed, Meter::secret)).await?;
        store::flush::grant_uses(&mut tx, &latest(&passed, Meter::grant)).await?;
        store::flush::refused_uses(&mut tx, &refused_uses(taken)).await?;
        store::flush::counts(&mut tx, &added_up(taken)).await?;
        Ok(tx.commit().await?)
    }

    /// A newer request that was let through stays; refused ones are added up.
    fn put_back(&self, taken: Vec<(Arc<Meter>, Box<Marks>)>) {
        for (meter, old) in taken {
            self.mark(&meter, |marks| {
                let new = mem::replace(&mut marks.passed, old.passed);
                new.into_iter().for_each(|new| marks.keep(new));
                marks.refused = match (marks.refused.take(), old.refused) {
                    (Some(new), Some(old)) => Some(Refused { tries: new.tries.saturating_add(old.tries), ..new }),
                    (new, old) => new.or(old),
                };
                old.counts.into_iter().for_each(|count| marks.count(count));
            });
        }
    }
}

/// The latest request that was let through, as it is written.
fn last_use((meter, marks): &(Arc<Meter>, Box<Marks>)) -> Option<(&Meter, LastUse)> {
    let passed = marks.passed.as_ref()?;
    let (route, address) = (passed.route.to_string(), passed.address.to_canonical().to_string());
    Some((meter, LastUse { at: passed.at, route, address, agent: passed.agent, status: passed.status }))
}

/// Of each the latest.
fn latest<'u, K: Ord>(uses: &'u [(&Meter, LastUse)], whose: impl Fn(&Meter) -> Option<K>) -> BTreeMap<K, &'u LastUse> {
    let mut all = BTreeMap::new();
    for (whose, last) in uses.iter().filter_map(|(meter, last)| Some((whose(meter)?, last))) {
        let kept = all.entry(whose).or_insert(last);
        if kept.at < last.at {
            *kept = last;
        }
    }
    all
}

/// What came after each key had stopped working, added up.
fn refused_uses(taken: &[(Arc<Meter>, Box<Marks>)]) -> BTreeMap<KeyId, RefusedUses> {
    let mut uses = BTreeMap::<KeyId, RefusedUses>::new();
    for (key, refused) in taken.iter().filter_map(|(meter, marks)| Some((meter.key()?, marks.refused.as_ref()?))) {
        let address = refused.address.to_canonical().to_string();
        let this = RefusedUses { tries: refused.tries.into(), at: refused.at, address };
        let sum = match uses.remove(&key) {
            None => this,
            Some(other) => {
                let tries = other.tries + this.tries;
                RefusedUses { tries, ..if other.at < this.at { this } else { other } }
            }
        };
        uses.insert(key, sum);
    }
    uses
}

/// What is added to each row.
fn added_up(taken: &[(Arc<Meter>, Box<Marks>)]) -> BTreeMap<store::Counted<'_>, (u64, u64)> {
    let mut rows = BTreeMap::new();
    let counts = taken.iter().flat_map(|(meter, marks)| marks.counts.iter().map(move |count| (meter, count)));
    for (meter, count) in counts {
        for grain in Grain::ALL {
            let (requests, units): &mut (u64, u64) = rows.entry(meter.row(count, grain)).or_default();
            *requests += count.requests;
            *units = units.saturating_add(count.units);
        }
    }
    rows
}

/// A panic elsewhere cannot leave these half-written: each holds one value that is replaced as a whole.
fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::Clock as _,
        testing::{World, key_form},
        usage::Subject,
    };
    use chrono::TimeDelta;

    fn from_curl(at: Time, route: &Arc<str>) -> Mark<'_> {
        Mark { at, route, address: IpAddr::from([203, 0, 113, 7]), agent: Some(Agent::Curl) }
    }

    fn let_through(usage: &Usage, meter: &Arc<Meter>, at: Time, route: &str) {
        usage.record(meter, Verdict::Allowed, 1, from_curl(at, &route.into()));
    }

    fn waiting(usage: &Usage) -> usize {
        hold(&usage.touched).len()
    }

    async fn counted(usage: &Usage, workspace: WorkspaceId, at: Time) -> usize {
        let units = store::units_of_day(&usage.db, Subject::Workspace(workspace), at).await;
        usize::try_from(units.expect("a count")).expect("none below zero")
    }

    #[tokio::test]
    async fn many_marks_are_one_row_with_the_latest() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let made = world.services.keys.create(&ada, &key_form("ci", &["workflows:read"])).await.expect("a key");
        let (key, hash) = (made.key, made.secret.hash());
        let (usage, meter) = (&world.services.usage, Arc::new(Meter::of_key(key.id, ada.workspace.id, hash)));
        usage.flush().await.expect("nothing to write");
        for route in ["GET /a", "GET /b"] {
            world.clock.advance(TimeDelta::seconds(1));
            let_through(usage, &meter, world.clock.now(), route);
        }
        usage.flush().await.expect("a flush");
        let last = world.services.keys.get(&ada, key.id).await.expect("the key").last_use;
        let latest = LastUse {
            at: world.clock.now(),
            route: "GET /b".into(),
            address: "203.0.113.7".into(),
            agent: Some(Agent::Curl),
            status: None,
        };
        assert_eq!(last, Some(latest));

        let_through(usage, &meter, world.clock.now() - TimeDelta::seconds(30), "GET /late");
        usage.flush().await.expect("a flush");
        let again = world.services.keys.get(&ada, key.id).await.expect("the key").last_use;
        assert_eq!(again, last, "another node's earlier mark does not undo a later one");
    }

    #[tokio::test]
    async fn what_was_answered_may_come_after_a_flush_but_not_after_another_request() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let made = world.services.keys.create(&ada, &key_form("ci", &["workflows:read"])).await.expect("a key");
        let (key, hash) = (made.key.id, made.secret.hash());
        let (usage, meter) = (&world.services.usage, Arc::new(Meter::of_key(key, ada.workspace.id, hash)));
        let answered = |at, status| usage.answered(&meter, from_curl(at, &"GET /a".into()), status);
        let told = async || {
            usage.flush().await.expect("a flush");
            let last = world.services.keys.get(&ada, key).await.expect("the key").last_use;
            last.map(|last| (last.at, last.status))
        };
        let first = world.clock.now();
        let_through(usage, &meter, first, "GET /a");
        assert_eq!(told().await, Some((first, None)));
        answered(first, 200);
        assert_eq!(told().await, Some((first, Some(200))));

        let second = first + TimeDelta::seconds(1);
        let_through(usage, &meter, second, "GET /a");
        answered(first, 404);
        assert_eq!(told().await, Some((second, None)));
        answered(first, 500);
        assert_eq!(told().await, Some((second, None)));
    }

    #[tokio::test]
    async fn an_answer_that_comes_while_a_flush_fails_does_not_undo_a_later_request() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let (usage, first) = (&world.services.usage, world.clock.now());
        let meter = more_meters_than_are_written_at_once(ada.workspace.id).remove(0);
        let (second, route) = (first + TimeDelta::seconds(1), &"GET /a".into());
        let_through(usage, &meter, second, "GET /b");
        let taken = hold(&meter.marks).take().expect("marks");
        usage.answered(&meter, from_curl(first, route), 200);
        usage.put_back(vec![(Arc::clone(&meter), taken)]);
        let kept = || hold(&meter.marks).as_ref().and_then(|marks| marks.passed.as_ref().map(|p| (p.at, p.status)));
        assert_eq!(kept(), Some((second, None)));

        let taken = hold(&meter.marks).take().expect("marks");
        usage.answered(&meter, from_curl(second, route), 404);
        usage.put_back(vec![(Arc::clone(&meter), taken)]);
        assert_eq!(kept(), Some((second, Some(404))), "its own answer is kept");
    }

    fn more_meters_than_are_written_at_once(workspace: WorkspaceId) -> Vec<Arc<Meter>> {
        let keys = (0..=AT_ONCE as u128).map(|n| KeyId::from_uuid(Uuid::from_u128(n)));
        keys.map(|key| Arc::new(Meter::of_key(key, workspace, SecretHash::of(b"a key")))).collect()
    }

    #[tokio::test]
    async fn marks_that_could_not_be_written_are_kept() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let (usage, now) = (&world.services.usage, world.clock.now());
        let meters = more_meters_than_are_written_at_once(ada.workspace.id);
        meters.iter().for_each(|meter| let_through(usage, meter, now, "GET /a"));
        world.test_db.db.close().await;
        assert!(usage.flush().await.is_err());
        assert_eq!(waiting(usage), meters.len());
        for meter in meters {
            let marks = hold(&meter.marks).take().expect("marks");
            assert!(marks.passed.is_some());
            assert_eq!(marks.counts.len(), 1);
        }
    }

    #[tokio::test]
    async fn more_keys_than_are_written_at_once_are_all_counted() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let (usage, now) = (&world.services.usage, world.clock.now());
        let meters = more_meters_than_are_written_at_once(ada.workspace.id);
        let mark = || meters.iter().for_each(|meter| let_through(usage, meter, now, "GET /a"));
        let counted = async || counted(usage, ada.workspace.id, now).await;
        mark();
        usage.flush().await.expect("a flush");
        assert_eq!((waiting(usage), counted().await), (0, AT_ONCE + 1));
        // Who could tell it to stop lives on.
        let (_stop, mut stopped) = watch::channel(());
        mark();
        usage.flush_at_leisure(&mut stopped).await.expect("a flush");
        assert_eq!((waiting(usage), counted().await), (0, 2 * (AT_ONCE + 1)));
    }

    #[tokio::test]
    async fn who_writes_at_leisure_rests_and_when_told_to_stop_leaves_what_is_left() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let (usage, now) = (world.services.usage.clone(), world.clock.now());
        let counted = async || counted(&usage, ada.workspace.id, now).await;
        let meters = more_meters_than_are_written_at_once(ada.workspace.id);
        meters.iter().for_each(|meter| let_through(&usage, meter, now, "GET /a"));
        let (stop, mut stopped) = watch::channel(());
        let writer = usage.clone();
        let writing = tokio::spawn(async move { writer.flush_at_leisure(&mut stopped).await });
        while counted().await == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        stop.send(()).expect("somebody who rests");
        writing.await.expect("an end").expect("a flush");
        assert_eq!((waiting(&usage), counted().await), (1, AT_ONCE));
        usage.flush().await.expect("a flush");
        assert_eq!(counted().await, AT_ONCE + 1);
    }
}
