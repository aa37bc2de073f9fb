//! Why a request was refused: the checks in the order of [`decide`](super::decide), each with what was seen. What
//! failed is told by the decision itself, so that the two cannot differ. Pure.

mod check;
mod facts;
mod fix;
mod reason;
mod sentences;
#[cfg(test)]
#[cfg(feature = "server")]
mod tests;

pub use check::Check;
pub use facts::{Facts, Lacking, LimitSeen, Place, Source};
pub use fix::Fix;
pub use reason::Reason;

use crate::{profile::Profile, words};
use std::time::Duration;

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was passed.
    Passed,
    /// It was not, and so the request was refused.
    Failed,
    /// An earlier one had failed.
    NotReached,
}

/// A check, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Which.
    pub check: Check,
    /// Of the limits: which one.
    pub limit: Option<LimitSeen>,
    /// What came of it.
    pub outcome: Outcome,
    /// What was seen, as a sentence; empty if it was not reached.
    pub words: String,
}

/// A decision, explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Every check, in the order of the gate.
    pub checks: Vec<Checked>,
    /// What would let the request pass, and as a sentence; none if it may.
    pub fix: Option<(Fix, String)>,
}

/// Explains what was decided; without a reason, that the request may pass.
#[must_use]
pub fn explain(reason: Option<Reason>, facts: &Facts, profile: &Profile) -> Explanation {
    let failed = reason.map(Reason::check);
    let outcome = |check: Check| match failed {
        Some(failed) if check > failed => Outcome::NotReached,
        Some(failed) if check == failed => Outcome::Failed,
        Some(_) | None => Outcome::Passed,
    };
    let mut checks = Vec::with_capacity(Check::ALL.len() + facts.limits.len());
    for check in Check::ALL {
        match (check, outcome(check)) {
            (Check::Limits, outcome) if !facts.limits.is_empty() => {
                checks.extend(facts.limits.iter().map(|limit| checked_limit(limit, outcome)));
            }
            (check, outcome) => {
                let words = match outcome {
                    Outcome::Passed => sentences::passed(check, facts, profile),
                    Outcome::Failed => sentences::failed(check, facts, profile),
                    Outcome::NotReached => String::new(),
                };
                checks.push(Checked { check, limit: None, outcome, words });
            }
        }
    }
    let fix = failed.map(|check| Fix::of(check, facts));
    Explanation { checks, fix: fix.map(|fix| (fix, fix.words(facts, profile))) }
}

/// Of several windows only those refuse that have no room.
fn checked_limit(limit: &LimitSeen, outcome: Outcome) -> Checked {
    let LimitSeen { limit: most, per, remaining, resets_in, wait, .. } = limit;
    let most = words::number(*most);
    let (outcome, words) = match (outcome, wait) {
        (Outcome::NotReached, _) => (Outcome::NotReached, String::new()),
        (Outcome::Passed, _) | (Outcome::Failed, None) => {
            (Outcome::Passed, format!("{} of {most} per {per} left.", words::number(*remaining)))
        }
        (Outcome::Failed, Some(seconds)) if *remaining == 0 => {
            let wait = words::duration(Duration::from_secs(*seconds));
            (Outcome::Failed, format!("All {most} per {per} are used. There is room again after {wait}."))
        }
        (Outcome::Failed, Some(_)) => {
            let (left, rest) = (words::number(*remaining), words::duration(Duration::from_secs(*resets_in)));
            let words = format!("Only {left} of {most} per {per} are left, too few. All are free again after {rest}.");
            (Outcome::Failed, words)
        }
    };
    Checked { check: Check::Limits, limit: Some(limit.clone()), outcome, words }
}

impl Outcome {
    /// The word for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::NotReached => "not_reached",
        }
    }
}
