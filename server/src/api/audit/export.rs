//! A copy of the log, written while it is sent: however long the log is, only a few entries are in memory.

use super::{EntryBody, filter};
use crate::{api::csv, problem::Problem, state::App};
use axum::{
    body::{Body, Bytes},
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse as _, Response},
};
use futures_util::stream;
use keywright_core::{
    actor::Actor,
    audit::{AuditEntry, AuditExport, ExportFormat},
};
use std::{collections::HashMap, io};

const COLUMNS: [&str; 14] = [
    "id",
    "seq",
    "at",
    "actor_id",
    "actor",
    "via",
    "action",
    "refused",
    "subject_id",
    "subject",
    "changes",
    "address",
    "user_agent",
    "hash",
];

/// The answer: a file to be saved, with whatever the query string's filter lets through.
pub async fn answer(
    app: &App,
    actor: &Actor,
    query: &HashMap<String, String>,
    format: ExportFormat,
) -> Result<Response, Problem> {
    let filter = filter(query)?;
    let export = app.services.audit.export(actor, filter, format).await?;
    let media_type = match format {
        ExportFormat::JsonLines => "application/x-ndjson",
        ExportFormat::Csv => "text/csv; charset=utf-8; header=present",
    };
    // A slug is made of letters, digits and hyphens: nothing in it needs quoting.
    let (slug, day) = (&actor.workspace.slug, app.now().date_naive());
    let disposition = format!("attachment; filename=\"audit-{slug}-{day}.{}\"", format.code());
    let headers = [(CONTENT_TYPE, media_type.to_owned()), (CONTENT_DISPOSITION, disposition)];
    Ok((headers, body(export, format)).into_response())
}

fn body(export: AuditExport, format: ExportFormat) -> Body {
    let batches = stream::try_unfold((export, true), move |(mut export, first)| async move {
        // A fault half way ends the connection: a file that is cut short must not look like a whole one.
        let batch = export.next().await.map_err(io::Error::other)?;
        let Some(batch) = batch else { return Ok::<_, io::Error>(None) };
        let bytes = match format {
            ExportFormat::JsonLines => json_lines(batch)?,
            ExportFormat::Csv => table(batch, first)?,
        };
        Ok(Some((Bytes::from(bytes), (export, false))))
    });
    Body::from_stream(batches)
}

fn json_lines(batch: Vec<AuditEntry>) -> io::Result<Vec<u8>> {
    let mut lines = Vec::new();
    for entry in batch {
        serde_json::to_writer(&mut lines, &EntryBody::from(entry))?;
        lines.push(b'\n');
    }
    Ok(lines)
}

fn table(batch: Vec<AuditEntry>, header: bool) -> io::Result<Vec<u8>> {
    let rows = batch.into_iter().map(cells).collect::<io::Result<Vec<_>>>()?;
    csv::part(&COLUMNS, header, rows)
}

fn cells(entry: AuditEntry) -> io::Result<[String; COLUMNS.len()]> {
    Ok([
        entry.id.to_string(),
        entry.seq.map(|seq| seq.to_string()).unwrap_or_default(),
        entry.at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
        entry.actor_id.map(|id| id.to_string()).unwrap_or_default(),
        entry.actor.unwrap_or_default(),
        entry.via.unwrap_or_default(),
        entry.action,
        entry.refused.unwrap_or_default(),
        entry.subject_id.unwrap_or_default(),
        entry.subject.unwrap_or_default(),
        if entry.changes.is_empty() { String::new() } else { serde_json::to_string(&entry.changes)? },
        entry.address.unwrap_or_default(),
        entry.user_agent.unwrap_or_default(),
        entry.hash.map(|hash| hash.to_string()).unwrap_or_default(),
    ])
}
