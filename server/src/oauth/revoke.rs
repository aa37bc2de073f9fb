//! `POST /oauth/revoke` (RFC 7009): an app gives back what it has.

use super::{Refusal, answer, read};
use crate::state::Shared;
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};

/// Empty and well, also for what is none of the app's (§2.2).
pub async fn revoke(State(app): State<Shared>, request: Request) -> Result<Response, Refusal> {
    let asked = read(request).await?;
    let client = asked.client(&app).await?;
    app.services.oauth.give_back(&client, &asked.parameters, &asked.origin).await?;
    Ok(answer::done(StatusCode::OK))
}
