//! What is wrong with the configuration, and where.

use super::ProfileSource;
use std::fmt;

/// One thing to correct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// `keywright.toml:3`, `KEYWRIGHT_LISTEN`, or the setting's name where nothing was given.
    pub place: String,
    /// What is wrong, and what would be right. Never the value of a secret.
    pub message: String,
}

impl Fault {
    /// `message` is wrong at `place`.
    pub fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place: place.into(), message: message.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// Everything that is wrong, at once, one line each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// At least one.
    pub list: Vec<Fault>,
    /// The profile that was named all the same, so that `check-config` can go on with it.
    pub profile: Option<ProfileSource>,
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self { list: vec![fault], profile: None }
    }
}

impl FromIterator<Fault> for Faults {
    fn from_iter<I: IntoIterator<Item = Fault>>(faults: I) -> Self {
        Self { list: faults.into_iter().collect(), profile: None }
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, fault) in self.list.iter().enumerate() {
            write!(f, "{}{fault}", if n == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}
