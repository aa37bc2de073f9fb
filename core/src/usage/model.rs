//! What is known of a key's use.

use crate::Time;
use chrono::TimeDelta;

/// Within this time a last use means that something depends on the key.
const LATELY: TimeDelta = TimeDelta::days(7);

/// Whether a key that was last used then is taken to be in use.
#[must_use]
pub fn is_lately(at: Time, now: Time) -> bool {
    now - at < LATELY
}

/// The last request that a key was let through for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastUse {
    /// When.
    pub at: Time,
    /// For what: `GET /api/v1/workflows`, as the profile spells the route.
    pub route: String,
    /// From where.
    pub address: String,
}

/// Requests with a key that does not work any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedUses {
    /// How many since it stopped working.
    pub tries: u64,
    /// When the last one came.
    pub at: Time,
    /// From where.
    pub address: String,
}
