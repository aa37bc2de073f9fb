//! Choosing the colours. The choice is a cookie, so that the first byte of a page already has it.

use super::look::{local_path, plain, see_other, set_cookie};
use crate::{body::Fields, problem::Problem, state::Shared};
use axum::{extract::State, response::Response};
use keywright_app::Theme;
use keywright_core::error::Error;

/// The name of the cookie.
pub const COOKIE: &str = "theme";

/// `POST /theme`.
pub async fn choose(State(app): State<Shared>, fields: Fields) -> Result<Response, Problem> {
    fields.only(&["theme", "next"]).map_err(|error| Error::Invalid(vec![error]))?;
    let theme = Theme::parse(&fields.one("theme"));
    let mut response = see_other(local_path(&fields.one("next")).unwrap_or("/"));
    set_cookie(&mut response, &plain(&app, COOKIE, theme.as_str()));
    Ok(response)
}
