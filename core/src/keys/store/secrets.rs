//! A key's secrets: the current one, and the one before while it still works.

use crate::{
    Time,
    db::{Tx, on_tx, statements},
    ids::KeyId,
    secret::SecretHash,
};

statements! {
    INSERT_SECRET = "
        insert into key_secrets (hash, key_id, start, last4, created_at)
        values ($1, $2, $3, $4, $5)";
    RETIRE_CURRENT = "
        update key_secrets
        set retires_at = $2
        where key_id = $1 and retires_at is null";
    // The old secret's end, while it has not come.
    MOVE_END = "
        update key_secrets
        set retires_at = $3
        where key_id = $1 and retires_at > $2";
    FIND_RETIRING = "
        select hash
        from key_secrets
        where key_id = $1 and retires_at > $2";
    RESTORE = "
        update key_secrets
        set retires_at = null
        where hash = $1";
    LIST_HASHES = "
        select hash
        from key_secrets
        where key_id = $1";
}

/// A secret to be stored: all of it that ever is.
pub struct NewSecret<'a> {
    pub hash: SecretHash,
    pub start: &'a str,
    pub last4: &'a str,
    pub created_at: Time,
}

pub async fn insert_secret(tx: &mut Tx, key: KeyId, secret: NewSecret<'_>) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(INSERT_SECRET)
        .bind(&secret.hash.as_bytes()[..])
        .bind(key)
        .bind(secret.start)
        .bind(secret.last4)
        .bind(secret.created_at)
        .execute(c).await.map(drop))
}

/// Gives the current secret an end, so that another one can be current.
pub async fn retire_current(tx: &mut Tx, key: KeyId, end: Time) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(RETIRE_CURRENT).bind(key).bind(end).execute(c).await.map(drop))
}

/// Moves the end of the old secret. False if it has come.
pub async fn move_end(tx: &mut Tx, key: KeyId, now: Time, end: Time) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(MOVE_END).bind(key).bind(now).bind(end)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// The old secret is the current one again, and the new one ends. False if the old one's end has come.
pub async fn swap_back(tx: &mut Tx, key: KeyId, now: Time) -> sqlx::Result<bool> {
    let old: Option<Vec<u8>> =
        on_tx!(tx, c => sqlx::query_scalar(FIND_RETIRING).bind(key).bind(now).fetch_optional(c).await)?;
    let Some(old) = old else { return Ok(false) };
    retire_current(tx, key, now).await?;
    on_tx!(tx, c => sqlx::query(RESTORE).bind(old).execute(c).await.map(drop))?;
    Ok(true)
}

/// The hashes under which the gate may hold this key.
pub async fn list_hashes(tx: &mut Tx, id: KeyId) -> sqlx::Result<Vec<SecretHash>> {
    let hashes: Vec<Vec<u8>> = on_tx!(tx, c => sqlx::query_scalar(LIST_HASHES).bind(id).fetch_all(c).await)?;
    Ok(hashes.iter().filter_map(|hash| SecretHash::try_from(hash.as_slice()).ok()).collect())
}
