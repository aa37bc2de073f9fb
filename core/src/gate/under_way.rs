//! How many requests of a workspace are under way at once, where its plan bounds them. Each holds a slot until its
//! answer has been sent or its client is gone; dropping the slot gives it back, whatever became of the request.

use crate::ids::WorkspaceId;
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

/// The requests of every workspace that is bounded. Asked when a key is read from the database, not with each request.
#[derive(Default)]
pub(super) struct UnderWay(Mutex<HashMap<WorkspaceId, Arc<AtomicU32>>>);

/// The slots of a workspace on its plan.
#[derive(Debug)]
pub(super) struct Slots {
    most: u32,
    held: Arc<AtomicU32>,
}

/// A request that is under way. Dropped, it is over.
#[derive(Debug)]
pub struct Slot(Arc<AtomicU32>);

impl UnderWay {
    /// The slots of this workspace. What is under way stays counted when its plan changes.
    pub(super) fn slots(&self, workspace: WorkspaceId, most: u32) -> Slots {
        Slots { most, held: Arc::clone(self.hold().entry(workspace).or_default()) }
    }

    /// Forgets workspaces of which no key is known any more and nothing is under way.
    pub(super) fn sweep(&self) {
        // Nobody can come to hold one while the map is locked.
        self.hold().retain(|_, held| Arc::strong_count(held) > 1);
    }

    fn hold(&self) -> MutexGuard<'_, HashMap<WorkspaceId, Arc<AtomicU32>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slots {
    /// How many there are.
    pub(super) const fn most(&self) -> u32 {
        self.most
    }

    /// A slot, if one is free.
    pub(super) fn take(&self) -> Option<Slot> {
        let one_more = |held| (held < self.most).then_some(held + 1);
        let taken = self.held.fetch_update(Ordering::AcqRel, Ordering::Acquire, one_more);
        taken.is_ok().then(|| Slot(Arc::clone(&self.held)))
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;
    use uuid::Uuid;

    fn workspace() -> WorkspaceId {
        WorkspaceId::from_uuid(Uuid::from_u128(1))
    }

    #[test]
    fn as_many_are_under_way_as_there_are_slots_and_none_is_left_behind() {
        let under_way = UnderWay::default();
        let slots = under_way.slots(workspace(), 2);
        let (first, second) = (slots.take(), slots.take());
        assert!(first.is_some() && second.is_some() && slots.take().is_none());
        drop(first);
        let third = slots.take();
        assert!(third.is_some() && slots.take().is_none());
        // The plan has changed, and the key was read anew.
        let smaller = under_way.slots(workspace(), 1);
        drop((slots, second));
        assert!(smaller.take().is_none(), "the third is still under way");
        drop(third);
        assert!(smaller.take().is_some());
        drop(smaller);
        under_way.sweep();
        assert!(under_way.hold().is_empty());
    }

    #[test]
    fn sixteen_at_a_time_never_hold_more_than_there_are() {
        let slots = UnderWay::default().slots(workspace(), 3);
        thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    for _ in 0..10_000 {
                        let slot = slots.take();
                        assert!(slots.held.load(Ordering::Acquire) <= 3);
                        drop(slot);
                    }
                });
            }
        });
        assert_eq!(slots.held.load(Ordering::Acquire), 0);
    }
}
