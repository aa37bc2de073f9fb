//! The dashboard's addresses: each handler loads what its page shows, or does what its form asks, and
//! renders. What the pages look like is in `keywright-app`.

mod account;
mod audit;
mod home;
mod keys;
mod login;
mod look;
pub mod problems;
mod setup;
mod theme;

pub use look::{Look, flash};

use crate::{problem, state::Shared};
use axum::{
    Router,
    routing::{get, post},
};

/// All pages.
pub fn router() -> Router<Shared> {
    Router::new()
        .route("/", get(home::go))
        .route("/setup", get(setup::show).post(setup::submit))
        .route("/login", get(login::show).post(login::submit))
        .route("/logout", post(login::logout))
        .route("/theme", post(theme::choose))
        .route("/account", get(account::show))
        .route("/account/password", post(account::change_password))
        .route("/account/sign-out-everywhere", post(account::sign_out_everywhere))
        .route("/w/{slug}", get(home::workspace))
        .route("/w/{slug}/keys", get(keys::list))
        .route("/w/{slug}/keys/new", get(keys::new).post(keys::create))
        .route("/w/{slug}/keys/{id}", get(keys::show))
        .route("/w/{slug}/keys/{id}/revoke", get(keys::confirm_revoke).post(keys::revoke))
        .route("/w/{slug}/audit", get(audit::list))
        .route("/w/{slug}/audit/export.csv", get(audit::export_csv))
        .route("/w/{slug}/audit/export.jsonl", get(audit::export_json_lines))
        .route("/w/{slug}/{*rest}", get(problems::no_page))
        .method_not_allowed_fallback(problem::method_not_allowed)
}
