//! A clock that is walked through the past.

use chrono::TimeDelta;
use keywright_core::{Time, clock::Clock};
use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// Stands where it was put. It is only ever put forward: what runs evenly runs along with it.
#[derive(Debug)]
pub(crate) struct MovedClock {
    /// When the story ends.
    pub(crate) end: Time,
    /// When it begins.
    pub(crate) start: Time,
    now: Mutex<Time>,
}

impl MovedClock {
    /// How long the story is.
    pub(crate) const DAYS: i64 = 60;

    /// Ends now, and stands at the beginning.
    pub(crate) fn at(end: Time) -> Self {
        let start = end - TimeDelta::days(Self::DAYS);
        Self { end, start, now: Mutex::new(start) }
    }

    /// Lets it be this moment, unless it is later already.
    pub(crate) fn walk_to(&self, moment: Time) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now = moment.max(*now);
    }
}

impl Clock for MovedClock {
    fn now(&self) -> Time {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tick(&self) -> Duration {
        (self.now() - self.start).to_std().unwrap_or_default()
    }
}
