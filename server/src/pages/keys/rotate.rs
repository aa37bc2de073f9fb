//! `/w/{slug}/keys/{id}/rotate` and `…/rotation/…`.

use super::{Said, Why, key_page, key_path, refusal, reveal_next, settle};
use crate::{
    body::Fields,
    pages::{Look, look::see_other},
    path::PathId,
    problem::Problem,
    state::{App, Shared},
    visitor::Member,
};
use axum::{extract::State, http::StatusCode, response::Response};
use keywright_app::pages::keys::{RotatePage, RotatePageProps};
use keywright_core::{
    actor::Actor,
    error::{Error, FieldError},
    ids::KeyId,
    keys::{ApiKey, RotateForm},
    profile::Right,
    words,
};
use std::sync::Arc;

const FIELDS: &[&str] = &["grace", "hours", "version"];

/// `GET /w/{slug}/keys/{id}/rotate`; of a key that cannot be rotated now there is only its page, which says why.
pub async fn ask_rotate(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(id): PathId<KeyId>,
) -> Result<Response, Problem> {
    actor.require(Right::KeysManage)?;
    let key = app.services.keys.get(&actor, id).await?;
    if !key.can_rotate(app.now()) {
        return Ok(see_other(&key_path(&actor, key.id)));
    }
    Ok(form_page(&app, look, &actor, key, RotateForm::default(), Why::default()))
}

/// `POST /w/{slug}/keys/{id}/rotate`: makes the new secret, and shows it on the next page.
pub async fn rotate(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(id): PathId<KeyId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let form = read(&fields);
    if let (Ok(()), Err(error)) = (actor.require(Right::KeysManage), fields.only(FIELDS)) {
        let key = app.services.keys.get(&actor, id).await?;
        let why = Why { status: StatusCode::UNPROCESSABLE_ENTITY, errors: vec![error], refusal: None };
        return Ok(form_page(&app, look, &actor, key, form, why));
    }
    let error = match app.services.keys.rotate(&actor, id, &form).await {
        Ok(created) => return reveal_next(&app, &actor, &created),
        Err(error) => error,
    };
    let refusal = refusal(&app, &actor, id, &error).await?;
    let (status, errors) = match (error, refusal.is_some()) {
        (Error::Invalid(errors), _) => (StatusCode::UNPROCESSABLE_ENTITY, errors),
        (Error::Forbidden(message), _) if actor.require(Right::KeysManage).is_ok() => {
            (StatusCode::FORBIDDEN, vec![FieldError::new("form", message)])
        }
        (_, true) => (StatusCode::CONFLICT, Vec::new()),
        (error, false) => return Err(error.into()),
    };
    let key = app.services.keys.get(&actor, id).await?;
    if !key.can_rotate(app.now()) {
        return key_page(&app, look, &actor, key, status, Said { refusal, ..Said::default() }).await;
    }
    Ok(form_page(&app, look, &actor, key, form, Why { status, errors, refusal }))
}

/// `POST /w/{slug}/keys/{id}/rotation/finish`.
pub async fn finish_rotation(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(id): PathId<KeyId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let done = app.services.keys.finish_rotation(&actor, id, fields.version()).await;
    settle(&app, look, &actor, id, done, |_| "The old secret has stopped working.".to_owned()).await
}

/// `POST /w/{slug}/keys/{id}/rotation/undo`.
pub async fn undo_rotation(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(id): PathId<KeyId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let done = app.services.keys.undo_rotation(&actor, id, fields.version()).await;
    let message = |key: &ApiKey| format!("The new secret has stopped working. {} stays.", key.masked());
    settle(&app, look, &actor, id, done, message).await
}

/// `POST /w/{slug}/keys/{id}/rotation/extend`.
pub async fn extend_rotation(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(id): PathId<KeyId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let form = read(&fields);
    let done = app.services.keys.extend_rotation(&actor, id, &form).await;
    if let Err(Error::Invalid(errors)) = done {
        let key = app.services.keys.get(&actor, id).await?;
        let said = Said { extend: form, errors, ..Said::default() };
        return key_page(&app, look, &actor, key, StatusCode::UNPROCESSABLE_ENTITY, said).await;
    }
    let message = |key: &ApiKey| match &key.rotation {
        Some(rotation) => format!("The old secret goes on working until {}.", words::exact(rotation.ends_at)),
        None => "The old secret has stopped working.".to_owned(),
    };
    settle(&app, look, &actor, id, done, message).await
}

fn read(fields: &Fields) -> RotateForm {
    RotateForm { grace: fields.one("grace"), hours: fields.one("hours"), version: fields.version() }
}

fn form_page(app: &App, look: Look, actor: &Actor, key: ApiKey, form: RotateForm, why: Why) -> Response {
    let props = RotatePageProps {
        slug: actor.workspace.slug.clone(),
        key,
        form,
        errors: why.errors,
        refusal: why.refusal,
        profile: Arc::clone(&app.services.profile),
        now: app.now(),
    };
    look.of_member(actor).page(why.status, "Rotate key", move || RotatePage(props))
}
