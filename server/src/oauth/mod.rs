//! What apps call: programs that act for people, or for themselves, by OAuth 2.1.

mod register;

use crate::state::Shared;
use axum::{Router, routing::post};

/// All doors for apps.
pub fn router() -> Router<Shared> {
    let registration = post(register::register).options(register::preflight).fallback(register::no_method);
    let management = axum::routing::get(register::read)
        .put(register::replace)
        .delete(register::delete)
        .options(register::preflight)
        .fallback(register::no_method);
    Router::new().route("/oauth/register", registration).route("/oauth/register/{client_id}", management)
}
