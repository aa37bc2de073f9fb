//! The workspace's log.

use super::Look;
use crate::{
    api::{
        audit::{export, form},
        paging::Paging,
    },
    problem::Problem,
    state::Shared,
    visitor::Member,
};
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use keywright_app::pages::audit::{AuditPage, AuditPageProps};
use keywright_core::{
    audit::{AuditFilter, ExportFormat},
    ids::AuditId,
    page::Page,
};
use std::collections::HashMap;

/// `GET /w/{slug}/audit`. A filter that cannot be read comes back as it was typed, with no entries: all of
/// them would look like an answer.
pub async fn list(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    Query(query): Query<HashMap<String, String>>,
    Paging(request): Paging<AuditId>,
) -> Result<Response, Problem> {
    let audit = &app.services.audit;
    let people = audit.people(&actor).await?;
    let form = form(&query);
    let (status, filter, errors, page) = match AuditFilter::parse(&form) {
        Ok(filter) => {
            let page = audit.search(&actor, &filter, request).await?;
            (StatusCode::OK, filter, Vec::new(), page)
        }
        Err(errors) => {
            let nothing = Page { items: Vec::new(), next: None };
            (StatusCode::UNPROCESSABLE_ENTITY, AuditFilter::default(), errors, nothing)
        }
    };
    let props = AuditPageProps {
        slug: actor.workspace.slug.clone(),
        form,
        filter,
        errors,
        people,
        entries: page.items,
        first: request.after.is_none(),
        next: page.next,
        now: app.now(),
    };
    Ok(look.of_member(&actor).page(status, "Audit log", move || AuditPage(props)))
}

/// `GET /w/{slug}/audit/export.csv`, with the same filters.
pub async fn export_csv(
    State(app): State<Shared>,
    Member(actor): Member,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    export::answer(&app, &actor, &query, ExportFormat::Csv).await
}

/// `GET /w/{slug}/audit/export.jsonl`, with the same filters.
pub async fn export_json_lines(
    State(app): State<Shared>,
    Member(actor): Member,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    export::answer(&app, &actor, &query, ExportFormat::JsonLines).await
}
