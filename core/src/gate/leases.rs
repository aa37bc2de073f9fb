//! How many executions of a workspace run at once. Each holds a lease, which its holder extends while it runs and
//! gives back at its end. A lease that nobody extends ends by itself: a holder that crashed blocks nobody for long.

use crate::ids::{LeaseId, WorkspaceId};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// The leases that are held.
#[derive(Debug, Default)]
pub(super) struct Leases(Mutex<Held>);

#[derive(Debug, Default)]
struct Held {
    /// When each ends.
    ends: HashMap<WorkspaceId, HashMap<LeaseId, Duration>>,
    /// Whose each is, and in which era Redis had it last.
    of: HashMap<LeaseId, (WorkspaceId, u64)>,
}

impl Leases {
    /// Takes a lease if fewer than `most` are held, and answers how many are then; else how long it takes at most until
    /// one ends.
    pub(super) fn take(
        &self,
        id: LeaseId,
        workspace: WorkspaceId,
        most: Option<u32>,
        lifetime: Duration,
        tick: Duration,
    ) -> Result<u32, Duration> {
        let mut held = self.hold();
        held.let_go(workspace, tick);
        let ends = held.ends.entry(workspace).or_default();
        let count = u32::try_from(ends.len()).unwrap_or(u32::MAX);
        if most.is_some_and(|most| count >= most) {
            return Err(ends.values().min().map_or(lifetime, |end| end.saturating_sub(tick)));
        }
        held.put(id, workspace, tick + lifetime, 0);
        Ok(count + 1)
    }

    /// Whose a lease is that is held, and in which era Redis had it last.
    pub(super) fn find(&self, id: LeaseId, tick: Duration) -> Option<(WorkspaceId, u64)> {
        let held = self.hold();
        let (workspace, era) = *held.of.get(&id)?;
        let end = held.ends.get(&workspace)?.get(&id)?;
        (*end > tick).then_some((workspace, era))
    }

    /// Holds a lease that Redis has granted in this era.
    pub(super) fn remember(&self, id: LeaseId, workspace: WorkspaceId, lifetime: Duration, tick: Duration, era: u64) {
        self.hold().put(id, workspace, tick + lifetime, era);
    }

    /// From now on it ends after this time. False if it is not held any more.
    pub(super) fn extend(&self, id: LeaseId, lifetime: Duration, tick: Duration) -> bool {
        let mut held = self.hold();
        let Some((workspace, _)) = held.of.get(&id).copied() else { return false };
        held.let_go(workspace, tick);
        let end = held.ends.get_mut(&workspace).and_then(|ends| ends.get_mut(&id));
        end.is_some_and(|end| {
            *end = tick + lifetime;
            true
        })
    }

    /// Gives a lease back. False if it is not held any more.
    pub(super) fn release(&self, id: LeaseId, tick: Duration) -> bool {
        let mut held = self.hold();
        let Some((workspace, _)) = held.of.get(&id).copied() else { return false };
        held.let_go(workspace, tick);
        let was_held = held.of.remove(&id).is_some();
        if let Some(ends) = held.ends.get_mut(&workspace) {
            ends.remove(&id);
        }
        held.forget_empty(workspace);
        was_held
    }

    /// How many the workspace holds.
    pub(super) fn count(&self, workspace: WorkspaceId, tick: Duration) -> u32 {
        let mut held = self.hold();
        held.let_go(workspace, tick);
        let count = held.ends.get(&workspace).map_or(0, HashMap::len);
        held.forget_empty(workspace);
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// Lets go of every lease that has ended.
    pub(super) fn sweep(&self, tick: Duration) {
        let mut held = self.hold();
        let workspaces: Vec<_> = held.ends.keys().copied().collect();
        for workspace in workspaces {
            held.let_go(workspace, tick);
            held.forget_empty(workspace);
        }
    }

    fn hold(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn put(&mut self, id: LeaseId, workspace: WorkspaceId, end: Duration, era: u64) {
        self.ends.entry(workspace).or_default().insert(id, end);
        self.of.insert(id, (workspace, era));
    }

    fn let_go(&mut self, workspace: WorkspaceId, tick: Duration) {
        let Some(ends) = self.ends.get_mut(&workspace) else { return };
        ends.retain(|id, end| {
            let runs = *end > tick;
            if !runs {
                self.of.remove(id);
            }
            runs
        });
    }

    fn forget_empty(&mut self, workspace: WorkspaceId) {
        if self.ends.get(&workspace).is_some_and(HashMap::is_empty) {
            self.ends.remove(&workspace);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const MINUTE: Duration = Duration::from_secs(60);

    fn lease(n: u128) -> LeaseId {
        LeaseId::from_uuid(Uuid::from_u128(n))
    }

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(1_000 + seconds)
    }

    fn take(leases: &Leases, n: u128, seconds: u64) -> Result<u32, Duration> {
        let workspace = WorkspaceId::from_uuid(Uuid::from_u128(1));
        leases.take(lease(n), workspace, Some(2), MINUTE, at(seconds))
    }

    #[test]
    fn lodol_10_as_many_run_as_the_plan_has_and_what_ends_makes_room() {
        let leases = Leases::default();
        assert_eq!(take(&leases, 1, 0), Ok(1));
        assert_eq!(take(&leases, 2, 10), Ok(2));
        for _ in 0..3 {
            assert_eq!(take(&leases, 3, 20), Err(Duration::from_secs(40)), "until the first ends");
        }
        assert!(leases.release(lease(1), at(20)));
        assert!(!leases.release(lease(1), at(20)), "only once");
        assert_eq!(take(&leases, 3, 20), Ok(2));
        assert!(take(&leases, 4, 20).is_err());
        let other = WorkspaceId::from_uuid(Uuid::from_u128(2));
        assert_eq!(leases.take(lease(9), other, Some(2), MINUTE, at(20)), Ok(1), "of another workspace");
    }

    #[test]
    fn what_nobody_extends_ends_by_itself_and_leaves_nothing() {
        let leases = Leases::default();
        assert_eq!((take(&leases, 1, 0), take(&leases, 2, 0)), (Ok(1), Ok(2)));
        assert!(leases.extend(lease(1), MINUTE, at(50)));
        assert_eq!(take(&leases, 3, 60), Ok(2), "the second has ended");
        assert!(!leases.extend(lease(2), MINUTE, at(60)) && !leases.release(lease(2), at(60)));
        assert!(leases.extend(lease(1), MINUTE, at(109)));
        leases.sweep(at(200));
        let held = leases.hold();
        assert!(held.ends.is_empty() && held.of.is_empty());
    }

    #[test]
    fn ten_thousand_that_crashed_leave_none() {
        let leases = Leases::default();
        for n in 0..10_000 {
            let second = u64::try_from(n).expect("a number") * 60;
            assert_eq!(take(&leases, n, second), Ok(1));
        }
        assert_eq!(leases.hold().of.len(), 1);
    }
}
