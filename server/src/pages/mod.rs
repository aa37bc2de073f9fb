//! The dashboard's addresses: each handler loads what its page shows, or does what its form asks, and
//! renders. What the pages look like is in `keywright-app`.

mod account;
mod apps;
mod audit;
mod connected;
mod hand_over;
mod home;
mod invite;
mod keys;
mod login;
pub mod look;
mod members;
mod plan;
pub mod problems;
mod refusals;
mod reveal;
mod setup;
mod sign_in_link;
mod theme;
mod usage;

pub use look::{Look, flash, last_place, see_other};
pub use members::{invite_url, mail_invitation};

use crate::{oauth, problem, state::Shared};
use axum::{
    Router,
    routing::{get, post},
};

/// All pages.
pub fn router() -> Router<Shared> {
    oauth::decisions()
        .route("/", get(home::go))
        .route("/plan", get(home::plan))
        .route("/workspaces", get(home::workspaces))
        .route("/invite", get(invite::show).post(invite::submit))
        .route("/setup", get(setup::show).post(setup::submit))
        .route("/login", get(login::show).post(login::submit))
        .route("/login/link", get(sign_in_link::show).post(sign_in_link::submit))
        .route("/logout", post(login::logout))
        .route("/theme", post(theme::choose))
        .route("/account", get(account::show))
        .route("/account/password", post(account::change_password))
        .route("/account/sign-out-everywhere", post(account::sign_out_everywhere))
        .route("/account/apps", get(connected::own))
        .route("/account/apps/{id}/disconnect", post(connected::disconnect_own))
        .route("/w/{slug}", get(home::workspace))
        .route("/w/{slug}/connected", get(connected::of_workspace))
        .route("/w/{slug}/connected/{id}/disconnect", post(connected::disconnect))
        .route("/w/{slug}/keys", get(keys::list))
        .route("/w/{slug}/keys/new", get(keys::new).post(keys::create))
        .route("/w/{slug}/keys/{id}", get(keys::show))
        .route("/w/{slug}/keys/bulk", post(keys::bulk))
        .route("/w/{slug}/keys/find", post(keys::find))
        .route("/w/{slug}/keys/{id}/first-call", get(keys::first_call))
        .route("/w/{slug}/keys/{id}/edit", get(keys::edit).post(keys::update))
        .route("/w/{slug}/keys/{id}/disable", post(keys::disable))
        .route("/w/{slug}/keys/{id}/enable", post(keys::enable))
        .route("/w/{slug}/keys/{id}/revoke", get(keys::confirm_revoke).post(keys::revoke))
        .route("/w/{slug}/keys/{id}/rotate", get(keys::ask_rotate).post(keys::rotate))
        .route("/w/{slug}/keys/{id}/rotation/extend", post(keys::extend_rotation))
        .route("/w/{slug}/keys/{id}/rotation/finish", post(keys::finish_rotation))
        .route("/w/{slug}/keys/{id}/rotation/undo", post(keys::undo_rotation))
        .route("/w/{slug}/keys/{id}/owner", get(hand_over::show).post(hand_over::submit))
        .route("/w/{slug}/keys/{id}/usage", get(usage::of_key))
        .route("/w/{slug}/keys/{id}/usage/limits", get(usage::limits_of_key))
        .route("/w/{slug}/keys/{id}/usage.csv", get(usage::export_of_key))
        .route("/w/{slug}/usage", get(usage::show))
        .route("/w/{slug}/usage/limits", get(usage::limits))
        .route("/w/{slug}/usage.csv", get(usage::export))
        .route("/w/{slug}/members", get(members::list))
        .route("/w/{slug}/members/invite", get(members::new).post(members::invite))
        .route("/w/{slug}/members/invitations/{id}", get(members::invited))
        .route("/w/{slug}/members/invitations/{id}/revoke", get(members::confirm_revoke).post(members::revoke))
        .route("/w/{slug}/members/{user}/role", get(members::role).post(members::change_role))
        .route("/w/{slug}/members/{user}/remove", get(members::confirm_remove).post(members::remove))
        .route("/w/{slug}/refusals", get(refusals::list))
        .route("/w/{slug}/refusals/find", post(refusals::find))
        .route("/w/{slug}/refusals/{request_id}", get(refusals::show))
        .route("/w/{slug}/apps", get(apps::list))
        .route("/w/{slug}/apps/new", get(apps::new).post(apps::create))
        .route("/w/{slug}/apps/policy", get(apps::policy).post(apps::set_policy))
        .route("/w/{slug}/apps/{id}", get(apps::show))
        .route("/w/{slug}/apps/{id}/edit", get(apps::edit).post(apps::update))
        .route("/w/{slug}/apps/{id}/disable", post(apps::disable))
        .route("/w/{slug}/apps/{id}/enable", post(apps::enable))
        .route("/w/{slug}/apps/{id}/rotate", get(apps::ask_rotate).post(apps::rotate))
        .route("/w/{slug}/apps/{id}/rotation/finish", post(apps::finish_rotation))
        .route("/w/{slug}/apps/{id}/delete", get(apps::confirm_delete).post(apps::delete))
        .route("/w/{slug}/apps/elsewhere/{id}", get(apps::elsewhere))
        .route("/w/{slug}/apps/elsewhere/{id}/approve", post(apps::approve))
        .route("/w/{slug}/apps/elsewhere/{id}/remove", get(apps::confirm_remove).post(apps::remove))
        .route("/w/{slug}/plan", get(plan::show))
        .route("/w/{slug}/audit", get(audit::list))
        .route("/w/{slug}/audit/export.csv", get(audit::export_csv))
        .route("/w/{slug}/audit/export.jsonl", get(audit::export_json_lines))
        .route("/w/{slug}/{*rest}", get(problems::no_page))
        .method_not_allowed_fallback(problem::method_not_allowed)
}
