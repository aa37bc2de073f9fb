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
}

impl Action {
    /// Every action with its stored code and its words.
    pub const ALL: &[(Self, &'static str, &'static str)] = &[
        (Self::WorkspaceCreated, "workspace.created", "Created the workspace"),
        (Self::KeyCreated, "key.created", "Created a key"),
        (Self::KeyRevoked, "key.revoked", "Revoked a key"),
        (Self::SignedIn, "session.created", "Signed in"),
        (Self::SignedOut, "session.ended", "Signed out"),
        (Self::SignedOutEverywhere, "session.ended_all", "Signed out everywhere"),
        (Self::PasswordChanged, "password.changed", "Changed the password"),
        (Self::PasswordSet, "password.set", "Set a first password"),
        (Self::WorkspaceChanged, "workspace.changed", "Changed the workspace"),
        (Self::WorkspaceSuspended, "workspace.suspended", "Suspended the workspace"),
        (Self::WorkspaceResumed, "workspace.resumed", "Resumed the workspace"),
        (Self::WorkspaceDeleted, "workspace.deleted", "Deleted the workspace"),
        (Self::SignInLinkCreated, "sign_in_link.created", "Made a sign-in link"),
        (Self::OperatorCalled, "operator.called", "Called as the operator"),
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
}
