//! A copy of the counts, written while it is sent: however many there are, only a few are in memory.

use super::range;
use crate::{api::csv, problem::Problem, state::App};
use axum::{
    body::{Body, Bytes},
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse as _, Response},
};
use chrono::SecondsFormat;
use futures_util::stream;
use keywright_core::{
    actor::Actor,
    ids::KeyId,
    usage::{UsageExport, UsageRow},
};
use std::{collections::HashMap, io};

/// A row is a key's or an app's: one of their two columns is empty, and the label is the app's name.
const COLUMNS: [&str; 8] = ["start", "key_id", "key_label", "route", "outcome", "requests", "units", "app"];

/// The answer: a file to be saved, with one row for whatever is counted together.
pub async fn answer(
    app: &App,
    actor: &Actor,
    key: Option<KeyId>,
    query: &HashMap<String, String>,
) -> Result<Response, Problem> {
    let range = range(query)?;
    let export = app.services.usage.export(actor, key, range).await?;
    // Slugs and ids are made of letters, digits and hyphens: nothing in them needs quoting.
    let of_key = key.map(|key| format!("-{key}")).unwrap_or_default();
    let (slug, day) = (&actor.workspace.slug, app.now().date_naive());
    let disposition = format!("attachment; filename=\"usage-{slug}{of_key}-{}-{day}.csv\"", range.code());
    let headers =
        [(CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()), (CONTENT_DISPOSITION, disposition)];
    Ok((headers, body(export)).into_response())
}

fn body(export: UsageExport) -> Body {
    let batches = stream::try_unfold((export, true), |(mut export, first)| async move {
        // A fault half way ends the connection: a file that is cut short must not look like a whole one.
        let batch = export.next().await.map_err(io::Error::other)?;
        let Some(batch) = batch else { return Ok::<_, io::Error>(None) };
        let bytes = csv::part(&COLUMNS, first, batch.into_iter().map(cells))?;
        Ok(Some((Bytes::from(bytes), (export, false))))
    });
    Body::from_stream(batches)
}

fn cells(row: UsageRow) -> [String; COLUMNS.len()] {
    [
        row.start.to_rfc3339_opts(SecondsFormat::Secs, true),
        row.by.key().map(|id| id.to_string()).unwrap_or_default(),
        row.label,
        row.route,
        row.outcome,
        row.requests.to_string(),
        row.units.to_string(),
        row.by.app().map(|id| id.to_string()).unwrap_or_default(),
    ]
}
