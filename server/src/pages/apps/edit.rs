//! `/w/{slug}/apps/{id}/edit`.

use super::{Why, app_path};
use crate::{
    body::Fields,
    pages::{Look, flash, look::see_other},
    path::PathId,
    problem::Problem,
    state::{App, Shared},
    visitor::Member,
};
use axum::{extract::State, response::Response};
use keywright_app::pages::apps::{EditAppPage, EditAppPageProps};
use keywright_core::{
    actor::Actor,
    apps::{App as OAuthApp, AppForm, AppPatch},
    error::Error,
    ids::AppId,
    profile::Right,
};
use std::sync::Arc;

const FIELDS: &[&str] = &["name", "redirect_uris", "scopes", "client_uri", "pkce_optional", "version"];

/// `GET /w/{slug}/apps/{id}/edit`.
pub async fn edit(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(id): PathId<AppId>,
) -> Result<Response, Problem> {
    actor.require(Right::AppsManage)?;
    let found = app.services.apps.get(&actor, id).await?;
    let form = AppForm::of(&found);
    Ok(form_page(&app, look, &actor, found, form, Why::default()))
}

/// `POST /w/{slug}/apps/{id}/edit`.
pub async fn update(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(id): PathId<AppId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let form = AppForm {
        name: fields.one("name"),
        kind: String::new(),
        redirect_uris: fields.one("redirect_uris"),
        scopes: fields.all("scopes"),
        client_uri: fields.one("client_uri"),
        pkce_optional: fields.one("pkce_optional") == "1",
    };
    let patch = AppPatch {
        name: Some(form.name.clone()),
        redirect_uris: Some(form.redirect_uris.clone()),
        scopes: Some(form.scopes.clone()),
        client_uri: Some(form.client_uri.clone()),
        pkce_optional: Some(form.pkce_optional),
        version: fields.version(),
    };
    let done = match (actor.require(Right::AppsManage), fields.only(FIELDS)) {
        (Ok(()), Err(error)) => Err(Error::Invalid(vec![error])),
        (Ok(()), Ok(())) | (Err(_), _) => app.services.apps.update(&actor, id, &patch).await,
    };
    let why = match done {
        Ok(changed) => {
            let unchanged = patch.version == Some(changed.version);
            let message = if unchanged {
                "Nothing was changed.".to_owned()
            } else {
                format!("“{}” is changed.", changed.name)
            };
            return Ok(flash(&app, see_other(&app_path(&actor, id)), &message));
        }
        Err(error) => Why::of(error)?,
    };
    let found = app.services.apps.get(&actor, id).await?;
    Ok(form_page(&app, look, &actor, found, form, why))
}

fn form_page(app: &App, look: Look, actor: &Actor, found: OAuthApp, form: AppForm, why: Why) -> Response {
    let props = EditAppPageProps {
        slug: actor.workspace.slug.clone(),
        app: found,
        form,
        errors: why.errors,
        refusal: why.refusal,
        profile: Arc::clone(&app.services.profile),
        role: actor.role.clone(),
    };
    look.of_member(actor).page(why.status, "Edit app", move || EditAppPage(props))
}
