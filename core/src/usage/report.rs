//! What became of the requests of some time.

use super::Range;
use crate::{
    Time,
    ids::{AppId, KeyId},
};
use std::{iter::Sum, ops::Add};
use uuid::Uuid;

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
    /// The keys and apps with the most requests; none in the report of a key.
    pub shares: Vec<CredentialShare>,
    /// The routes with the most requests.
    pub routes: Vec<RouteShare>,
    /// Why requests were refused, the most frequent reason first.
    pub reasons: Vec<Reason>,
    /// Whether there has been any request at all, in this time or before.
    pub ever: bool,
}

impl Report {
    /// So many keys and apps are named, and so many routes.
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

/// With what requests came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsedBy {
    /// A key.
    Key(KeyId),
    /// Tokens of an app, whoever let it in.
    App(AppId),
}

impl UsedBy {
    /// The app whose grant a credential is, or else the key that it is.
    #[must_use]
    pub const fn of(credential: Uuid, app: Option<AppId>) -> Self {
        match app {
            None => Self::Key(KeyId::from_uuid(credential)),
            Some(app) => Self::App(app),
        }
    }

    /// The id alone.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::Key(id) => id.uuid(),
            Self::App(id) => id.uuid(),
        }
    }

    /// The key, if it is one.
    #[must_use]
    pub const fn key(self) -> Option<KeyId> {
        match self {
            Self::Key(id) => Some(id),
            Self::App(_) => None,
        }
    }

    /// The app, if it is one.
    #[must_use]
    pub const fn app(self) -> Option<AppId> {
        match self {
            Self::Key(_) => None,
            Self::App(id) => Some(id),
        }
    }
}

/// Where a key or an app is at home, as the workspace knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// In the workspace: its keys are, and the apps that were registered in it.
    Here,
    /// Elsewhere; the workspace knows the app.
    Elsewhere,
    /// The app is gone, or the workspace does not know it any more.
    Nowhere,
}

/// The requests with one key, or with all tokens of one app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialShare {
    /// Which.
    pub by: UsedBy,
    /// Where it is at home.
    pub home: Home,
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
    /// The key or the app.
    pub by: UsedBy,
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

impl UsageRow {
    /// Whether the other one counts the same, for another grant of the same app.
    #[cfg(feature = "server")]
    pub(super) fn is_of_the_same(&self, other: &Self) -> bool {
        self.start == other.start && self.by == other.by && self.route == other.route && self.outcome == other.outcome
    }
}
