//! `/w/{slug}/apps/new`.

use super::{Why, reveal_next};
use crate::{
    body::Fields,
    pages::Look,
    problem::Problem,
    state::{App, Shared},
    visitor::Member,
};
use axum::{extract::State, http::StatusCode, response::Response};
use keywright_app::pages::apps::{NewAppPage, NewAppPageProps};
use keywright_core::{
    actor::Actor,
    apps::AppForm,
    error::{Error, FieldError},
    profile::Right,
};
use std::sync::Arc;

const FIELDS: &[&str] = &["name", "kind", "redirect_uris", "scopes", "client_uri"];

/// `GET /w/{slug}/apps/new`.
pub async fn new(State(app): State<Shared>, look: Look, Member(actor): Member) -> Result<Response, Problem> {
    actor.require(Right::AppsManage)?;
    Ok(form_page(&app, look, &actor, AppForm::default(), StatusCode::OK, Vec::new()))
}

/// `POST /w/{slug}/apps/new`: registers the app, and shows its secret, if it has one, on the next page.
pub async fn create(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    fields: Fields,
) -> Result<Response, Problem> {
    let form = AppForm {
        name: fields.one("name"),
        kind: fields.one("kind"),
        redirect_uris: fields.one("redirect_uris"),
        scopes: fields.all("scopes"),
        client_uri: fields.one("client_uri"),
        // Whoever wants that decides it on its own, with the app before them.
        pkce_optional: false,
    };
    if let (Ok(()), Err(error)) = (actor.require(Right::AppsManage), fields.only(FIELDS)) {
        return Ok(form_page(&app, look, &actor, form, StatusCode::UNPROCESSABLE_ENTITY, vec![error]));
    }
    let why = match app.services.apps.create(&actor, &form).await {
        Ok(registered) => return reveal_next(&app, &actor, &registered),
        Err(Error::Conflict(text)) => {
            let errors = vec![FieldError::new("form", text)];
            Why { status: StatusCode::CONFLICT, errors, refusal: None }
        }
        Err(error) => Why::of(error)?,
    };
    Ok(form_page(&app, look, &actor, form, why.status, why.errors))
}

fn form_page(
    app: &App,
    look: Look,
    actor: &Actor,
    form: AppForm,
    status: StatusCode,
    errors: Vec<FieldError>,
) -> Response {
    let props = NewAppPageProps {
        slug: actor.workspace.slug.clone(),
        form,
        errors,
        profile: Arc::clone(&app.services.profile),
        role: actor.role.clone(),
    };
    look.of_member(actor).page(status, "Register app", move || NewAppPage(props))
}
