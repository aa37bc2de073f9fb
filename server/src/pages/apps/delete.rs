//! `/w/{slug}/apps/{id}/delete`.

use super::{Why, show::app_page};
use crate::{
    body::Fields,
    pages::{Look, flash, look::see_other},
    path::PathId,
    problem::Problem,
    state::Shared,
    visitor::Member,
};
use axum::{extract::State, http::StatusCode, response::Response};
use keywright_app::pages::apps::{DeleteAppPage, DeleteAppPageProps};
use keywright_core::{ids::AppId, profile::Right};

/// `GET /w/{slug}/apps/{id}/delete`: what will happen.
pub async fn confirm_delete(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(id): PathId<AppId>,
) -> Result<Response, Problem> {
    actor.require(Right::AppsManage)?;
    let found = app.services.apps.get(&actor, id).await?;
    let grants = app.services.apps.count_grants(&actor, id).await?;
    let props = DeleteAppPageProps { slug: actor.workspace.slug.clone(), app: found, grants, now: app.now() };
    Ok(look.of_member(&actor).page(StatusCode::OK, "Delete app", move || DeleteAppPage(props)))
}

/// `POST /w/{slug}/apps/{id}/delete`.
pub async fn delete(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(id): PathId<AppId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let why = match app.services.apps.delete(&actor, id, fields.version()).await {
        Ok(gone) => {
            let message = format!("“{}” is deleted, with all that it was given.", gone.name);
            return Ok(flash(&app, see_other(&format!("/w/{}/apps", actor.workspace.slug)), &message));
        }
        Err(error) => Why::of(error)?,
    };
    let found = app.services.apps.get(&actor, id).await?;
    app_page(&app, look, &actor, found, None, why).await
}
