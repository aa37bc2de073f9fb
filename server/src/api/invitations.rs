//! `/api/v1/workspaces/{workspace}/invitations`.

use super::{
    answer,
    paging::{ListBody, Paging, listed},
};
use crate::{
    body::Json,
    pages::{invite_url, mail_invitation},
    path::PathId,
    problem::Problem,
    state::Shared,
    visitor::Member,
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use keywright_core::{
    Time,
    ids::InvitationId,
    members::{Invitation, InviteForm},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Somebody to be asked in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewInvitation, example = json!({"email": "grace@example.com", "role": "<role>"}))]
pub struct Create {
    /// Their address.
    email: String,
    /// The name of the role that they will have.
    role: String,
}

/// An invitation.
#[derive(Serialize, ToSchema)]
#[schema(as = Invitation)]
struct InvitationBody {
    /// Its id.
    #[schema(value_type = String, example = "<invitation-id>")]
    id: InvitationId,
    /// Who is invited.
    #[schema(example = "grace@example.com")]
    email: String,
    /// The name of the role that they will have.
    #[schema(example = "<role>")]
    role: String,
    /// `open`, `expired` or `revoked`.
    #[schema(value_type = String, example = "open")]
    status: &'static str,
    /// Who invited them.
    #[schema(example = "Ada Lovelace")]
    invited_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime, example = "2026-11-02T09:30:00Z")]
    created_at: Time,
    /// Until when the link works.
    #[schema(value_type = String, format = DateTime, example = "2026-11-09T09:30:00Z")]
    expires_at: Time,
}

/// A new invitation: the only answer that ever holds the link.
#[derive(Serialize, ToSchema)]
#[schema(as = InvitationWithLink)]
struct CreatedBody {
    #[serde(flatten)]
    invitation: InvitationBody,
    /// The link. It works once, and is shown this once.
    #[schema(example = "https://keys.example.com/invite/…")]
    url: String,
    /// Whether it was mailed to the address as well.
    #[schema(example = false)]
    mailed: bool,
}

/// A page of invitations.
type InvitationList = ListBody<InvitationBody>;

/// Everything about invitations, below the address of their workspace.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, revoke))
}

/// List invitations
///
/// Those that nobody has used, the latest first.
#[utoipa::path(
    get, path = "/invitations", tag = "Invitations", operation_id = "listInvitations", params(Paging<InvitationId>),
    responses((status = 200, description = "A page of invitations.", body = InvitationList)),
    extensions(("x-right" = json!("members:read"))),
)]
async fn list(
    State(app): State<Shared>,
    Member(actor): Member,
    Paging(request): Paging<InvitationId>,
) -> Result<Response, Problem> {
    let page = app.services.members.invitations(&actor, request).await?;
    let now = app.now();
    Ok(listed(page, |invitation| InvitationBody::of(invitation, now)))
}

/// Invite somebody
///
/// The answer holds the link, this once; where mail is set up it is mailed as well. A repetition with the same
/// `Idempotency-Key` answers 409 `idempotency_replayed` with the invitation's `id`.
#[utoipa::path(
    post, path = "/invitations", tag = "Invitations", operation_id = "createInvitation", request_body = Create,
    responses((status = 201, description = "The new invitation, with its link.", body = CreatedBody)),
    extensions(("x-right" = json!("members:manage"))),
)]
async fn create(
    State(app): State<Shared>,
    Member(actor): Member,
    Json(create): Json<Create>,
) -> Result<Response, Problem> {
    let form = InviteForm { email: create.email, role: create.role };
    let (invitation, link) = app.services.members.invite(&actor, &form).await?;
    let id = invitation.id;
    let mailed = mail_invitation(&app, &actor, &invitation, &link).await;
    let url = invite_url(&app, link.token());
    let body = CreatedBody { invitation: InvitationBody::of(invitation, app.now()), url, mailed };
    Ok((answer::location(&actor, "invitations", id), answer::secret(StatusCode::CREATED, id, &body)).into_response())
}

/// Get an invitation
#[utoipa::path(
    get, path = "/invitations/{id}", tag = "Invitations", operation_id = "getInvitation", params(PathId<InvitationId>),
    responses((status = 200, description = "The invitation.", body = InvitationBody)),
    extensions(("x-right" = json!("members:read"))),
)]
async fn get(
    State(app): State<Shared>,
    Member(actor): Member,
    PathId(id): PathId<InvitationId>,
) -> Result<Response, Problem> {
    let invitation = app.services.members.invitation(&actor, id).await?;
    Ok(axum::Json(InvitationBody::of(invitation, app.now())).into_response())
}

/// Revoke an invitation
///
/// Its link opens nothing any more.
#[utoipa::path(
    delete, path = "/invitations/{id}", tag = "Invitations", operation_id = "revokeInvitation", params(PathId<InvitationId>),
    responses((status = 200, description = "The invitation that was.", body = InvitationBody)),
    extensions(("x-right" = json!("members:manage"))),
)]
async fn revoke(
    State(app): State<Shared>,
    Member(actor): Member,
    PathId(id): PathId<InvitationId>,
) -> Result<Response, Problem> {
    let invitation = app.services.members.revoke_invitation(&actor, id).await?;
    let body = InvitationBody { status: "revoked", ..InvitationBody::of(invitation, app.now()) };
    Ok(axum::Json(body).into_response())
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
