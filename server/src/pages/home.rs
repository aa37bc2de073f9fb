//! Where to begin.

use super::look::see_other;
use crate::{
    problem::Problem,
    state::Shared,
    visitor::{Member, SignedIn},
};
use axum::{extract::State, response::Response};

/// `/`: to the keys of the first workspace.
pub async fn go(State(app): State<Shared>, who: SignedIn) -> Result<Response, Problem> {
    let all = app.services.workspaces.list(who.user.id).await?;
    let path = all.first().map_or_else(|| "/account".to_owned(), |first| format!("/w/{}/keys", first.slug));
    Ok(see_other(&path))
}

/// `/w/{slug}`: to the keys.
pub async fn workspace(Member(actor): Member) -> Response {
    see_other(&format!("/w/{}/keys", actor.workspace.slug))
}
