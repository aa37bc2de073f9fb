//! `POST /oauth/introspect` (RFC 7662): what a token is worth now. Apps with a secret ask about their own; the operator's
//! servers, which know the gate's token, about all access tokens.

use super::{Asked, Refusal, answer, read};
use crate::state::{App, Shared};
use axum::{
    extract::{Request, State},
    response::Response,
};
use keywright_core::{
    oauth::{Asker, Code, OAuthError},
    secret::SecretHash,
};

/// Without credentials nobody is told anything (§2.1): else whoever finds a token could try it out here.
pub async fn introspect(State(app): State<Shared>, request: Request) -> Result<Response, Refusal> {
    let asked = read(request).await?;
    if let Some(token) = asked.bearer() {
        return if SecretHash::of(token.as_bytes()) == app.gate_token {
            tell(&app, &asked, Asker::Operator).await
        } else {
            Err(Refusal::bearer("This is not the token of the gate."))
        };
    }
    let client = asked.client(&app).await?;
    if !client.is_confidential() {
        return Err(OAuthError::new(Code::UnauthorizedClient, "An app without a secret cannot ask here.").into());
    }
    tell(&app, &asked, Asker::App(&client)).await
}

async fn tell(app: &App, asked: &Asked, asker: Asker<'_>) -> Result<Response, Refusal> {
    let token = asked.parameters.required("token")?;
    Ok(answer::good(&app.services.oauth.introspect(asker, token).await?))
}
