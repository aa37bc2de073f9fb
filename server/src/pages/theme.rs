//! Choosing the colours. The choice is a cookie, so that the first byte of a page already has it.

use super::look::{local_path, see_other, set_cookie};
use crate::{body::Fields, problem::Problem, seal::cookie_name, state::Shared};
use axum::{extract::State, response::Response};
use cookie::{Cookie, SameSite};
use keywright_app::Theme;
use keywright_core::error::Error;

/// The name of the cookie.
pub const COOKIE: &str = "theme";

/// `POST /theme`.
pub async fn choose(State(app): State<Shared>, fields: Fields) -> Result<Response, Problem> {
    fields.only(&["theme", "next"]).map_err(|error| Error::Invalid(vec![error]))?;
    let theme = Theme::parse(&fields.one("theme"));
    let secure = app.public_url.is_https();
    let cookie = Cookie::build((cookie_name(COOKIE, secure), theme.as_str()))
        .path("/")
        .secure(secure)
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(time::Duration::days(365))
        .build();
    let mut response = see_other(local_path(&fields.one("next")).unwrap_or("/"));
    set_cookie(&mut response, &cookie);
    Ok(response)
}
