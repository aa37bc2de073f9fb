//! What each plan has.

use super::ScopeSet;
use crate::words;
use std::time::Duration;

/// What a workspace pays for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// `pro`.
    pub name: String,
    /// `Pro`.
    pub title: String,
    /// How many usable keys a workspace may have; 0 means that keys are not available.
    pub keys: u32,
    /// Whether requests pass the gate at all.
    pub api: bool,
    /// The scopes that keys can use on this plan.
    pub scopes: ScopeSet,
    /// How many requests fit into which windows; none: as many as come.
    pub limits: Vec<Limit>,
    /// How many executions of a workspace may run at once.
    pub concurrent: Option<u32>,
    /// How many of its requests may be under way at once through the built-in gateway.
    pub concurrent_requests: Option<u32>,
}

/// What `X-RateLimit-Reset` says of the moment at which a window is empty again: products differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateReset {
    /// In how many seconds it comes.
    Seconds,
    /// Which second since 1970 it is.
    Epoch,
}

/// How many requests fit into a window of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// What it is called in headers: `minute`. Each of a plan's has a name of its own.
    pub name: String,
    /// So many.
    pub requests: u64,
    /// The window.
    pub per: Per,
    /// What has a window of its own.
    pub each: Each,
    /// How they are counted.
    pub algorithm: Algorithm,
}

impl Limit {
    /// "1,000 per minute, for each key".
    #[must_use]
    pub fn words(&self) -> String {
        let whose = match self.each {
            Each::Workspace => "shared by all keys",
            Each::Key => "for each key",
        };
        format!("{} per {}, {whose}", words::number(self.requests), self.per.words())
    }
}

/// How the requests of a window are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// The window begins with its first request; at its end all is free again.
    Fixed,
    /// What was let through becomes free again bit by bit: no two windows' requests can meet at their border.
    Sliding,
}

/// The length of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// So many seconds.
    Seconds(u32),
    /// Sixty seconds.
    Minute,
    /// Sixty minutes.
    Hour,
    /// From midnight to midnight, UTC.
    Day,
}

impl Per {
    /// How long a window is; none for a day, which ends when it ends.
    #[must_use]
    pub const fn length(self) -> Option<Duration> {
        match self {
            Self::Seconds(seconds) => Some(Duration::from_secs(seconds as u64)),
            Self::Minute => Some(Duration::from_secs(60)),
            Self::Hour => Some(Duration::from_secs(3_600)),
            Self::Day => None,
        }
    }

    /// `minute`, `30 seconds`: what follows "requests per".
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Seconds(1) => "second".to_owned(),
            Self::Seconds(seconds) => words::plural(seconds.into(), "second"),
            Self::Minute => "minute".to_owned(),
            Self::Hour => "hour".to_owned(),
            Self::Day => "day".to_owned(),
        }
    }
}

/// What has a window of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Each {
    /// The workspace: all its keys share the window.
    Workspace,
    /// Every key.
    Key,
}
