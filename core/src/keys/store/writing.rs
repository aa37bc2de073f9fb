//! What changes a key.

use super::secrets::{NewSecret, insert_secret};
use crate::{
    Time,
    db::{Tx, on_tx, statements},
    ids::{KeyId, UserId, WorkspaceId},
    keys::{ApiKey, KeyOwner},
};
use sqlx::types::Json;

statements! {
    INSERT = "
        insert into api_keys
            (id, workspace_id, owner_id, owner_kind, creator_id, label, note, scopes, environment, networks,
            created_at, expires_at)
        values ($1, $2, $3, $4, $3, $5, $6, $7, $8, $9, $10, $11)";
    ADD_TO_COUNT = "
        update workspaces
        set key_count = key_count + $2
        where id = $1";
    HAND_OVER = "
        update api_keys
        set owner_id = $1, version = version + 1
        where workspace_id = $2 and id = $3 and owner_id = $4 and owner_kind = 'member' and revoked_at is null";
    UPDATE = "
        update api_keys
        set label = $4, note = $5, scopes = $6, networks = $7, version = version + 1
        where workspace_id = $1 and id = $2 and version = $3 and revoked_at is null";
    // Takes the key's lock, and fails if anybody else has changed it meanwhile.
    RAISE_VERSION = "
        update api_keys
        set version = version + 1
        where workspace_id = $1 and id = $2 and version = $3 and revoked_at is null";
    DISABLE = "
        update api_keys
        set disabled_at = $3, version = version + 1
        where workspace_id = $1 and id = $2 and revoked_at is null and disabled_at is null";
    ENABLE = "
        update api_keys
        set disabled_at = null, version = version + 1
        where workspace_id = $1 and id = $2 and revoked_at is null and disabled_at is not null";
    REVOKE = "
        update api_keys
        set revoked_at = $3, revoked_reason = $4, version = version + 1
        where workspace_id = $1 and id = $2 and revoked_at is null";
    FORGET_REFUSED = "
        delete from refused_uses
        where key_id = $1";
}

/// A key to be stored.
pub struct NewRow<'a> {
    pub workspace: WorkspaceId,
    pub key: &'a ApiKey,
}

pub async fn insert(tx: &mut Tx, new: NewRow<'_>, secret: NewSecret<'_>) -> sqlx::Result<()> {
    let key = new.key;
    let kind = if key.owner == KeyOwner::Workspace { "workspace" } else { "member" };
    on_tx!(tx, c => sqlx::query(INSERT)
        .bind(key.id)
        .bind(new.workspace)
        .bind(key.creator.id)
        .bind(kind)
        .bind(&key.label)
        .bind(&key.note)
        .bind(Json(&key.scopes))
        .bind(&key.environment)
        .bind(Json(&key.networks))
        .bind(key.created_at)
        .bind(key.expires_at)
        .execute(c).await.map(drop))?;
    add_to_count(tx, new.workspace, 1).await?;
    insert_secret(tx, key.id, secret).await
}

async fn add_to_count(tx: &mut Tx, workspace: WorkspaceId, keys: i64) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(ADD_TO_COUNT).bind(workspace).bind(keys).execute(c).await.map(drop))
}

/// Gives a member's key to another one. False if it is not the first one's any more, or revoked.
pub async fn hand_over(tx: &mut Tx, workspace: WorkspaceId, id: KeyId, from: UserId, to: UserId) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(HAND_OVER).bind(to).bind(workspace).bind(id).bind(from)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Writes what a key is to be. False if it has been changed since `key` was read, or is revoked.
pub async fn update(tx: &mut Tx, workspace: WorkspaceId, key: &ApiKey, read: i64) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(UPDATE)
        .bind(workspace)
        .bind(key.id)
        .bind(read)
        .bind(&key.label)
        .bind(&key.note)
        .bind(Json(&key.scopes))
        .bind(Json(&key.networks))
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Locks a key for a change. False if it has been changed since it was read, or is revoked.
pub async fn raise_version(tx: &mut Tx, workspace: WorkspaceId, id: KeyId, read: i64) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(RAISE_VERSION).bind(workspace).bind(id).bind(read)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// False if it is disabled or revoked already.
pub async fn disable(tx: &mut Tx, workspace: WorkspaceId, id: KeyId, at: Time) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(DISABLE).bind(workspace).bind(id).bind(at)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// False if it is not disabled, or revoked. What was tried with it meanwhile is forgotten.
pub async fn enable(tx: &mut Tx, workspace: WorkspaceId, id: KeyId) -> sqlx::Result<bool> {
    let enabled = on_tx!(tx, c => sqlx::query(ENABLE).bind(workspace).bind(id)
        .execute(c).await.map(|done| done.rows_affected() == 1))?;
    if enabled {
        on_tx!(tx, c => sqlx::query(FORGET_REFUSED).bind(id).execute(c).await.map(drop))?;
    }
    Ok(enabled)
}

/// False if it was revoked already. The workspace must be locked: its count goes down.
pub async fn revoke(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: KeyId,
    at: Time,
    reason: Option<&str>,
) -> sqlx::Result<bool> {
    let revoked = on_tx!(tx, c => sqlx::query(REVOKE).bind(workspace).bind(id).bind(at).bind(reason)
        .execute(c).await.map(|done| done.rows_affected() == 1))?;
    if revoked {
        add_to_count(tx, workspace, -1).await?;
    }
    Ok(revoked)
}
