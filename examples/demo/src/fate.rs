//! What becomes of a key, and what is told of it until then.

use crate::{cast::Cast, traffic::Rhythm};
use keywright_core::profile::Profile;

/// What becomes of a key; [`Labels`](crate::cast::Labels) says it in words.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fate {
    Main,
    Nightly,
    Narrow,
    Ending,
    Rotated,
    Revoked,
    Ended,
    Disabled,
    Unused,
}

impl Fate {
    /// The scopes that the key has, before its maker's role bounds them.
    pub(crate) fn scopes(self, profile: &Profile) -> Vec<String> {
        let names = || profile.scopes.iter().map(|scope| scope.name.clone());
        let read = profile.scopes.iter().filter(|scope| scope.read_only).map(|scope| scope.name.clone());
        let read: Vec<_> = read.collect();
        match self {
            Self::Main if profile.wildcard => vec![Profile::WILDCARD.to_owned()],
            Self::Main => names().collect(),
            Self::Nightly if !read.is_empty() => read,
            Self::Narrow | Self::Revoked | Self::Unused => names().take(1).collect(),
            Self::Nightly | Self::Ending | Self::Rotated | Self::Ended | Self::Disabled => names().take(2).collect(),
        }
    }

    pub(crate) const fn label(self, cast: &Cast) -> &'static str {
        let labels = &cast.labels;
        match self {
            Self::Main => labels.main,
            Self::Nightly => labels.nightly,
            Self::Narrow => labels.narrow,
            Self::Ending => labels.ending,
            Self::Rotated => labels.rotated,
            Self::Revoked => labels.revoked,
            Self::Ended => labels.ended,
            Self::Disabled => labels.disabled,
            Self::Unused => labels.unused,
        }
    }

    pub(crate) const fn note(self) -> &'static str {
        match self {
            Self::Main => "In the vault under production/api.\nAsk #platform before replacing it.",
            Self::Rotated => "Two servers hold it: both have to change over.",
            Self::Nightly
            | Self::Narrow
            | Self::Ending
            | Self::Revoked
            | Self::Ended
            | Self::Disabled
            | Self::Unused => "",
        }
    }

    /// Of the people who manage keys.
    pub(crate) const fn maker(self) -> usize {
        match self {
            Self::Nightly | Self::Ending | Self::Revoked | Self::Unused => 1,
            Self::Main | Self::Narrow | Self::Rotated | Self::Ended | Self::Disabled => 0,
        }
    }

    /// In days; empty where the product's policy decides.
    pub(crate) fn expiry(self, profile: &Profile) -> String {
        let days = |days: u32| days.min(profile.expiry.longest()).to_string();
        match self {
            Self::Ending | Self::Ended => days(30),
            Self::Main | Self::Rotated | Self::Disabled => days(365),
            Self::Nightly | Self::Narrow | Self::Revoked | Self::Unused => String::new(),
        }
    }

    pub(crate) fn environment(self, profile: &Profile) -> String {
        let second = profile.key.environments.get(1).filter(|_| matches!(self, Self::Disabled));
        second.map(|environment| environment.name.clone()).unwrap_or_default()
    }

    pub(crate) fn owner(self, profile: &Profile) -> &'static str {
        if profile.workspace_keys && matches!(self, Self::Rotated) { "workspace" } else { "" }
    }

    pub(crate) const fn rhythm(self) -> Option<Rhythm> {
        match self {
            Self::Main => Some(Rhythm::Office(24)),
            Self::Nightly => Some(Rhythm::Nightly(48)),
            Self::Narrow => Some(Rhythm::Always(4)),
            Self::Ending => Some(Rhythm::Office(7)),
            Self::Rotated => Some(Rhythm::Office(9)),
            Self::Revoked => Some(Rhythm::Office(3)),
            Self::Ended => Some(Rhythm::Rarely(5)),
            Self::Disabled => Some(Rhythm::Office(4)),
            Self::Unused => None,
        }
    }
}
