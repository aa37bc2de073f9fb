//! The windows of every workspace and key that has been counted.

use super::window::{Moment, Window};
use crate::profile::Limit;
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use uuid::Uuid;

/// The windows of one workspace or key.
#[derive(Debug, Default)]
pub(super) struct Counter {
    windows: Mutex<Vec<Window>>,
    /// Until which era Redis has been told what its day has had.
    told: AtomicU64,
}

/// By the id of the workspace or key. Asked when a key is read from the database, not with each request.
#[derive(Default)]
pub(super) struct Counters(Mutex<HashMap<Uuid, Arc<Counter>>>);

impl Counter {
    pub(super) fn lock(&self) -> MutexGuard<'_, Vec<Window>> {
        hold(&self.windows)
    }

    /// Whether Redis has been told in this era what the day has had.
    pub(super) fn was_told(&self, era: u64) -> bool {
        self.told.load(Ordering::Relaxed) == era
    }

    pub(super) fn tell(&self, era: u64) {
        self.told.store(era, Ordering::Relaxed);
    }

    /// Whether this limit is being counted.
    pub(super) fn has(&self, limit: &Limit) -> bool {
        self.lock().iter().any(|window| window.is_of(limit))
    }

    /// Begins to count this limit, unless somebody else has meanwhile.
    pub(super) fn begin(&self, limit: &Limit, used: u64, now: Moment) {
        let mut windows = self.lock();
        if !windows.iter().any(|window| window.is_of(limit)) {
            let mut window = Window::new(limit);
            window.take(used, now);
            windows.reserve_exact(1);
            windows.push(window);
        }
    }
}

/// The window of this limit, which a first request makes.
pub(super) fn window<'w>(windows: &'w mut Vec<Window>, limit: &Limit, now: Moment) -> &'w mut Window {
    let place = windows.iter().position(|window| window.is_of(limit)).unwrap_or_else(|| {
        // As many as there are limits: there are as many counters as keys in use.
        windows.reserve_exact(1);
        windows.push(Window::new(limit));
        windows.len() - 1
    });
    let window = &mut windows[place];
    window.pass_to(now);
    window
}

impl Counters {
    /// The counter that is there, or else a new one.
    pub(super) fn get_or_put(&self, id: Uuid) -> Arc<Counter> {
        Arc::clone(hold(&self.0).entry(id).or_default())
    }

    /// Forgets counters that nobody holds and that count nothing any more.
    pub(super) fn sweep(&self, now: Moment) {
        hold(&self.0).retain(|_, counter| {
            // Nobody can come to hold it while the map is locked.
            Arc::strong_count(counter) > 1 || {
                let mut windows = counter.lock();
                windows.iter_mut().for_each(|window| window.pass_to(now));
                windows.iter().any(|window| !window.is_empty())
            }
        });
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        hold(&self.0).len()
    }
}

/// A panic elsewhere leaves a window as it was before or after a request: either is a right count.
fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
