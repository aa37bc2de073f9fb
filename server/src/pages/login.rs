//! Signing in and out.

use super::{
    Look, flash,
    look::{local_path, see_other, set_cookie},
};
use crate::{
    body::Fields,
    problem::Problem,
    state::{App, Shared},
    visitor::{SignedIn, Visitor},
};
use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use chrono::TimeDelta;
use cookie::SameSite;
use keywright_app::pages::login::{LoginPage, LoginPageProps};
use keywright_core::{
    accounts::{SignIn, User},
    error::Error,
    random,
};
use std::collections::HashMap;

const TITLE: &str = "Sign in";
const FIELDS: &[&str] = &["email", "password", "next"];
/// Tells a browser in which somebody has signed in before from a stranger's (see the throttle).
const DEVICE: &str = "device";

/// `GET /login?next=…`: where to go afterwards.
pub async fn show(
    look: Look,
    who: Result<SignedIn, Problem>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let next = query.get("next").cloned().unwrap_or_default();
    if who.is_ok() {
        return see_other(local_path(&next).unwrap_or("/"));
    }
    page(look, StatusCode::OK, String::new(), next, None)
}

/// `POST /login`.
pub async fn submit(
    State(app): State<Shared>,
    look: Look,
    visitor: Visitor,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Problem> {
    let (email, next) = (fields.one("email"), fields.one("next"));
    if let Err(error) = fields.only(FIELDS) {
        return Ok(page(look, StatusCode::UNPROCESSABLE_ENTITY, email, next, Some(error.message)));
    }
    let device = app.sealer.open::<(String, String)>(DEVICE, &headers, app.now());
    let password = fields.one("password");
    let attempt = SignIn {
        email: &email,
        password: &password,
        device: device.as_ref().map(|(email, name)| (email.as_str(), name.as_str())),
    };
    match app.services.accounts.sign_in(attempt, &visitor.origin).await {
        Ok(proven) => {
            visitor.sign_in(&app, &proven).await?;
            let mut done = see_other(local_path(&next).unwrap_or("/"));
            remember_device(&app, &mut done, &proven.user);
            Ok(done)
        }
        Err(error @ (Error::Unauthenticated(_) | Error::Throttled { .. })) => {
            let problem = Problem::from(error);
            let mut response = page(look, problem.status, email, next, Some(problem.message.clone()));
            problem.write_headers(response.headers_mut());
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /logout`. Works for a session that has ended as well: the person wants to be out, and is.
pub async fn logout(State(app): State<Shared>, who: Result<SignedIn, Problem>) -> Result<Response, Problem> {
    if let Ok(who) = who {
        app.services.accounts.signed_out(&who.user, &who.visitor.origin).await?;
        who.visitor.sign_out().await?;
    }
    Ok(flash(&app, see_other("/login"), "You are signed out."))
}

fn page(look: Look, status: StatusCode, email: String, next: String, problem: Option<String>) -> Response {
    let props = LoginPageProps { email, next, problem };
    look.page(status, TITLE, move || LoginPage(props))
}

/// Lets this browser in again while strangers guess at the account.
pub(super) fn remember_device(app: &App, response: &mut Response, user: &User) {
    let device = (&user.email, random::hex::<16>(app.services.random.as_ref()));
    match app.sealer.seal(DEVICE, &device, app.now(), TimeDelta::days(365), SameSite::Lax) {
        Ok(cookie) => set_cookie(response, &cookie),
        Err(error) => tracing::warn!(%error, "This browser will not be known at the next sign-in"),
    }
}
