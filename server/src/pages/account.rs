//! A person's own page: password and sessions.

use super::{Look, flash, look::see_other};
use crate::{body::Fields, problem::Problem, state::Shared, visitor::SignedIn};
use axum::{extract::State, http::StatusCode, response::Response};
use keywright_app::pages::account::{AccountPage, AccountPageProps};
use keywright_core::error::{Error, FieldError};

/// `GET /account`.
pub async fn show(State(app): State<Shared>, look: Look, who: SignedIn) -> Result<Response, Problem> {
    page(&app, look, &who, StatusCode::OK, Vec::new()).await
}

/// `POST /account/password`: every other session ends. Who has none sets a first one.
pub async fn change_password(
    State(app): State<Shared>,
    look: Look,
    who: SignedIn,
    fields: Fields,
) -> Result<Response, Problem> {
    let invalid = StatusCode::UNPROCESSABLE_ENTITY;
    // `username` is there for password managers.
    if let Err(error) = fields.only(&["username", "current", "password"]) {
        return page(&app, look, &who, invalid, vec![error]).await;
    }
    let (current, password) = (fields.one("current"), fields.one("password"));
    let (user, session, origin) = (&who.user, who.visitor.token(), &who.visitor.origin);
    match app.services.accounts.change_password(user, &current, &password, session, origin).await {
        Ok(()) => Ok(flash(&app, see_other("/account"), "Password changed. Every other session has ended.")),
        Err(Error::Invalid(errors)) => page(&app, look, &who, invalid, errors).await,
        Err(error) => Err(error.into()),
    }
}

/// `POST /account/sign-out-everywhere`: this session ends too.
pub async fn sign_out_everywhere(State(app): State<Shared>, who: SignedIn) -> Result<Response, Problem> {
    app.services.accounts.sign_out_everywhere(&who.user, &who.visitor.origin).await?;
    who.visitor.sign_out().await?;
    Ok(flash(&app, see_other("/login"), "You are signed out everywhere."))
}

async fn page(
    app: &Shared,
    look: Look,
    who: &SignedIn,
    status: StatusCode,
    errors: Vec<FieldError>,
) -> Result<Response, Problem> {
    let sessions = app.services.sessions.list(who.user.id, who.visitor.token()).await?;
    let has_password = app.services.accounts.has_password(who.user.id).await?;
    let props = AccountPageProps { user: who.user.clone(), has_password, sessions, errors, now: app.now() };
    Ok(look.of_person(who).page(status, "Account", move || AccountPage(props)))
}
