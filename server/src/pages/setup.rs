//! Claiming the instance.

use super::{Look, flash, login::remember_device, look::see_other};
use crate::{body::Fields, problem::Problem, state::Shared, visitor::Visitor};
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use keywright_app::pages::setup::{SetupClosed, SetupPage, SetupPageProps};
use keywright_core::{
    accounts::{Proven, SetupForm},
    error::{Error, FieldError},
};
use std::collections::HashMap;

const TITLE: &str = "Set up";
const FIELDS: &[&str] = &["token", "name", "email", "password", "workspace", "plan"];

/// `GET /setup?token=…`.
pub async fn show(
    State(app): State<Shared>,
    look: Look,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let token = query.get("token").cloned().unwrap_or_default();
    if !app.services.accounts.setup_is_open(&token).await? {
        return Ok(closed(look));
    }
    let form = SetupForm { token, ..SetupForm::default() };
    Ok(page(&app, look, StatusCode::OK, form, Vec::new()))
}

/// `POST /setup`: the owner, the workspace, and a session for the owner.
pub async fn submit(
    State(app): State<Shared>,
    look: Look,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Problem> {
    let form = SetupForm {
        token: fields.one("token"),
        name: fields.one("name"),
        email: fields.one("email"),
        password: fields.one("password"),
        workspace: fields.one("workspace"),
        plan: fields.one("plan"),
    };
    if let Err(error) = fields.only(FIELDS) {
        return Ok(page(&app, look, StatusCode::UNPROCESSABLE_ENTITY, form, vec![error]));
    }
    match app.services.accounts.setup(&form, &visitor.origin).await {
        Ok((user, workspace)) => {
            visitor.sign_in(&app, &Proven::newcomer(user.clone())).await?;
            let mut done = see_other(&format!("/w/{}/keys", workspace.slug));
            remember_device(&app, &mut done, &user);
            Ok(flash(&app, done, "Welcome. Your workspace is ready."))
        }
        Err(Error::Invalid(errors)) => Ok(page(&app, look, StatusCode::UNPROCESSABLE_ENTITY, form, errors)),
        Err(Error::NotFound(_)) => Ok(closed(look)),
        Err(error) => Err(error.into()),
    }
}

fn page(app: &Shared, look: Look, status: StatusCode, form: SetupForm, errors: Vec<FieldError>) -> Response {
    let profile = &app.services.profile;
    let props = SetupPageProps {
        form,
        errors,
        plans: profile.plans.clone(),
        words: profile.words.clone(),
        product: profile.product.clone(),
    };
    look.page(status, TITLE, move || SetupPage(props))
}

/// The link was used, was replaced, or never was one: the three are not told apart.
fn closed(look: Look) -> Response {
    look.page(StatusCode::NOT_FOUND, TITLE, SetupClosed)
}
