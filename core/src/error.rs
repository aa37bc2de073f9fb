//! What can go wrong, in about ten meanings. Each has a code that programs may rely on and a
//! sentence for people. SQL errors never leave this crate.

use std::{borrow::Cow, time::Duration};

/// What is wrong with one member of a form or of a JSON body.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FieldError {
    /// The member's name, as the form and the JSON body both spell it.
    pub field: Cow<'static, str>,
    /// A sentence that says what to do.
    pub message: String,
}

impl FieldError {
    /// `field` is wrong; `message` says what to do about it.
    pub fn new(field: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

/// Every way in which a service says no.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The input was understood and is not acceptable (422).
    #[error("Some of what was sent cannot be accepted.")]
    Invalid(Vec<FieldError>),
    /// The input could not be understood (400).
    #[error("{0}")]
    Malformed(String),
    /// Nobody is signed in, or the credentials are wrong (401).
    #[error("{0}")]
    Unauthenticated(String),
    /// The actor's role does not allow this (403).
    #[error("{0}")]
    Forbidden(String),
    /// The plan's number of keys is used up (403).
    #[error("All {limit} keys of the {plan} plan are in use. Revoke one, or move to a larger plan.")]
    KeyLimitReached {
        /// How many keys the plan allows.
        limit: u32,
        /// The plan's title.
        plan: String,
    },
    /// The plan does not include this at all (403).
    #[error("API keys are not available on the {plan} plan.")]
    PlanRequired {
        /// The plan's title.
        plan: String,
    },
    /// The operator has suspended the workspace (403).
    #[error("This workspace is suspended: nothing in it can be changed, and its keys are refused.")]
    Suspended,
    /// The object is not any more what the caller saw (412).
    #[error("It has been changed meanwhile. Load it again.")]
    Stale,
    /// No such thing, or it is somebody else's: the two are never told apart (404).
    #[error("There is no such {0}.")]
    NotFound(&'static str),
    /// It was true a moment ago, and is not any more (409).
    #[error("{0}")]
    Conflict(String),
    /// Too many tries (429).
    #[error("Too many attempts. Try again in {}.", crate::words::duration(*.retry_after))]
    Throttled {
        /// When the next try is allowed.
        retry_after: Duration,
    },
    /// A part that we depend on did not answer in time (503).
    #[error("The service is busy. Try again in a moment.")]
    Unavailable,
    /// A fault of ours (500). What happened is in the log, under the request's id.
    #[error("Something went wrong on our side.")]
    Internal,
}

/// The result of every service method.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The word that programs may rely on; it never changes with the sentence.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "validation_failed",
            Self::Malformed(_) => "invalid_request",
            Self::Unauthenticated(_) => "unauthorized",
            Self::Forbidden(_) => "forbidden",
            Self::KeyLimitReached { .. } => "key_limit_reached",
            Self::PlanRequired { .. } => "plan_required",
            Self::Suspended => "workspace_suspended",
            Self::Stale => "precondition_failed",
            Self::NotFound(_) => "not_found",
            Self::Conflict(_) => "conflict",
            Self::Throttled { .. } => "too_many_attempts",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal_error",
        }
    }

    /// The HTTP status that every door answers with.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) => 400,
            Self::Unauthenticated(_) => 401,
            Self::Forbidden(_) | Self::KeyLimitReached { .. } | Self::PlanRequired { .. } | Self::Suspended => 403,
            Self::NotFound(_) => 404,
            Self::Conflict(_) => 409,
            Self::Stale => 412,
            Self::Invalid(_) => 422,
            Self::Throttled { .. } => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }

    /// One wrong field.
    pub fn field(field: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, message)])
    }
}

#[cfg(feature = "server")]
impl From<sqlx::Error> for Error {
    /// Logged here, once, because nothing above may see what SQL said.
    fn from(error: sqlx::Error) -> Self {
        #[expect(clippy::wildcard_enum_match_arm, reason = "sqlx's enum is not ours and not exhaustive")]
        match error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => {
                tracing::warn!(%error, "The database did not answer");
                Self::Unavailable
            }
            sqlx::Error::Database(ref refusal) if refusal.code().is_some_and(|code| is_going(&code)) => {
                tracing::warn!(%error, "The database is being stopped or started");
                Self::Unavailable
            }
            _ => {
                tracing::error!(%error, "The database refused a statement");
                Self::Internal
            }
        }
    }
}

/// Whether PostgreSQL says that it stops (57P01, 57P02), starts (57P03), or has no connection left (53300).
#[cfg(feature = "server")]
fn is_going(code: &str) -> bool {
    matches!(code, "57P01" | "57P02" | "57P03" | "53300")
}
