//! The dashboard's session in place of a key, where the profile lets it: for pages of the product itself, which call the
//! API from the browser of somebody who is signed in. A session is read with each request, so that what ends it acts at
//! once.

use crate::{
    guard::{Refusal, csrf},
    pages::look,
    peer::Caller,
    problem::{Problem, refused},
    sessions::{self, member, token_hash},
    state::App,
};
use axum::http::HeaderMap;
use keywright_core::{
    actor::{Actor, Origin, Via},
    ids::UserId,
};
use tower_sessions::session::Id;

/// Who is signed in where a request comes from, in the workspace that they were in last; none if that does not count.
pub async fn of(app: &App, caller: Caller, method: &str, headers: &HeaderMap) -> Result<Option<Actor>, Problem> {
    if !app.services.profile.session_cookie {
        return Ok(None);
    }
    let token = look::plain_cookie(headers, sessions::COOKIE, app).and_then(|value| value.parse::<Id>().ok());
    let Some(token) = token else { return Ok(None) };
    // A browser sends the cookie whoever wrote the page.
    if !csrf::may_come(method, headers, &app.public_url) {
        return Err(refused(Refusal::CrossOrigin));
    }
    let Some((session, data, _)) = app.services.sessions.load(token_hash(token)).await? else { return Ok(None) };
    let user = data.get(member::USER).and_then(|user| user.as_str()).and_then(|user| user.parse::<UserId>().ok());
    let Some(user) = user else { return Ok(None) };
    let memberships = app.services.workspaces.list(user).await?;
    let last = look::last_place(headers, app).unwrap_or_default();
    let place = memberships.iter().find(|workspace| workspace.slug == last).or(memberships.first());
    let Some(place) = place else { return Ok(None) };
    let origin = Origin { address: Some(caller.address), user_agent: None, via: Via::Browser(Some(session)) };
    Ok(Some(app.services.workspaces.enter(user, &place.slug, origin).await?))
}
