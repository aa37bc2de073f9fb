//! A key for somebody else: `/w/{slug}/keys/{id}/owner`.

use super::{Look, flash, look::see_other, members::read_heir};
use crate::{
    api::paging::key_id,
    body::Fields,
    problem::Problem,
    state::{App, Shared},
    visitor::Member,
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use keywright_app::pages::members::{HandOverPage, HandOverPageProps};
use keywright_core::{
    actor::Actor,
    error::{Error, FieldError},
    ids::KeyId,
};
use std::collections::HashMap;

/// `GET /w/{slug}/keys/{id}/owner`: who could have the key.
pub async fn show(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    Path(path): Path<HashMap<String, String>>,
) -> Result<Response, Problem> {
    page(&app, look, &actor, id(&path)?, StatusCode::OK, String::new(), Vec::new()).await
}

/// `POST /w/{slug}/keys/{id}/owner`.
pub async fn submit(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    Path(path): Path<HashMap<String, String>>,
    fields: Fields,
) -> Result<Response, Problem> {
    let id = id(&path)?;
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

fn id(path: &HashMap<String, String>) -> Result<KeyId, Problem> {
    key_id(path.get("id").map(String::as_str).unwrap_or_default())
}
