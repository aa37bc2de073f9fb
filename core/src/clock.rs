//! Time is passed in, so that tests can fix it and compare whole answers.

use crate::Time;
use chrono::Timelike as _;
use std::{
    sync::{Arc, LazyLock},
    time::{Duration, Instant},
};

/// Where "now" comes from.
pub trait Clock: Send + Sync + 'static {
    /// The present moment, to the microsecond.
    fn now(&self) -> Time;

    /// How long it has been running. Goes on evenly, whatever becomes of the machine's time.
    fn tick(&self) -> Duration;
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
        now.with_nanosecond(now.nanosecond() / 1_000 * 1_000).unwrap_or(now)
    }

    fn tick(&self) -> Duration {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        START.elapsed()
    }
}

/// A clock that stands still until it is told otherwise.
#[cfg(any(test, feature = "testing"))]
#[derive(Debug)]
pub struct FixedClock(std::sync::Mutex<(Time, Duration)>);

#[cfg(any(test, feature = "testing"))]
impl FixedClock {
    /// Stands at 2026-11-21 12:00:00 UTC.
    #[must_use]
    pub fn start() -> Arc<Self> {
        let noon = Time::from_timestamp(1_795_262_400, 0).unwrap_or_default();
        Arc::new(Self(std::sync::Mutex::new((noon, Duration::from_secs(1_000)))))
    }

    /// Lets time pass. Backwards only the machine's time can go.
    pub fn advance(&self, by: chrono::TimeDelta) {
        self.set(by);
        self.hold().1 += by.to_std().unwrap_or_default();
    }

    /// Sets the machine's time to another, as if somebody had: no time passes.
    pub fn set(&self, by: chrono::TimeDelta) {
        self.hold().0 += by;
    }

    fn hold(&self) -> std::sync::MutexGuard<'_, (Time, Duration)> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(any(test, feature = "testing"))]
impl Clock for FixedClock {
    fn now(&self) -> Time {
        self.hold().0
    }

    fn tick(&self) -> Duration {
        self.hold().1
    }
}
