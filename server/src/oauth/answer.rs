//! Answers in OAuth's shapes (RFC 6749 §5.1, §5.2).

use crate::problem::whole_seconds;
use axum::{
    Json,
    http::{
        HeaderValue, StatusCode,
        header::{CACHE_CONTROL, PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE},
    },
    response::{IntoResponse, Response},
};
use keywright_core::{
    apps::NotAuthenticated,
    error::Error,
    oauth::{Code, NotManaging, OAuthError},
};
use serde::Serialize;

/// A refusal on its way to an app.
#[derive(Debug)]
pub struct Refusal {
    /// Why.
    pub error: OAuthError,
    /// The challenge of a 401 to a client that used `Authorization` (RFC 6749 §5.2).
    challenge: Option<&'static str>,
}

#[derive(Serialize)]
struct Body<'a> {
    error: &'static str,
    error_description: &'a str,
    // What the product's own API calls it: whoever reads those errors can read these (RFC 6749 §5.2 lets members be added).
    message: &'a str,
}

/// What is good, and nobody's to keep (RFC 6749 §5.1).
pub fn good(body: &impl Serialize) -> Response {
    made(StatusCode::OK, body)
}

/// The same with another status.
pub fn made(status: StatusCode, body: &impl Serialize) -> Response {
    unkept((status, Json(body)).into_response())
}

/// Nothing more to say.
pub fn done(status: StatusCode) -> Response {
    unkept(status.into_response())
}

/// A method that an address does not know.
pub async fn method_not_allowed() -> Refusal {
    OAuthError::new(Code::MethodNotAllowed, "This address does not know the method of the request.").into()
}

fn unkept(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, const { HeaderValue::from_static("no-store") });
    headers.insert(PRAGMA, const { HeaderValue::from_static("no-cache") });
    response
}

impl Refusal {
    /// The token of the caller itself is not good (RFC 6750 §3).
    pub fn bearer(description: &'static str) -> Self {
        OAuthError::new(Code::InvalidToken, description).into()
    }

    /// There is no token: the challenge names no error (RFC 6750 §3.1).
    pub fn stranger(description: &'static str) -> Self {
        Self { challenge: Some(r#"Bearer realm="keywright""#), ..Self::bearer(description) }
    }
}

impl From<OAuthError> for Refusal {
    fn from(error: OAuthError) -> Self {
        let challenge = if error.code == Code::InvalidToken {
            Some(r#"Bearer realm="keywright", error="invalid_token""#)
        } else if error.code == Code::InsufficientScope {
            Some(r#"Bearer realm="keywright", error="insufficient_scope""#)
        } else {
            None
        };
        Self { error, challenge }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        OAuthError::from(error).into()
    }
}

impl From<NotManaging> for Refusal {
    fn from(refused: NotManaging) -> Self {
        let message = refused.message();
        match refused {
            NotManaging::NotGood => Self::bearer(message),
            NotManaging::Beyond => OAuthError::new(Code::InsufficientScope, message).into(),
            NotManaging::Failed(error) => error.into(),
        }
    }
}

impl From<NotAuthenticated> for Refusal {
    fn from(refused: NotAuthenticated) -> Self {
        match refused {
            NotAuthenticated::Unclear(why) => OAuthError::new(Code::InvalidRequest, why).into(),
            NotAuthenticated::Refused { why, basic } => Self {
                error: OAuthError::new(Code::InvalidClient, why),
                challenge: basic.then_some("Basic realm=\"keywright\""),
            },
            NotAuthenticated::Throttled { retry_after } => Error::Throttled { retry_after }.into(),
            NotAuthenticated::Failed(error) => error.into(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let OAuthError { code, description, retry_after, .. } = &self.error;
        let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::BAD_REQUEST);
        let body = Body { error: code.as_str(), error_description: description, message: description };
        let mut response = unkept((status, Json(body)).into_response());
        let headers = response.headers_mut();
        if let Some(wait) = retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(whole_seconds(*wait)));
        }
        if let Some(challenge) = self.challenge {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response
    }
}
