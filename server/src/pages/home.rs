//! Where to begin, and the way from one workspace to another.

use super::{
    Look,
    look::{last_place, see_other},
};
use crate::{
    problem::Problem,
    state::Shared,
    visitor::{Member, SignedIn},
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use keywright_app::pages::workspaces::{WorkspaceRow, WorkspacesPage, WorkspacesPageProps};
use keywright_core::{
    profile::{Right, Role},
    workspaces::Membership,
};

/// `/`: to the keys of the workspace that this browser was in last, or else of the first.
pub async fn go(State(app): State<Shared>, who: SignedIn, headers: HeaderMap) -> Result<Response, Problem> {
    let found = usual(&app, &who, &headers).await?;
    Ok(found.map_or_else(to_all, |found| see_other(&front(&found.workspace.slug, &found.role))))
}

/// `/plan`: to its plan. Whom the gate refuses for the plan is sent here: it names no workspace to holders of keys.
pub async fn plan(State(app): State<Shared>, who: SignedIn, headers: HeaderMap) -> Result<Response, Problem> {
    let found = usual(&app, &who, &headers).await?;
    Ok(found.map_or_else(to_all, |found| see_other(&format!("/w/{}/plan", found.workspace.slug))))
}

async fn usual(app: &Shared, who: &SignedIn, headers: &HeaderMap) -> Result<Option<Membership>, Problem> {
    let mut all = app.services.workspaces.memberships(who.user.id).await?;
    let last = last_place(headers, app).unwrap_or_default();
    let place = all.iter().position(|membership| membership.workspace.slug == last).unwrap_or_default();
    Ok((!all.is_empty()).then(|| all.swap_remove(place)))
}

fn to_all() -> Response {
    see_other("/workspaces")
}

/// `/workspaces`: all of them.
pub async fn workspaces(
    State(app): State<Shared>,
    look: Look,
    who: SignedIn,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let profile = &app.services.profile;
    let last = last_place(&headers, &app).unwrap_or_default();
    let all = app.services.workspaces.memberships(who.user.id).await?;
    let several = all.len() > 1;
    let rows = all.into_iter().map(|Membership { workspace, role, last_owner }| WorkspaceRow {
        role: role.title,
        can_leave: !last_owner,
        plan: profile.plan(&workspace.plan).map_or_else(|| workspace.plan.clone(), |plan| plan.title.clone()),
        current: several && workspace.slug == last,
        workspace,
    });
    let props =
        WorkspacesPageProps { workspaces: rows.collect(), words: profile.words.clone(), user: who.user.clone() };
    let title = format!("Your {}", profile.words.workspaces);
    Ok(look.of_person(&who).page(StatusCode::OK, &title, move || WorkspacesPage(props)))
}

/// `/w/{slug}`: to the first page that the member's role may see.
pub async fn workspace(Member(actor): Member) -> Response {
    see_other(&front(&actor.workspace.slug, &actor.role))
}

/// The keys; else the members; else the plan, which everybody may see.
fn front(slug: &str, role: &Role) -> String {
    let pages = [(Right::KeysRead, "keys"), (Right::MembersRead, "members")];
    let page = pages.into_iter().find(|(right, _)| role.may(*right)).map_or("plan", |(_, page)| page);
    format!("/w/{slug}/{page}")
}
