//! Inviting somebody, and coming in by an invitation.
//!
//! The link works once, for one address, for a week. Looking at it changes nothing; whoever comes in takes
//! the row, and of two who come together one gets it.

use super::{
    Invitation, InvitationState, InviteForm, Invited, JoinForm, Members, NewInvitation,
    service::lock,
    store::{self, Opened},
};
use crate::{
    Time,
    accounts::User,
    actor::{Actor, Origin},
    audit::{Action, Change, Event},
    db::Tx,
    error::{Error, Result},
    gate::Changed,
    ids::InvitationId,
    page::{Page, PageRequest},
    profile::{Right, Role},
    random,
    secret::SecretHash,
    words, workspaces,
    workspaces::Workspace,
};
use std::fmt;

/// The one-time token by which somebody comes in. It is known when the invitation is made, and never again.
#[derive(Clone)]
pub struct InvitationLink(String);

impl InvitationLink {
    /// The token as it stands in the link.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for InvitationLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InvitationLink(…)")
    }
}

impl Members {
    /// The invitations that nobody has used, the latest first; those that are over are among them until they
    /// are put away.
    pub async fn invitations(
        &self,
        actor: &Actor,
        page: PageRequest<InvitationId>,
    ) -> Result<Page<Invitation, InvitationId>> {
        actor.require(Right::MembersRead)?;
        let rows = store::list_invitations(&self.db, actor.workspace.id, page).await?;
        Ok(Page::of(rows, page.limit, |invitation| invitation.id))
    }

    /// One of them.
    pub async fn invitation(&self, actor: &Actor, id: InvitationId) -> Result<Invitation> {
        actor.require(Right::MembersRead)?;
        store::find_invitation(&self.db, actor.workspace.id, id).await?.ok_or(Error::NotFound("invitation"))
    }

    /// Invites an address, to a role that is not above the actor's own.
    pub async fn invite(&self, actor: &Actor, form: &InviteForm) -> Result<(Invitation, InvitationLink)> {
        match self.try_invite(actor, form).await {
            Ok(made) => Ok(made),
            Err(error) => {
                let email = form.email.trim().chars().filter(|c| !c.is_control()).take(254).collect();
                let event = Event { subject: Some((String::new(), email)), ..Event::by(actor, Action::MemberInvited) };
                self.audit.refused(event, error).await
            }
        }
    }

    async fn try_invite(&self, actor: &Actor, form: &InviteForm) -> Result<(Invitation, InvitationLink)> {
        actor.require(Right::MembersManage)?;
        let new = NewInvitation::parse(form, &self.profile).map_err(Error::Invalid)?;
        let (now, email) = (self.clock.now(), new.email.as_str());
        let mut tx = self.db.begin().await?;
        let actor = lock(&mut tx, &self.profile, actor).await?;
        actor.require(Right::MembersManage)?;
        self.check_gift(&actor, &new.role)?;
        if store::has_email(&mut tx, actor.workspace.id, email).await? {
            return Err(Error::field("email", format!("{email} is a member already.")));
        }
        if store::has_open(&mut tx, actor.workspace.id, email, now).await? {
            let message = format!("{email} is invited already. Revoke that invitation to make a new link.");
            return Err(Error::field("email", message));
        }
        store::revoke_lapsed(&mut tx, actor.workspace.id, email, now).await?;
        let link = InvitationLink(random::hex::<32>(self.random.as_ref()));
        let invitation = Invitation {
            id: InvitationId::from_uuid(random::uuid(now, self.random.as_ref())),
            email: email.to_owned(),
            role: new.role.name,
            inviter: actor.user.name.clone(),
            created_at: now,
            expires_at: now + Invitation::LIFE,
        };
        let token = SecretHash::of(link.0.as_bytes());
        let row =
            store::NewRow { invitation: &invitation, workspace: actor.workspace.id, inviter: actor.user.id, token };
        store::insert_invitation(&mut tx, row).await?;
        self.audit.record(&mut tx, invited_event(&actor, &invitation)).await?;
        tx.commit().await?;
        Ok((invitation, link))
    }

    /// Withdraws an invitation: its link opens nothing any more.
    pub async fn revoke_invitation(&self, actor: &Actor, id: InvitationId) -> Result<Invitation> {
        match self.try_revoke_invitation(actor, id).await {
            Ok(invitation) => Ok(invitation),
            Err(error) => {
                let found = store::find_invitation(&self.db, actor.workspace.id, id).await?;
                let email = found.map(|invitation| invitation.email).unwrap_or_default();
                let subject = Some((id.to_string(), email));
                self.audit.refused(Event { subject, ..Event::by(actor, Action::InvitationRevoked) }, error).await
            }
        }
    }

    async fn try_revoke_invitation(&self, actor: &Actor, id: InvitationId) -> Result<Invitation> {
        actor.require(Right::MembersManage)?;
        let found = store::find_invitation(&self.db, actor.workspace.id, id).await?;
        let invitation = found.ok_or(Error::NotFound("invitation"))?;
        let mut tx = self.db.begin().await?;
        let actor = lock(&mut tx, &self.profile, actor).await?;
        actor.require(Right::MembersManage)?;
        if !store::revoke(&mut tx, actor.workspace.id, id, self.clock.now()).await? {
            return Err(Error::Conflict("This invitation was used or revoked meanwhile.".to_owned()));
        }
        self.audit.record(&mut tx, revoked_event(&actor, &invitation)).await?;
        tx.commit().await?;
        Ok(invitation)
    }

    /// What the link with this token opens. Changes nothing.
    pub async fn look_at(&self, token: &str) -> Result<Invited> {
        let (opened, role) = self.open(token).await?;
        Ok(Invited {
            state: opened.state(self.clock.now()),
            email: opened.email,
            role,
            workspace: opened.workspace,
            inviter: opened.inviter,
            expires_at: opened.expires_at,
            has_account: opened.has_account,
            is_member: opened.is_member,
        })
    }

    /// The person comes in, if the invitation is for them. It can then not be used again.
    pub async fn accept(&self, user: &User, token: &str, origin: &Origin) -> Result<Workspace> {
        let (opened, role) = self.open(token).await?;
        match self.try_accept(user, &opened, &role, origin).await {
            Ok(()) => Ok(opened.workspace),
            Err(error) => {
                let event = Event::about(user, origin, Action::MemberJoined);
                self.audit.refused(Event { workspace: Some(opened.workspace.id), ..event }, error).await
            }
        }
    }

    async fn try_accept(&self, user: &User, opened: &Opened, role: &Role, origin: &Origin) -> Result<()> {
        if user.email != opened.email {
            let message = format!("This invitation is for {}. Sign in as that person.", opened.email);
            return Err(Error::Forbidden(message));
        }
        opened.check(self.clock.now())?;
        let mut tx = self.db.begin().await?;
        self.take(&mut tx, opened).await?;
        if store::find_role_in(&mut tx, opened.workspace.id, user.id).await?.is_some() {
            return Err(Error::Conflict(format!("You are a member of {} already.", opened.workspace.name)));
        }
        self.let_in(tx, user, opened, role, origin).await
    }

    /// Somebody new comes in: with a name and a password of their own, under the address that was invited.
    pub async fn join(&self, form: &JoinForm, origin: &Origin) -> Result<(User, Workspace)> {
        let (opened, role) = self.open(&form.token).await?;
        match self.try_join(form, &opened, &role, origin).await {
            Ok(user) => Ok((user, opened.workspace)),
            Err(error) => {
                let event = Event {
                    workspace: Some(opened.workspace.id),
                    subject: Some((opened.invitation_id.to_string(), opened.email)),
                    ..Event::about_nobody(origin, Action::MemberJoined)
                };
                self.audit.refused(event, error).await
            }
        }
    }

    async fn try_join(&self, form: &JoinForm, opened: &Opened, role: &Role, origin: &Origin) -> Result<User> {
        let taken = || Error::Conflict("There is an account for this address already. Sign in to accept.".to_owned());
        opened.check(self.clock.now())?;
        if opened.has_account {
            return Err(taken());
        }
        let about = vec![opened.workspace.name.clone()];
        let person = self.accounts.prepare(&form.name, &opened.email, &form.password, about).await?;
        let mut tx = self.db.begin().await?;
        self.take(&mut tx, opened).await?;
        if !self.accounts.add(&mut tx, &person).await? {
            return Err(taken());
        }
        self.let_in(tx, &person.user, opened, role, origin).await?;
        Ok(person.user)
    }

    async fn open(&self, token: &str) -> Result<(Opened, Role)> {
        let missing = || Error::NotFound("invitation");
        let opened = store::find_by_token(&self.db, SecretHash::of(token.as_bytes())).await?.ok_or_else(missing)?;
        // A role that the profile has dropped since is no role to come in by.
        let role = self.profile.role(&opened.role).cloned().ok_or_else(missing)?;
        Ok((opened, role))
    }

    /// Locks the workspace, so that nobody is removed or demoted meanwhile, and uses the invitation up.
    async fn take(&self, tx: &mut Tx, opened: &Opened) -> Result<()> {
        workspaces::store::lock(tx, opened.workspace.id).await?.ok_or(Error::NotFound("invitation"))?;
        if store::take(tx, opened.invitation_id, self.clock.now()).await? {
            return Ok(());
        }
        Err(Error::Conflict("This invitation was used or revoked meanwhile.".to_owned()))
    }

    async fn let_in(&self, mut tx: Tx, user: &User, opened: &Opened, role: &Role, origin: &Origin) -> Result<()> {
        let workspace = opened.workspace.id;
        self.workspaces.enroll(&mut tx, workspace, user.id, role, self.clock.now()).await?;
        let event = Event {
            workspace: Some(workspace),
            subject: Some((user.id.to_string(), user.name.clone())),
            changes: vec![Change::set("role", &role.name), Change::set("invited_by", &opened.inviter)],
            ..Event::about(user, origin, Action::MemberJoined)
        };
        self.audit.record(&mut tx, event).await?;
        // Whoever was here before may have left keys behind, which now answer to the new role.
        self.gate.commit(tx, Changed::Workspace(workspace)).await
    }
}

impl Opened {
    fn state(&self, now: Time) -> InvitationState {
        if self.accepted_at.is_some() {
            InvitationState::Used
        } else if self.revoked_at.is_some() {
            InvitationState::Revoked
        } else if self.expires_at <= now {
            InvitationState::Expired
        } else {
            InvitationState::Open
        }
    }

    /// Refuses what cannot be used now, and to enter a workspace that the operator has suspended.
    fn check(&self, now: Time) -> Result<()> {
        let message = match self.state(now) {
            InvitationState::Open if self.workspace.suspended_at.is_some() => return Err(Error::Suspended),
            InvitationState::Open => return Ok(()),
            InvitationState::Used => "This invitation has been used.",
            InvitationState::Expired => "This invitation has expired.",
            InvitationState::Revoked => "This invitation was withdrawn.",
        };
        Err(Error::Conflict(message.to_owned()))
    }
}

fn invited_event<'a>(actor: &'a Actor, invitation: &Invitation) -> Event<'a> {
    Event {
        subject: Some((invitation.id.to_string(), invitation.email.clone())),
        changes: vec![
            Change::set("role", &invitation.role),
            Change::set("expires", words::exact(invitation.expires_at)),
        ],
        ..Event::by(actor, Action::MemberInvited)
    }
}

pub(super) fn revoked_event<'a>(actor: &'a Actor, invitation: &Invitation) -> Event<'a> {
    Event {
        subject: Some((invitation.id.to_string(), invitation.email.clone())),
        changes: vec![Change::removed("role", &invitation.role)],
        ..Event::by(actor, Action::InvitationRevoked)
    }
}
