//! `/api/v1/workspaces/{workspace}/audit`.

pub mod export;

use super::{
    openapi::{choices, query},
    paging::{ListBody, Paging, listed},
};
use crate::{problem::Problem, state::Shared, visitor::Member};
use axum::{
    extract::{Query, State},
    response::Response,
};
use keywright_core::{
    Time,
    audit::{Action, AuditEntry, AuditFilter, AuditForm, Change, EntryHash, ExportFormat, Outcome},
    error::FieldError,
    ids::{AuditId, UserId},
};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::{
    ToSchema,
    openapi::{
        ObjectBuilder, Type,
        path::{Parameter, ParameterIn},
        schema::{KnownFormat, SchemaFormat},
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// An entry as programs get it, in lists and in exports.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub struct EntryBody {
    /// Its id.
    #[schema(value_type = String, example = "<audit-id>")]
    id: AuditId,
    /// Its number in the log of its workspace.
    #[schema(example = 42)]
    seq: Option<u64>,
    /// When.
    #[schema(value_type = String, format = DateTime, example = "2026-11-20T14:03:11Z")]
    at: Time,
    /// Who.
    #[schema(value_type = Option<String>, example = "<member-id>")]
    actor_id: Option<UserId>,
    /// Who, by the name that they had then.
    #[schema(example = "Ada Lovelace")]
    actor: Option<String>,
    /// By which way, if not in the dashboard or over REST with a session.
    #[schema(example = json!(null))]
    via: Option<String>,
    /// What.
    #[schema(example = "key.created")]
    action: String,
    /// Why it was refused, if it was: the `error` of the answer.
    #[schema(example = json!(null))]
    refused: Option<String>,
    /// What it was about.
    #[schema(example = "<key-id>")]
    subject_id: Option<String>,
    /// What it was about, by the name that it had then.
    #[schema(example = "CI deploy")]
    subject: Option<String>,
    /// What changed: `what`, and what it was `from` and is `to`, where there is such a thing.
    #[schema(value_type = Vec<Object>, example = json!([{"what": "scopes", "to": "<scope>"}]))]
    changes: Vec<Change>,
    /// From where.
    #[schema(example = "203.0.113.7")]
    address: Option<String>,
    /// With which program.
    #[schema(example = "curl/8.14.1")]
    user_agent: Option<String>,
    /// The hash of this entry and, with it, of all before.
    #[schema(value_type = Option<String>, example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    hash: Option<EntryHash>,
}

/// A page of the log.
type AuditList = ListBody<EntryBody>;

/// Everything about the log, below the address of its workspace.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(export))
}

/// By what the log can be narrowed, for its description.
struct Filters;

impl utoipa::IntoParams for Filters {
    fn into_params(_place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = || ObjectBuilder::new().schema_type(Type::String);
        let day = || text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)));
        let actions: Vec<_> = Action::ALL.iter().map(|(action, code, ..)| (*code, *action)).collect();
        let outcomes: Vec<_> = Outcome::ALL.iter().map(|(outcome, code, _)| (*code, *outcome)).collect();
        vec![
            query("actor", "Who did it: the id of a person.", text()),
            query("action", "What was done.", choices(&actions)),
            query("outcome", "Whether it was done, or only tried.", choices(&outcomes)),
            query("refused", "The short way to say `outcome=refused`.", choices(&[("1", ())])),
            query("subject", "What it was done to: the id of a key, say.", text()),
            query("from", "The first day, in UTC.", day()),
            query("to", "The last day, in UTC.", day()),
        ]
    }
}

/// Read the log
///
/// The latest entry first.
#[utoipa::path(
    get, path = "/audit", tag = "Audit log", operation_id = "listAuditEntries", params(Filters, Paging<AuditId>),
    responses((status = 200, description = "A page of the log.", body = AuditList)),
    extensions(("x-right" = json!("audit:read"))),
)]
async fn list(
    State(app): State<Shared>,
    Member(actor): Member,
    Query(query): Query<HashMap<String, String>>,
    Paging(request): Paging<AuditId>,
) -> Result<Response, Problem> {
    let page = app.services.audit.search(&actor, &filter(&query)?, request).await?;
    Ok(listed(page, EntryBody::from))
}

/// In which form the log is exported, for its description.
struct Format;

impl utoipa::IntoParams for Format {
    fn into_params(_place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let formats = choices(&[("jsonl", ExportFormat::JsonLines), ("csv", ExportFormat::Csv)]);
        vec![query("format", "JSON Lines, if nothing is said, or CSV.", formats)]
    }
}

/// Export the log
///
/// All of it, or what the filters leave, as a file that is written while it is sent.
#[utoipa::path(
    get, path = "/audit/export", tag = "Audit log", operation_id = "exportAuditLog", params(Format, Filters),
    responses((status = 200, description = "The entries, one a line.", content(
        (String = "application/x-ndjson"), (String = "text/csv"),
    ))),
    extensions(("x-right" = json!("audit:read"))),
)]
async fn export(
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
