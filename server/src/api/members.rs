//! `/api/v1/workspaces/{workspace}/members`.

use super::{
    openapi::query,
    paging::{ListBody, Paging, listed},
};
use crate::{body::Json, path::PathId, problem::Problem, state::Shared, visitor::Member};
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use keywright_core::{
    Time,
    error::Error,
    ids::UserId,
    members::{KeysFate, MemberChange, MemberInfo},
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::{
    ToSchema,
    openapi::{
        ObjectBuilder, Type,
        path::{Parameter, ParameterIn},
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Another role for a member.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MemberChange, example = json!({"role": "<role>"}))]
pub struct Change {
    /// The name of the role.
    role: String,
    /// What becomes of their keys that exceed it. Absent: they stay where they are, and do less.
    #[serde(default)]
    keys: Option<Keys>,
}

/// What becomes of keys.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = KeysFate)]
struct Keys {
    /// The id of the member who gets them.
    #[schema(value_type = String)]
    hand_over_to: UserId,
}

/// Somebody who works in the workspace.
#[derive(Serialize, ToSchema)]
#[schema(as = Member)]
struct MemberBody {
    /// Their id.
    #[schema(value_type = String, example = "<member-id>")]
    id: UserId,
    /// Their name.
    #[schema(example = "Ada Lovelace")]
    name: String,
    /// Their address.
    #[schema(example = "ada@example.com")]
    email: String,
    /// The name of their role.
    #[schema(example = "<role>")]
    role: String,
    /// Since when they are a member.
    #[schema(value_type = String, format = DateTime, example = "2026-11-02T09:30:00Z")]
    joined_at: Time,
    /// How many keys of theirs work or can be switched on.
    #[schema(example = 2)]
    live_keys: u32,
}

/// A member after a change, and what became of their keys.
#[derive(Serialize, ToSchema)]
#[schema(as = ChangedMember)]
struct ChangedBody {
    #[serde(flatten)]
    member: MemberBody,
    /// What became of their keys.
    keys: KeysBody,
}

/// What became of a member's keys.
#[derive(Serialize, ToSchema)]
#[schema(as = ChangedMemberKeys)]
struct KeysBody {
    /// How many were handed over.
    #[schema(example = 0)]
    handed_over: u32,
    /// How many stopped.
    #[schema(example = 0)]
    stopped: u32,
}

/// A page of members.
type MemberList = ListBody<MemberBody>;

/// Everything about members, below the address of their workspace.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get, change, remove))
}

/// List members
#[utoipa::path(
    get, path = "/members", tag = "Members", operation_id = "listMembers", params(Paging<UserId>),
    responses((status = 200, description = "A page of members.", body = MemberList)),
    extensions(("x-right" = json!("members:read"))),
)]
async fn list(
    State(app): State<Shared>,
    Member(actor): Member,
    Paging(request): Paging<UserId>,
) -> Result<Response, Problem> {
    Ok(listed(app.services.members.list(&actor, request).await?, MemberBody::from))
}

/// Get a member
#[utoipa::path(
    get, path = "/members/{user}", tag = "Members", operation_id = "getMember", params(PathId<UserId>),
    responses((status = 200, description = "The member.", body = MemberBody)),
    extensions(("x-right" = json!("members:read"))),
)]
async fn get(
    State(app): State<Shared>,
    Member(actor): Member,
    PathId(id): PathId<UserId>,
) -> Result<Response, Problem> {
    let member = app.services.members.get(&actor, id).await?;
    Ok(axum::Json(MemberBody::from(member)).into_response())
}

/// Change a member's role
///
/// Their keys do less from the next request on, if the new role allows less. The last owner stays one.
#[utoipa::path(
    patch, path = "/members/{user}", tag = "Members", operation_id = "changeMember", params(PathId<UserId>),
    request_body = Change,
    responses((status = 200, description = "The member as they are now.", body = ChangedBody)),
    extensions(("x-right" = json!("members:manage"))),
)]
async fn change(
    State(app): State<Shared>,
    Member(actor): Member,
    PathId(id): PathId<UserId>,
    Json(change): Json<Change>,
) -> Result<Response, Problem> {
    let fate = change.keys.map_or(KeysFate::Stop, |keys| KeysFate::HandOver(keys.hand_over_to));
    let changed = app.services.members.change_role(&actor, id, &change.role, Some(fate)).await?;
    Ok(axum::Json(ChangedBody::from(changed)).into_response())
}

/// Remove a member
///
/// Their keys stop with the next request, unless somebody gets them. Anybody may leave: to remove oneself needs no
/// right. The last owner stays.
#[utoipa::path(
    delete, path = "/members/{user}", tag = "Members", operation_id = "removeMember", params(PathId<UserId>, Heir),
    responses((status = 200, description = "The member that was, and what became of their keys.", body = ChangedBody)),
    extensions(("x-right" = json!("members:manage"))),
)]
async fn remove(
    State(app): State<Shared>,
    Member(actor): Member,
    PathId(id): PathId<UserId>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let fate = match query.get("hand_over_to") {
        None => KeysFate::Stop,
        Some(heir) => {
            let wrong = |_| Error::field("hand_over_to", "Choose one of the members.");
            KeysFate::HandOver(heir.parse().map_err(wrong)?)
        }
    };
    let changed = app.services.members.remove(&actor, id, Some(fate)).await?;
    Ok(axum::Json(ChangedBody::from(changed)).into_response())
}

/// Who gets the keys, for its description.
struct Heir;

impl utoipa::IntoParams for Heir {
    fn into_params(_place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let id = ObjectBuilder::new().schema_type(Type::String);
        vec![query("hand_over_to", "The id of the member who gets their keys. Absent: the keys stop.", id)]
    }
}

impl From<MemberInfo> for MemberBody {
    fn from(member: MemberInfo) -> Self {
        Self {
            id: member.user.id,
            name: member.user.name,
            email: member.user.email,
            role: member.role,
            joined_at: member.since,
            live_keys: member.live_keys,
        }
    }
}

impl From<MemberChange> for ChangedBody {
    fn from(change: MemberChange) -> Self {
        let keys = KeysBody { handed_over: change.handed_over, stopped: change.stopped };
        Self { member: change.member.into(), keys }
    }
}
