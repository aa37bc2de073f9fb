//! What a key is.

use crate::{
    Time,
    ids::{KeyId, UserId},
    usage::{LastUse, RefusedUses},
};
use ipnet::IpNet;

/// A key as everyone but its holder knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id; it stays the same when the secret is rotated.
    pub id: KeyId,
    /// What people call it.
    pub label: String,
    /// Where it is kept, or what for. May be empty.
    pub note: String,
    /// What it was given, in the profile's order; or `*` alone.
    pub scopes: Vec<String>,
    /// The name of its environment; empty where the profile has none.
    pub environment: String,
    /// From where it may be used; empty: from anywhere.
    pub networks: Vec<IpNet>,
    /// The secret's prefix and first characters: `sk_live_4fT9`.
    pub start: String,
    /// The secret's last four characters.
    pub last4: String,
    /// Whose role bounds it.
    pub owner: KeyOwner,
    /// Who made it.
    pub creator: Person,
    /// When it was made.
    pub created_at: Time,
    /// When it ends, if ever.
    pub expires_at: Option<Time>,
    /// When it was disabled, if it is.
    pub disabled_at: Option<Time>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Time>,
    /// Why it was revoked, if somebody said.
    pub revoked_reason: Option<String>,
    /// The old secret, while it still works beside the new one.
    pub rotation: Option<Rotation>,
    /// The last request that it was let through for; none if it was never used.
    pub last_use: Option<LastUse>,
    /// What was tried with it after it, or an old secret of it, had stopped working.
    pub refused: Option<RefusedUses>,
    /// Raised with each change.
    pub version: i64,
}

/// Whose key it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyOwner {
    /// A member's: it can do what their role can.
    Member {
        /// Who.
        person: Person,
        /// The name of their role now; none if they have left.
        role: Option<String>,
    },
    /// The workspace's own: it outlives people.
    Workspace,
}

impl KeyOwner {
    /// The member, if it is one's.
    #[must_use]
    pub const fn person(&self) -> Option<&Person> {
        match self {
            Self::Member { person, .. } => Some(person),
            Self::Workspace => None,
        }
    }

    /// Whether the member to whom the key belongs has left.
    #[must_use]
    pub const fn has_left(&self) -> bool {
        matches!(self, Self::Member { role: None, .. })
    }
}

/// Somebody, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub id: UserId,
    /// Their name.
    pub name: String,
}

/// A secret on its way out. The new one is the key's own `start` and `last4`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// The old secret's prefix and first characters.
    pub start: String,
    /// The old secret's last four characters.
    pub last4: String,
    /// When the old secret was last used.
    pub last_use: Option<LastUse>,
    /// When the new secret was last used.
    pub new_last_use: Option<LastUse>,
    /// When the new secret was made.
    pub began_at: Time,
    /// When the old secret stops working.
    pub ends_at: Time,
}

impl Rotation {
    /// The old secret with its middle left out.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{}…{}", self.start, self.last4)
    }
}

/// How a key stands at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStatus {
    /// It works.
    Active,
    /// It is switched off, and can be switched on again.
    Disabled,
    /// Its time is over.
    Expired,
    /// It was ended by hand, for good.
    Revoked,
}

impl KeyStatus {
    /// The word for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

impl ApiKey {
    /// The key with its middle left out: `sk_live_4fT9…x2Qp`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{}…{}", self.start, self.last4)
    }

    /// Whether it can be given a new secret: it is not over, and has no second one already.
    #[must_use]
    pub fn can_rotate(&self, now: Time) -> bool {
        match self.status(now) {
            KeyStatus::Active | KeyStatus::Disabled => self.rotation.is_none(),
            KeyStatus::Expired | KeyStatus::Revoked => false,
        }
    }

    /// How the key stands now. Revoked wins over expired: it says that somebody acted.
    #[must_use]
    pub fn status(&self, now: Time) -> KeyStatus {
        if self.revoked_at.is_some() {
            KeyStatus::Revoked
        } else if self.expires_at.is_some_and(|end| end <= now) {
            KeyStatus::Expired
        } else if self.disabled_at.is_some() {
            KeyStatus::Disabled
        } else {
            KeyStatus::Active
        }
    }
}

/// How many keys a workspace has, and may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Keys that work or could be switched on: expired and revoked ones do not count.
    pub used: u32,
    /// How many the plan allows.
    pub limit: u32,
    /// The plan's title.
    pub plan: String,
    /// Whether the plan lets requests through the gate at all.
    pub api: bool,
}

impl Quota {
    /// Whether one more key may be made.
    #[must_use]
    pub const fn has_room(&self) -> bool {
        self.used < self.limit
    }
}
