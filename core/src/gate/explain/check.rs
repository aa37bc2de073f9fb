//! What the gate asks of a request, in its order.

use crate::gate::Verdict;

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
