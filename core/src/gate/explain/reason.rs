//! Why a request was refused, in one word.

use super::{Check, Place};
use crate::{gate::Verdict, profile::Profile};

/// Why a request with a key of ours was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The gate decided so.
    Verdict(Verdict),
    /// The key came where it is not read, or where others may have read it.
    Misplaced,
}

impl Reason {
    /// Every reason for which a request with a key of ours can be refused, and what it is called in lists.
    pub const ALL: &[(Self, &'static str)] = &[
        (Self::Verdict(Verdict::ScopeMissing), "Scope missing"),
        (Self::Verdict(Verdict::RateLimited), "Rate limited"),
        (Self::Verdict(Verdict::DailyLimitReached), "Daily limit reached"),
        (Self::Verdict(Verdict::ConcurrencyLimited), "Too many at once"),
        (Self::Verdict(Verdict::AddressNotAllowed), "Address not allowed"),
        (Self::Verdict(Verdict::Revoked), "Key revoked"),
        (Self::Verdict(Verdict::Expired), "Key expired"),
        (Self::Verdict(Verdict::Disabled), "Key disabled"),
        (Self::Verdict(Verdict::Rotated), "Old secret"),
        (Self::Verdict(Verdict::OwnerGone), "Owner has left"),
        (Self::Verdict(Verdict::PlanWithoutApi), "API not in the plan"),
        (Self::Verdict(Verdict::Suspended), "Suspended"),
        (Self::Verdict(Verdict::NoRoute), "No such route"),
        (Self::Misplaced, "Key in the wrong place"),
    ];

    /// The reason of this code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().map(|(reason, _)| *reason).find(|reason| reason.code() == code)
    }

    /// The word for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Verdict(verdict) => verdict.code(),
            Self::Misplaced => "misplaced_key",
        }
    }

    /// What it is called in lists.
    #[must_use]
    pub fn title(self) -> &'static str {
        Self::ALL.iter().find(|(reason, _)| *reason == self).map_or(self.code(), |(_, title)| title)
    }

    /// The status that the caller got, where the product's own door answered.
    #[must_use]
    pub fn status(self, profile: &Profile, place: Option<Place>) -> u16 {
        let verdict = match (self, place) {
            (Self::Verdict(verdict), _) => verdict,
            // Where no key is read, there was none.
            (Self::Misplaced, Some(Place::XApiKey | Place::Authorization)) => Verdict::Missing,
            (Self::Misplaced, Some(Place::Query | Place::Beside) | None) => return 400,
        };
        verdict.refusal(profile, None).map_or(200, |refusal| refusal.status)
    }

    /// The check that refused. A request that no verdict refuses was stopped before the first of them.
    #[must_use]
    pub fn check(self) -> Check {
        match self {
            Self::Verdict(verdict) => Check::refusing(verdict).unwrap_or(Check::Place),
            Self::Misplaced => Check::Place,
        }
    }
}
