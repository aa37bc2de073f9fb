//! Why a request was refused: the checks in the order of [`decide`](super::decide), each with what was seen. What
//! failed is told by the decision itself, so that the two cannot differ. Pure.

use super::Verdict;
use crate::{Time, ids::UserId, profile::Profile, words};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::{net::IpAddr, time::Duration};

/// What the gate asks of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// The key comes where keys are read.
    Place,
    /// The request is for a route.
    Route,
    /// The key is one of ours.
    Known,
    /// It was not ended by hand.
    NotRevoked,
    /// Its secret was not replaced by another one.
    NotReplaced,
    /// It is not switched off.
    Enabled,
    /// Its time is not over.
    NotExpired,
    /// The workspace may go on.
    NotSuspended,
    /// The plan lets requests through at all.
    PlanHasApi,
    /// Whose key it is, is still a member.
    OwnerIsMember,
    /// It may be used from where the request came.
    Address,
    /// The key, its owner's role and the plan all have what the request needs.
    Scopes,
    /// Not too many requests of the workspace go through the gateway at the moment.
    AtOnce,
    /// Every window of the plan has room.
    Limits,
}

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

/// Why a request with a key of ours was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The gate decided so.
    Verdict(Verdict),
    /// The key came where it is not read, or where others may have read it.
    Misplaced,
}

/// Where a key must not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In the URL.
    Query,
    /// In `X-API-Key`, where the product reads `Authorization`.
    XApiKey,
    /// In `Authorization`, without `Bearer` or where the product reads `X-API-Key`.
    Authorization,
    /// Beside another key.
    Beside,
}

/// What the gate saw of a request and its key at that moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// As the profile spells it; none if no route fits, or only scopes were asked about.
    #[serde(skip)]
    pub route: Option<String>,
    /// From where the request came.
    #[serde(skip)]
    pub address: Option<IpAddr>,
    /// Where the key was, if not where keys are read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Whether what came cannot be a key at all.
    #[serde(skip)]
    pub malformed: bool,
    /// When the secret ends, if another one has taken its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retires_at: Option<Time>,
    /// When the key ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
    /// Whose key it is; none if it is the workspace's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<UserId>,
    /// From where it may be used; empty: from anywhere.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub networks: Vec<IpNet>,
    /// The scopes that the request needed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needed: Vec<String>,
    /// What the key could do: its scopes ∩ its owner's role ∩ the plan.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub effective: Vec<String>,
    /// What of it was missing, and whose fault that was.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lacking: Vec<Lacking>,
    /// How the plan's windows stood.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<LimitSeen>,
}

/// A scope that was missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lacking {
    /// Its name.
    pub scope: String,
    /// Who does not have it.
    pub from: Source,
}

/// What bounds a key. The first that lacks a scope is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The key was not given it.
    Key,
    /// The role of its owner does not include it.
    Role,
    /// The plan does not.
    Plan,
}

/// A window of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitSeen {
    /// `minute`.
    pub name: String,
    /// How many requests fit into it.
    pub limit: u64,
    /// `minute`, `30 seconds`: what follows "requests per".
    pub per: String,
    /// How many still did.
    pub remaining: u64,
    /// In how many seconds all of it was free again.
    pub resets_in: u64,
    /// In how many seconds there was room, if there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<u64>,
}

/// What would let the request pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fix {
    /// Send the key where it is read.
    SendItRight,
    /// Ask for a route that there is.
    UseRoute,
    /// Copy the key again, or make one.
    CopyAgain,
    /// Make a new key: this one is over.
    MakeKey,
    /// Send the new secret.
    UseNewSecret,
    /// Switch it on.
    Enable,
    /// Only the operator can.
    AskOperator,
    /// Have another plan.
    ChangePlan,
    /// Give the key to somebody who is a member.
    HandOver,
    /// Allow the address, or come from another.
    EditNetworks,
    /// Give the key the scope.
    EditScopes,
    /// Give the owner another role.
    ChangeRole,
    /// Come later, or have a larger plan.
    Wait,
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
                    Outcome::Passed => passed(check, facts, profile),
                    Outcome::Failed => self::failed(check, facts, profile),
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

fn passed(check: Check, facts: &Facts, profile: &Profile) -> String {
    let workspace = &profile.words.workspace;
    match check {
        Check::Place => "Came where keys are read.".to_owned(),
        Check::Route => match &facts.route {
            Some(route) => format!("{route}."),
            None => "Only scopes were asked about.".to_owned(),
        },
        Check::Known => "One of ours.".to_owned(),
        Check::NotRevoked => "Not revoked.".to_owned(),
        Check::NotReplaced => match facts.retires_at {
            Some(end) => format!("The old secret, which works until {}.", words::exact(end)),
            None => "No new secret has taken its place.".to_owned(),
        },
        Check::Enabled => "Switched on.".to_owned(),
        Check::NotExpired => match facts.expires_at {
            Some(end) => format!("Ends on {}.", words::exact(end)),
            None => "Never ends.".to_owned(),
        },
        Check::NotSuspended => format!("The {workspace} is not suspended."),
        Check::PlanHasApi => "The plan includes the API.".to_owned(),
        Check::OwnerIsMember => match facts.owner {
            Some(_) => "Its owner is a member.".to_owned(),
            None => format!("Belongs to the {workspace} itself."),
        },
        Check::Address if facts.networks.is_empty() => "May be used from anywhere.".to_owned(),
        Check::Address => format!("May be used from {}.", address(facts)),
        Check::Scopes if facts.needed.is_empty() => "The request needs no scope.".to_owned(),
        Check::Scopes => format!("The request needs {}, which the key has.", words::list(&facts.needed)),
        Check::AtOnce => "Not too many at once.".to_owned(),
        Check::Limits => "No limit is in the way.".to_owned(),
    }
}

fn failed(check: Check, facts: &Facts, profile: &Profile) -> String {
    let workspace = &profile.words.workspace;
    let on = |end: Option<Time>| end.map(|end| format!(" on {}", words::exact(end))).unwrap_or_default();
    match check {
        Check::Place => facts.place.map_or("No key came with the request.", Place::words).to_owned(),
        Check::Route => "No route of the API has this method and this path.".to_owned(),
        Check::Known if facts.malformed => {
            "Not a key: its beginning, its length or its checksum is wrong. It was mistyped or cut off.".to_owned()
        }
        Check::Known => "Made like a key, but nobody has it.".to_owned(),
        Check::NotRevoked => "The key is revoked.".to_owned(),
        Check::NotReplaced => {
            format!("A new secret has taken its place; this one stopped working{}.", on(facts.retires_at))
        }
        Check::Enabled => "The key is switched off.".to_owned(),
        Check::NotExpired => format!("The key ended{}.", on(facts.expires_at)),
        Check::NotSuspended => format!("The {workspace} is suspended."),
        Check::PlanHasApi => "The plan does not include the API.".to_owned(),
        Check::OwnerIsMember => format!("Its owner is no member of the {workspace} any more."),
        Check::Address => {
            let networks: Vec<_> = facts.networks.iter().map(crate::keys::network_text).collect();
            format!(
                "The request came from {}; the key may be used from {} only.",
                address(facts),
                words::list(&networks)
            )
        }
        Check::Scopes => format!("The request needs {}. {}", words::list(&facts.needed), lacking(facts)),
        Check::AtOnce => format!("As many requests of the {workspace} were under way as the plan has room for."),
        Check::Limits => "No more requests fit into the plan.".to_owned(),
    }
}

fn address(facts: &Facts) -> String {
    facts.address.map_or_else(|| "an unknown address".to_owned(), |address| address.to_canonical().to_string())
}

/// "The key lacks a and b; the plan does not include c."
fn lacking(facts: &Facts) -> String {
    let of = |from: Source, words: &str| {
        let scopes = scopes_from(facts, from);
        (!scopes.is_empty()).then(|| format!("{words} {}", words::list(&scopes)))
    };
    let parts = [
        of(Source::Key, "the key lacks"),
        of(Source::Role, "the role of its owner does not include"),
        of(Source::Plan, "the plan does not include"),
    ];
    let text = parts.into_iter().flatten().collect::<Vec<_>>().join("; ");
    format!("{}.", words::capitalised(&text))
}

fn scopes_from(facts: &Facts, from: Source) -> Vec<String> {
    facts.lacking.iter().filter(|lacking| lacking.from == from).map(|lacking| lacking.scope.clone()).collect()
}

impl Check {
    /// In the order in which they are made.
    pub const ALL: [Self; 14] = [
        Self::Place,
        Self::Route,
        Self::Known,
        Self::NotRevoked,
        Self::NotReplaced,
        Self::Enabled,
        Self::NotExpired,
        Self::NotSuspended,
        Self::PlanHasApi,
        Self::OwnerIsMember,
        Self::Address,
        Self::Scopes,
        Self::AtOnce,
        Self::Limits,
    ];

    /// The word for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Place => "place",
            Self::Route => "route",
            Self::Known => "known",
            Self::NotRevoked => "not_revoked",
            Self::NotReplaced => "not_replaced",
            Self::Enabled => "enabled",
            Self::NotExpired => "not_expired",
            Self::NotSuspended => "not_suspended",
            Self::PlanHasApi => "plan_has_api",
            Self::OwnerIsMember => "owner_is_member",
            Self::Address => "address",
            Self::Scopes => "scopes",
            Self::AtOnce => "at_once",
            Self::Limits => "limits",
        }
    }

    /// What it is called in a list.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Place => "Key in its place",
            Self::Route => "A route of the API",
            Self::Known => "Known key",
            Self::NotRevoked => "Not revoked",
            Self::NotReplaced => "Secret not replaced",
            Self::Enabled => "Enabled",
            Self::NotExpired => "Not expired",
            Self::NotSuspended => "Not suspended",
            Self::PlanHasApi => "API in the plan",
            Self::OwnerIsMember => "Owner is a member",
            Self::Address => "Address allowed",
            Self::Scopes => "Scopes",
            Self::AtOnce => "Requests at once",
            Self::Limits => "Limits",
        }
    }

    /// The one that refuses with this verdict; none lets pass.
    #[must_use]
    pub const fn refusing(verdict: Verdict) -> Option<Self> {
        Some(match verdict {
            Verdict::Allowed => return None,
            Verdict::Missing => Self::Place,
            Verdict::Unknown => Self::Known,
            Verdict::Revoked => Self::NotRevoked,
            Verdict::Rotated => Self::NotReplaced,
            Verdict::Disabled => Self::Enabled,
            Verdict::Expired => Self::NotExpired,
            Verdict::Suspended => Self::NotSuspended,
            Verdict::PlanWithoutApi => Self::PlanHasApi,
            Verdict::OwnerGone => Self::OwnerIsMember,
            Verdict::AddressNotAllowed => Self::Address,
            Verdict::ScopeMissing => Self::Scopes,
            Verdict::ConcurrencyLimited => Self::AtOnce,
            Verdict::RateLimited | Verdict::DailyLimitReached => Self::Limits,
            Verdict::NoRoute => Self::Route,
        })
    }
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
    pub fn status(self, profile: &Profile) -> u16 {
        match self {
            Self::Verdict(verdict) => verdict.refusal(profile).map_or(200, |refusal| refusal.status),
            Self::Misplaced => 400,
        }
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

impl Place {
    /// What was wrong.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Query => "The key stood in the URL, where it ends up in logs.",
            Self::XApiKey => "The key came in X-API-Key, which is not read here.",
            Self::Authorization => "The key came in Authorization, but not as it is read here.",
            Self::Beside => "The key came beside another one, and nobody can know which was meant.",
        }
    }
}

impl Fix {
    fn of(check: Check, facts: &Facts) -> Self {
        match check {
            Check::Place => Self::SendItRight,
            Check::Route => Self::UseRoute,
            Check::Known => Self::CopyAgain,
            Check::NotRevoked | Check::NotExpired => Self::MakeKey,
            Check::NotReplaced => Self::UseNewSecret,
            Check::Enabled => Self::Enable,
            Check::NotSuspended => Self::AskOperator,
            Check::PlanHasApi => Self::ChangePlan,
            Check::OwnerIsMember => Self::HandOver,
            Check::Address => Self::EditNetworks,
            Check::Scopes => match facts.lacking.first().map(|lacking| lacking.from) {
                Some(Source::Role) => Self::ChangeRole,
                Some(Source::Plan) => Self::ChangePlan,
                Some(Source::Key) | None => Self::EditScopes,
            },
            Check::AtOnce | Check::Limits => Self::Wait,
        }
    }

    /// The word for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SendItRight => "send_key_right",
            Self::UseRoute => "use_route",
            Self::CopyAgain => "copy_again",
            Self::MakeKey => "make_key",
            Self::UseNewSecret => "use_new_secret",
            Self::Enable => "enable_key",
            Self::AskOperator => "ask_operator",
            Self::ChangePlan => "change_plan",
            Self::HandOver => "hand_over",
            Self::EditNetworks => "edit_addresses",
            Self::EditScopes => "edit_scopes",
            Self::ChangeRole => "change_role",
            Self::Wait => "wait",
        }
    }

    fn words(self, facts: &Facts, profile: &Profile) -> String {
        let product = &profile.product;
        let lacking = || {
            let all: Vec<_> = facts.lacking.iter().map(|lacking| lacking.scope.clone()).collect();
            words::list(&all)
        };
        match self {
            Self::SendItRight => {
                let header =
                    profile.carriers.first().map_or("Authorization: Bearer <key>", |carrier| carrier.example());
                let replace = "Replace a key that stood in a URL: others may have read it.";
                let more = if facts.place == Some(Place::Query) { replace } else { "Send it there alone." };
                format!("Send the key as “{header}”. {more}")
            }
            Self::UseRoute => format!("Compare the method and the path with the documentation of {product}."),
            Self::CopyAgain => "Copy the whole key again from where it is kept, or make a new one.".to_owned(),
            Self::MakeKey => "Make a new key, and put it where this one is.".to_owned(),
            Self::UseNewSecret => "Put the key’s new secret where the old one is.".to_owned(),
            Self::Enable => "Switch the key on again.".to_owned(),
            Self::AskOperator => format!("Only {product} can end the suspension: ask there."),
            Self::ChangePlan if facts.lacking.is_empty() => "Choose a plan that includes the API.".to_owned(),
            Self::ChangePlan => format!("Choose a plan that includes {}.", lacking()),
            Self::HandOver => format!("Hand the key over to a member of the {}.", profile.words.workspace),
            Self::EditNetworks => {
                format!("Add {} to the key’s addresses, or send the request from one of them.", address(facts))
            }
            Self::EditScopes => format!("Give the key {}.", lacking()),
            Self::ChangeRole => format!("Give the key’s owner a role that includes {}.", lacking()),
            Self::Wait => "Wait until the window is free again, or choose a larger plan.".to_owned(),
        }
    }
}

#[cfg(test)]
#[cfg(feature = "server")]
mod tests {
    use super::*;
    use crate::{
        gate::{Credential, Standing, decide},
        ids::{KeyId, WorkspaceId},
        profile::ScopeSet,
    };
    use chrono::TimeDelta;
    use proptest::prelude::*;

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
}
