//! Giving keys to another member, because whoever they belong to has left or may do less.
//!
//! A handover never adds power in secret: the receiver's role must cover what the keys may do, and so
//! must the role of whoever hands them over. Else a demoted member could restore a key that they know.

use super::{ApiKey, KeyOwner, KeyStatus, Keys, Person, store};
use crate::{
    Time,
    actor::Actor,
    audit::{Action, Change, Event},
    db::{Db, Tx},
    error::{Error, Result},
    gate::Changed,
    ids::{KeyId, UserId, WorkspaceId},
    members::{self, Heir, HeldKey, KeyHandover, reaches},
    profile::{Profile, Right, ScopeSet},
};

/// Somebody between whom keys move.
#[derive(Clone, Copy)]
pub(crate) struct Party<'a> {
    pub id: UserId,
    pub name: &'a str,
}

impl Keys {
    /// The question before a key is given to somebody else: who could take it.
    pub async fn handover(&self, actor: &Actor, id: KeyId) -> Result<KeyHandover> {
        actor.require(Right::KeysManage)?;
        let key = self.get(actor, id).await?;
        let (owner, scopes) = movable(&self.profile, actor, &key, self.clock.now())?;
        let heirs = heirs(&self.db, &self.profile, actor, owner.id, scopes).await?;
        Ok(KeyHandover { owner: owner.name.clone(), owner_left: key.owner.has_left(), heirs, key: key.into() })
    }

    /// Gives a key to another member. It works on, bounded by their role.
    pub async fn hand_over(&self, actor: &Actor, id: KeyId, to: UserId) -> Result<()> {
        let done = self.try_hand_over(actor, id, to).await;
        self.audited(actor, Action::KeyHandedOver, id, done).await
    }

    async fn try_hand_over(&self, actor: &Actor, id: KeyId, to: UserId) -> Result<()> {
        actor.require(Right::KeysManage)?;
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let actor = members::lock(&mut tx, &self.profile, actor).await?;
        actor.require(Right::KeysManage)?;
        let key = store::find_in(&mut tx, actor.workspace.id, id, now).await?.ok_or(Error::NotFound("key"))?;
        let (owner, scopes) = movable(&self.profile, &actor, &key, now)?;
        let heir = heir_in(&mut tx, &self.profile, &actor, (owner.id, to), scopes).await?;
        let from = Party { id: owner.id, name: &owner.name };
        let held = [HeldKey::from(key.clone())];
        for event in give(&mut tx, &actor, &held, from, Party { id: heir.id, name: &heir.name }).await? {
            self.audit.record(&mut tx, event).await?;
        }
        let hashes = store::list_hashes(&mut tx, id).await?;
        self.gate.commit(tx, Changed::Keys(hashes)).await
    }
}

/// Whose the key is and what it may do, if this actor may give it away.
fn movable<'a>(profile: &Profile, actor: &Actor, key: &'a ApiKey, now: Time) -> Result<(&'a Person, ScopeSet)> {
    let KeyOwner::Member { person, role } = &key.owner else {
        return Err(Error::Conflict("This key is nobody's: it does not depend on any member.".to_owned()));
    };
    if matches!(key.status(now), KeyStatus::Revoked | KeyStatus::Expired) {
        return Err(Error::Conflict("This key is over: there is nothing to hand over.".to_owned()));
    }
    if role.as_ref().is_some_and(|role| !reaches(profile, &actor.role.name, role)) {
        let message = format!("Your role ({}) may not take keys from {}.", actor.role.title, person.name);
        return Err(Error::Forbidden(message));
    }
    let scopes = profile.known_scopes(&key.scopes);
    actor.require_scopes(profile, scopes)?;
    Ok((person, scopes))
}

/// Who could take keys with these scopes from `owner`. Nobody, if the actor may not give them.
pub(crate) async fn heirs(
    db: &Db,
    profile: &Profile,
    actor: &Actor,
    owner: UserId,
    scopes: ScopeSet,
) -> Result<Vec<Heir>> {
    if actor.require_scopes(profile, scopes).is_err() {
        return Ok(Vec::new());
    }
    let rows = members::store::list_roles(db, actor.workspace.id).await?;
    let others = rows.into_iter().filter(|row| row.id != owner);
    let able = others.filter_map(|row| {
        let role = profile.role(&row.role).filter(|role| role.scopes.covers(scopes))?;
        Some(Heir { id: row.id, name: row.name, role: role.title.clone() })
    });
    Ok(able.collect())
}

/// The member `to`, if they may take keys with these scopes from `owner`, and the actor may give them.
pub(crate) async fn heir_in(
    tx: &mut Tx,
    profile: &Profile,
    actor: &Actor,
    (owner, to): (UserId, UserId),
    scopes: ScopeSet,
) -> Result<Heir> {
    actor.require_scopes(profile, scopes)?;
    let wrong = |message: &str| Error::field("hand_over_to", message);
    if owner == to {
        return Err(wrong("Choose somebody else: the keys are theirs already."));
    }
    let found = members::store::find_named_in(tx, actor.workspace.id, to).await?;
    let heir = found.and_then(|row| Some((row.id, row.name, profile.role(&row.role)?)));
    let Some((id, name, role)) = heir else { return Err(wrong("Choose one of the members.")) };
    let beyond = scopes.without(role.scopes);
    if !beyond.is_empty() {
        let names = profile.scope_names(beyond).join(", ");
        return Err(wrong(&format!("The role of {name} ({}) does not include {names}.", role.title)));
    }
    Ok(Heir { id, name, role: role.title.clone() })
}

/// Moves these keys. What the log is to say of each comes back, to be written last.
pub(crate) async fn give<'a>(
    tx: &mut Tx,
    actor: &'a Actor,
    keys: &[HeldKey],
    from: Party<'_>,
    to: Party<'_>,
) -> Result<Vec<Event<'a>>> {
    let mut events = Vec::with_capacity(keys.len());
    for key in keys {
        if !store::hand_over(tx, actor.workspace.id, key.id, from.id, to.id).await? {
            return Err(Error::Conflict(format!("The key “{}” has changed meanwhile.", key.label)));
        }
        events.push(Event {
            subject: Some((key.id.to_string(), key.label.clone())),
            changes: vec![Change::of("owner", from.name, to.name)],
            ..Event::by(actor, Action::KeyHandedOver)
        });
    }
    Ok(events)
}

/// The keys of a member that work or could be switched on.
pub(crate) async fn live_keys_of(
    db: &Db,
    workspace: WorkspaceId,
    owner: UserId,
    now: Time,
) -> sqlx::Result<Vec<HeldKey>> {
    Ok(store::list_live_of(db, workspace, owner, now).await?.into_iter().map(HeldKey::from).collect())
}

/// The same, under the workspace's lock.
pub(crate) async fn live_keys_of_in(
    tx: &mut Tx,
    workspace: WorkspaceId,
    owner: UserId,
    now: Time,
) -> sqlx::Result<Vec<HeldKey>> {
    Ok(store::list_live_of_in(tx, workspace, owner, now).await?.into_iter().map(HeldKey::from).collect())
}
