//! A key for somebody else: `/w/{slug}/keys/{id}/owner`.

use super::{Look, flash, look::see_other, members::read_heir};
use crate::{
    body::Fields,
    path::PathId,
    problem::Problem,
    state::{App, Shared},
    visitor::Member,
};
use axum::{extract::State, http::StatusCode, response::Response};
use keywright_app::pages::members::{HandOverPage, HandOverPageProps};
use keywright_core::{
    actor::Actor,
    error::{Error, FieldError},
    ids::KeyId,
};

/// `GET /w/{slug}/keys/{id}/owner`: who could have the key.
pub async fn show(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(id): PathId<KeyId>,
) -> Result<Response, Problem> {
    page(&app, look, &actor, id, StatusCode::OK, String::new(), Vec::new()).await
}

/// `POST /w/{slug}/keys/{id}/owner`.
pub async fn submit(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(id): PathId<KeyId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let heir = fields.only(&["hand_over_to"]).and_then(|()| read_heir(&fields));
    let done = match heir {
        Ok(heir) => app.services.keys.hand_over(&actor, id, heir).await,
        Err(error) => Err(Error::Invalid(vec![error])),
    };
    match done {
        Ok(()) => {
            let done = see_other(&format!("/w/{}/keys/{id}", actor.workspace.slug));
            Ok(flash(&app, done, "The key has a new owner."))
        }
        Err(Error::Invalid(errors)) => {
            let heir = fields.one("hand_over_to");
            page(&app, look, &actor, id, StatusCode::UNPROCESSABLE_ENTITY, heir, errors).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(
    app: &App,
    look: Look,
    actor: &Actor,
    id: KeyId,
    status: StatusCode,
    heir: String,
    errors: Vec<FieldError>,
) -> Result<Response, Problem> {
    let handover = app.services.keys.handover(actor, id).await?;
    let props = HandOverPageProps { slug: actor.workspace.slug.clone(), handover, heir, errors, now: app.now() };
    Ok(look.of_member(actor).page(status, "Hand over key", move || HandOverPage(props)))
}
