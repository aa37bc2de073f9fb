//! The shapes of answers: `{data, caller?}`, lists with `meta`, errors as `{error, message}`.

use crate::caller::Caller;
use axum::{
    Json,
    extract::rejection::JsonRejection,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::json;

/// One thing, or one page of things.
#[derive(Serialize)]
pub(crate) struct Answer<T> {
    pub(crate) data: T,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) meta: Option<Meta>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) caller: Option<Caller>,
}

#[derive(Serialize)]
pub(crate) struct Meta {
    pub(crate) total: usize,
}

pub(crate) fn one<T>(data: T, caller: Option<Caller>) -> Answer<T> {
    Answer { data, meta: None, caller }
}

pub(crate) fn list<T>(data: Vec<T>, caller: Option<Caller>) -> Answer<Vec<T>> {
    let meta = Some(Meta { total: data.len() });
    Answer { data, meta, caller }
}

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

/// What went wrong, in the caller's words.
#[derive(Debug)]
pub(crate) enum Fault {
    NotFound(&'static str),
    Conflict(&'static str),
    Invalid(String),
    Unreadable(JsonRejection),
    Unavailable(&'static str),
}

impl From<JsonRejection> for Fault {
    fn from(rejection: JsonRejection) -> Self {
        Self::Unreadable(rejection)
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let (status, error, message) = match self {
            Self::NotFound(noun) => (StatusCode::NOT_FOUND, "not_found", format!("There is no such {noun}.")),
            Self::Conflict(why) => (StatusCode::CONFLICT, "conflict", why.to_owned()),
            Self::Invalid(why) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid", why),
            Self::Unavailable(why) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable", why.to_owned()),
            Self::Unreadable(rejection) => (rejection.status(), "unreadable", rejection.body_text()),
        };
        (status, Json(json!({"error": error, "message": message}))).into_response()
    }
}

pub(crate) async fn no_such_route() -> Fault {
    Fault::NotFound("route")
}

pub(crate) async fn no_such_method() -> (StatusCode, Json<serde_json::Value>) {
    let body = json!({"error": "method_not_allowed", "message": "This route does not take that method."});
    (StatusCode::METHOD_NOT_ALLOWED, Json(body))
}
