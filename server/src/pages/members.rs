//! The members of a workspace, and who is invited.

use super::{Look, flash, look::see_other, reveal::Reveal};
use crate::{
    api::paging::Paging,
    body::Fields,
    mail,
    path::PathId,
    problem::Problem,
    state::{App, Shared},
    visitor::Member,
};
use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use keywright_app::pages::members::{
    ChooseRolePage, ChooseRolePageProps, GiveRolePage, GiveRolePageProps, InviteMemberPage, InviteMemberPageProps,
    InvitedPage, InvitedPageProps, MemberListPage, MemberListPageProps, MemberRow, RemoveMemberPage,
    RemoveMemberPageProps, RevokeInvitationPage, RevokeInvitationPageProps, RoleChoice,
};
use keywright_core::{
    actor::Actor,
    error::{Error, FieldError},
    ids::{InvitationId, UserId},
    members::{Invitation, InvitationLink, InviteForm, KeysFate, MemberInfo, reaches},
    page::PageRequest,
    profile::{Profile, Right, Role},
    words,
};
use std::collections::HashMap;

/// Carries an invitation's token from the form that made it to the page that shows its link, once.
const INVITED: Reveal = Reveal("invited");
const INVALID: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

/// `GET /w/{slug}/members`.
pub async fn list(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    Paging(request): Paging<UserId>,
) -> Result<Response, Problem> {
    let (profile, slug) = (&app.services.profile, actor.workspace.slug.clone());
    let page = app.services.members.list(&actor, request).await?;
    let first = request.after.is_none();
    let invitations = if first {
        let every = PageRequest { after: None, limit: PageRequest::<InvitationId>::MOST };
        app.services.members.invitations(&actor, every).await?.items
    } else {
        Vec::new()
    };
    let with_title = |invitation: Invitation| {
        let title = role_title(profile, &invitation.role);
        (invitation, title)
    };
    let props = MemberListPageProps {
        words: profile.words.clone(),
        members: page.items.into_iter().map(|member| row(profile, &actor, member)).collect(),
        invitations: invitations.into_iter().map(with_title).collect(),
        can_manage: actor.role.may(Right::MembersManage),
        now: app.now(),
        next: page.next.map(|id| format!("/w/{slug}/members?cursor={id}")),
        slug,
        first,
    };
    Ok(look.of_member(&actor).page(StatusCode::OK, "Members", move || MemberListPage(props)))
}

fn row(profile: &Profile, actor: &Actor, member: MemberInfo) -> MemberRow {
    let is_viewer = member.user.id == actor.user.id;
    let manages = actor.role.may(Right::MembersManage) && reaches(profile, &actor.role.name, &member.role);
    MemberRow {
        role: role_title(profile, &member.role),
        is_viewer,
        can_change: manages && !member.last_owner,
        can_remove: (manages || is_viewer) && !member.last_owner,
        member,
    }
}

/// `GET /w/{slug}/members/invite`.
pub async fn new(State(app): State<Shared>, look: Look, Member(actor): Member) -> Result<Response, Problem> {
    actor.require(Right::MembersManage)?;
    Ok(invite_page(&app, look, &actor, StatusCode::OK, InviteForm::default(), Vec::new()))
}

/// `POST /w/{slug}/members/invite`: makes the invitation, and shows its link on the next page.
pub async fn invite(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    fields: Fields,
) -> Result<Response, Problem> {
    let form = InviteForm { email: fields.one("email"), role: fields.one("role") };
    // Who may not invite gets no form back, only the refusal, which the service also writes down.
    if let (true, Err(error)) = (actor.role.may(Right::MembersManage), fields.only(&["email", "role"])) {
        return Ok(invite_page(&app, look, &actor, INVALID, form, vec![error]));
    }
    match app.services.members.invite(&actor, &form).await {
        Ok((invitation, link)) => {
            let mailed = mail_invitation(&app, &actor, &invitation, &link).await;
            let done = reveal_next(&app, &actor, &invitation, &link)?;
            let sent = format!("The invitation was mailed to {}.", invitation.email);
            Ok(if mailed { flash(&app, done, &sent) } else { done })
        }
        Err(Error::Invalid(errors)) => Ok(invite_page(&app, look, &actor, INVALID, form, errors)),
        Err(error) => Err(error.into()),
    }
}

fn invite_page(
    app: &App,
    look: Look,
    actor: &Actor,
    status: StatusCode,
    form: InviteForm,
    errors: Vec<FieldError>,
) -> Response {
    let slug = actor.workspace.slug.clone();
    let props = InviteMemberPageProps { slug, form, errors, roles: role_choices(app, actor) };
    look.of_member(actor).page(status, "Invite somebody", move || InviteMemberPage(props))
}

/// Mails an invitation where mail is set up, and tells whether the mail server took it.
pub async fn mail_invitation(app: &App, actor: &Actor, invitation: &Invitation, link: &InvitationLink) -> bool {
    let letter = mail::Invitation {
        workspace: &actor.workspace.name,
        inviter: &actor.user.name,
        link: &invite_url(app, link.token()),
        expires_at: invitation.expires_at,
    };
    app.mailer.is_enabled() && app.mailer.invitation(&invitation.email, &letter).await.is_ok()
}

fn reveal_next(app: &App, actor: &Actor, invitation: &Invitation, link: &InvitationLink) -> Result<Response, Problem> {
    let path = format!("/w/{}/members/invitations/{}", actor.workspace.slug, invitation.id);
    INVITED.next(app, &path, invitation.id, link.token())
}

/// `GET /w/{slug}/members/invitations/{id}`: right after it was made, once, the invitation's link; else the list.
pub async fn invited(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(id): PathId<InvitationId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let invitation = app.services.members.invitation(&actor, id).await?;
    let Some(token) = INVITED.secret(&app, invitation.id, &headers) else {
        return Ok(see_other(&format!("/w/{}/members", actor.workspace.slug)));
    };
    let props = InvitedPageProps {
        slug: actor.workspace.slug.clone(),
        role: role_title(&app.services.profile, &invitation.role),
        invitation,
        url: invite_url(&app, &token),
        now: app.now(),
    };
    let page = look.of_member(&actor).page(StatusCode::OK, "Invitation", move || InvitedPage(props));
    Ok(INVITED.shown(&app, page))
}

/// The address that somebody opens to come in.
pub fn invite_url(app: &App, token: &str) -> String {
    app.public_url.join(&format!("/invite?token={token}"))
}

/// `GET /w/{slug}/members/invitations/{id}/revoke`: what will happen.
pub async fn confirm_revoke(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(id): PathId<InvitationId>,
) -> Result<Response, Problem> {
    actor.require(Right::MembersManage)?;
    let invitation = app.services.members.invitation(&actor, id).await?;
    let props = RevokeInvitationPageProps { slug: actor.workspace.slug.clone(), invitation, now: app.now() };
    Ok(look.of_member(&actor).page(StatusCode::OK, "Revoke invitation", move || RevokeInvitationPage(props)))
}

/// `POST /w/{slug}/members/invitations/{id}/revoke`.
pub async fn revoke(
    State(app): State<Shared>,
    Member(actor): Member,
    PathId(id): PathId<InvitationId>,
) -> Result<Response, Problem> {
    let invitation = app.services.members.revoke_invitation(&actor, id).await?;
    let done = see_other(&format!("/w/{}/members", actor.workspace.slug));
    Ok(flash(&app, done, &format!("The invitation for {} is revoked.", invitation.email)))
}

/// `GET /w/{slug}/members/{user}/role`: the choice; with `?role=`, what it means.
pub async fn role(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(user): PathId<UserId>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    actor.require(Right::MembersManage)?;
    match query.get("role") {
        None => choose_page(&app, look, &actor, user, StatusCode::OK, Vec::new()).await,
        Some(role) => role_page(&app, look, &actor, user, role, Choice::default()).await,
    }
}

/// `POST /w/{slug}/members/{user}/role`.
pub async fn change_role(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(user): PathId<UserId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let role = fields.one("role");
    let fate = fields.only(&["role", "keys", "hand_over_to"]).and_then(|()| read_fate(&fields));
    let done = match fate {
        Ok(fate) => app.services.members.change_role(&actor, user, &role, fate).await,
        Err(error) => Err(Error::Invalid(vec![error])),
    };
    match done {
        Ok(change) => {
            let title = role_title(&app.services.profile, &change.member.role);
            let message = format!("{} is {title} now.{}", change.member.user.name, moved(change.handed_over));
            Ok(flash(&app, see_other(&format!("/w/{}/members", actor.workspace.slug)), &message))
        }
        // What is wrong with the fields is told to whoever may use them.
        Err(Error::Invalid(errors)) if actor.role.may(Right::MembersManage) => {
            role_page(&app, look, &actor, user, &role, Choice::refused(&fields, errors)).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn choose_page(
    app: &App,
    look: Look,
    actor: &Actor,
    user: UserId,
    status: StatusCode,
    errors: Vec<FieldError>,
) -> Result<Response, Problem> {
    let member = app.services.members.get(actor, user).await?;
    let slug = actor.workspace.slug.clone();
    let props = ChooseRolePageProps { slug, member, roles: role_choices(app, actor), errors };
    Ok(look.of_member(actor).page(status, "Change role", move || ChooseRolePage(props)))
}

async fn role_page(
    app: &App,
    look: Look,
    actor: &Actor,
    user: UserId,
    role: &str,
    choice: Choice,
) -> Result<Response, Problem> {
    let profile = &app.services.profile;
    let stake = match app.services.members.at_stake(actor, user, Some(role)).await {
        Ok(stake) => stake,
        Err(Error::Invalid(errors)) => return choose_page(app, look, actor, user, INVALID, errors).await,
        Err(error) => return Err(error.into()),
    };
    let to = profile.role(role).map(|role| role_choice(profile, role)).ok_or(Error::Internal)?;
    let status = choice.status();
    let props = GiveRolePageProps {
        slug: actor.workspace.slug.clone(),
        from: role_title(profile, &stake.member.role),
        stake,
        to,
        chosen: choice.keys,
        heir: choice.heir,
        errors: choice.errors,
        now: app.now(),
    };
    Ok(look.of_member(actor).page(status, "Change role", move || GiveRolePage(props)))
}

/// `GET /w/{slug}/members/{user}/remove`: what will happen, and to which keys.
pub async fn confirm_remove(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(user): PathId<UserId>,
) -> Result<Response, Problem> {
    remove_page(&app, look, &actor, user, Choice::default()).await
}

/// `POST /w/{slug}/members/{user}/remove`.
pub async fn remove(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    PathId(user): PathId<UserId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let fate = fields.only(&["keys", "hand_over_to"]).and_then(|()| read_fate(&fields));
    let done = match fate {
        Ok(fate) => app.services.members.remove(&actor, user, fate).await,
        Err(error) => Err(Error::Invalid(vec![error])),
    };
    match done {
        Ok(change) if user == actor.user.id => {
            let message = format!("You have left {}.{}", actor.workspace.name, moved(change.handed_over));
            Ok(flash(&app, see_other("/"), &message))
        }
        Ok(change) => {
            let message = format!("{} is removed.{}", change.member.user.name, moved(change.handed_over));
            Ok(flash(&app, see_other(&format!("/w/{}/members", actor.workspace.slug)), &message))
        }
        Err(Error::Invalid(errors)) => remove_page(&app, look, &actor, user, Choice::refused(&fields, errors)).await,
        Err(error) => Err(error.into()),
    }
}

async fn remove_page(app: &App, look: Look, actor: &Actor, user: UserId, choice: Choice) -> Result<Response, Problem> {
    let stake = app.services.members.at_stake(actor, user, None).await?;
    let is_viewer = user == actor.user.id;
    let status = choice.status();
    let props = RemoveMemberPageProps {
        slug: actor.workspace.slug.clone(),
        workspace: actor.workspace.name.clone(),
        stake,
        is_viewer,
        chosen: choice.keys,
        heir: choice.heir,
        errors: choice.errors,
        now: app.now(),
    };
    let title = if is_viewer { "Leave" } else { "Remove member" };
    Ok(look.of_member(actor).page(status, title, move || RemoveMemberPage(props)))
}

/// What was chosen for a member's keys, as it was sent, and what is wrong with it.
#[derive(Default)]
struct Choice {
    keys: String,
    heir: String,
    errors: Vec<FieldError>,
}

impl Choice {
    fn refused(fields: &Fields, errors: Vec<FieldError>) -> Self {
        Self { keys: fields.one("keys"), heir: fields.one("hand_over_to"), errors }
    }

    const fn status(&self) -> StatusCode {
        if self.errors.is_empty() { StatusCode::OK } else { INVALID }
    }
}

/// Nothing was chosen where nothing was asked; the service knows whether something should have been.
fn read_fate(fields: &Fields) -> Result<Option<KeysFate>, FieldError> {
    match fields.one("keys").as_str() {
        "" => Ok(None),
        "stop" => Ok(Some(KeysFate::Stop)),
        "hand_over" => Ok(Some(KeysFate::HandOver(read_heir(fields)?))),
        _ => Err(FieldError::new("keys", "Choose what happens to the keys.")),
    }
}

/// The member who was chosen to have keys.
pub(super) fn read_heir(fields: &Fields) -> Result<UserId, FieldError> {
    let wrong = || FieldError::new("hand_over_to", "Choose one of the members.");
    fields.one("hand_over_to").parse().map_err(|_| wrong())
}

fn moved(count: u32) -> String {
    match count {
        0 => String::new(),
        count => format!(" {} handed over.", words::plural(count.into(), "key")),
    }
}

/// The roles that the actor may give, each with what it means.
fn role_choices(app: &App, actor: &Actor) -> Vec<RoleChoice> {
    let profile = &app.services.profile;
    let given = profile.roles.iter().filter(|role| reaches(profile, &actor.role.name, &role.name));
    given.map(|role| role_choice(profile, role)).collect()
}

fn role_choice(profile: &Profile, role: &Role) -> RoleChoice {
    let manages = match (role.may(Right::MembersManage), role.may(Right::KeysManage), role.may(Right::KeysRead)) {
        (true, true, _) => "manages members and keys",
        (true, false, _) => "manages members",
        (false, true, _) => "manages keys",
        (false, false, true) => "sees keys",
        (false, false, false) => "sees no keys",
    };
    let (mine, all) = (profile.scope_names(role.scopes).len(), profile.scopes.len());
    let reach = if mine == all { "every scope".to_owned() } else { format!("{mine} of {all} scopes") };
    RoleChoice { name: role.name.clone(), title: role.title.clone(), note: format!("{manages}, {reach}") }
}

/// What people call a role; one that the profile has dropped is called by its name.
fn role_title(profile: &Profile, name: &str) -> String {
    profile.role(name).map_or_else(|| name.to_owned(), |role| role.title.clone())
}
