//! `/w/{slug}/keys/{id}/edit`.

use super::{Said, Why, key_page, key_path, refusal};
use crate::{
    body::Fields,
    pages::{Look, flash, look::see_other},
    path::PathId,
    problem::Problem,
    state::{App, Shared},
    visitor::Member,
};
use axum::{extract::State, http::StatusCode, response::Response};
use keywright_app::pages::keys::{EditForm, EditKeyPage, EditKeyPageProps};
use keywright_core::{
    actor::Actor,
    error::{Error, FieldError},
    ids::KeyId,
    keys::{ApiKey, KeyPatch},
    profile::Right,
};
use std::sync::Arc;

const FIELDS: &[&str] = &["label", "note", "scopes", "networks", "version"];

/// `GET /w/{slug}/keys/{id}/edit`; of what is over there is only its page.
pub async fn edit(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(id): PathId<KeyId>,
) -> Result<Response, Problem> {
    actor.require(Right::KeysManage)?;
    let key = app.services.keys.get(&actor, id).await?;
    if key.revoked_at.is_some() {
        return Ok(see_other(&key_path(&actor, key.id)));
    }
    let form = EditForm::of(&key);
    Ok(form_page(&app, look, &actor, key, form, Why::default()))
}

/// `POST /w/{slug}/keys/{id}/edit`.
pub async fn update(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(id): PathId<KeyId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let form = EditForm {
        label: fields.one("label"),
        note: fields.one("note"),
        scopes: fields.all("scopes"),
        networks: fields.one("networks"),
    };
    if let (Ok(()), Err(error)) = (actor.require(Right::KeysManage), fields.only(FIELDS)) {
        return invalid(&app, look, &actor, id, form, vec![error]).await;
    }
    let patch = KeyPatch {
        label: Some(form.label.clone()),
        note: Some(form.note.clone()),
        scopes: Some(form.scopes.clone()),
        networks: Some(form.networks.clone()),
        version: fields.version(),
    };
    let error = match app.services.keys.update(&actor, id, &patch).await {
        Ok(key) => {
            let unchanged = patch.version == Some(key.version);
            let message =
                if unchanged { "Nothing was changed.".to_owned() } else { format!("“{}” is changed.", key.label) };
            return Ok(flash(&app, see_other(&key_path(&actor, id)), &message));
        }
        Err(Error::Invalid(errors)) => return invalid(&app, look, &actor, id, form, errors).await,
        Err(error) => error,
    };
    let refusal = Some(refusal(&app, &actor, id, &error).await?.ok_or(error)?);
    let key = app.services.keys.get(&actor, id).await?;
    if key.revoked_at.is_some() {
        return key_page(&app, look, &actor, key, StatusCode::CONFLICT, Said { refusal, ..Said::default() }).await;
    }
    Ok(form_page(&app, look, &actor, key, form, Why { status: StatusCode::CONFLICT, refusal, ..Why::default() }))
}

async fn invalid(
    app: &App,
    look: Look,
    actor: &Actor,
    id: KeyId,
    form: EditForm,
    errors: Vec<FieldError>,
) -> Result<Response, Problem> {
    let key = app.services.keys.get(actor, id).await?;
    let why = Why { status: StatusCode::UNPROCESSABLE_ENTITY, errors, refusal: None };
    Ok(form_page(app, look, actor, key, form, why))
}

fn form_page(app: &App, look: Look, actor: &Actor, key: ApiKey, form: EditForm, why: Why) -> Response {
    let props = EditKeyPageProps {
        slug: actor.workspace.slug.clone(),
        key,
        form,
        errors: why.errors,
        refusal: why.refusal,
        profile: Arc::clone(&app.services.profile),
        role: actor.role.clone(),
        now: app.now(),
    };
    look.of_member(actor).page(why.status, "Edit key", move || EditKeyPage(props))
}
