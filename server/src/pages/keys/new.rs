//! `/w/{slug}/keys/new`.

use super::reveal_next;
use crate::{
    body::Fields,
    pages::Look,
    path::parse_id,
    problem::Problem,
    state::{App, Shared},
    visitor::Member,
};
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use keywright_app::pages::keys::{NewKeyPage, NewKeyPageProps, Preset};
use keywright_core::{
    actor::Actor,
    error::{Error, FieldError},
    keys::{KeyForm, KeyQuery, KeySort, NewKey, StatusFilter},
    page::PageRequest,
    profile::Right,
};
use std::{collections::HashMap, sync::Arc};

const FIELDS: &[&str] =
    &["label", "note", "environment", "owner", "scopes", "expiry", "expires_on", "networks", "confirmed"];

/// A form that comes back: as it was typed, with what is wrong.
#[derive(Default)]
struct Refused {
    form: KeyForm,
    errors: Vec<FieldError>,
    same_label: Option<String>,
}

/// `GET /w/{slug}/keys/new`; with `?like=` as another key is, with `?preset=` with these scopes.
pub async fn new(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    Query(asked): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    actor.require(Right::KeysManage)?;
    let profile = &app.services.profile;
    let mut form = match asked.get("like") {
        Some(like) => KeyForm::like(&app.services.keys.get(&actor, parse_id(like)?).await?, profile),
        None => KeyForm::blank(profile),
    };
    if let Some(preset) = asked.get("preset").and_then(|word| Preset::parse(word)) {
        form.scopes = preset.scopes(profile, &actor.role);
    }
    form_page(&app, look, &actor, StatusCode::OK, Refused { form, ..Refused::default() }).await
}

/// `POST /w/{slug}/keys/new`: makes the key, and shows its secret on the next page.
pub async fn create(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    fields: Fields,
) -> Result<Response, Problem> {
    let form = read(&fields);
    // Who may not create gets no form back, only the refusal, which the service also writes down.
    if actor.require(Right::KeysManage).is_ok() {
        let errors = faults(&app, &actor, &form, &fields);
        if !errors.is_empty() {
            let refused = Refused { form, errors, same_label: None };
            return form_page(&app, look, &actor, StatusCode::UNPROCESSABLE_ENTITY, refused).await;
        }
        // Two keys may have one label, but it should not happen by accident.
        if fields.one("confirmed") != "1"
            && let Some(other) = app.services.keys.same_label(&actor, &form.label).await?
        {
            let refused = Refused { form, errors: Vec::new(), same_label: Some(other.masked()) };
            return form_page(&app, look, &actor, StatusCode::CONFLICT, refused).await;
        }
    }
    match app.services.keys.create(&actor, &form).await {
        Ok(created) => reveal_next(&app, &actor, &created),
        Err(Error::Invalid(errors)) => {
            let refused = Refused { form, errors, same_label: None };
            form_page(&app, look, &actor, StatusCode::UNPROCESSABLE_ENTITY, refused).await
        }
        Err(error @ (Error::KeyLimitReached { .. } | Error::PlanRequired { .. })) => {
            let refused = Refused { form, errors: vec![FieldError::new("form", error.to_string())], same_label: None };
            form_page(&app, look, &actor, StatusCode::FORBIDDEN, refused).await
        }
        Err(error) => Err(error.into()),
    }
}

fn read(fields: &Fields) -> KeyForm {
    KeyForm {
        label: fields.one("label"),
        note: fields.one("note"),
        scopes: fields.all("scopes"),
        expiry: fields.one("expiry"),
        expires_on: fields.one("expires_on"),
        environment: fields.one("environment"),
        networks: fields.one("networks"),
        owner: fields.one("owner"),
    }
}

/// What the page itself has to say of a form. A program that names no scopes gets the profile's own; a person who
/// took every tick away does not mean that.
fn faults(app: &App, actor: &Actor, form: &KeyForm, fields: &Fields) -> Vec<FieldError> {
    if let Err(error) = fields.only(FIELDS) {
        return vec![error];
    }
    let profile = &app.services.profile;
    if !form.scopes.is_empty() || profile.default_scopes.is_empty() {
        return Vec::new();
    }
    let mut errors = NewKey::parse(form, profile, &actor.role, app.now()).err().unwrap_or_default();
    errors.push(FieldError::new("scopes", "Choose at least one scope."));
    errors
}

async fn form_page(
    app: &App,
    look: Look,
    actor: &Actor,
    status: StatusCode,
    refused: Refused,
) -> Result<Response, Problem> {
    let query = KeyQuery { status: Some(StatusFilter::Active), sort: KeySort::Label, ..KeyQuery::default() };
    let request = PageRequest { after: None, limit: PageRequest::<keywright_core::ids::KeyId>::MOST };
    let props = NewKeyPageProps {
        slug: actor.workspace.slug.clone(),
        form: refused.form,
        errors: refused.errors,
        profile: Arc::clone(&app.services.profile),
        role: actor.role.clone(),
        now: app.now(),
        quota: app.services.keys.quota(actor).await?,
        same_label: refused.same_label,
        others: app.services.keys.list(actor, &query, request).await?.items,
    };
    Ok(look.of_member(actor).page(status, "Create API key", move || NewKeyPage(props)))
}
