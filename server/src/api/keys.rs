//! `/api-keys`.

use super::paging::{key_id, page_request};
use crate::{body::Json, problem::Problem, state::Shared, visitor::Member};
use axum::{
    extract::{Path, Query, State},
    http::{HeaderName, StatusCode, header::LOCATION},
    response::{IntoResponse, Response},
};
use keywright_core::{
    Time,
    error::{Error, FieldError},
    ids::{KeyId, UserId},
    keys::{ApiKey, KeyForm, KeyQuery, Quota},
};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::HashMap;

/// The body of a create.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Create {
    label: String,
    #[serde(default)]
    note: String,
    scopes: Scopes,
    /// Absent: the policy's default. `null`: never, where the policy allows it.
    #[serde(default, deserialize_with = "present")]
    expires_in_days: Option<Option<i64>>,
}

/// A list, or one text with commas or spaces between the names.
#[derive(Deserialize)]
#[serde(untagged, expecting = "scopes must be a list of names")]
enum Scopes {
    List(Vec<String>),
    Text(String),
}

/// A key as REST shows it.
#[derive(Serialize)]
struct KeyBody {
    id: KeyId,
    label: String,
    note: String,
    scopes: Vec<String>,
    prefix: String,
    last4: String,
    masked: String,
    status: &'static str,
    created_by: Person,
    created_at: Time,
    expires_at: Option<Time>,
    revoked_at: Option<Time>,
    last_used_at: Option<Time>,
    last_used: Option<Use>,
}

#[derive(Serialize)]
struct Person {
    id: UserId,
    name: String,
}

#[derive(Serialize)]
struct Use {
    at: Time,
    route: String,
    address: String,
}

/// A new key: the only answer that ever holds a secret.
#[derive(Serialize)]
struct CreatedBody<'a> {
    #[serde(flatten)]
    key: KeyBody,
    #[serde(rename = "key")]
    secret: &'a str,
}

#[derive(Serialize)]
struct ListBody {
    data: Vec<KeyBody>,
    meta: Meta,
}

#[derive(Serialize)]
struct Meta {
    /// All keys, those that are over included.
    total: u64,
    /// Keys that count against the plan.
    used: u32,
    /// How many the plan allows.
    limit: u32,
    /// Pass it as `cursor` for the next page.
    next_cursor: Option<KeyId>,
}

/// `GET /api-keys?limit=&cursor=`. **Right** `keys:read`
pub async fn list(
    State(app): State<Shared>,
    Member(actor): Member,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let page = app.services.keys.list(&actor, &KeyQuery::default(), page_request(&query)?).await?;
    let Quota { used, limit, .. } = app.services.keys.quota(&actor).await?;
    let total = app.services.keys.count(&actor).await?;
    let now = app.now();
    let data = page.items.into_iter().map(|key| KeyBody::of(key, now)).collect();
    let meta = Meta { total, used, limit, next_cursor: page.next };
    Ok(axum::Json(ListBody { data, meta }).into_response())
}

/// `POST /api-keys`. **Right** `keys:manage`
pub async fn create(
    State(app): State<Shared>,
    Member(actor): Member,
    Json(create): Json<Create>,
) -> Result<Response, Problem> {
    let created = app.services.keys.create(&actor, &create.form()).await.map_err(in_json_names)?;
    let location = format!("/api/v1/workspaces/{}/api-keys/{}", actor.workspace.slug, created.key.id);
    let body = CreatedBody { key: KeyBody::of(created.key, app.now()), secret: created.secret.expose() };
    let headers: [(HeaderName, String); 1] = [(LOCATION, location)];
    Ok((StatusCode::CREATED, headers, axum::Json(body)).into_response())
}

/// `GET /api-keys/{id}`. **Right** `keys:read`
pub async fn get(
    State(app): State<Shared>,
    Member(actor): Member,
    Path(path): Path<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let key = app.services.keys.get(&actor, id(&path)?).await?;
    Ok(axum::Json(KeyBody::of(key, app.now())).into_response())
}

/// `DELETE /api-keys/{id}`: revokes. The key stays in the list. **Right** `keys:manage`
pub async fn revoke(
    State(app): State<Shared>,
    Member(actor): Member,
    Path(path): Path<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let key = app.services.keys.revoke(&actor, id(&path)?, "", None).await?;
    Ok(axum::Json(KeyBody::of(key, app.now())).into_response())
}

fn id(path: &HashMap<String, String>) -> Result<KeyId, Problem> {
    key_id(path.get("id").map(String::as_str).unwrap_or_default())
}

impl Create {
    fn form(self) -> KeyForm {
        let scopes = match self.scopes {
            Scopes::List(names) => names,
            Scopes::Text(text) => text.split([',', ' ']).filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        };
        let expiry = match self.expires_in_days {
            None => String::new(),
            Some(None) => "never".to_owned(),
            Some(Some(days)) => days.to_string(),
        };
        KeyForm { label: self.label, note: self.note, scopes, expiry, ..KeyForm::default() }
    }
}

/// The form and the body name one member differently.
fn in_json_names(error: Error) -> Problem {
    let mut problem = Problem::from(error);
    for field in &mut problem.fields {
        if field.field == "expiry" {
            *field = FieldError::new("expires_in_days", std::mem::take(&mut field.message));
        }
    }
    problem
}

impl KeyBody {
    fn of(key: ApiKey, now: Time) -> Self {
        Self {
            masked: key.masked(),
            status: key.status(now).code(),
            id: key.id,
            label: key.label,
            note: key.note,
            scopes: key.scopes,
            prefix: key.start,
            last4: key.last4,
            created_by: Person { id: key.creator.id, name: key.creator.name },
            created_at: key.created_at,
            expires_at: key.expires_at,
            revoked_at: key.revoked_at,
            last_used_at: key.last_use.as_ref().map(|last| last.at),
            last_used: key.last_use.map(|last| Use { at: last.at, route: last.route, address: last.address }),
        }
    }
}

/// Tells a member that is `null` from one that is not there.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<i64>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
