//! `/w/{slug}/apps`.

use crate::{api::paging::Paging, pages::Look, path::parse_id, problem::Problem, state::Shared, visitor::Member};
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use keywright_app::pages::apps::{AppListPage, AppListPageProps};
use keywright_core::{ids::AppId, page::PageRequest, profile::Right};
use std::{collections::HashMap, sync::Arc};

/// How many apps from elsewhere stand below the others.
const ELSEWHERE: u32 = 20;

/// `GET /w/{slug}/apps`.
pub async fn list(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    Query(query): Query<HashMap<String, String>>,
    Paging(request): Paging<AppId>,
) -> Result<Response, Problem> {
    let (profile, slug) = (&app.services.profile, actor.workspace.slug.clone());
    let apps = app.services.apps.list(&actor, request).await?;
    let after = query.get("elsewhere").map(|text| parse_id(text)).transpose()?;
    let foreign = app.services.apps.list_foreign(&actor, PageRequest { after, limit: ELSEWHERE }).await?;
    let props = AppListPageProps {
        profile: Arc::clone(profile),
        apps: apps.items,
        next: apps.next.map(|id| format!("/w/{slug}/apps?cursor={id}")),
        first: request.after.is_none(),
        foreign: foreign.items,
        next_foreign: foreign.next.map(|id| format!("/w/{slug}/apps?elsewhere={id}#elsewhere")),
        policy: app.services.apps.policy(&actor).await?,
        can_manage: actor.require(Right::AppsManage).is_ok(),
        now: app.now(),
        slug,
    };
    let title = profile.oauth.menu.last().cloned().unwrap_or_default();
    Ok(look.of_member(&actor).page(StatusCode::OK, &title, move || AppListPage(props)))
}
