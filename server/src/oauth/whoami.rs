//! `GET /oauth/whoami`: for whom the command line manages, and where.

use super::{Refusal, answer};
use crate::{api::bearer::access_token, state::Shared, visitor::origin};
use axum::{extract::State, http::request::Parts, response::Response};
use keywright_core::ids::{UserId, WorkspaceId};
use serde::Serialize;

#[derive(Serialize)]
struct Told<'a> {
    user: Person<'a>,
    workspace: Place<'a>,
    role: &'a str,
}

#[derive(Serialize)]
struct Person<'a> {
    id: UserId,
    name: &'a str,
    email: &'a str,
}

#[derive(Serialize)]
struct Place<'a> {
    id: WorkspaceId,
    slug: &'a str,
    name: &'a str,
    plan: &'a str,
}

/// Told to whoever has the command line's token.
pub async fn whoami(State(app): State<Shared>, parts: Parts) -> Result<Response, Refusal> {
    let token = access_token(&parts.headers).ok_or_else(|| Refusal::stranger("There is no access token."))?;
    let actor = app.services.oauth.manager(token, origin(&parts)).await?;
    let (user, workspace) = (&actor.user, &actor.workspace);
    Ok(answer::good(&Told {
        user: Person { id: user.id, name: &user.name, email: &user.email },
        workspace: Place { id: workspace.id, slug: &workspace.slug, name: &workspace.name, plan: &workspace.plan },
        role: &actor.role.name,
    }))
}
