//! `/api/v1/workspaces/{workspace}/audit`.

use super::paging::page_request;
use crate::{problem::Problem, state::Shared, visitor::Member};
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use keywright_core::{
    Time,
    audit::{AuditEntry, Change},
    ids::AuditId,
};
use serde::Serialize;
use std::collections::HashMap;

#[derive(Serialize)]
struct EntryBody {
    id: AuditId,
    at: Time,
    actor: Option<String>,
    action: String,
    refused: Option<String>,
    subject: Option<String>,
    changes: Vec<Change>,
    address: Option<String>,
    user_agent: Option<String>,
}

#[derive(Serialize)]
struct ListBody {
    data: Vec<EntryBody>,
    meta: Meta,
}

#[derive(Serialize)]
struct Meta {
    next_cursor: Option<AuditId>,
}

/// `GET …/audit?limit=&cursor=`, the latest entry first. **Right** `audit:read`
pub async fn list(
    State(app): State<Shared>,
    Member(actor): Member,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let page = app.services.audit.list(&actor, page_request(&query)?).await?;
    let data = page.items.into_iter().map(EntryBody::from).collect();
    Ok(axum::Json(ListBody { data, meta: Meta { next_cursor: page.next } }).into_response())
}

impl From<AuditEntry> for EntryBody {
    fn from(entry: AuditEntry) -> Self {
        Self {
            id: entry.id,
            at: entry.at,
            actor: entry.actor,
            action: entry.action,
            refused: entry.refused,
            subject: entry.subject,
            changes: entry.changes,
            address: entry.address,
            user_agent: entry.user_agent,
        }
    }
}
