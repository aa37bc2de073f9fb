//! What the gate knows of a key, and what it says.

use crate::{
    Time,
    ids::{GrantId, KeyId, UserId, WorkspaceId},
    profile::{Carrier, Limit, Profile, Refusals, ScopeSet},
};
#[cfg(feature = "server")]
use crate::{actor::Actor, oauth::GrantStanding, profile::Plan};
use ipnet::IpNet;
use std::{borrow::Cow, time::Duration};
use uuid::Uuid;

/// By what a request shows who it is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Credential {
    /// A key.
    Key(KeyId),
    /// An access token of what an app was given.
    Grant(GrantId),
    /// The dashboard's session of this member, where the profile lets it.
    Session(UserId),
}

impl Credential {
    /// The key, if it is one.
    #[must_use]
    pub const fn key(self) -> Option<KeyId> {
        match self {
            Self::Key(id) => Some(id),
            Self::Grant(_) | Self::Session(_) => None,
        }
    }

    /// The grant, if it is a token of one.
    #[must_use]
    pub const fn grant(self) -> Option<GrantId> {
        match self {
            Self::Grant(id) => Some(id),
            Self::Key(_) | Self::Session(_) => None,
        }
    }

    /// The id alone: whoever has a limit of their own is counted by it.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::Key(id) => id.uuid(),
            Self::Grant(id) => id.uuid(),
            Self::Session(id) => id.uuid(),
        }
    }
}

/// A key as the gate holds it in memory: the key, its plan and its owner's role, taken together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The key, or what a request has in its place.
    pub by: Credential,
    /// Whose data and billing its requests concern.
    pub workspace: WorkspaceId,
    /// Whose it is; none if it is the workspace's own.
    pub owner: Option<UserId>,
    /// The name of its environment; empty where the profile has none.
    pub environment: Box<str>,
    /// What the key was given.
    pub scopes: ScopeSet,
    /// What the owner's role allows now; none if the owner is no member any more.
    pub role: Option<ScopeSet>,
    /// What the plan allows now; none if it lets no request through at all.
    pub plan: Option<ScopeSet>,
    /// From where it may be used; empty: from anywhere.
    pub networks: Box<[IpNet]>,
    /// When the key ends.
    pub expires_at: Option<Time>,
    /// When this secret of the key ends, if another one has taken its place.
    pub retires_at: Option<Time>,
    /// Whether the operator has suspended the workspace.
    pub suspended: bool,
    /// Whether it is switched off.
    pub disabled: bool,
    /// Whether it was ended.
    pub revoked: bool,
}

impl Standing {
    /// Of a token that was given these scopes, until it ends.
    #[cfg(feature = "server")]
    pub(crate) fn of_grant(grant: GrantStanding, scopes: ScopeSet, ends_at: Option<Time>) -> Self {
        Self {
            by: Credential::Grant(grant.grant),
            workspace: grant.workspace,
            owner: grant.user,
            environment: "".into(),
            scopes: scopes.and(grant.scopes).and(grant.app_scopes),
            role: grant.role,
            plan: grant.plan,
            networks: Box::default(),
            expires_at: ends_at,
            retires_at: None,
            suspended: grant.suspended,
            disabled: grant.app_disabled,
            revoked: grant.revoked,
        }
    }

    /// Of somebody who is signed in: all that their role may do.
    #[cfg(feature = "server")]
    pub(crate) fn of_member(actor: &Actor, plan: Option<&Plan>) -> Self {
        Self {
            by: Credential::Session(actor.user.id),
            workspace: actor.workspace.id,
            owner: Some(actor.user.id),
            environment: "".into(),
            scopes: ScopeSet::ALL,
            role: Some(actor.role.scopes),
            plan: plan.filter(|plan| plan.api).map(|plan| plan.scopes),
            networks: Box::default(),
            expires_at: None,
            retires_at: None,
            suspended: actor.workspace.suspended_at.is_some(),
            disabled: false,
            revoked: false,
        }
    }
}

/// What the memory of every node must forget when a change is committed.
#[cfg(feature = "server")]
#[derive(Clone, Debug)]
pub(crate) enum Changed {
    /// The keys with these hashes.
    Keys(Vec<crate::secret::SecretHash>),
    /// All keys of the workspace: its plan changed, or who its members are and what they may do.
    Workspace(WorkspaceId),
    /// The tokens of a grant.
    Grant(GrantId),
    /// Those of all grants: an app has changed, or what may be given to it.
    Tokens,
    /// What all tokens are signed with.
    SigningKeys,
}

/// What the gate says of a request. A bad key is an answer, not an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may pass.
    Allowed,
    /// It brings no key.
    Missing,
    /// What it brings is no key of ours: wrong form, wrong checksum, or not known.
    Unknown,
    /// The key was revoked.
    Revoked,
    /// The secret was replaced by another one of the same key.
    Rotated,
    /// The key is switched off.
    Disabled,
    /// The key has expired.
    Expired,
    /// The operator has suspended the workspace.
    Suspended,
    /// The workspace's plan has no API access.
    PlanWithoutApi,
    /// The key's owner left the workspace.
    OwnerGone,
    /// The key may not be used from the caller's address.
    AddressNotAllowed,
    /// The key, its owner's role, or the plan lacks the scope that the request needs.
    ScopeMissing,
    /// As many requests as the plan has for this time have been let through.
    RateLimited,
    /// As many as it has for the day.
    DailyLimitReached,
    /// As many as it has at once are under way.
    ConcurrencyLimited,
    /// The profile has no such route.
    NoRoute,
}

/// What was decided, and everything that explains it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The answer.
    pub verdict: Verdict,
    /// What the key may do now: its scopes ∩ its owner's role ∩ the plan.
    pub effective: ScopeSet,
    /// What the request needs.
    pub needed: ScopeSet,
}

/// How a limit stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gauge {
    /// A window of time.
    Window {
        /// The limit.
        limit: Limit,
        /// How much of it is left.
        remaining: u64,
        /// When all of it is free again; zero if it is.
        resets_in: Duration,
    },
    /// Executions at once.
    Running {
        /// How many the plan allows.
        limit: u32,
        /// How many there are.
        held: u32,
    },
}

/// How a refusal is told to the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The word for programs.
    pub code: &'static str,
    /// The sentence for people.
    pub message: Cow<'static, str>,
    /// The `error` of the challenge (RFC 6750 §3.1); none where the request brought no credentials at all.
    pub challenge: Option<&'static str>,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Allowed,
        Self::Missing,
        Self::Unknown,
        Self::Revoked,
        Self::Rotated,
        Self::Disabled,
        Self::Expired,
        Self::Suspended,
        Self::PlanWithoutApi,
        Self::OwnerGone,
        Self::AddressNotAllowed,
        Self::ScopeMissing,
        Self::RateLimited,
        Self::DailyLimitReached,
        Self::ConcurrencyLimited,
        Self::NoRoute,
    ];

    /// The verdict with this word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.code() == code)
    }

    /// The word that `/gate/verify` and the logs use.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Missing => "missing_key",
            Self::Unknown => "unknown_key",
            Self::Revoked => "revoked_key",
            Self::Rotated => "rotated_key",
            Self::Disabled => "disabled_key",
            Self::Expired => "expired_key",
            Self::Suspended => "workspace_suspended",
            Self::PlanWithoutApi => "plan_required",
            Self::OwnerGone => "owner_removed",
            Self::AddressNotAllowed => "address_not_allowed",
            Self::ScopeMissing => "insufficient_scope",
            Self::RateLimited => "rate_limited",
            Self::DailyLimitReached => "daily_limit_reached",
            Self::ConcurrencyLimited => "concurrency_limited",
            Self::NoRoute => "not_found",
        }
    }

    /// Whether the key, once good, works no more: what is tried with it is counted.
    #[must_use]
    pub const fn is_over(self) -> bool {
        match self {
            Self::Revoked | Self::Rotated | Self::Disabled | Self::Expired => true,
            Self::Allowed
            | Self::Missing
            | Self::Unknown
            | Self::Suspended
            | Self::PlanWithoutApi
            | Self::OwnerGone
            | Self::AddressNotAllowed
            | Self::ScopeMissing
            | Self::RateLimited
            | Self::DailyLimitReached
            | Self::ConcurrencyLimited
            | Self::NoRoute => false,
        }
    }

    /// What a caller who came with this is told; none if the request may pass. Codes are the same whatever it was.
    #[must_use]
    pub fn refusal(self, profile: &Profile, by: Option<&Credential>) -> Option<Refusal> {
        let is_token = matches!(by, Some(Credential::Grant(_)));
        let either = |key, token| if is_token { token } else { key };
        let invalid = |code, message| match profile.refusals {
            Refusals::Detailed => key_refused(code, message),
            Refusals::Uniform => key_refused("unauthorized", "Invalid API key"),
        };
        Some(match self {
            Self::Allowed => return None,
            Self::Missing => Refusal { challenge: None, ..key_refused("unauthorized", no_key(profile)) },
            Self::Unknown => key_refused("unauthorized", "Invalid API key"),
            Self::Revoked => {
                invalid("revoked_key", either("This API key has been revoked.", "This access token has been revoked."))
            }
            Self::Rotated => invalid("rotated_key", "This API key has been replaced by a new one."),
            Self::Disabled => invalid(
                "disabled_key",
                either("This API key is disabled.", "The app of this access token is disabled."),
            ),
            Self::Expired => {
                invalid("expired_key", either("This API key has expired.", "This access token has expired."))
            }
            Self::Suspended => forbidden("workspace_suspended", "The workspace is suspended."),
            Self::PlanWithoutApi => forbidden("plan_required", "The workspace's plan does not include the API."),
            Self::OwnerGone => match profile.refusals {
                Refusals::Detailed => forbidden(
                    "forbidden",
                    either(
                        "The owner of this API key is no longer a member.",
                        "The owner of this access token is no longer a member.",
                    ),
                ),
                Refusals::Uniform => forbidden("forbidden", "Insufficient scopes"),
            },
            Self::AddressNotAllowed => {
                forbidden("address_not_allowed", "This API key may not be used from this address.")
            }
            Self::ScopeMissing => Refusal {
                challenge: Some("insufficient_scope"),
                ..match profile.refusals {
                    Refusals::Detailed => forbidden(
                        "insufficient_scope",
                        either(
                            "This API key lacks the scope that the request needs.",
                            "This access token lacks the scope that the request needs.",
                        ),
                    ),
                    Refusals::Uniform => forbidden("forbidden", "Insufficient scopes"),
                }
            },
            Self::RateLimited => too_many("rate_limited", "Rate limit exceeded."),
            Self::DailyLimitReached => too_many("daily_limit_reached", "Daily API call limit reached."),
            Self::ConcurrencyLimited => too_many("concurrency_limited", "Too many requests are under way at once."),
            Self::NoRoute => refused(404, "not_found", "There is no such endpoint."),
        })
    }
}

const fn key_refused(code: &'static str, message: &'static str) -> Refusal {
    Refusal { status: 401, code, message: Cow::Borrowed(message), challenge: Some("invalid_token") }
}

/// What to send, and how.
fn no_key(profile: &Profile) -> &'static str {
    let (bearer, header) = (Carrier::Bearer, Carrier::XApiKey);
    match (profile.refusals, profile.carriers.contains(&bearer), profile.carriers.contains(&header)) {
        (Refusals::Uniform, _, _) => "Invalid API key",
        (Refusals::Detailed, true, true) => {
            "This API needs a key. Send it as “Authorization: Bearer <key>”, or as “X-API-Key: <key>”."
        }
        (Refusals::Detailed, false, true) => "This API needs a key. Send it as “X-API-Key: <key>”.",
        (Refusals::Detailed, _, false) => "This API needs a key. Send it as “Authorization: Bearer <key>”.",
    }
}

const fn forbidden(code: &'static str, message: &'static str) -> Refusal {
    refused(403, code, message)
}

const fn too_many(code: &'static str, message: &'static str) -> Refusal {
    refused(429, code, message)
}

const fn refused(status: u16, code: &'static str, message: &'static str) -> Refusal {
    Refusal { status, code, message: Cow::Borrowed(message), challenge: None }
}
