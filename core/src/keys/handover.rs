//! Giving keys to another member, because whoever they belong to has left or may do less.
//!
//! A handover never adds power in secret: the receiver's role must cover what the keys may do, and so
//! must the role of whoever hands them over. Else a demoted member could restore a key that they know.

use super::Keys;
use crate::{
    Time,
    actor::Actor,
    audit::{Action, Audit, Change, Event},
    db::{Db, Tx, on_db, on_tx, statements},
    error::{Error, Result},
    gate::Changed,
    ids::{KeyId, UserId, WorkspaceId},
    members::{self, Heir, HeldKey, KeyHandover, reaches},
    profile::{Profile, Right, Role, ScopeSet},
};
use sqlx::types::Json;

statements! {
    LIST_LIVE_OF = "
        select k.id, k.label, k.scopes, l.at as used_at
        from api_keys k
        left join last_uses l on l.key_id = k.id
        where k.workspace_id = $1 and k.owner_id = $2 and k.owner_kind = 'member'
            and k.revoked_at is null and (k.expires_at is null or k.expires_at > $3)
        order by k.id";
    FIND = "
        select k.id, k.label, k.scopes, l.at as used_at,
            k.owner_id, k.owner_kind, u.name as owner_name, m.role as owner_role, k.expires_at, k.revoked_at
        from api_keys k
        join users u on u.id = k.owner_id
        left join members m on m.workspace_id = k.workspace_id and m.user_id = k.owner_id
        left join last_uses l on l.key_id = k.id
        where k.workspace_id = $1 and k.id = $2";
    HAND_OVER = "
        update api_keys
        set owner_id = $1, version = version + 1
        where workspace_id = $2 and id = $3 and owner_id = $4 and owner_kind = 'member' and revoked_at is null";
}

#[derive(sqlx::FromRow)]
struct HeldRow {
    id: KeyId,
    label: String,
    scopes: Json<Vec<String>>,
    used_at: Option<Time>,
}

impl From<HeldRow> for HeldKey {
    fn from(row: HeldRow) -> Self {
        Self { id: row.id, label: row.label, scopes: row.scopes.0, used_at: row.used_at }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    held: HeldRow,
    owner_id: UserId,
    owner_kind: String,
    owner_name: String,
    owner_role: Option<String>,
    expires_at: Option<Time>,
    revoked_at: Option<Time>,
}

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
        let found: Option<Row> = on_db!(&self.db, c => sqlx::query_as(FIND)
            .bind(actor.workspace.id).bind(id).fetch_optional(c).await)?;
        let found = found.ok_or(Error::NotFound("key"))?;
        let scopes = movable(&self.profile, actor, &found, self.clock.now())?;
        let heirs = heirs(&self.db, &self.profile, actor, found.owner_id, scopes).await?;
        let owner_left = found.owner_role.is_none();
        Ok(KeyHandover { key: found.held.into(), owner: found.owner_name, owner_left, heirs })
    }

    /// Gives a key to another member. It works on, bounded by their role.
    pub async fn hand_over(&self, actor: &Actor, id: KeyId, to: UserId) -> Result<()> {
        match self.try_hand_over(actor, id, to).await {
            Ok(()) => Ok(()),
            Err(error) => {
                let found: Option<Row> = on_db!(&self.db, c => sqlx::query_as(FIND)
                    .bind(actor.workspace.id).bind(id).fetch_optional(c).await)?;
                let label = found.map(|row| row.held.label).unwrap_or_default();
                let event = Event { subject: Some((id.to_string(), label)), ..Event::by(actor, Action::KeyHandedOver) };
                self.audit.refused(event, error).await
            }
        }
    }

    async fn try_hand_over(&self, actor: &Actor, id: KeyId, to: UserId) -> Result<()> {
        actor.require(Right::KeysManage)?;
        let mut tx = self.db.begin().await?;
        let actor = members::lock(&mut tx, &self.profile, actor).await?;
        actor.require(Right::KeysManage)?;
        let found: Option<Row> = on_tx!(&mut tx, c => sqlx::query_as(FIND)
            .bind(actor.workspace.id).bind(id).fetch_optional(c).await)?;
        let found = found.ok_or(Error::NotFound("key"))?;
        let scopes = movable(&self.profile, &actor, &found, self.clock.now())?;
        let heir = heir_in(&mut tx, &self.profile, &actor, (found.owner_id, to), scopes).await?;
        let from = Party { id: found.owner_id, name: &found.owner_name };
        let held = [HeldKey::from(found.held)];
        give(&mut tx, &self.audit, &actor, &held, from, Party { id: heir.id, name: &heir.name }).await?;
        self.gate.commit(tx, Changed::Workspace(actor.workspace.id)).await
    }
}

/// What the key may do, if this actor may give it away.
fn movable(profile: &Profile, actor: &Actor, key: &Row, now: Time) -> Result<ScopeSet> {
    if key.owner_kind != "member" {
        return Err(Error::Conflict("This key is nobody's: it does not depend on any member.".to_owned()));
    }
    if key.revoked_at.is_some() || key.expires_at.is_some_and(|end| end <= now) {
        return Err(Error::Conflict("This key is over: there is nothing to hand over.".to_owned()));
    }
    if key.owner_role.as_ref().is_some_and(|role| !reaches(profile, &actor.role.name, role)) {
        let message = format!("Your role ({}) may not take keys from {}.", actor.role.title, key.owner_name);
        return Err(Error::Forbidden(message));
    }
    let scopes = profile.known_scopes(&key.held.scopes.0);
    covers(profile, &actor.role, scopes)?;
    Ok(scopes)
}

/// Whoever hands keys over must be allowed all that the keys may do.
fn covers(profile: &Profile, role: &Role, scopes: ScopeSet) -> Result<()> {
    let beyond = scopes.without(role.scopes);
    if beyond.is_empty() {
        return Ok(());
    }
    let names = profile.scope_names(beyond).join(", ");
    Err(Error::Forbidden(format!("Your role ({}) does not include {names}: ask an owner.", role.title)))
}

/// Who could take keys with these scopes from `owner`. Nobody, if the actor may not give them.
pub(crate) async fn heirs(
    db: &Db,
    profile: &Profile,
    actor: &Actor,
    owner: UserId,
    scopes: ScopeSet,
) -> Result<Vec<Heir>> {
    if covers(profile, &actor.role, scopes).is_err() {
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
    covers(profile, &actor.role, scopes)?;
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

/// Moves these keys, each with its line in the log.
pub(crate) async fn give(
    tx: &mut Tx,
    audit: &Audit,
    actor: &Actor,
    keys: &[HeldKey],
    from: Party<'_>,
    to: Party<'_>,
) -> Result<()> {
    for key in keys {
        let moved = on_tx!(&mut *tx, c => sqlx::query(HAND_OVER)
            .bind(to.id)
            .bind(actor.workspace.id)
            .bind(key.id)
            .bind(from.id)
            .execute(c).await.map(|done| done.rows_affected() == 1))?;
        if !moved {
            return Err(Error::Conflict(format!("The key “{}” has changed meanwhile.", key.label)));
        }
    }
    // The log comes last: its lock is never held while another key is waited for.
    for key in keys {
        let event = Event {
            subject: Some((key.id.to_string(), key.label.clone())),
            changes: vec![Change::of("owner", from.name, to.name)],
            ..Event::by(actor, Action::KeyHandedOver)
        };
        audit.record(tx, event).await?;
    }
    Ok(())
}

/// The keys of a member that work or could be switched on.
pub(crate) async fn live_keys_of(
    db: &Db,
    workspace: WorkspaceId,
    owner: UserId,
    now: Time,
) -> sqlx::Result<Vec<HeldKey>> {
    let rows: Vec<HeldRow> = on_db!(db, c => sqlx::query_as(LIST_LIVE_OF)
        .bind(workspace).bind(owner).bind(now).fetch_all(c).await)?;
    Ok(rows.into_iter().map(HeldKey::from).collect())
}

/// The same, under the workspace's lock.
pub(crate) async fn live_keys_of_in(
    tx: &mut Tx,
    workspace: WorkspaceId,
    owner: UserId,
    now: Time,
) -> sqlx::Result<Vec<HeldKey>> {
    let rows: Vec<HeldRow> = on_tx!(tx, c => sqlx::query_as(LIST_LIVE_OF)
        .bind(workspace).bind(owner).bind(now).fetch_all(c).await)?;
    Ok(rows.into_iter().map(HeldKey::from).collect())
}
