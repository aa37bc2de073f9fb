//! `/w/{slug}/apps/{id}/rotate` and `…/rotation/finish`.

use super::{Why, app_path, reveal_next, settle};
use crate::{
    body::Fields,
    pages::{Look, look::see_other},
    path::PathId,
    problem::Problem,
    state::{App, Shared},
    visitor::Member,
};
use axum::{extract::State, http::StatusCode, response::Response};
use keywright_app::pages::apps::{RotateAppPage, RotateAppPageProps};
use keywright_core::{
    actor::Actor,
    apps::App as OAuthApp,
    error::{Error, FieldError},
    ids::AppId,
    keys::RotateForm,
    profile::Right,
};
use std::sync::Arc;

const FIELDS: &[&str] = &["grace", "hours", "version"];

/// `GET /w/{slug}/apps/{id}/rotate`; of an app without a secret, or with two, there is only its page.
pub async fn ask_rotate(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(id): PathId<AppId>,
) -> Result<Response, Problem> {
    actor.require(Right::AppsManage)?;
    let found = app.services.apps.get(&actor, id).await?;
    if found.secret.as_ref().is_none_or(|secret| secret.retiring.is_some()) {
        return Ok(see_other(&app_path(&actor, id)));
    }
    Ok(form_page(&app, look, &actor, found, RotateForm::default(), Why::default()))
}

/// `POST /w/{slug}/apps/{id}/rotate`: makes the new secret, and shows it on the next page.
pub async fn rotate(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(id): PathId<AppId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let form = RotateForm { grace: fields.one("grace"), hours: fields.one("hours"), version: fields.version() };
    let done = match (actor.require(Right::AppsManage), fields.only(FIELDS)) {
        (Ok(()), Err(error)) => Err(Error::Invalid(vec![error])),
        (Ok(()), Ok(())) | (Err(_), _) => app.services.apps.rotate_secret(&actor, id, &form).await,
    };
    let why = match done {
        Ok(registered) => return reveal_next(&app, &actor, &registered),
        Err(Error::Forbidden(message)) if actor.require(Right::AppsManage).is_ok() => {
            let errors = vec![FieldError::new("form", message)];
            Why { status: StatusCode::FORBIDDEN, errors, refusal: None }
        }
        Err(error) => Why::of(error)?,
    };
    let found = app.services.apps.get(&actor, id).await?;
    Ok(form_page(&app, look, &actor, found, form, why))
}

/// `POST /w/{slug}/apps/{id}/rotation/finish`.
pub async fn finish_rotation(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(id): PathId<AppId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let done = app.services.apps.end_old_secret(&actor, id, fields.version()).await;
    settle(&app, look, &actor, id, done, "The old secret has stopped working.").await
}

fn form_page(app: &App, look: Look, actor: &Actor, found: OAuthApp, form: RotateForm, why: Why) -> Response {
    let props = RotateAppPageProps {
        slug: actor.workspace.slug.clone(),
        app: found,
        form,
        errors: why.errors,
        refusal: why.refusal,
        profile: Arc::clone(&app.services.profile),
        now: app.now(),
    };
    look.of_member(actor).page(why.status, "Rotate secret", move || RotateAppPage(props))
}
