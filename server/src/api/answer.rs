//! What an answer says about itself to whoever keeps answers.

use axum::{
    http::{HeaderName, StatusCode, header::LOCATION},
    response::{IntoResponse as _, Response},
};
use keywright_core::actor::Actor;
use serde::Serialize;
use std::fmt::Display;

/// Whether an answer may be kept, and given again to a request with the same `Idempotency-Key`. An answer without this
/// is not kept: whoever forgets it must not have written a secret into the database.
#[derive(Clone, Debug)]
pub enum Replay {
    /// It holds no secret: it may be kept whole.
    Whole,
    /// It holds a secret. Only what it is about is kept.
    Never {
        /// The id of what was made.
        subject: String,
    },
}

/// A JSON answer that holds no secret.
pub fn plain(status: StatusCode, body: &impl Serialize) -> Response {
    let mut response = (status, axum::Json(body)).into_response();
    response.extensions_mut().insert(Replay::Whole);
    response
}

/// A JSON answer that holds a secret of `subject`.
pub fn secret(status: StatusCode, subject: impl Display, body: &impl Serialize) -> Response {
    let mut response = (status, axum::Json(body)).into_response();
    response.extensions_mut().insert(Replay::Never { subject: subject.to_string() });
    response
}

/// Where to find what the actor made.
pub fn location(actor: &Actor, noun: &str, id: impl Display) -> [(HeaderName, String); 1] {
    [(LOCATION, format!("/api/v1/workspaces/{}/{noun}/{id}", actor.workspace.slug))]
}
