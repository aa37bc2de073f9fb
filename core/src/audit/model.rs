//! What one line of the log says.

use crate::{Time, ids::AuditId};

/// What was done, or tried. The code is stored; the sentence is for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The instance was claimed and its first workspace made.
    WorkspaceCreated,
    /// A key was made.
    KeyCreated,
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
}

impl Action {
    /// Every action with its stored code and its words.
    pub const ALL: &[(Self, &'static str, &'static str)] = &[
        (Self::WorkspaceCreated, "workspace.created", "Created the workspace"),
        (Self::KeyCreated, "key.created", "Created a key"),
        (Self::KeyRevoked, "key.revoked", "Revoked a key"),
        (Self::KeyHandedOver, "key.handed_over", "Handed over a key"),
        (Self::MemberInvited, "member.invited", "Invited a member"),
        (Self::InvitationRevoked, "invitation.revoked", "Revoked an invitation"),
        (Self::MemberJoined, "member.joined", "Joined"),
        (Self::MemberRoleChanged, "member.role_changed", "Changed a member’s role"),
        (Self::MemberRemoved, "member.removed", "Removed a member"),
        (Self::SignedIn, "session.created", "Signed in"),
        (Self::SignedOut, "session.ended", "Signed out"),
        (Self::SignedOutEverywhere, "session.ended_all", "Signed out everywhere"),
        (Self::PasswordChanged, "password.changed", "Changed the password"),
    ];

    /// The code that is stored and shown to programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        Self::ALL.iter().find(|(a, ..)| *a == self).map_or("", |(_, code, _)| code)
    }

    /// The words for a stored code.
    #[must_use]
    pub fn words(code: &str) -> &str {
        Self::ALL.iter().find(|(_, c, _)| *c == code).map_or(code, |(.., words)| words)
    }
}

/// One line of the log, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its id; ids rise with time.
    pub id: AuditId,
    /// When it happened.
    pub at: Time,
    /// Who did it: a name as it was then. None for an attempt by nobody known.
    pub actor: Option<String>,
    /// The action's code.
    pub action: String,
    /// Whether it was refused, and why: the error's code.
    pub refused: Option<String>,
    /// What it was done to, as it was called then: a key's label.
    pub subject: Option<String>,
    /// What changed, from what to what.
    pub changes: Vec<Change>,
    /// From which address.
    pub address: Option<String>,
    /// With what program.
    pub user_agent: Option<String>,
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
    pub fn moved(what: &str, from: impl Into<String>, to: impl Into<String>) -> Self {
        Self { what: what.to_owned(), from: Some(from.into()), to: Some(to.into()) }
    }

    /// Something that is gone.
    pub fn gone(what: &str, from: impl Into<String>) -> Self {
        Self { what: what.to_owned(), from: Some(from.into()), to: None }
    }
}
