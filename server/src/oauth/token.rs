//! `POST /oauth/token`, and the same at `/v1/oauth/token`: tokens for what an app has.

use super::{Refusal, answer, read};
use crate::state::{App, Shared};
use axum::{
    extract::{Request, State},
    response::Response,
};

/// `POST /oauth/token`.
pub async fn token(State(app): State<Shared>, request: Request) -> Result<Response, Refusal> {
    issue(&app, &read(request).await?).await
}

/// Who is asking comes first: an app that is not known learns that, and not what is wrong with its code.
pub(super) async fn issue(app: &App, asked: &super::Asked) -> Result<Response, Refusal> {
    let client = asked.client(app).await?;
    let issued = app.services.oauth.token(&client, &asked.parameters, &asked.origin).await?;
    Ok(answer::good(&issued))
}
