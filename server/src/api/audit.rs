//! `/api/v1/workspaces/{workspace}/audit`.

pub mod export;

use super::paging::page_request;
use crate::{problem::Problem, state::Shared, visitor::Member};
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use keywright_core::{
    Time,
    audit::{AuditEntry, AuditFilter, AuditForm, Change, EntryHash, ExportFormat},
    error::FieldError,
    ids::{AuditId, UserId},
};
use serde::Serialize;
use std::collections::HashMap;

/// An entry as programs get it, in lists and in exports.
#[derive(Serialize)]
pub struct EntryBody {
    id: AuditId,
    seq: Option<u64>,
    at: Time,
    actor_id: Option<UserId>,
    actor: Option<String>,
    via: Option<String>,
    action: String,
    refused: Option<String>,
    subject_id: Option<String>,
    subject: Option<String>,
    changes: Vec<Change>,
    address: Option<String>,
    user_agent: Option<String>,
    hash: Option<EntryHash>,
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

/// `GET …/audit?limit=&cursor=`, the latest entry first; narrowed by `actor`, `action`, `outcome` (or
/// `refused=1`), `subject`, `from` and `to`. **Right** `audit:read`
pub async fn list(
    State(app): State<Shared>,
    Member(actor): Member,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let filter = filter(&query)?;
    let page = app.services.audit.search(&actor, &filter, page_request(&query)?).await?;
    let data = page.items.into_iter().map(EntryBody::from).collect();
    Ok(axum::Json(ListBody { data, meta: Meta { next_cursor: page.next } }).into_response())
}

/// `GET …/audit/export?format=jsonl|csv`: all of it, narrowed likewise. **Right** `audit:read`
pub async fn export(
    State(app): State<Shared>,
    Member(actor): Member,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let format = match query.get("format").map_or("jsonl", String::as_str) {
        "jsonl" => ExportFormat::JsonLines,
        "csv" => ExportFormat::Csv,
        _ => return Err(Problem::malformed("The format is jsonl or csv.")),
    };
    export::answer(&app, &actor, &query, format).await
}

/// The filter of a query string, as it was written there.
#[must_use]
pub fn form(query: &HashMap<String, String>) -> AuditForm {
    let take = |name: &str| query.get(name).cloned().unwrap_or_default();
    AuditForm {
        actor: take("actor"),
        action: take("action"),
        outcome: take("outcome"),
        refused: take("refused"),
        subject: take("subject"),
        from: take("from"),
        to: take("to"),
    }
}

/// The filter of a query string. What is wrong with it is a fault of the address, not of a form.
fn filter(query: &HashMap<String, String>) -> Result<AuditFilter, Problem> {
    AuditFilter::parse(&form(query)).map_err(|fields: Vec<FieldError>| {
        let sentences: Vec<_> = fields.iter().map(|error| error.message.as_str()).collect();
        Problem { fields: fields.clone(), ..Problem::malformed(sentences.join(" ")) }
    })
}

impl From<AuditEntry> for EntryBody {
    fn from(entry: AuditEntry) -> Self {
        Self {
            id: entry.id,
            seq: entry.seq,
            at: entry.at,
            actor_id: entry.actor_id,
            actor: entry.actor,
            via: entry.via,
            action: entry.action,
            refused: entry.refused,
            subject_id: entry.subject_id,
            subject: entry.subject,
            changes: entry.changes,
            address: entry.address,
            user_agent: entry.user_agent,
            hash: entry.hash,
        }
    }
}
