//! What is known of a key's use.

use super::Agent;
use crate::{Time, gate::Credential, ids::WorkspaceId};
use chrono::TimeDelta;
use uuid::Uuid;

/// Within this time a last use means that something depends on the key.
const LATELY: TimeDelta = TimeDelta::days(7);

/// Whether a key that was last used then is taken to be in use.
#[must_use]
pub fn is_lately(at: Time, now: Time) -> bool {
    now - at < LATELY
}

/// Whose requests are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Those with any key of this workspace, or with a token of any app in it.
    Workspace(WorkspaceId),
    /// Those with this key, or with the tokens of this grant.
    Credential(Credential),
}

impl Subject {
    /// The id alone.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::Workspace(id) => id.uuid(),
            Self::Credential(by) => by.uuid(),
        }
    }
}

/// The lengths of time by which requests are added up. The finer, the sooner they are forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grain {
    /// From its first second on.
    Minute,
    /// From its first minute on.
    Hour,
    /// From midnight on, UTC.
    Day,
}

/// For how many days counts are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Those by the minute.
    pub minutes: u32,
    /// Those by the hour.
    pub hours: u32,
    /// Those by the day.
    pub days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self { minutes: 2, hours: 90, days: 730 }
    }
}

impl Retention {
    /// How long the counts of this grain are kept.
    #[must_use]
    pub fn of(self, grain: Grain) -> TimeDelta {
        let days = match grain {
            Grain::Minute => self.minutes,
            Grain::Hour => self.hours,
            Grain::Day => self.days,
        };
        TimeDelta::days(days.into())
    }
}

impl Grain {
    /// From the finest on.
    pub const ALL: [Self; 3] = [Self::Minute, Self::Hour, Self::Day];

    /// How it is stored.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }

    /// When the one that this moment is in began.
    #[must_use]
    pub fn start(self, at: Time) -> Time {
        let length = self.length().num_seconds();
        let seconds = at.timestamp().div_euclid(length) * length;
        Time::from_timestamp(seconds, 0).unwrap_or(at)
    }

    /// How long it is.
    #[must_use]
    pub const fn length(self) -> TimeDelta {
        match self {
            Self::Minute => TimeDelta::minutes(1),
            Self::Hour => TimeDelta::hours(1),
            Self::Day => TimeDelta::days(1),
        }
    }

    /// When each of the last so many began, the first first; the last of them is the one that this moment is in.
    #[must_use]
    pub fn last(self, count: i32, now: Time) -> Vec<Time> {
        let last = self.start(now);
        (0..count).rev().map(|back| last - self.length() * back).collect()
    }
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
    /// With what; none if the request did not say.
    pub agent: Option<Agent>,
    /// What it was answered, where it went through the gateway; none if only the gate was asked, or the answer
    /// has not come (yet).
    pub status: Option<u16>,
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
