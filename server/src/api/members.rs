//! `/api/v1/workspaces/{workspace}/members`.

use super::paging::{page_request, user_id};
use crate::{body::Json, problem::Problem, state::Shared, visitor::Member};
use axum::{
    extract::{Path, Query, State},
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

/// The body of a change.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    role: String,
    /// Absent: keys that exceed the new role stay where they are, and do less.
    #[serde(default)]
    keys: Option<Keys>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    hand_over_to: UserId,
}

/// A member as REST shows them.
#[derive(Serialize)]
struct MemberBody {
    id: UserId,
    name: String,
    email: String,
    role: String,
    joined_at: Time,
    live_keys: u32,
}

/// A member after a change, and what became of their keys.
#[derive(Serialize)]
struct ChangedBody {
    #[serde(flatten)]
    member: MemberBody,
    keys: KeysBody,
}

#[derive(Serialize)]
struct KeysBody {
    handed_over: u32,
    stopped: u32,
}

#[derive(Serialize)]
struct ListBody {
    data: Vec<MemberBody>,
    meta: Meta,
}

#[derive(Serialize)]
struct Meta {
    /// Pass it as `cursor` for the next page.
    next_cursor: Option<UserId>,
}

/// `GET …/members?limit=&cursor=`. **Right** `members:read`
pub async fn list(
    State(app): State<Shared>,
    Member(actor): Member,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let page = app.services.members.list(&actor, page_request(&query)?).await?;
    let data = page.items.into_iter().map(MemberBody::from).collect();
    Ok(axum::Json(ListBody { data, meta: Meta { next_cursor: page.next } }).into_response())
}

/// `GET …/members/{user}`. **Right** `members:read`
pub async fn get(
    State(app): State<Shared>,
    Member(actor): Member,
    Path(path): Path<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let member = app.services.members.get(&actor, id(&path)?).await?;
    Ok(axum::Json(MemberBody::from(member)).into_response())
}

/// `PATCH …/members/{user}`: another role. **Right** `members:manage`
pub async fn change(
    State(app): State<Shared>,
    Member(actor): Member,
    Path(path): Path<HashMap<String, String>>,
    Json(change): Json<Change>,
) -> Result<Response, Problem> {
    let fate = change.keys.map_or(KeysFate::Stop, |keys| KeysFate::HandOver(keys.hand_over_to));
    let changed = app.services.members.change_role(&actor, id(&path)?, &change.role, Some(fate)).await?;
    Ok(axum::Json(ChangedBody::from(changed)).into_response())
}

/// `DELETE …/members/{user}?hand_over_to=`. **Right** `members:manage`, except to leave.
pub async fn remove(
    State(app): State<Shared>,
    Member(actor): Member,
    Path(path): Path<HashMap<String, String>>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let fate = match query.get("hand_over_to") {
        None => KeysFate::Stop,
        Some(heir) => {
            let wrong = |_| Error::field("hand_over_to", "Choose one of the members.");
            KeysFate::HandOver(heir.parse().map_err(wrong)?)
        }
    };
    let changed = app.services.members.remove(&actor, id(&path)?, Some(fate)).await?;
    Ok(axum::Json(ChangedBody::from(changed)).into_response())
}

fn id(path: &HashMap<String, String>) -> Result<UserId, Problem> {
    user_id(path.get("user").map(String::as_str).unwrap_or_default())
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
