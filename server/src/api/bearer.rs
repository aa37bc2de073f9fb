//! The management API with an access token of the command line's in place of a session (RFC 6750 §2.1).
//!
//! Whoever sends one is who it says, whatever cookies come with it. An API key is looked at by nobody here: what is not
//! shaped like an access token is answered as if nothing had been sent.

use crate::{
    problem::Problem,
    state::Shared,
    visitor::{Manager, origin},
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, header::AUTHORIZATION},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

/// How every JSON Web Token begins, and no key of any profile: `{"` in base64url.
const TOKEN_START: &str = "eyJ";

/// Goes around the management API: finds out for whom a token speaks.
pub async fn recognise(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let Some(token) = access_token(request.headers()).map(str::to_owned) else { return next.run(request).await };
    let (mut parts, body) = request.into_parts();
    match app.services.oauth.manager(&token, origin(&parts)).await {
        Ok(actor) => {
            parts.extensions.insert(Manager(actor));
            next.run(Request::from_parts(parts, body)).await
        }
        Err(refused) => Problem::of_token(&refused).into_response(),
    }
}

/// The access token of a request, if there is one.
pub fn access_token(headers: &HeaderMap) -> Option<&str> {
    let mut sent = headers.get_all(AUTHORIZATION).iter();
    let (Some(one), None) = (sent.next(), sent.next()) else { return None };
    let (scheme, token) = one.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && token.starts_with(TOKEN_START)).then_some(token)
}
