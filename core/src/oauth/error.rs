//! How OAuth says no: a code that clients act upon and a sentence for whoever builds them (RFC 6749 §4.1.2.1 and §5.2,
//! and those that added codes). Clients understand no other shape.

use crate::{apps::Refused, error::Error};
use std::{borrow::Cow, time::Duration};

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// It lacks something, says something twice, or cannot be read.
    InvalidRequest,
    /// The app is not known, or has not proved who it is.
    InvalidClient,
    /// The code or the token is not good, or not this app's.
    InvalidGrant,
    /// The app is not registered for what it asks.
    UnauthorizedClient,
    /// There is no such grant type here.
    UnsupportedGrantType,
    /// Only `code` is answered.
    UnsupportedResponseType,
    /// A scope that does not exist, or that the app may not ask for.
    InvalidScope,
    /// A resource that is not behind this server (RFC 8707 §2).
    InvalidTarget,
    /// The person, or the workspace's policy, said no.
    AccessDenied,
    /// `prompt=none`, and nobody is signed in (OpenID Connect Core §3.1.2.6).
    LoginRequired,
    /// `prompt=none`, and the person would have to be asked.
    ConsentRequired,
    /// The person has not decided yet (RFC 8628 §3.5).
    AuthorizationPending,
    /// Asked too soon (RFC 8628 §3.5).
    SlowDown,
    /// The device code is over (RFC 8628 §3.5).
    ExpiredToken,
    /// The registered redirect addresses cannot be accepted (RFC 7591 §3.2.2).
    InvalidRedirectUri,
    /// Something else of the registration cannot be (RFC 7591 §3.2.2).
    InvalidClientMetadata,
    /// The registration token, or the caller's own, is missing or not good (RFC 6750 §3.1).
    InvalidToken,
    /// The caller's token is good for something else (RFC 6750 §3.1).
    InsufficientScope,
    /// The workspace's policy or the instance's allows nothing of the kind.
    Forbidden,
    /// The address answers another method.
    MethodNotAllowed,
    /// Too many tries.
    Throttled,
    /// A part that we depend on did not answer.
    Unavailable,
    /// A fault of ours.
    Fault,
}

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{description}")]
pub struct OAuthError {
    /// What clients act upon.
    pub code: Code,
    /// A sentence for whoever builds the client: ASCII without `"` and `\` (RFC 6749 §5.2).
    pub description: Cow<'static, str>,
    /// When to try again.
    pub retry_after: Option<Duration>,
    /// What would have been right, and what came instead: for the app's own trace alone.
    pub instead: Option<Box<(String, String)>>,
}

/// The result of everything that an app asks.
pub type OAuthResult<T> = Result<T, OAuthError>;

impl Code {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest | Self::MethodNotAllowed => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::AccessDenied | Self::Forbidden => "access_denied",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::AuthorizationPending => "authorization_pending",
            Self::SlowDown => "slow_down",
            Self::ExpiredToken => "expired_token",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidClientMetadata => "invalid_client_metadata",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::Throttled | Self::Unavailable => "temporarily_unavailable",
            Self::Fault => "server_error",
        }
    }

    /// The status. Clients know 400 and 401, and 429 and 503 with `Retry-After`; nothing else may surprise them.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidRequest
            | Self::InvalidGrant
            | Self::UnauthorizedClient
            | Self::UnsupportedGrantType
            | Self::UnsupportedResponseType
            | Self::InvalidScope
            | Self::InvalidTarget
            | Self::AccessDenied
            | Self::LoginRequired
            | Self::ConsentRequired
            | Self::AuthorizationPending
            | Self::SlowDown
            | Self::ExpiredToken
            | Self::InvalidRedirectUri
            | Self::InvalidClientMetadata => 400,
            Self::InvalidClient | Self::InvalidToken => 401,
            Self::InsufficientScope | Self::Forbidden => 403,
            Self::MethodNotAllowed => 405,
            Self::Throttled => 429,
            Self::Fault => 500,
            Self::Unavailable => 503,
        }
    }
}

impl OAuthError {
    /// A refusal with this code.
    pub fn new(code: Code, description: impl Into<Cow<'static, str>>) -> Self {
        Self { code, description: printable(description.into()), retry_after: None, instead: None }
    }

    /// The line for the app's own trace.
    #[must_use]
    pub fn traced(&self, door: &str) -> Refused {
        let refused = Refused::new(door, self.code.as_str(), self.description.to_string());
        match &self.instead {
            Some(instead) => refused.instead(instead.0.as_str(), instead.1.as_str()),
            None => refused,
        }
    }

    /// The same, and what would have been right.
    #[must_use]
    pub fn instead(self, expected: impl Into<String>, received: impl Into<String>) -> Self {
        Self { instead: Some(Box::new((expected.into(), received.into()))), ..self }
    }
}

/// RFC 6749 §5.2 allows %x20-21 / %x23-5B / %x5D-7E: no quotation marks of people. What a stranger sent may be part of a
/// description.
fn printable(text: Cow<'static, str>) -> Cow<'static, str> {
    let fits = |c: char| matches!(c, ' '..='~') && c != '"' && c != '\\';
    let instead = |c| match c {
        '“' | '”' | '‘' | '’' => '\'',
        c if fits(c) => c,
        _ => '?',
    };
    if text.chars().all(fits) { text } else { text.chars().map(instead).collect() }
}

/// `invalid_request`
pub fn invalid_request(description: impl Into<Cow<'static, str>>) -> OAuthError {
    OAuthError::new(Code::InvalidRequest, description)
}

/// `invalid_grant`
pub fn invalid_grant(description: impl Into<Cow<'static, str>>) -> OAuthError {
    OAuthError::new(Code::InvalidGrant, description)
}

impl From<Error> for OAuthError {
    fn from(error: Error) -> Self {
        let description = error.to_string();
        let (code, retry_after) = match error {
            Error::Invalid(_) | Error::Malformed(_) | Error::Stale | Error::Conflict(_) => (Code::InvalidRequest, None),
            Error::Unauthenticated(_) => (Code::LoginRequired, None),
            Error::Forbidden(_)
            | Error::KeyLimitReached { .. }
            | Error::PlanRequired { .. }
            | Error::Suspended
            | Error::NotFound(_) => (Code::AccessDenied, None),
            Error::Throttled { retry_after } => (Code::Throttled, Some(retry_after)),
            Error::Unavailable => (Code::Unavailable, Some(Duration::from_secs(1))),
            Error::Internal => (Code::Fault, None),
        };
        Self { retry_after, ..Self::new(code, description) }
    }
}

#[cfg(feature = "server")]
impl From<sqlx::Error> for OAuthError {
    fn from(error: sqlx::Error) -> Self {
        Error::from(error).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_what_the_standard_allows_whatever_it_is_made_of() {
        let error = invalid_request("The scope \"é\\\u{202e}\n\" is not known.");
        assert_eq!(error.description, "The scope ?????? is not known.");
        assert_eq!(invalid_request("“It” is not one of this app’s.").description, "'It' is not one of this app's.");
    }

    #[test]
    fn what_is_busy_is_never_told_as_a_refusal_of_the_grant() {
        let error = OAuthError::from(Error::Unavailable);
        assert_eq!((error.code.as_str(), error.code.status()), ("temporarily_unavailable", 503));
        assert!(error.retry_after.is_some());
        let throttled = OAuthError::from(Error::Throttled { retry_after: Duration::from_secs(9) });
        assert_eq!((throttled.code.status(), throttled.retry_after), (429, Some(Duration::from_secs(9))));
    }
}
