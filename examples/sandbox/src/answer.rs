//! The shapes of answers: `{data, caller?}`, lists with `meta`, errors as `{error, message}`; and what is common to
//! reading bodies.

use crate::caller::Caller;
use axum::{
    Json,
    extract::rejection::{JsonRejection, QueryRejection},
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

/// Something new, with its status.
pub(crate) type Created<T> = (StatusCode, Answer<T>);

/// Where only the id of what was made is told.
#[derive(Serialize)]
pub(crate) struct New {
    pub(crate) id: String,
}

pub(crate) fn created<T>(data: T) -> Created<T> {
    (StatusCode::CREATED, one(data, None))
}

/// A member that must say something, without spaces around it.
pub(crate) fn required(member: &str, text: &str) -> Result<String, Fault> {
    match text.trim() {
        "" => Err(Fault::Invalid(format!("`{member}` must not be empty."))),
        text => Ok(text.to_owned()),
    }
}

/// An e-mail address, in lower case.
pub(crate) fn email(text: &str) -> Result<String, Fault> {
    let text = text.trim().to_lowercase();
    let good = text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    if good { Ok(text) } else { Err(Fault::Invalid("`email` must be an e-mail address.".to_owned())) }
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
    Forbidden(String),
    Unreadable(JsonRejection),
    BadQuery(QueryRejection),
    Unavailable(&'static str),
}

impl From<QueryRejection> for Fault {
    fn from(rejection: QueryRejection) -> Self {
        Self::BadQuery(rejection)
    }
}

impl From<JsonRejection> for Fault {
    fn from(rejection: JsonRejection) -> Self {
        Self::Unreadable(rejection)
    }
}

impl Fault {
    /// Its status, its word for programs and its sentence for people.
    pub(crate) fn parts(self) -> (StatusCode, &'static str, String) {
        match self {
            Self::NotFound(noun) => (StatusCode::NOT_FOUND, "not_found", format!("There is no such {noun}.")),
            Self::Conflict(why) => (StatusCode::CONFLICT, "conflict", why.to_owned()),
            Self::Invalid(why) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid", why),
            Self::Forbidden(why) => (StatusCode::FORBIDDEN, "forbidden", why),
            Self::Unavailable(why) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable", why.to_owned()),
            Self::Unreadable(rejection) => (rejection.status(), "unreadable", in_words("body", &rejection.body_text())),
            Self::BadQuery(rejection) => (rejection.status(), "unreadable", in_words("query", &rejection.body_text())),
        }
    }
}

/// What the framework says, without its own affairs: those stand before the first colon, and behind the last words.
fn in_words(part: &str, text: &str) -> String {
    let what = text.split_once(": ").map_or(text, |(_, what)| what);
    let what = what.split(" at line ").next().unwrap_or(what);
    format!("The {part} cannot be read: {}.", what.trim_end_matches('.').replace('`', "\""))
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let (status, error, message) = self.parts();
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
