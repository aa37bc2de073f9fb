//! Scopes, and what the roles may do.

use std::fmt;

/// A named right over the operator's API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeSpec {
    /// `workflows:read`.
    pub name: String,
    /// The heading that it is shown under: `Workflows`.
    pub group: String,
    /// What it allows, in words: "List workflows and read their details".
    pub description: String,
    /// Whether it only lets things be seen: the preset "read only" is made of these.
    pub read_only: bool,
}

/// What a member may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// `owner`.
    pub name: String,
    /// `Owner`.
    pub title: String,
    /// What it may do in the dashboard and over REST.
    pub rights: Vec<Right>,
    /// The scopes that keys of a member with this role can carry.
    pub scopes: ScopeSet,
}

impl Role {
    /// Whether the role carries `right`.
    #[must_use]
    pub fn may(&self, right: Right) -> bool {
        self.rights.contains(&right)
    }
}

/// What a role may allow in the dashboard and over REST. No key can carry any of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// See the list of keys (never a secret).
    KeysRead,
    /// Create, change and revoke keys.
    KeysManage,
    /// See who the members are.
    MembersRead,
    /// Invite members, change their roles, remove them.
    MembersManage,
    /// See the apps (never a secret), and what went wrong with them.
    AppsRead,
    /// Register, change and delete apps; say which apps from elsewhere may be used.
    AppsManage,
    /// Read the audit log.
    AuditRead,
}

impl Right {
    /// Every right, with the name that a profile gives it.
    pub const ALL: &[(Self, &'static str)] = &[
        (Self::KeysRead, "keys:read"),
        (Self::KeysManage, "keys:manage"),
        (Self::MembersRead, "members:read"),
        (Self::MembersManage, "members:manage"),
        (Self::AppsRead, "apps:read"),
        (Self::AppsManage, "apps:manage"),
        (Self::AuditRead, "audit:read"),
    ];
}

/// A set of the profile's scopes: one bit each, in the order of [`Profile::scopes`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ScopeSet(u128);

impl ScopeSet {
    /// How many scopes a profile may have.
    pub const MOST: usize = 128;
    /// No scope.
    pub const NONE: Self = Self(0);
    /// Every scope that there may ever be.
    pub const ALL: Self = Self(u128::MAX);

    /// The set of one scope, by its place in the profile.
    #[must_use]
    pub const fn one(index: usize) -> Self {
        Self(1 << index)
    }
    /// Both sets together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// What is in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
    /// What is in this one and not in `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
    /// Whether all of `other` is in this one.
    #[must_use]
    pub const fn covers(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }
    /// Whether the set has nothing.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
    /// Whether the scope at this place is in the set.
    #[must_use]
    pub const fn has(self, index: usize) -> bool {
        self.0 >> index & 1 == 1
    }
}

impl fmt::Debug for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ScopeSet({:b})", self.0)
    }
}
