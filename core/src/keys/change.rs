//! Changing, switching off and ending keys, one or many.

use super::{ApiKey, Changes, KeyPatch, KeyStatus, Keys, network_text, store};
use crate::{
    Time,
    actor::Actor,
    audit::{Action, Change, Event},
    db::Tx,
    error::{Error, FieldError, Result},
    gate::Changed,
    ids::KeyId,
    members,
    profile::Right,
    secret::SecretHash,
    text,
};
use std::collections::BTreeSet;

/// How many keys can be changed at once.
const MOST_AT_ONCE: usize = 100;

/// What can be done to many keys at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bulk {
    /// Switch them off.
    Disable,
    /// End them.
    Revoke,
}

impl Bulk {
    const fn action(self) -> Action {
        match self {
            Self::Disable => Action::KeyDisabled,
            Self::Revoke => Action::KeyRevoked,
        }
    }
}

/// What became of a change to many keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkDone {
    /// The keys that were changed.
    pub changed: Vec<ApiKey>,
    /// Those that had been so already, or were over.
    pub skipped: Vec<ApiKey>,
}

impl Keys {
    /// Changes a key's label, note, scopes or networks.
    pub async fn update(&self, actor: &Actor, id: KeyId, patch: &KeyPatch) -> Result<ApiKey> {
        match self.try_update(actor, id, patch).await {
            Ok(key) => Ok(key),
            Err(error) => {
                let event = self.event(actor, Action::KeyChanged, id).await?;
                // What the key has already is not reached for.
                let has = store::find(&self.db, actor.workspace.id, id, self.clock.now()).await?;
                let has = has.map(|key| key.scopes).unwrap_or_default();
                let asked = patch.scopes.iter().flatten();
                let reached: Vec<_> = asked.filter(|name| !has.contains(name)).cloned().collect();
                self.refused(actor, event, &reached, error).await
            }
        }
    }

    async fn try_update(&self, actor: &Actor, id: KeyId, patch: &KeyPatch) -> Result<ApiKey> {
        let key = self.to_change(actor, id, patch.version).await?;
        let changes = Changes::parse(patch, &key, &self.profile, &actor.role).map_err(Error::Invalid)?;
        let Changes { label, note, scopes, networks } = changes;
        let after = ApiKey { label, note, scopes, networks, version: key.version + 1, ..key.clone() };
        let changed = differences(&key, &after);
        if changed.is_empty() {
            return Ok(key);
        }
        let mut tx = self.db.begin().await?;
        if !store::update(&mut tx, actor.workspace.id, &after, key.version).await? {
            return Err(changed_meanwhile());
        }
        self.finish(tx, actor, Action::KeyChanged, &after, changed).await?;
        Ok(after)
    }

    /// Switches a key off: the next request with it is refused, until it is switched on again.
    pub async fn disable(&self, actor: &Actor, id: KeyId, version: Option<i64>) -> Result<ApiKey> {
        let done = self.try_disable(actor, id, version).await;
        self.audited(actor, Action::KeyDisabled, id, done).await
    }

    async fn try_disable(&self, actor: &Actor, id: KeyId, version: Option<i64>) -> Result<ApiKey> {
        let (key, now) = (self.to_change(actor, id, version).await?, self.clock.now());
        let mut tx = self.db.begin().await?;
        if !store::disable(&mut tx, actor.workspace.id, id, now).await? {
            return Err(Error::Conflict("This key is disabled or revoked already.".to_owned()));
        }
        let status = Change::of("status", key.status(now).code(), KeyStatus::Disabled.code());
        let key = ApiKey { disabled_at: Some(now), version: key.version + 1, ..key };
        self.finish(tx, actor, Action::KeyDisabled, &key, vec![status]).await?;
        Ok(key)
    }

    /// Switches a key on again.
    pub async fn enable(&self, actor: &Actor, id: KeyId, version: Option<i64>) -> Result<ApiKey> {
        let done = self.try_enable(actor, id, version).await;
        self.audited(actor, Action::KeyEnabled, id, done).await
    }

    async fn try_enable(&self, actor: &Actor, id: KeyId, version: Option<i64>) -> Result<ApiKey> {
        let (key, now) = (self.to_change(actor, id, version).await?, self.clock.now());
        let mut tx = self.db.begin().await?;
        if !store::enable(&mut tx, actor.workspace.id, id).await? {
            return Err(Error::Conflict("This key is not disabled.".to_owned()));
        }
        let before = key.status(now).code();
        let key = ApiKey { disabled_at: None, refused: None, version: key.version + 1, ..key };
        let status = Change::of("status", before, key.status(now).code());
        self.finish(tx, actor, Action::KeyEnabled, &key, vec![status]).await?;
        Ok(key)
    }

    /// Ends a key for good: the next request with it is refused.
    pub async fn revoke(&self, actor: &Actor, id: KeyId, reason: &str, version: Option<i64>) -> Result<ApiKey> {
        let done = self.try_revoke(actor, id, reason, version).await;
        self.audited(actor, Action::KeyRevoked, id, done).await
    }

    async fn try_revoke(&self, actor: &Actor, id: KeyId, reason: &str, version: Option<i64>) -> Result<ApiKey> {
        let key = self.to_change(actor, id, version).await?;
        let (reason, now) = (parse_reason(reason)?, self.clock.now());
        let mut tx = self.db.begin().await?;
        let actor = &members::lock(&mut tx, &self.profile, actor).await?;
        actor.require(Right::KeysManage)?;
        if !store::revoke(&mut tx, actor.workspace.id, id, now, reason.as_deref()).await? {
            return Err(revoked_already());
        }
        let (key, changes) = revoked(key, reason, now);
        self.finish(tx, actor, Action::KeyRevoked, &key, changes).await?;
        Ok(key)
    }

    /// The keys with these ids, to show what a change to all of them would stop.
    pub async fn chosen(&self, actor: &Actor, ids: &[KeyId]) -> Result<Vec<ApiKey>> {
        actor.require(Right::KeysRead)?;
        let ids = distinct(ids)?;
        let mut keys = Vec::with_capacity(ids.len());
        for id in ids {
            keys.push(self.get(actor, id).await?);
        }
        Ok(keys)
    }

    /// Switches off or ends many keys, all at once or none.
    pub async fn bulk(&self, actor: &Actor, what: Bulk, ids: &[KeyId], reason: &str) -> Result<BulkDone> {
        match self.try_bulk(actor, what, ids, reason).await {
            Ok(done) => Ok(done),
            Err(error) => self.audit.refused(Event::by(actor, what.action()), error).await,
        }
    }

    async fn try_bulk(&self, actor: &Actor, what: Bulk, ids: &[KeyId], reason: &str) -> Result<BulkDone> {
        actor.require(Right::KeysManage)?;
        let (ids, reason, now) = (distinct(ids)?, parse_reason(reason)?, self.clock.now());
        let mut done = BulkDone { changed: Vec::new(), skipped: Vec::new() };
        let (mut hashes, mut events) = (Vec::<SecretHash>::new(), Vec::new());
        let mut tx = self.db.begin().await?;
        let actor = &members::lock(&mut tx, &self.profile, actor).await?;
        actor.require(Right::KeysManage)?;
        for id in ids {
            let key = store::find_in(&mut tx, actor.workspace.id, id, now).await?.ok_or(Error::NotFound("key"))?;
            let changed = match what {
                Bulk::Disable => disable_in(&mut tx, actor, &key, now).await?,
                Bulk::Revoke => revoke_in(&mut tx, actor, &key, reason.as_deref(), now).await?,
            };
            let Some((key, changes)) = changed else {
                done.skipped.push(key);
                continue;
            };
            hashes.extend(store::list_hashes(&mut tx, id).await?);
            events.push((key.clone(), changes));
            done.changed.push(key);
        }
        // The log comes last, as in every change: its lock is never held while another key is waited for.
        for (key, changes) in events {
            self.audit.record(&mut tx, key_event(actor, what.action(), &key, changes)).await?;
        }
        self.gate.commit(tx, Changed::Keys(hashes)).await?;
        Ok(done)
    }

    /// A key that the actor may change, as it is now; one that was revoked can be changed no more.
    pub(super) async fn to_change(&self, actor: &Actor, id: KeyId, version: Option<i64>) -> Result<ApiKey> {
        actor.require(Right::KeysManage)?;
        let key = store::find(&self.db, actor.workspace.id, id, self.clock.now()).await?;
        let key = key.ok_or(Error::NotFound("key"))?;
        if key.revoked_at.is_some() {
            return Err(revoked_already());
        }
        if version.is_some_and(|version| version != key.version) {
            return Err(Error::Stale);
        }
        Ok(key)
    }

    /// Writes a change of one key into the log, commits, and has the gate forget the key.
    pub(super) async fn finish(
        &self,
        mut tx: Tx,
        actor: &Actor,
        action: Action,
        key: &ApiKey,
        changes: Vec<Change>,
    ) -> Result<()> {
        self.audit.record(&mut tx, key_event(actor, action, key, changes)).await?;
        let hashes = store::list_hashes(&mut tx, key.id).await?;
        self.gate.commit(tx, Changed::Keys(hashes)).await
    }

    /// Hands the result on; a refusal is written down first.
    pub(super) async fn audited<T>(&self, actor: &Actor, action: Action, id: KeyId, result: Result<T>) -> Result<T> {
        match result {
            Ok(done) => Ok(done),
            Err(error) => {
                let event = self.event(actor, action, id).await?;
                self.audit.refused(event, error).await
            }
        }
    }

    /// An event about a key that may not exist, or not here.
    async fn event<'a>(&self, actor: &'a Actor, action: Action, id: KeyId) -> Result<Event<'a>> {
        let key = store::find(&self.db, actor.workspace.id, id, self.clock.now()).await?;
        let label = key.map(|key| key.label).unwrap_or_default();
        Ok(Event { subject: Some((id.to_string(), label)), ..Event::by(actor, action) })
    }
}

async fn disable_in(tx: &mut Tx, actor: &Actor, key: &ApiKey, now: Time) -> Result<Option<(ApiKey, Vec<Change>)>> {
    if key.status(now) != KeyStatus::Active || !store::disable(tx, actor.workspace.id, key.id, now).await? {
        return Ok(None);
    }
    let status = Change::of("status", KeyStatus::Active.code(), KeyStatus::Disabled.code());
    Ok(Some((ApiKey { disabled_at: Some(now), version: key.version + 1, ..key.clone() }, vec![status])))
}

async fn revoke_in(
    tx: &mut Tx,
    actor: &Actor,
    key: &ApiKey,
    reason: Option<&str>,
    now: Time,
) -> Result<Option<(ApiKey, Vec<Change>)>> {
    let ended = store::revoke(tx, actor.workspace.id, key.id, now, reason).await?;
    Ok(ended.then(|| revoked(key.clone(), reason.map(str::to_owned), now)))
}

/// The key after its end, and what that changed.
fn revoked(key: ApiKey, reason: Option<String>, now: Time) -> (ApiKey, Vec<Change>) {
    let mut changes = vec![Change::of("status", key.status(now).code(), KeyStatus::Revoked.code())];
    changes.extend(reason.iter().map(|reason| Change::set("reason", reason)));
    (ApiKey { revoked_at: Some(now), revoked_reason: reason, version: key.version + 1, ..key }, changes)
}

pub(super) fn changed_meanwhile() -> Error {
    Error::Conflict("This key has been changed meanwhile. Look at it as it is now, and try again.".to_owned())
}

fn revoked_already() -> Error {
    Error::Conflict("This key is revoked already.".to_owned())
}

fn key_event<'a>(actor: &'a Actor, action: Action, key: &ApiKey, changes: Vec<Change>) -> Event<'a> {
    Event { subject: Some((key.id.to_string(), key.label.clone())), changes, ..Event::by(actor, action) }
}

/// In one order for everybody: two changes of the same keys never wait for each other in a circle.
fn distinct(ids: &[KeyId]) -> Result<BTreeSet<KeyId>> {
    let ids: BTreeSet<_> = ids.iter().copied().collect();
    match ids.len() {
        0 => Err(Error::field("ids", "Choose at least one key.")),
        n if n > MOST_AT_ONCE => Err(Error::field("ids", format!("Choose at most {MOST_AT_ONCE} keys at once."))),
        _ => Ok(ids),
    }
}

fn parse_reason(text: &str) -> Result<Option<String>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let wrong = |fault: text::TextFault| Error::Invalid(vec![FieldError::new("reason", fault.message("The reason"))]);
    text::line(text, 200).map(Some).map_err(wrong)
}

/// What a change made of a key, member by member.
fn differences(before: &ApiKey, after: &ApiKey) -> Vec<Change> {
    let networks = |key: &ApiKey| key.networks.iter().map(network_text).collect::<Vec<_>>().join(", ");
    let members = [
        ("label", before.label.clone(), after.label.clone()),
        ("note", before.note.clone(), after.note.clone()),
        ("scopes", before.scopes.join(", "), after.scopes.join(", ")),
        ("allowed_addresses", networks(before), networks(after)),
    ];
    let changed = members.into_iter().filter(|(_, before, after)| before != after);
    changed.map(|(what, before, after)| Change::between(what, &before, &after)).collect()
}
