//! The decision itself: pure, in a fixed order, so that it can be explained and tested without anything else.

use super::{Decision, Standing, Verdict};
use crate::{Time, profile::ScopeSet};

/// Decides on a request that needs `needed`, with a key that stands like this (or that nobody knows).
///
/// known · not revoked · enabled · not expired · plan has API access · owner still a member ·
/// scope ∩ role. Limits come after all of these: a refused request costs nothing.
#[must_use]
pub fn decide(standing: Option<&Standing>, needed: ScopeSet, now: Time) -> Decision {
    let effective = standing.map_or(ScopeSet::NONE, |key| key.scopes.and(key.role.unwrap_or(ScopeSet::NONE)));
    let verdict = match standing {
        None => Verdict::Unknown,
        Some(key) if key.revoked => Verdict::Revoked,
        Some(key) if key.disabled => Verdict::Disabled,
        Some(key) if key.expires_at.is_some_and(|end| end <= now) => Verdict::Expired,
        Some(key) if !key.api => Verdict::PlanWithoutApi,
        Some(key) if key.role.is_none() => Verdict::OwnerGone,
        Some(_) if !effective.covers(needed) => Verdict::ScopeMissing,
        Some(_) => Verdict::Allowed,
    };
    Decision { verdict, effective, needed }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{KeyId, UserId, WorkspaceId};
    use uuid::Uuid;

    const READ: ScopeSet = ScopeSet::one(0);
    const RUN: ScopeSet = ScopeSet::one(1);

    fn now() -> Time {
        Time::from_timestamp(1_800_000_000, 0).unwrap_or_default()
    }

    fn good() -> Standing {
        Standing {
            key: KeyId::from_uuid(Uuid::nil()),
            workspace: WorkspaceId::from_uuid(Uuid::nil()),
            owner: UserId::from_uuid(Uuid::nil()),
            scopes: READ.with(RUN),
            role: Some(READ),
            api: true,
            expires_at: Some(now() + chrono::TimeDelta::seconds(1)),
            disabled: false,
            revoked: false,
        }
    }

    fn verdict(key: &Standing, needed: ScopeSet) -> Verdict {
        decide(Some(key), needed, now()).verdict
    }

    #[test]
    fn a_good_key_passes() {
        assert_eq!(verdict(&good(), READ), Verdict::Allowed);
        assert_eq!(verdict(&good(), ScopeSet::NONE), Verdict::Allowed);
        assert_eq!(verdict(&Standing { expires_at: None, ..good() }, READ), Verdict::Allowed);
    }

    #[test]
    fn common_05_each_fault_of_a_key_is_refused_by_its_name() {
        assert_eq!(decide(None, READ, now()).verdict, Verdict::Unknown);
        assert_eq!(verdict(&Standing { revoked: true, ..good() }, READ), Verdict::Revoked);
        assert_eq!(verdict(&Standing { disabled: true, ..good() }, READ), Verdict::Disabled);
        assert_eq!(verdict(&Standing { expires_at: Some(now()), ..good() }, READ), Verdict::Expired);
        assert_eq!(verdict(&Standing { api: false, ..good() }, READ), Verdict::PlanWithoutApi);
        assert_eq!(verdict(&Standing { role: None, ..good() }, READ), Verdict::OwnerGone);
    }

    #[test]
    fn common_10_a_key_never_exceeds_its_owners_role() {
        assert_eq!(verdict(&good(), RUN), Verdict::ScopeMissing);
        assert_eq!(decide(Some(&good()), RUN, now()).effective, READ);
        assert_eq!(
            verdict(&Standing { scopes: RUN, role: Some(ScopeSet::ALL), ..good() }, READ),
            Verdict::ScopeMissing
        );
    }

    #[test]
    fn the_order_is_fixed() {
        let worst =
            Standing { revoked: true, disabled: true, expires_at: Some(now()), api: false, role: None, ..good() };
        assert_eq!(verdict(&worst, READ), Verdict::Revoked);
        assert_eq!(verdict(&Standing { revoked: false, ..worst.clone() }, READ), Verdict::Disabled);
        let expired = Standing { revoked: false, disabled: false, ..worst };
        assert_eq!(verdict(&expired, READ), Verdict::Expired);
        assert_eq!(verdict(&Standing { expires_at: None, ..expired }, READ), Verdict::PlanWithoutApi);
    }
}
