//! Connected apps: each person's own, and a workspace's.

use super::{Look, flash, look::see_other};
use crate::{
    api::paging::Paging,
    path::PathId,
    problem::Problem,
    state::Shared,
    visitor::{Member, SignedIn},
};
use axum::{extract::State, http::StatusCode, response::Response};
use keywright_app::pages::connected::{ConnectedPage, ConnectedPageProps, Whose};
use keywright_core::{
    Time,
    ids::GrantId,
    oauth::{Connection, GrantKind},
    page::{Page, PageRequest},
    profile::Right,
};

const TITLE: &str = "Connected apps";

/// `GET /account/apps`.
pub async fn own(
    State(app): State<Shared>,
    look: Look,
    who: SignedIn,
    Paging(request): Paging<GrantId>,
) -> Result<Response, Problem> {
    let page = app.services.oauth.connections_of(&who.user, request).await?;
    let props = props(Whose::Own, request, page, app.now());
    Ok(look.of_person(&who).page(StatusCode::OK, TITLE, move || ConnectedPage(props)))
}

/// `POST /account/apps/{id}/disconnect`.
pub async fn disconnect_own(
    State(app): State<Shared>,
    who: SignedIn,
    PathId(id): PathId<GrantId>,
) -> Result<Response, Problem> {
    let name = app.services.oauth.disconnect_own(&who.user, id, &who.visitor.origin).await?;
    Ok(flash(&app, see_other("/account/apps"), &format!("“{name}” is disconnected.")))
}

/// `GET /w/{slug}/connected`.
pub async fn of_workspace(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    Paging(request): Paging<GrantId>,
) -> Result<Response, Problem> {
    let page = app.services.oauth.connections(&actor, request).await?;
    let (slug, can_manage) = (actor.workspace.slug.clone(), actor.role.may(Right::AppsManage));
    let props = props(Whose::Workspace { slug, can_manage }, request, page, app.now());
    Ok(look.of_member(&actor).page(StatusCode::OK, TITLE, move || ConnectedPage(props)))
}

/// `POST /w/{slug}/connected/{id}/disconnect`.
pub async fn disconnect(
    State(app): State<Shared>,
    Member(actor): Member,
    PathId(id): PathId<GrantId>,
) -> Result<Response, Problem> {
    let ended = app.services.oauth.disconnect(&actor, id).await?;
    let back = see_other(&format!("/w/{}/connected", actor.workspace.slug));
    let done = match ended.kind {
        GrantKind::Consent | GrantKind::Device => "disconnected.",
        GrantKind::Machine => "disabled, and its tokens are over. Its own page enables it again.",
    };
    Ok(flash(&app, back, &format!("“{}” is {done}", ended.app)))
}

fn props(
    whose: Whose,
    request: PageRequest<GrantId>,
    page: Page<Connection, GrantId>,
    now: Time,
) -> ConnectedPageProps {
    ConnectedPageProps {
        whose,
        connections: page.items,
        now,
        next: page.next.map(|id| id.to_string()),
        first: request.after.is_none(),
    }
}
