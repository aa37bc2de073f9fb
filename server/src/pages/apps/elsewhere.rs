//! `/w/{slug}/apps/elsewhere/{id}` and below.

use crate::{
    body::Fields,
    pages::{Look, flash, look::see_other},
    path::PathId,
    problem::Problem,
    state::Shared,
    visitor::Member,
};
use axum::{extract::State, http::StatusCode, response::Response};
use keywright_app::pages::apps::{DismissAppPage, DismissAppPageProps, ForeignAppPage, ForeignAppPageProps};
use keywright_core::{error::Error, ids::AppId, profile::Right};
use std::sync::Arc;

/// `GET /w/{slug}/apps/elsewhere/{id}`.
pub async fn elsewhere(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(id): PathId<AppId>,
) -> Result<Response, Problem> {
    let props = ForeignAppPageProps {
        slug: actor.workspace.slug.clone(),
        known: app.services.apps.get_foreign(&actor, id).await?,
        policy: app.services.apps.policy(&actor).await?,
        profile: Arc::clone(&app.services.profile),
        can_manage: actor.require(Right::AppsManage).is_ok(),
        now: app.now(),
    };
    let title = props.known.app.name.clone();
    Ok(look.of_member(&actor).page(StatusCode::OK, &title, move || ForeignAppPage(props)))
}

/// `POST /w/{slug}/apps/elsewhere/{id}/approve`: the app as the page showed it. Of two who approve at once, neither is
/// told that it failed.
pub async fn approve(
    State(app): State<Shared>,
    Member(actor): Member,
    PathId(id): PathId<AppId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let back = see_other(&format!("/w/{}/apps/elsewhere/{id}", actor.workspace.slug));
    match app.services.apps.approve(&actor, id, fields.version()).await {
        Ok(approved) => Ok(flash(&app, back, &format!("“{}” is approved.", approved.name))),
        Err(Error::Conflict(message)) => Ok(flash(&app, back, &message)),
        Err(error) => Err(error.into()),
    }
}

/// `GET /w/{slug}/apps/elsewhere/{id}/remove`: what will happen.
pub async fn confirm_remove(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(id): PathId<AppId>,
) -> Result<Response, Problem> {
    actor.require(Right::AppsManage)?;
    let props = DismissAppPageProps {
        slug: actor.workspace.slug.clone(),
        known: app.services.apps.get_foreign(&actor, id).await?,
        mode: app.services.apps.policy(&actor).await?.mode,
    };
    Ok(look.of_member(&actor).page(StatusCode::OK, "Remove app", move || DismissAppPage(props)))
}

/// `POST /w/{slug}/apps/elsewhere/{id}/remove`.
pub async fn remove(
    State(app): State<Shared>,
    Member(actor): Member,
    PathId(id): PathId<AppId>,
) -> Result<Response, Problem> {
    let gone = app.services.apps.dismiss(&actor, id).await?;
    let back = see_other(&format!("/w/{}/apps", actor.workspace.slug));
    Ok(flash(&app, back, &format!("“{}” is removed.", gone.name)))
}
