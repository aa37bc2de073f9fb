//! What programs ask again and again: answered before the router, whose routes and layers cost more than some of the
//! answers. Everything else that is asked there (preflights, other methods) finds the same handlers by the router.

use super::{cors, introspect, metadata, token};
use crate::{
    guard::{RequestId, introduced},
    peer::Caller,
    state::Shared,
};
use axum::{
    extract::{Request, State},
    http::Method,
    response::{IntoResponse as _, Response},
};

/// A door that is asked often.
#[derive(Clone, Copy, Debug)]
pub enum Door {
    /// `/oauth/token`
    Token,
    /// `/oauth/introspect`
    Introspection,
    /// `/.well-known/jwks.json`
    SigningKeys,
    /// `/.well-known/oauth-authorization-server`
    Server,
}

impl Door {
    /// The door that a request comes to, if it is one of them.
    #[must_use]
    pub fn of(request: &Request) -> Option<Self> {
        match (request.method(), request.uri().path()) {
            (&Method::POST, "/oauth/token" | "/v1/oauth/token") => Some(Self::Token),
            (&Method::POST, "/oauth/introspect") => Some(Self::Introspection),
            (&Method::GET, "/.well-known/jwks.json") => Some(Self::SigningKeys),
            (&Method::GET, "/.well-known/oauth-authorization-server") => Some(Self::Server),
            _ => None,
        }
    }

    /// The answer to it. The documents are everybody's: nobody asks who calls.
    pub async fn answer(self, app: &Shared, caller: Caller, id: RequestId, request: Request) -> Response {
        let app = State(app.clone());
        let mut response = match self {
            Self::Introspection => {
                return introspect::introspect(app, introduced(request, caller, id)).await.into_response();
            }
            Self::Token => token::token(app, introduced(request, caller, id)).await.into_response(),
            Self::SigningKeys => metadata::jwks(app, request.into_parts().0.headers).await.into_response(),
            Self::Server => metadata::server(app, request.into_parts().0.headers).await,
        };
        cors::open(response.headers_mut());
        response
    }
}
