//! The decision itself: pure, in a fixed order, so that it can be explained and tested without anything else.

use super::{Decision, Standing, Verdict};
use crate::{Time, profile::ScopeSet};
use std::net::IpAddr;

/// Decides on a request that needs `needed` and comes from `address`, with a key that stands like this (or
/// that nobody knows).
///
/// known · not revoked · not replaced · enabled · not expired · workspace not suspended · plan has API access ·
/// owner still a member · address allowed · scope ∩ role ∩ plan. Limits come after all of these: a refused
/// request costs nothing.
#[must_use]
pub fn decide(standing: Option<&Standing>, needed: ScopeSet, address: IpAddr, now: Time) -> Decision {
    let effective = standing.map_or(ScopeSet::NONE, Standing::effective);
    let is_past = |end: Option<Time>| end.is_some_and(|end| end <= now);
    let verdict = match standing {
        None => Verdict::Unknown,
        Some(key) if key.revoked => Verdict::Revoked,
        Some(key) if is_past(key.retires_at) => Verdict::Rotated,
        Some(key) if key.disabled => Verdict::Disabled,
        Some(key) if is_past(key.expires_at) => Verdict::Expired,
        Some(key) if key.suspended => Verdict::Suspended,
        Some(key) if key.plan.is_none() => Verdict::PlanWithoutApi,
        Some(key) if key.role.is_none() => Verdict::OwnerGone,
        Some(key) if !key.admits(address) => Verdict::AddressNotAllowed,
        Some(_) if !effective.covers(needed) => Verdict::ScopeMissing,
        Some(_) => Verdict::Allowed,
    };
    Decision { verdict, effective, needed }
}

impl Standing {
    fn effective(&self) -> ScopeSet {
        let bound = |set: Option<ScopeSet>| set.unwrap_or(ScopeSet::NONE);
        self.scopes.and(bound(self.role)).and(bound(self.plan))
    }

    fn admits(&self, address: IpAddr) -> bool {
        self.networks.is_empty() || {
            // A caller over IPv4 may be written as IPv6 (RFC 4291 §2.5.5.2).
            let address = address.to_canonical();
            self.networks.iter().any(|network| network.contains(&address))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::Credential;
    use crate::ids::{KeyId, UserId, WorkspaceId};
    use uuid::Uuid;

    const READ: ScopeSet = ScopeSet::one(0);
    const RUN: ScopeSet = ScopeSet::one(1);

    fn now() -> Time {
        Time::from_timestamp(1_800_000_000, 0).unwrap_or_default()
    }

    fn good() -> Standing {
        Standing {
            by: Credential::Key(KeyId::from_uuid(Uuid::nil())),
            workspace: WorkspaceId::from_uuid(Uuid::nil()),
            owner: Some(UserId::from_uuid(Uuid::nil())),
            environment: "".into(),
            scopes: READ.with(RUN),
            role: Some(READ),
            plan: Some(ScopeSet::ALL),
            networks: Box::default(),
            retires_at: None,
            suspended: false,
            expires_at: Some(now() + chrono::TimeDelta::seconds(1)),
            disabled: false,
            revoked: false,
        }
    }

    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 7));

    fn verdict(key: &Standing, needed: ScopeSet) -> Verdict {
        decide(Some(key), needed, HOME, now()).verdict
    }

    #[test]
    fn a_good_key_passes() {
        assert_eq!(verdict(&good(), READ), Verdict::Allowed);
        assert_eq!(verdict(&good(), ScopeSet::NONE), Verdict::Allowed);
        assert_eq!(verdict(&Standing { expires_at: None, ..good() }, READ), Verdict::Allowed);
    }

    #[test]
    fn common_05_each_fault_of_a_key_is_refused_by_its_name() {
        assert_eq!(decide(None, READ, HOME, now()).verdict, Verdict::Unknown);
        assert_eq!(verdict(&Standing { revoked: true, ..good() }, READ), Verdict::Revoked);
        assert_eq!(verdict(&Standing { retires_at: Some(now()), ..good() }, READ), Verdict::Rotated);
        assert_eq!(verdict(&Standing { disabled: true, ..good() }, READ), Verdict::Disabled);
        assert_eq!(verdict(&Standing { suspended: true, ..good() }, READ), Verdict::Suspended);
        assert_eq!(verdict(&Standing { expires_at: Some(now()), ..good() }, READ), Verdict::Expired);
        assert_eq!(verdict(&Standing { plan: None, ..good() }, READ), Verdict::PlanWithoutApi);
        assert_eq!(verdict(&Standing { role: None, ..good() }, READ), Verdict::OwnerGone);
    }

    #[test]
    fn common_10_a_key_never_exceeds_its_owners_role() {
        assert_eq!(verdict(&good(), RUN), Verdict::ScopeMissing);
        assert_eq!(decide(Some(&good()), RUN, HOME, now()).effective, READ);
        assert_eq!(
            verdict(&Standing { scopes: RUN, role: Some(ScopeSet::ALL), ..good() }, READ),
            Verdict::ScopeMissing
        );
    }

    #[test]
    fn common_10_a_key_never_exceeds_the_plan() {
        let narrow = Standing { role: Some(ScopeSet::ALL), plan: Some(READ), ..good() };
        assert_eq!(verdict(&narrow, READ), Verdict::Allowed);
        assert_eq!(verdict(&narrow, RUN), Verdict::ScopeMissing);
    }

    #[test]
    fn an_old_secret_works_until_its_end_and_not_longer() {
        let later = now() + chrono::TimeDelta::seconds(1);
        assert_eq!(verdict(&Standing { retires_at: Some(later), ..good() }, READ), Verdict::Allowed);
        assert_eq!(verdict(&Standing { retires_at: Some(now()), ..good() }, READ), Verdict::Rotated);
    }

    #[test]
    fn a_key_that_is_bound_to_networks_is_refused_from_elsewhere() {
        let bound = |networks: &[&str]| {
            let networks = networks.iter().map(|network| network.parse().expect("a network")).collect();
            Standing { networks, ..good() }
        };
        let from = |key: &Standing, address: &str| {
            decide(Some(key), READ, address.parse().expect("an address"), now()).verdict
        };
        let office = bound(&["203.0.113.0/24", "2001:db8::/32"]);
        for inside in ["203.0.113.7", "::ffff:203.0.113.7", "2001:db8:1::9"] {
            assert_eq!(from(&office, inside), Verdict::Allowed, "{inside}");
        }
        for outside in ["203.0.114.7", "::1", "2001:db9::1", "::ffff:198.51.100.1"] {
            assert_eq!(from(&office, outside), Verdict::AddressNotAllowed, "{outside}");
        }
        // The scope is not told to somebody who may not even be here.
        assert_eq!(
            decide(Some(&office), RUN, "::1".parse().expect("an address"), now()).verdict,
            Verdict::AddressNotAllowed
        );
    }

    #[test]
    fn the_order_is_fixed() {
        let worst =
            Standing { revoked: true, disabled: true, expires_at: Some(now()), plan: None, role: None, ..good() };
        assert_eq!(verdict(&worst, READ), Verdict::Revoked);
        assert_eq!(verdict(&Standing { revoked: false, ..worst.clone() }, READ), Verdict::Disabled);
        let expired = Standing { revoked: false, disabled: false, ..worst };
        assert_eq!(verdict(&expired, READ), Verdict::Expired);
        assert_eq!(verdict(&Standing { expires_at: None, ..expired }, READ), Verdict::PlanWithoutApi);
    }
}
