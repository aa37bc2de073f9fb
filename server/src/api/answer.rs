//! What an answer says about itself to whoever keeps answers.

use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde::Serialize;

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
