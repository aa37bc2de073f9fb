//! `/login/link`: a one-time link that the operator's own site sends people to.

use super::{Look, login::remember_device, look::see_other};
use crate::{body::Fields, problem::Problem, state::Shared, visitor::Visitor};
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use keywright_app::pages::sign_in_link::{SignInLinkClosed, SignInLinkPage, SignInLinkPageProps};
use keywright_core::error::Error;
use std::collections::HashMap;

const TITLE: &str = "Sign in";

/// `GET /login/link?token=…`: asks, and uses nothing up. Mail scanners and previews follow links, too.
pub async fn show(
    State(app): State<Shared>,
    look: Look,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let token = query.get("token").cloned().unwrap_or_default();
    let Some(user) = app.services.accounts.link_is_for(&token).await? else { return Ok(closed(look)) };
    let props = SignInLinkPageProps { token, email: user.email, product: app.services.profile.product.clone() };
    Ok(look.page(StatusCode::OK, TITLE, move || SignInLinkPage(props)))
}

/// `POST /login/link`: signs in, once.
pub async fn submit(
    State(app): State<Shared>,
    look: Look,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Problem> {
    fields.only(&["token"]).map_err(|error| Error::Invalid(vec![error]))?;
    match app.services.accounts.sign_in_by_link(&fields.one("token"), &visitor.origin).await {
        Ok(holder) => {
            visitor.sign_in(&app, &holder.proven).await?;
            let mut done = see_other(&holder.slug.map_or_else(|| "/".to_owned(), |slug| format!("/w/{slug}")));
            remember_device(&app, &mut done, &holder.proven.user);
            Ok(done)
        }
        Err(Error::NotFound(_)) => Ok(closed(look)),
        Err(error) => Err(error.into()),
    }
}

/// The link was used, is over, or never was one: the three are not told apart.
fn closed(look: Look) -> Response {
    look.page(StatusCode::NOT_FOUND, TITLE, SignInLinkClosed)
}
