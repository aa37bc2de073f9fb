//! What one line of the log says.

use crate::{Time, ids::AuditId};

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
        (Self::KeyChanged, "key.changed", "Changed a key"),
        (Self::KeyDisabled, "key.disabled", "Disabled a key"),
        (Self::KeyEnabled, "key.enabled", "Enabled a key"),
        (Self::KeyRotated, "key.rotated", "Rotated a key"),
        (Self::KeyRotationFinished, "key.rotation_finished", "Ended a key’s old secret"),
        (Self::KeyRotationExtended, "key.rotation_extended", "Moved the end of a key’s old secret"),
        (Self::KeyRotationUndone, "key.rotation_undone", "Took back a key’s new secret"),
        (Self::KeyRevoked, "key.revoked", "Revoked a key"),
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
    /// Something that is another one now.
    pub fn of(what: &str, from: impl Into<String>, to: impl Into<String>) -> Self {
        Self { what: what.to_owned(), from: Some(from.into()), to: Some(to.into()) }
    }

    /// The same for texts, where an empty one is none.
    pub fn between(what: &str, from: &str, to: &str) -> Self {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Self { what: what.to_owned(), from: some(from), to: some(to) }
    }

    /// Something that was not there before.
    pub fn set(what: &str, to: impl Into<String>) -> Self {
        Self { what: what.to_owned(), from: None, to: Some(to.into()) }
    }
}
