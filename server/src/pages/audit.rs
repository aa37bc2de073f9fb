//! The workspace's log.

use super::Look;
use crate::{api::paging::page_request, problem::Problem, state::Shared, visitor::Member};
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use keywright_app::pages::audit::{AuditPage, AuditPageProps};
use std::collections::HashMap;

/// `GET /w/{slug}/audit`.
pub async fn list(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let page = app.services.audit.list(&actor, page_request(&query)?).await?;
    let slug = actor.workspace.slug.clone();
    let props = AuditPageProps {
        next: page.next.map(|id| format!("/w/{slug}/audit?cursor={id}")),
        slug,
        entries: page.items,
        now: app.now(),
    };
    Ok(look.of_member(&actor).page(StatusCode::OK, "Audit log", move || AuditPage(props)))
}
