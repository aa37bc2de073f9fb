//! What became of the requests of some time.

use super::Range;
use crate::{Time, ids::KeyId};
use std::{iter::Sum, ops::Add};

/// How many requests were let through, and how many were not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Those that passed.
    pub allowed: u64,
    /// Those that did not, for whatever reason.
    pub refused: u64,
}

impl Count {
    /// All of them.
    #[must_use]
    pub const fn total(self) -> u64 {
        self.allowed.saturating_add(self.refused)
    }
}

impl Add for Count {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            allowed: self.allowed.saturating_add(other.allowed),
            refused: self.refused.saturating_add(other.refused),
        }
    }
}

impl Sum for Count {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Self::add)
    }
}

/// The requests of a workspace, or of a key, in some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The time.
    pub range: Range,
    /// Its end.
    pub until: Time,
    /// Every minute, hour or day of it, those without requests as well.
    pub buckets: Vec<Bucket>,
    /// The keys with the most requests; none in the report of a key.
    pub keys: Vec<KeyShare>,
    /// The routes with the most requests.
    pub routes: Vec<RouteShare>,
    /// Why requests were refused, the most frequent reason first.
    pub reasons: Vec<Reason>,
    /// Whether there has been any request at all, in this time or before.
    pub ever: bool,
}

impl Report {
    /// So many keys and routes are named.
    pub const MOST: i64 = 10;

    /// All requests.
    #[must_use]
    pub fn total(&self) -> Count {
        self.buckets.iter().map(|bucket| bucket.count).sum()
    }
}

/// A minute, an hour or a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// When it began.
    pub start: Time,
    /// Its requests.
    pub count: Count,
}

/// The requests with one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyShare {
    /// Its id.
    pub id: KeyId,
    /// What people call it.
    pub label: String,
    /// Its requests.
    pub count: Count,
}

/// The requests for one route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteShare {
    /// As the profile spells it.
    pub route: String,
    /// Its requests.
    pub count: Count,
}

/// Why requests were refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The word of the [`Verdict`](crate::gate::Verdict).
    pub code: String,
    /// How many.
    pub requests: u64,
}

/// A line of the export: what is counted together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageRow {
    /// When the minute, hour or day began.
    pub start: Time,
    /// The key.
    pub key: KeyId,
    /// What people call it now.
    pub label: String,
    /// As the profile spells it.
    pub route: String,
    /// The word of the verdict.
    pub outcome: String,
    /// How many requests.
    pub requests: u64,
    /// What they took from the limits.
    pub units: u64,
}
