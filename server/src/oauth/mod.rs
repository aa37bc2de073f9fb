//! The doors of OAuth: where apps ask (`token`, `revoke`, `introspect`, `device`), where people are asked (`authorize`),
//! and what everybody may know (`metadata`).
//!
//! Apps are answered in OAuth's shapes alone, whatever is wrong: 400 and 401, 429 and 503 with `Retry-After`, never 415
//! or 422. What they send is read by one set of rules (`form`), whether it is a form or JSON.

mod answer;
mod authorize;
mod cors;
mod device;
mod door;
mod form;
mod introspect;
mod metadata;
mod register;
mod revoke;
mod token;
mod whoami;

pub use door::{Door, Published};
pub use metadata::{Documents, RESOURCE as RESOURCE_METADATA};

use crate::state::Shared;
use answer::{Refusal, method_not_allowed};
use axum::{
    Router,
    middleware::from_fn,
    routing::{get, post},
};
use cors::allow;
use form::{Asked, read};

/// What apps call. No session is looked at here.
pub fn machines() -> Router<Shared> {
    // Pages of any site may call these: an app that runs in a browser has no other way (OAuth 2.1 §3.2).
    let from_pages = Router::new()
        .route("/oauth/token", post(token::token))
        .route("/v1/oauth/token", post(token::token))
        .route("/oauth/revoke", post(revoke::revoke))
        .route("/oauth/register", post(register::register))
        .route("/oauth/register/{client_id}", get(register::read).put(register::replace).delete(register::delete))
        .route("/.well-known/jwks.json", get(metadata::jwks))
        .route("/.well-known/oauth-authorization-server", get(metadata::server))
        .route("/.well-known/oauth-authorization-server/{*path}", get(metadata::none))
        .route("/.well-known/oauth-protected-resource", get(metadata::resource))
        .route("/.well-known/oauth-protected-resource/{*path}", get(metadata::resource))
        .route("/.well-known/openid-configuration", get(metadata::none))
        .route("/.well-known/openid-configuration/{*path}", get(metadata::none))
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn(allow));
    let from_programs = Router::new()
        .route("/oauth/introspect", post(introspect::introspect))
        .route("/oauth/whoami", get(whoami::whoami))
        .route("/auth/device/code", post(device::code))
        .route("/auth/device/token", post(device::token))
        .method_not_allowed_fallback(method_not_allowed);
    from_pages.merge(from_programs)
}

/// Where a person comes with what an app asks. It changes nothing, and other sites may send people here: so it stands
/// outside the check that turns those away.
pub fn entrance() -> Router<Shared> {
    Router::new().route("/oauth/authorize", get(authorize::show).post(authorize::forward))
}

/// Where a person decides.
pub fn decisions() -> Router<Shared> {
    Router::new()
        .route("/oauth/authorize/decision", post(authorize::decide))
        .route("/auth/device/authorize", post(device::authorize))
        .route("/device", get(device::show).post(device::look))
        .route("/device/decision", post(device::decide))
        .route("/device/allowed", get(device::allowed))
        .route("/device/denied", get(device::denied))
}
