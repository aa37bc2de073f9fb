//! Why a command did not do what it was asked, and the code that it ends with: scripts go by that.

use std::{fmt, process::ExitCode};

/// Every way in which a command fails. The codes are written down in `docs/cli.md` and never change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No server answers, it has a fault, or a file cannot be read or written (1).
    Fault(String),
    /// The command was called wrongly, or the server does not accept what it was given (2).
    Usage(String),
    /// Nobody is signed in any more (3).
    SignedOut(String),
    /// It is not allowed: by the role, by the plan, or by how things stand (4).
    Refused(String),
    /// There is no such thing (5).
    NotFound(String),
}

impl Failure {
    /// What the process ends with.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Fault(_) => 1,
            Self::Usage(_) => 2,
            Self::SignedOut(_) => 3,
            Self::Refused(_) => 4,
            Self::NotFound(_) => 5,
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault(message)
            | Self::Usage(message)
            | Self::SignedOut(message)
            | Self::Refused(message)
            | Self::NotFound(message) => f.write_str(message),
        }
    }
}
