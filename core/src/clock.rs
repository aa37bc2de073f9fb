//! Time is passed in, so that tests can fix it and compare whole answers.

use crate::Time;
use chrono::DurationRound as _;
use std::sync::Arc;

/// Where "now" comes from.
pub trait Clock: Send + Sync + 'static {
    /// The present moment, to the microsecond.
    fn now(&self) -> Time;
}

/// The clock as everybody holds it.
pub type SharedClock = Arc<dyn Clock>;

/// The machine's clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> Time {
        let now = chrono::Utc::now();
        now.duration_trunc(chrono::TimeDelta::microseconds(1)).unwrap_or(now)
    }
}

/// A clock that stands still until it is told otherwise.
#[cfg(any(test, feature = "testing"))]
#[derive(Debug)]
pub struct FixedClock(std::sync::Mutex<Time>);

#[cfg(any(test, feature = "testing"))]
impl FixedClock {
    /// Stands at 2026-11-21 12:00:00 UTC.
    #[must_use]
    pub fn start() -> Arc<Self> {
        Arc::new(Self(std::sync::Mutex::new(Time::from_timestamp(1_795_262_400, 0).unwrap_or_default())))
    }

    /// Moves on (or back).
    pub fn advance(&self, by: chrono::TimeDelta) {
        let mut now = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *now += by;
    }
}

#[cfg(any(test, feature = "testing"))]
impl Clock for FixedClock {
    fn now(&self) -> Time {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
