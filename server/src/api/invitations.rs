//! `/api/v1/workspaces/{workspace}/invitations`.

use super::paging::{invitation_id, page_request};
use crate::{
    body::Json,
    pages::{invite_url, mail_invitation},
    problem::Problem,
    state::Shared,
    visitor::Member,
};
use axum::{
    extract::{Path, Query, State},
    http::{HeaderName, StatusCode, header::LOCATION},
    response::{IntoResponse, Response},
};
use keywright_core::{
    Time,
    ids::InvitationId,
    members::{Invitation, InviteForm},
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The body of a create.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Create {
    email: String,
    role: String,
}

/// An invitation as REST shows it.
#[derive(Serialize)]
struct InvitationBody {
    id: InvitationId,
    email: String,
    role: String,
    status: &'static str,
    invited_by: String,
    created_at: Time,
    expires_at: Time,
}

/// A new invitation: the only answer that ever holds the link.
#[derive(Serialize)]
struct CreatedBody {
    #[serde(flatten)]
    invitation: InvitationBody,
    url: String,
    /// Whether it was mailed to the address as well.
    mailed: bool,
}

#[derive(Serialize)]
struct ListBody {
    data: Vec<InvitationBody>,
    meta: Meta,
}

#[derive(Serialize)]
struct Meta {
    /// Pass it as `cursor` for the next page.
    next_cursor: Option<InvitationId>,
}

/// `GET …/invitations?limit=&cursor=`: those that nobody has used, the latest first. **Right** `members:read`
pub async fn list(
    State(app): State<Shared>,
    Member(actor): Member,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let page = app.services.members.invitations(&actor, page_request(&query)?).await?;
    let now = app.now();
    let data = page.items.into_iter().map(|invitation| InvitationBody::of(invitation, now)).collect();
    Ok(axum::Json(ListBody { data, meta: Meta { next_cursor: page.next } }).into_response())
}

/// `POST …/invitations`: the answer holds the link, this once. **Right** `members:manage`
pub async fn create(
    State(app): State<Shared>,
    Member(actor): Member,
    Json(create): Json<Create>,
) -> Result<Response, Problem> {
    let form = InviteForm { email: create.email, role: create.role };
    let (invitation, link) = app.services.members.invite(&actor, &form).await?;
    let location = format!("/api/v1/workspaces/{}/invitations/{}", actor.workspace.slug, invitation.id);
    let mailed = mail_invitation(&app, &actor, &invitation, &link).await;
    let url = invite_url(&app, link.token());
    let body = CreatedBody { invitation: InvitationBody::of(invitation, app.now()), url, mailed };
    let headers: [(HeaderName, String); 1] = [(LOCATION, location)];
    Ok((StatusCode::CREATED, headers, axum::Json(body)).into_response())
}

/// `GET …/invitations/{id}`. **Right** `members:read`
pub async fn get(
    State(app): State<Shared>,
    Member(actor): Member,
    Path(path): Path<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let invitation = app.services.members.invitation(&actor, id(&path)?).await?;
    Ok(axum::Json(InvitationBody::of(invitation, app.now())).into_response())
}

/// `DELETE …/invitations/{id}`: its link opens nothing any more. **Right** `members:manage`
pub async fn revoke(
    State(app): State<Shared>,
    Member(actor): Member,
    Path(path): Path<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let invitation = app.services.members.revoke_invitation(&actor, id(&path)?).await?;
    let body = InvitationBody { status: "revoked", ..InvitationBody::of(invitation, app.now()) };
    Ok(axum::Json(body).into_response())
}

fn id(path: &HashMap<String, String>) -> Result<InvitationId, Problem> {
    invitation_id(path.get("id").map(String::as_str).unwrap_or_default())
}

impl InvitationBody {
    fn of(invitation: Invitation, now: Time) -> Self {
        Self {
            status: if invitation.is_over(now) { "expired" } else { "open" },
            id: invitation.id,
            email: invitation.email,
            role: invitation.role,
            invited_by: invitation.inviter,
            created_at: invitation.created_at,
            expires_at: invitation.expires_at,
        }
    }
}
