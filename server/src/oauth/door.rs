//! What apps ask again and again: answered before the router, whose routes and layers cost more than some of the
//! answers. Everything else that is asked there (preflights, other methods) finds the same handlers by the router.

use super::{cors, introspect, metadata, token};
use crate::{
    guard::{RequestId, introduced},
    peer::Caller,
    state::Shared,
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method},
    response::{IntoResponse as _, Response},
};

/// A door that is asked often.
#[derive(Clone, Copy, Debug)]
pub enum Door {
    /// `/oauth/token`
    Token,
    /// `/oauth/introspect`
    Introspection,
}

impl Door {
    /// The door that a request comes to, if it is one of them.
    #[must_use]
    pub fn of(request: &Request) -> Option<Self> {
        match (request.method(), request.uri().path()) {
            (&Method::POST, "/oauth/token" | "/v1/oauth/token") => Some(Self::Token),
            (&Method::POST, "/oauth/introspect") => Some(Self::Introspection),
            _ => None,
        }
    }

    /// The answer to it.
    pub async fn answer(self, app: &Shared, caller: Caller, id: RequestId, request: Request) -> Response {
        let (app, request) = (State(app.clone()), introduced(request, caller, id));
        match self {
            Self::Introspection => introspect::introspect(app, request).await.into_response(),
            Self::Token => {
                let mut response = token::token(app, request).await.into_response();
                cors::open(response.headers_mut());
                response
            }
        }
    }
}

/// A document that programs ask for again and again. It is everybody's: nobody asks who calls.
#[derive(Clone, Copy, Debug)]
pub enum Published {
    /// `/.well-known/jwks.json`
    SigningKeys,
    /// `/.well-known/oauth-authorization-server`
    Server,
}

impl Published {
    /// The document that a request asks for, if it is one of them.
    #[must_use]
    pub fn of(request: &Request) -> Option<Self> {
        match (request.method(), request.uri().path()) {
            (&Method::GET, "/.well-known/jwks.json") => Some(Self::SigningKeys),
            (&Method::GET, "/.well-known/oauth-authorization-server") => Some(Self::Server),
            _ => None,
        }
    }

    /// The answer to it.
    pub async fn answer(self, app: &Shared, headers: HeaderMap) -> Response {
        let app = State(app.clone());
        let mut response = match self {
            Self::SigningKeys => metadata::jwks(app, headers).await.into_response(),
            Self::Server => metadata::server(app, headers).await,
        };
        cors::open(response.headers_mut());
        response
    }
}
