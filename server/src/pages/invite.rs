//! Coming in by an invitation. GET shows, POST uses it up.

use super::{Look, flash, login::remember_device, look::see_other};
use crate::{
    body::Fields,
    problem::Problem,
    state::{App, Shared},
    visitor::{SignedIn, Visitor},
};
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use keywright_app::pages::invite::{
    AcceptPage, AcceptPageProps, AlreadyMemberPage, AlreadyMemberPageProps, InviteClosed, InviteClosedProps, JoinPage,
    JoinPageProps, WrongPersonPage, WrongPersonPageProps,
};
use keywright_core::{
    accounts::{Proven, User},
    error::{Error, FieldError},
    members::{InvitationState, Invited, JoinForm},
    workspaces::Workspace,
};
use std::collections::HashMap;

const TITLE: &str = "Invitation";
const FIELDS: &[&str] = &["token", "name", "password"];

/// `GET /invite?token=…`.
pub async fn show(
    State(app): State<Shared>,
    look: Look,
    who: Result<SignedIn, Problem>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let token = query.get("token").cloned().unwrap_or_default();
    page(&app, look, known(who)?.as_ref(), token).await
}

/// `POST /invite`: whoever is signed in comes in as themselves, a stranger with a new account.
pub async fn submit(
    State(app): State<Shared>,
    look: Look,
    visitor: Visitor,
    who: Result<SignedIn, Problem>,
    fields: Fields,
) -> Result<Response, Problem> {
    let who = known(who)?;
    let form = JoinForm { token: fields.one("token"), name: fields.one("name"), password: fields.one("password") };
    let done = match (&who, fields.only(FIELDS)) {
        (_, Err(error)) => Err(Error::Invalid(vec![error])),
        (Some(who), Ok(())) => {
            let joined = app.services.members.accept(&who.user, &form.token, &visitor.origin).await;
            joined.map(|workspace| welcome(&app, &workspace))
        }
        (None, Ok(())) => match app.services.members.join(&form, &visitor.origin).await {
            Ok((user, workspace)) => return enter(&app, &visitor, &user, &workspace).await,
            Err(error) => Err(error),
        },
    };
    match done {
        Ok(response) => Ok(response),
        Err(Error::Invalid(errors)) => match app.services.members.look_at(&form.token).await {
            Ok(invited) if who.is_none() => Ok(join_page(look, invited, form, errors)),
            Ok(_) | Err(Error::NotFound(_)) => page(&app, look, who.as_ref(), form.token).await,
            Err(error) => Err(error.into()),
        },
        // Each of these has a page that says what to do.
        Err(Error::NotFound(_) | Error::Conflict(_) | Error::Forbidden(_)) => {
            page(&app, look, who.as_ref(), form.token).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Nobody is signed in, or the person; a session that cannot be read is neither.
fn known(who: Result<SignedIn, Problem>) -> Result<Option<SignedIn>, Problem> {
    match who {
        Ok(who) => Ok(Some(who)),
        Err(problem) if problem.status == StatusCode::UNAUTHORIZED => Ok(None),
        Err(problem) => Err(problem),
    }
}

async fn page(app: &App, look: Look, who: Option<&SignedIn>, token: String) -> Result<Response, Problem> {
    let look = match who {
        Some(who) => look.of_person(who),
        None => look,
    };
    let invited = match app.services.members.look_at(&token).await {
        Ok(invited) => invited,
        Err(Error::NotFound(_)) => return Ok(closed(look, StatusCode::NOT_FOUND, None)),
        Err(error) => return Err(error.into()),
    };
    match invited.state {
        InvitationState::Open => {}
        state @ (InvitationState::Used | InvitationState::Expired | InvitationState::Revoked) => {
            return Ok(closed(look, StatusCode::GONE, Some(state)));
        }
    }
    match who {
        Some(who) => Ok(person_page(app, look, &who.user, invited, token)),
        // They sign in first, and come back.
        None if invited.has_account => {
            let back = format!("/invite?token={token}");
            let back: String = form_urlencoded::byte_serialize(back.as_bytes()).collect();
            Ok(see_other(&format!("/login?next={back}")))
        }
        None => Ok(join_page(look, invited, JoinForm { token, ..JoinForm::default() }, Vec::new())),
    }
}

fn person_page(app: &App, look: Look, user: &User, invited: Invited, token: String) -> Response {
    if user.email != invited.email {
        let props = WrongPersonPageProps { email: invited.email, user: user.clone() };
        return look.page(StatusCode::FORBIDDEN, TITLE, move || WrongPersonPage(props));
    }
    if invited.is_member {
        let Workspace { name, slug, .. } = invited.workspace;
        let props = AlreadyMemberPageProps { workspace: name, slug };
        return look.page(StatusCode::OK, TITLE, move || AlreadyMemberPage(props));
    }
    let props = AcceptPageProps { invited, token, now: app.now() };
    look.page(StatusCode::OK, TITLE, move || AcceptPage(props))
}

fn join_page(look: Look, invited: Invited, form: JoinForm, errors: Vec<FieldError>) -> Response {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let props = JoinPageProps { invited, token: form.token, name: form.name, errors };
    look.page(status, TITLE, move || JoinPage(props))
}

fn closed(look: Look, status: StatusCode, state: Option<InvitationState>) -> Response {
    look.page(status, TITLE, move || InviteClosed(InviteClosedProps { state }))
}

async fn enter(app: &App, visitor: &Visitor, user: &User, workspace: &Workspace) -> Result<Response, Problem> {
    visitor.sign_in(app, &Proven::newcomer(user.clone())).await?;
    let mut done = welcome(app, workspace);
    remember_device(app, &mut done, user);
    Ok(done)
}

fn welcome(app: &App, workspace: &Workspace) -> Response {
    let done = see_other(&format!("/w/{}", workspace.slug));
    flash(app, done, &format!("Welcome to {}.", workspace.name))
}
