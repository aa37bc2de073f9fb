//! Listing members, changing what they are, letting them go.
//!
//! Whatever changes here takes the workspace's lock first and reads the actor's own role again under it: of two
//! admins who demote each other at once, the second finds out.

use super::{AtStake, Heir, HeldKey, KeysFate, MemberChange, MemberInfo, parse_role, reaches, scopes_of, store};
use crate::{
    Time,
    accounts::Accounts,
    actor::Actor,
    audit::{Action, Audit, Change, Event},
    clock::SharedClock,
    db::{Db, Tx},
    error::{Error, Result},
    gate::{Changed, Gate},
    ids::UserId,
    keys::handover::{self, Party},
    oauth,
    page::{Page, PageRequest},
    profile::{Profile, Right, Role},
    random::SharedRandom,
    words,
    workspaces::{self, Workspace, Workspaces},
};
use std::sync::Arc;

/// The members of the instance's workspaces.
#[derive(Clone)]
pub struct Members {
    pub(crate) db: Db,
    pub(crate) clock: SharedClock,
    pub(crate) random: SharedRandom,
    pub(crate) profile: Arc<Profile>,
    pub(crate) audit: Audit,
    pub(crate) accounts: Accounts,
    pub(crate) workspaces: Workspaces,
    pub(crate) gate: Gate,
}

/// What is to become of a member.
#[derive(Clone, Copy)]
enum Turn<'a> {
    /// They get this role.
    Into(&'a Role),
    /// They are no member any more.
    Out,
}

impl Turn<'_> {
    const fn action(self) -> Action {
        match self {
            Self::Into(_) => Action::MemberRoleChanged,
            Self::Out => Action::MemberRemoved,
        }
    }
}

/// Locks the actor's workspace until the transaction ends, and gives the actor as they are now: a demotion
/// or another plan that came first counts.
pub(crate) async fn lock(tx: &mut Tx, profile: &Profile, actor: &Actor) -> Result<Actor> {
    let missing = || Error::NotFound("workspace");
    let plan = workspaces::store::lock(tx, actor.workspace.id).await?.ok_or_else(missing)?;
    let role = store::find_role_in(tx, actor.workspace.id, actor.user.id).await?;
    let role = role.and_then(|name| profile.role(&name).cloned()).ok_or_else(missing)?;
    Ok(Actor { role, workspace: Workspace { plan, ..actor.workspace.clone() }, ..actor.clone() })
}

impl Members {
    /// The members of the workspace, in the order of their accounts.
    pub async fn list(&self, actor: &Actor, page: PageRequest<UserId>) -> Result<Page<MemberInfo, UserId>> {
        actor.require(Right::MembersRead)?;
        let mut rows = store::list(&self.db, actor.workspace.id, page, self.clock.now()).await?;
        let owners = store::count_role(&self.db, actor.workspace.id, self.owner()).await?;
        for member in &mut rows {
            member.last_owner = owners == 1 && member.role == self.owner();
        }
        Ok(Page::of(rows, page.limit, |member| member.user.id))
    }

    /// One member. Somebody else is not found.
    pub async fn get(&self, actor: &Actor, user: UserId) -> Result<MemberInfo> {
        actor.require(Right::MembersRead)?;
        self.find(actor, user).await
    }

    /// What it would mean for their keys if the member got this role, or with none, if they went. Refuses
    /// what the change itself would refuse.
    pub async fn at_stake(&self, actor: &Actor, user: UserId, role: Option<&str>) -> Result<AtStake> {
        may_begin(actor, user, role.is_none())?;
        let role = role.map(|name| parse_role(name, &self.profile)).transpose();
        let role = role.map_err(|error| Error::Invalid(vec![error]))?;
        let member = self.find(actor, user).await?;
        let turn = role.as_ref().map_or(Turn::Out, Turn::Into);
        self.check_reach(actor, &member, turn)?;
        if member.last_owner && self.takes_an_owner(&member, turn) {
            return Err(last_owner());
        }
        let keys = handover::live_keys_of(&self.db, actor.workspace.id, user, self.clock.now()).await?;
        let keys = self.affected(keys, turn);
        let scopes = scopes_of(&self.profile, &keys);
        let heirs = handover::heirs(&self.db, &self.profile, actor, user, scopes).await?;
        Ok(AtStake { member, keys, heirs })
    }

    /// Gives a member another role. Without a `fate` it is refused if keys of theirs would do less.
    pub async fn change_role(
        &self,
        actor: &Actor,
        user: UserId,
        role: &str,
        fate: Option<KeysFate>,
    ) -> Result<MemberChange> {
        let change = async {
            may_begin(actor, user, false)?;
            let role = parse_role(role, &self.profile).map_err(|error| Error::Invalid(vec![error]))?;
            self.turn(actor, user, Turn::Into(&role), fate).await
        };
        match change.await {
            Ok(change) => Ok(change),
            Err(error) => self.refused(actor, Action::MemberRoleChanged, user, error).await,
        }
    }

    /// Removes a member; everybody may leave by themselves. Without a `fate` it is refused if they have keys.
    pub async fn remove(&self, actor: &Actor, user: UserId, fate: Option<KeysFate>) -> Result<MemberChange> {
        let change = async {
            may_begin(actor, user, true)?;
            self.turn(actor, user, Turn::Out, fate).await
        };
        match change.await {
            Ok(change) => Ok(change),
            Err(error) => self.refused(actor, Action::MemberRemoved, user, error).await,
        }
    }

    async fn turn(&self, actor: &Actor, user: UserId, turn: Turn<'_>, fate: Option<KeysFate>) -> Result<MemberChange> {
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let actor = lock(&mut tx, &self.profile, actor).await?;
        may_begin(&actor, user, matches!(turn, Turn::Out))?;
        let member = store::find_in(&mut tx, actor.workspace.id, user, now).await?;
        let member = member.ok_or(Error::NotFound("member"))?;
        self.check_reach(&actor, &member, turn)?;
        if self.takes_an_owner(&member, turn)
            && store::count_role_in(&mut tx, actor.workspace.id, self.owner()).await? <= 1
        {
            return Err(last_owner());
        }
        let keys = handover::live_keys_of_in(&mut tx, actor.workspace.id, user, now).await?;
        let keys = self.affected(keys, turn);
        let mut events = Vec::new();
        let heir = self.settle(&mut tx, &actor, &member, &keys, fate, &mut events).await?;
        match turn {
            Turn::Into(role) => store::update_role(&mut tx, actor.workspace.id, user, &role.name).await?,
            Turn::Out => {
                store::delete(&mut tx, actor.workspace.id, user).await?;
                // Should they come back one day, no app is let in with them.
                oauth::store::end_of_member(&mut tx, actor.workspace.id, user, now).await?;
            }
        }
        self.end_invitations(&mut tx, &actor, &member, turn, now, &mut events).await?;
        let affected = u32::try_from(keys.len()).unwrap_or(u32::MAX);
        let (handed_over, stopped) = if heir.is_some() { (affected, 0) } else { (0, affected) };
        let mut event = self.turned(&actor, &member, turn);
        event.changes.extend(heir.map(|heir| {
            Change::set("keys", format!("{} handed over to {}", words::plural(handed_over.into(), "key"), heir.name))
        }));
        events.push(event);
        // The log comes last: its lock is never held while a row is waited for.
        for event in events {
            self.audit.record(&mut tx, event).await?;
        }
        self.gate.commit(tx, Changed::Workspace(actor.workspace.id)).await?;
        let role = match turn {
            Turn::Into(role) => role.name.clone(),
            Turn::Out => member.role,
        };
        let member = MemberInfo { role, live_keys: member.live_keys.saturating_sub(handed_over), ..member };
        Ok(MemberChange { member, handed_over, stopped })
    }

    /// Does with the keys what was chosen; tells whose they are now, if they were handed over.
    async fn settle<'a>(
        &self,
        tx: &mut Tx,
        actor: &'a Actor,
        member: &MemberInfo,
        keys: &[HeldKey],
        fate: Option<KeysFate>,
        events: &mut Vec<Event<'a>>,
    ) -> Result<Option<Heir>> {
        if keys.is_empty() {
            return Ok(None);
        }
        match fate {
            None => {
                let keys = words::plural(i64::try_from(keys.len()).unwrap_or(i64::MAX), "key");
                Err(Error::field("keys", format!("Choose what happens to the {keys} of {}.", member.user.name)))
            }
            Some(KeysFate::Stop) => Ok(None),
            Some(KeysFate::HandOver(to)) => {
                let scopes = scopes_of(&self.profile, keys);
                let heir = handover::heir_in(tx, &self.profile, actor, (member.user.id, to), scopes).await?;
                let from = Party { id: member.user.id, name: &member.user.name };
                let to = Party { id: heir.id, name: &heir.name };
                events.extend(handover::give(tx, actor, keys, from, to).await?);
                Ok(Some(heir))
            }
        }
    }

    /// Ends the invitations that the member could not send any more; of one who goes also those that would
    /// bring them back.
    async fn end_invitations<'a>(
        &self,
        tx: &mut Tx,
        actor: &'a Actor,
        member: &MemberInfo,
        turn: Turn<'_>,
        now: Time,
        events: &mut Vec<Event<'a>>,
    ) -> Result<()> {
        let (id, email) = (member.user.id, &member.user.email);
        for invitation in store::list_pending_of(tx, actor.workspace.id, id, email).await? {
            let stays = match turn {
                Turn::Into(role) => {
                    role.may(Right::MembersManage) && reaches(&self.profile, &role.name, &invitation.role)
                }
                Turn::Out => false,
            };
            if !stays && store::revoke(tx, actor.workspace.id, invitation.id, now).await? {
                events.push(super::invitations::revoked_event(actor, &invitation));
            }
        }
        Ok(())
    }

    /// Of these keys, those that would stop or do less.
    fn affected(&self, keys: Vec<HeldKey>, turn: Turn<'_>) -> Vec<HeldKey> {
        match turn {
            Turn::Out => keys,
            Turn::Into(role) => {
                let beyond = |key: &HeldKey| !role.scopes.covers(self.profile.known_scopes(&key.scopes));
                keys.into_iter().filter(beyond).collect()
            }
        }
    }

    /// Nobody changes somebody above themselves, or makes somebody more than they are.
    fn check_reach(&self, actor: &Actor, member: &MemberInfo, turn: Turn<'_>) -> Result<()> {
        let own = &actor.role;
        if !reaches(&self.profile, &own.name, &member.role) {
            let message = format!("Your role ({}) may not change somebody above you.", own.title);
            return Err(Error::Forbidden(message));
        }
        match turn {
            Turn::Out => Ok(()),
            Turn::Into(role) if member.role == role.name => {
                Err(Error::field("role", format!("{} has this role already.", member.user.name)))
            }
            Turn::Into(role) => self.check_gift(actor, role),
        }
    }

    /// Nobody gives a role above their own.
    pub(super) fn check_gift(&self, actor: &Actor, role: &Role) -> Result<()> {
        if reaches(&self.profile, &actor.role.name, &role.name) {
            return Ok(());
        }
        Err(Error::Forbidden(format!("Your role ({}) may not make somebody {}.", actor.role.title, role.title)))
    }

    fn takes_an_owner(&self, member: &MemberInfo, turn: Turn<'_>) -> bool {
        member.role == self.owner()
            && match turn {
                Turn::Into(role) => role.name != self.owner(),
                Turn::Out => true,
            }
    }

    fn owner(&self) -> &str {
        &self.profile.owner_role().name
    }

    async fn find(&self, actor: &Actor, user: UserId) -> Result<MemberInfo> {
        let found = store::find(&self.db, actor.workspace.id, user, self.clock.now()).await?;
        let mut member = found.ok_or(Error::NotFound("member"))?;
        member.last_owner =
            member.role == self.owner() && store::count_role(&self.db, actor.workspace.id, self.owner()).await? == 1;
        Ok(member)
    }

    fn turned<'a>(&self, actor: &'a Actor, member: &MemberInfo, turn: Turn<'_>) -> Event<'a> {
        let change = match turn {
            Turn::Into(role) => Change::of("role", &member.role, &role.name),
            Turn::Out => Change::removed("role", &member.role),
        };
        Event { subject: Some(subject(member)), changes: vec![change], ..Event::by(actor, turn.action()) }
    }

    async fn refused<T>(&self, actor: &Actor, action: Action, user: UserId, error: Error) -> Result<T> {
        let member = store::find(&self.db, actor.workspace.id, user, self.clock.now()).await?;
        let subject = member.map_or_else(|| (user.to_string(), String::new()), |member| subject(&member));
        self.audit.refused(Event { subject: Some(subject), ..Event::by(actor, action) }, error).await
    }
}

/// Managing members takes the right to; leaving does not.
fn may_begin(actor: &Actor, user: UserId, out: bool) -> Result<()> {
    if !out || user != actor.user.id {
        return actor.require(Right::MembersManage);
    }
    if actor.workspace.suspended_at.is_some() { Err(Error::Suspended) } else { Ok(()) }
}

fn last_owner() -> Error {
    Error::Conflict("The last owner can be neither removed nor demoted. Make somebody else an owner first.".to_owned())
}

fn subject(member: &MemberInfo) -> (String, String) {
    (member.user.id.to_string(), member.user.name.clone())
}
