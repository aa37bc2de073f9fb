//! What is kept of requests that are refused, so that people can ask why. None of it is run for one that may pass.

use super::credentials;
use crate::{guard::RequestId, state::App};
use axum::http::HeaderMap;
use keywright_core::gate::{Call, Passage, Verdict};

/// A request as it came.
#[derive(Clone, Copy)]
pub struct Came<'a> {
    /// What its caller is told that it is called.
    pub id: &'a str,
    /// Where a key may stand, rightly or wrongly.
    pub headers: &'a HeaderMap,
    /// Where none may.
    pub query: Option<&'a str>,
}

/// Keeps why the gate refused a request.
pub async fn refused(app: &App, came: Came<'_>, call: Call<'_>, passage: &Passage) {
    if passage.decision.verdict == Verdict::Missing {
        // In a box, as all that few requests need: the others do not carry it about.
        Box::pin(unread(app, came, call)).await;
    } else {
        app.services.gate.note_refused(came.id, call, passage);
    }
}

/// Keeps that a key came where none is read, if one did.
pub async fn unread(app: &App, came: Came<'_>, call: Call<'_>) {
    if let Some((key, place)) = credentials::misplaced(&app.services.profile, came.headers, came.query) {
        app.services.gate.note_misplaced(came.id, Call { key: Some(&key), ..call }, place).await;
    }
}

/// The name of a request. The guards have given it one.
#[must_use]
pub fn name(id: Option<&RequestId>) -> &str {
    id.map_or("", RequestId::as_str)
}
