//! The checks are told as the gate makes them.

use super::*;
use crate::{
    Time,
    gate::{Credential, Standing, decide},
    ids::{KeyId, WorkspaceId},
    profile::ScopeSet,
};
use chrono::TimeDelta;
use proptest::prelude::*;
use std::net::IpAddr;

const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 7));
const NEEDED: ScopeSet = ScopeSet::one(0);

fn now() -> Time {
    Time::from_timestamp(1_800_000_000, 0).unwrap_or_default()
}

/// A key with any of the faults that there are.
fn any_standing() -> impl Strategy<Value = Standing> {
    let end = || prop_oneof![Just(None), (-2_i64..=2).prop_map(|s| Some(now() + TimeDelta::seconds(s)))];
    let set = || prop_oneof![Just(ScopeSet::NONE), Just(NEEDED), Just(ScopeSet::ALL)];
    let flags = any::<[bool; 4]>();
    (flags, end(), end(), set(), proptest::option::of(set()), proptest::option::of(set())).prop_map(
        |([revoked, disabled, suspended, bound], retires_at, expires_at, scopes, role, plan)| Standing {
            by: Credential::Key(KeyId::from_uuid(uuid::Uuid::nil())),
            workspace: WorkspaceId::from_uuid(uuid::Uuid::nil()),
            owner: None,
            environment: "".into(),
            scopes,
            role,
            plan,
            networks: bound.then(|| "198.51.100.0/24".parse().expect("a network")).into_iter().collect(),
            expires_at,
            retires_at,
            suspended,
            disabled,
            revoked,
        },
    )
}

/// What each check asks, said once more and by itself.
fn holds(check: Check, key: &Standing) -> bool {
    let over = |end: Option<Time>| end.is_some_and(|end| end <= now());
    let has = |set: Option<ScopeSet>| set.is_some_and(|set| set.covers(NEEDED));
    match check {
        Check::Place | Check::Route | Check::Known | Check::AtOnce | Check::Limits => true,
        Check::NotRevoked => !key.revoked,
        Check::NotReplaced => !over(key.retires_at),
        Check::Enabled => !key.disabled,
        Check::NotExpired => !over(key.expires_at),
        Check::NotSuspended => !key.suspended,
        Check::PlanHasApi => key.plan.is_some(),
        Check::OwnerIsMember => key.role.is_some(),
        Check::Address => key.networks.is_empty(),
        Check::Scopes => has(Some(key.scopes)) && has(key.role) && has(key.plan),
    }
}

proptest! {
    #[test]
    fn the_first_check_that_fails_is_the_one_that_the_gate_refuses_by(key in any_standing()) {
        let verdict = decide(Some(&key), NEEDED, HOME, now()).verdict;
        let failed = Check::ALL.into_iter().find(|check| !holds(*check, &key));
        prop_assert_eq!(Check::refusing(verdict), failed);
    }
}

#[test]
fn every_reason_has_a_check_and_reads_back_what_it_writes() {
    for (reason, title) in Reason::ALL {
        assert_eq!(Reason::parse(reason.code()), Some(*reason));
        assert_eq!(reason.title(), *title);
        assert!(Check::ALL.contains(&reason.check()));
    }
    assert_eq!(Reason::parse("allowed"), None);
    assert!(Check::ALL.is_sorted(), "what comes after a failed check is not reached");
}

#[test]
fn what_was_seen_reads_back_what_is_written() {
    let facts = Facts {
        place: Some(Place::Query),
        expires_at: Some(now()),
        networks: vec!["203.0.113.0/24".parse().expect("a network")],
        lacking: vec![Lacking { scope: "a".into(), from: Source::Plan }],
        limits: vec![LimitSeen {
            name: "minute".into(),
            limit: 15,
            per: "minute".into(),
            remaining: 0,
            resets_in: 43,
            wait: Some(43),
        }],
        ..Facts::default()
    };
    let json = serde_json::to_string(&facts).expect("JSON");
    assert_eq!(serde_json::from_str::<Facts>(&json).ok(), Some(facts));
    assert_eq!(serde_json::to_string(&Facts::default()).expect("JSON"), "{}", "nothing is written of nothing");
}
