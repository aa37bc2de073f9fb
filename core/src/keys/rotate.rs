//! A new secret for a key that stays the same: its id, its scopes, its history. The old secret goes on
//! working for a while, so that those who hold it can change over without a gap.

use super::{ApiKey, CreatedKey, KeyStatus, Keys, RotateForm, Rotation, change::changed_meanwhile, store};
use crate::{
    Time,
    actor::Actor,
    audit::{Action, Change},
    error::{Error, Result},
    ids::KeyId,
    profile::ScopeSet,
    words,
};

impl Keys {
    /// Gives a key a new secret. Of two who try at once, one is told that it has changed meanwhile.
    pub async fn rotate(&self, actor: &Actor, id: KeyId, form: &RotateForm) -> Result<CreatedKey> {
        let done = self.try_rotate(actor, id, form).await;
        self.audited(actor, Action::KeyRotated, id, done).await
    }

    async fn try_rotate(&self, actor: &Actor, id: KeyId, form: &RotateForm) -> Result<CreatedKey> {
        let key = self.to_change(actor, id, form.version).await?;
        let now = self.clock.now();
        if key.status(now) == KeyStatus::Expired {
            return Err(Error::Conflict("This key has expired. Make a new one like it.".to_owned()));
        }
        if let Some(rotation) = &key.rotation {
            let until = words::exact(rotation.ends_at);
            let message = format!("This key is being rotated already, until {until}. Finish or undo that first.");
            return Err(Error::Conflict(message));
        }
        // Whoever left may come back: then what the key was given counts.
        let bound = key.role_scopes(&self.profile).unwrap_or(ScopeSet::ALL);
        actor.require_scopes(&self.profile, self.profile.known_scopes(&key.scopes).and(bound))?;
        let ends_at = self.end_of_grace(form, &key, now)?;

        let secret = self.new_secret(&key.environment);
        let (start, last4) = (secret.start(&self.profile.key).to_owned(), secret.last4().to_owned());
        let mut tx = self.db.begin().await?;
        if !store::raise_version(&mut tx, actor.workspace.id, id, key.version).await? {
            return Err(changed_meanwhile());
        }
        store::retire_current(&mut tx, id, ends_at).await?;
        let stored = store::NewSecret { hash: secret.hash(), start: &start, last4: &last4, created_at: now };
        store::insert_secret(&mut tx, id, stored).await?;
        let changes = vec![Change::of("key", key.masked(), format!("{start}…{last4}")), old_secret_until(ends_at)];
        let rotation = Rotation {
            start: key.start.clone(),
            last4: key.last4.clone(),
            last_use: key.last_use.clone(),
            new_last_use: None,
            began_at: now,
            ends_at,
        };
        let rotation = Some(rotation).filter(|rotation| rotation.ends_at > now);
        let key = ApiKey { start, last4, rotation, version: key.version + 1, ..key };
        self.finish(tx, actor, Action::KeyRotated, &key, changes).await?;
        Ok(CreatedKey { key, secret })
    }

    /// Ends the old secret now.
    pub async fn finish_rotation(&self, actor: &Actor, id: KeyId, version: Option<i64>) -> Result<ApiKey> {
        let now = self.clock.now();
        let done = self.move_end(actor, id, version, Action::KeyRotationFinished, |_| Ok(now)).await;
        self.audited(actor, Action::KeyRotationFinished, id, done).await
    }

    /// Gives the old secret more time, or less, counted from now.
    pub async fn extend_rotation(&self, actor: &Actor, id: KeyId, form: &RotateForm) -> Result<ApiKey> {
        let now = self.clock.now();
        let end = |key: &ApiKey| self.end_of_grace(form, key, now);
        let done = self.move_end(actor, id, form.version, Action::KeyRotationExtended, end).await;
        self.audited(actor, Action::KeyRotationExtended, id, done).await
    }

    async fn move_end(
        &self,
        actor: &Actor,
        id: KeyId,
        version: Option<i64>,
        action: Action,
        end: impl FnOnce(&ApiKey) -> Result<Time>,
    ) -> Result<ApiKey> {
        let key = self.to_change(actor, id, version).await?;
        let rotation = key.rotation.clone().ok_or_else(not_rotating)?;
        let (ends_at, now) = (end(&key)?, self.clock.now());
        let mut tx = self.db.begin().await?;
        if !store::raise_version(&mut tx, actor.workspace.id, id, key.version).await? {
            return Err(changed_meanwhile());
        }
        if !store::move_end(&mut tx, id, now, ends_at).await? {
            return Err(not_rotating());
        }
        let change = Change::of("old_secret_until", words::exact(rotation.ends_at), words::exact(ends_at));
        let rotation = Some(Rotation { ends_at, ..rotation }).filter(|rotation| rotation.ends_at > now);
        let key = ApiKey { rotation, version: key.version + 1, ..key };
        self.finish(tx, actor, action, &key, vec![change]).await?;
        Ok(key)
    }

    /// Takes the new secret back: it ends now, and the old one is the key's only one again.
    pub async fn undo_rotation(&self, actor: &Actor, id: KeyId, version: Option<i64>) -> Result<ApiKey> {
        let done = self.try_undo(actor, id, version).await;
        self.audited(actor, Action::KeyRotationUndone, id, done).await
    }

    async fn try_undo(&self, actor: &Actor, id: KeyId, version: Option<i64>) -> Result<ApiKey> {
        let key = self.to_change(actor, id, version).await?;
        let rotation = key.rotation.clone().ok_or_else(not_rotating)?;
        let mut tx = self.db.begin().await?;
        if !store::raise_version(&mut tx, actor.workspace.id, id, key.version).await? {
            return Err(changed_meanwhile());
        }
        if !store::swap_back(&mut tx, id, self.clock.now()).await? {
            return Err(not_rotating());
        }
        let change = Change::of("key", key.masked(), rotation.masked());
        let Rotation { start, last4, .. } = rotation;
        let key = ApiKey { start, last4, rotation: None, version: key.version + 1, ..key };
        self.finish(tx, actor, Action::KeyRotationUndone, &key, vec![change]).await?;
        Ok(key)
    }

    /// The old secret never outlives the key.
    fn end_of_grace(&self, form: &RotateForm, key: &ApiKey, now: Time) -> Result<Time> {
        let grace = form.grace(&self.profile).map_err(|error| Error::Invalid(vec![error]))?;
        let end = now.checked_add_signed(grace).unwrap_or(Time::MAX_UTC);
        Ok(key.expires_at.map_or(end, |expiry| expiry.min(end)))
    }
}

fn not_rotating() -> Error {
    Error::Conflict("This key has one secret only: its rotation is over.".to_owned())
}

fn old_secret_until(end: Time) -> Change {
    Change::set("old_secret_until", words::exact(end))
}
