//! What one line of the log says.

use crate::{
    Time,
    ids::{AuditId, UserId},
};
use std::{fmt, str::FromStr};

/// What was done, or tried. The code is stored; the sentence is for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The instance was claimed and its first workspace made.
    WorkspaceCreated,
    /// A key was made.
    KeyCreated,
    /// A key's label, note, scopes or networks were changed.
    KeyChanged,
    /// A key was switched off.
    KeyDisabled,
    /// A key was switched on again.
    KeyEnabled,
    /// A key was given a new secret.
    KeyRotated,
    /// The old secret of a key was ended.
    KeyRotationFinished,
    /// The old secret of a key was given another end.
    KeyRotationExtended,
    /// The new secret of a key was taken back.
    KeyRotationUndone,
    /// A key was ended.
    KeyRevoked,
    /// A key was given to another member.
    KeyHandedOver,
    /// Somebody was invited.
    MemberInvited,
    /// An invitation was withdrawn.
    InvitationRevoked,
    /// Somebody accepted an invitation.
    MemberJoined,
    /// A member got another role.
    MemberRoleChanged,
    /// A member was removed, or left.
    MemberRemoved,
    /// Somebody signed in.
    SignedIn,
    /// Somebody signed out.
    SignedOut,
    /// Somebody ended all their sessions.
    SignedOutEverywhere,
    /// Somebody changed their password.
    PasswordChanged,
    /// Somebody who had none gave themselves a password.
    PasswordSet,
    /// The operator changed the workspace's name or plan.
    WorkspaceChanged,
    /// The operator suspended the workspace.
    WorkspaceSuspended,
    /// The operator ended the suspension.
    WorkspaceResumed,
    /// The operator deleted the workspace.
    WorkspaceDeleted,
    /// The operator made a one-time link for a person to sign in with.
    SignInLinkCreated,
    /// Somebody came to the operator's doors.
    OperatorCalled,
    /// An app was registered.
    AppRegistered,
    /// An app's name, addresses, scopes or rules were changed.
    AppChanged,
    /// An app was given a new secret.
    AppSecretRotated,
    /// The old secret of an app was ended.
    AppOldSecretEnded,
    /// An app was switched off.
    AppDisabled,
    /// An app was switched on again.
    AppEnabled,
    /// An app was deleted.
    AppDeleted,
    /// What the workspace says of apps from elsewhere was changed.
    AppPolicyChanged,
    /// An app from elsewhere was approved.
    AppApproved,
    /// An app from elsewhere was taken off the list.
    AppDismissed,
    /// Somebody took a copy of the log.
    AuditExported,
    /// An app was let in, or came for itself.
    GrantGiven,
    /// What an app was given was taken back.
    GrantRevoked,
    /// What an app was given was ended, because a code or a token of it was in two hands.
    GrantStolen,
}

impl Action {
    /// Every action: its stored code, the words for what was done, and those for what was tried.
    pub const ALL: &[(Self, &'static str, &'static str, &'static str)] = &[
        (Self::WorkspaceCreated, "workspace.created", "Created the workspace", "create the workspace"),
        (Self::KeyCreated, "key.created", "Created a key", "create a key"),
        (Self::KeyChanged, "key.changed", "Changed a key", "change a key"),
        (Self::KeyDisabled, "key.disabled", "Disabled a key", "disable a key"),
        (Self::KeyEnabled, "key.enabled", "Enabled a key", "enable a key"),
        (Self::KeyRotated, "key.rotated", "Rotated a key", "rotate a key"),
        (Self::KeyRotationFinished, "key.rotation_finished", "Ended a key’s old secret", "end a key’s old secret"),
        (
            Self::KeyRotationExtended,
            "key.rotation_extended",
            "Moved the end of an old secret",
            "move the end of an old secret",
        ),
        (
            Self::KeyRotationUndone,
            "key.rotation_undone",
            "Took back a key’s new secret",
            "take back a key’s new secret",
        ),
        (Self::KeyRevoked, "key.revoked", "Revoked a key", "revoke a key"),
        (Self::KeyHandedOver, "key.handed_over", "Handed over a key", "hand over a key"),
        (Self::MemberInvited, "member.invited", "Invited a member", "invite a member"),
        (Self::InvitationRevoked, "invitation.revoked", "Revoked an invitation", "revoke an invitation"),
        (Self::MemberJoined, "member.joined", "Joined", "join"),
        (Self::MemberRoleChanged, "member.role_changed", "Changed a member’s role", "change a member’s role"),
        (Self::MemberRemoved, "member.removed", "Removed a member", "remove a member"),
        (Self::SignedIn, "session.created", "Signed in", "sign in"),
        (Self::SignedOut, "session.ended", "Signed out", "sign out"),
        (Self::SignedOutEverywhere, "session.ended_all", "Signed out everywhere", "sign out everywhere"),
        (Self::PasswordChanged, "password.changed", "Changed the password", "change the password"),
        (Self::AuditExported, "audit.exported", "Exported the audit log", "export the audit log"),
        (Self::GrantGiven, "grant.given", "Connected an app", "connect an app"),
        (Self::GrantRevoked, "grant.revoked", "Disconnected an app", "disconnect an app"),
        (
            Self::GrantStolen,
            "grant.stolen",
            "Saw a token in two hands and disconnected its app",
            "use an app’s token a second time",
        ),
        (Self::PasswordSet, "password.set", "Set a first password", "set a first password"),
        (Self::WorkspaceChanged, "workspace.changed", "Changed the workspace", "change the workspace"),
        (Self::WorkspaceSuspended, "workspace.suspended", "Suspended the workspace", "suspend the workspace"),
        (Self::WorkspaceResumed, "workspace.resumed", "Resumed the workspace", "resume the workspace"),
        (Self::WorkspaceDeleted, "workspace.deleted", "Deleted the workspace", "delete the workspace"),
        (Self::SignInLinkCreated, "sign_in_link.created", "Made a sign-in link", "make a sign-in link"),
        (Self::OperatorCalled, "operator.called", "Called as the operator", "call as the operator"),
        (Self::AppRegistered, "app.registered", "Registered an app", "register an app"),
        (Self::AppChanged, "app.changed", "Changed an app", "change an app"),
        (Self::AppSecretRotated, "app.secret_rotated", "Rotated an app’s secret", "rotate an app’s secret"),
        (Self::AppOldSecretEnded, "app.old_secret_ended", "Ended an app’s old secret", "end an app’s old secret"),
        (Self::AppDisabled, "app.disabled", "Disabled an app", "disable an app"),
        (Self::AppEnabled, "app.enabled", "Enabled an app", "enable an app"),
        (Self::AppDeleted, "app.deleted", "Deleted an app", "delete an app"),
        (
            Self::AppPolicyChanged,
            "app.policy_changed",
            "Changed the rule for apps from elsewhere",
            "change the rule for apps from elsewhere",
        ),
        (Self::AppApproved, "app.approved", "Approved an app from elsewhere", "approve an app from elsewhere"),
        (Self::AppDismissed, "app.dismissed", "Removed an app from elsewhere", "remove an app from elsewhere"),
    ];

    /// The code that is stored and shown to programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        Self::ALL.iter().find(|(a, ..)| *a == self).map_or("", |(_, code, ..)| code)
    }

    /// The words for a stored code: "Created a key".
    #[must_use]
    pub fn words(code: &str) -> &str {
        Self::ALL.iter().find(|(_, c, ..)| *c == code).map_or(code, |(_, _, done, _)| done)
    }

    /// The words for an attempt at it, after "tried to": "create a key". None for a code that is not known.
    #[must_use]
    pub fn attempt(code: &str) -> Option<&'static str> {
        Self::ALL.iter().find(|(_, c, ..)| *c == code).map(|(.., tried)| *tried)
    }
}

/// One line of the log, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its id; ids rise with time.
    pub id: AuditId,
    /// Its number in the workspace's chain; none if it is older than the chain.
    pub seq: Option<u64>,
    /// When it happened.
    pub at: Time,
    /// Who did it.
    pub actor_id: Option<UserId>,
    /// What they were called then. None for an attempt by nobody known.
    pub actor: Option<String>,
    /// By what they came: `session:session_…`, `operator`, `system`.
    pub via: Option<String>,
    /// The action's code.
    pub action: String,
    /// Whether it was refused, and why: the error's code.
    pub refused: Option<String>,
    /// The id of what it was done to.
    pub subject_id: Option<String>,
    /// What it was done to, as it was called then: a key's label.
    pub subject: Option<String>,
    /// What changed, from what to what.
    pub changes: Vec<Change>,
    /// From which address.
    pub address: Option<String>,
    /// With what program.
    pub user_agent: Option<String>,
    /// Its hash, which the next entry carries on.
    pub hash: Option<EntryHash>,
}

/// The hash of an entry, and with it of all entries before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntryHash(pub(super) [u8; 32]);

/// Text that is not a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a hash is 64 hexadecimal digits")]
pub struct NotAHash;

impl EntryHash {
    /// What the first entry of a chain carries on.
    pub const START: Self = Self([0; 32]);

    /// The bytes, to keep them.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl TryFrom<&[u8]> for EntryHash {
    type Error = NotAHash;

    fn try_from(bytes: &[u8]) -> Result<Self, NotAHash> {
        bytes.try_into().map(Self).map_err(|_| NotAHash)
    }
}

impl fmt::Display for EntryHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for EntryHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for EntryHash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        let text = text.trim();
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NotAHash);
        }
        let mut bytes = [0; 32];
        for (i, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).map_err(|_| NotAHash)?;
        }
        Ok(Self(bytes))
    }
}

impl serde::Serialize for EntryHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Somebody who stands in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(sqlx::FromRow))]
pub struct Person {
    /// Their id.
    pub id: UserId,
    /// What they were called in the latest entry.
    pub name: String,
}

/// One member that changed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Change {
    /// The member's name: `scopes`.
    pub what: String,
    /// What it was; none if it is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What it is; none if it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

impl Change {
    /// Something that was not there before.
    pub fn set(what: &str, to: impl Into<String>) -> Self {
        Self { what: what.to_owned(), from: None, to: Some(to.into()) }
    }
    /// Something that was one thing and is another.
    pub fn of(what: &str, from: impl Into<String>, to: impl Into<String>) -> Self {
        Self { what: what.to_owned(), from: Some(from.into()), to: Some(to.into()) }
    }

    /// The same for texts, where an empty one is none.
    pub fn between(what: &str, from: &str, to: &str) -> Self {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Self { what: what.to_owned(), from: some(from), to: some(to) }
    }

    /// Something that is not there any more.
    pub fn removed(what: &str, from: impl Into<String>) -> Self {
        Self { what: what.to_owned(), from: Some(from.into()), to: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_a_code_of_its_own_and_both_words() {
        let mut codes: Vec<_> = Action::ALL.iter().map(|(_, code, ..)| *code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Action::ALL.len());
        for (action, code, done, tried) in Action::ALL {
            assert_eq!((action.code(), Action::words(code), Action::attempt(code)), (*code, *done, Some(*tried)));
        }
    }

    #[test]
    fn a_hash_reads_back_what_it_writes() {
        let hash = EntryHash([0xa7; 32]);
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert_eq!(format!("\n{} ", hash.to_string().to_uppercase()).parse(), Ok(hash));
        for bad in ["", "a7", &"g".repeat(64), &"é".repeat(32)] {
            assert_eq!(bad.parse::<EntryHash>(), Err(NotAHash), "{bad}");
        }
    }
}
