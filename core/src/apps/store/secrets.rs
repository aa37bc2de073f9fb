//! An app's secrets: the current one, and the one before while it still works.

use crate::{
    Time,
    db::{Db, Tx, on_db, on_tx, statements},
    ids::AppId,
    secret::SecretHash,
};

statements! {
    INSERT_SECRET = "
        insert into app_secrets (hash, app_id, last4, created_at)
        values ($1, $2, $3, $4)";
    DELETE_SECRETS = "
        delete from app_secrets
        where app_id = $1";
    HAS_SECRET = "
        select count(*)
        from app_secrets
        where app_id = $1 and hash = $2 and retires_at is null";
    RETIRE_CURRENT = "
        update app_secrets
        set retires_at = $2
        where app_id = $1 and retires_at is null";
    END_RETIRING = "
        delete from app_secrets
        where app_id = $1 and retires_at is not null";
}

/// A secret to be stored: all of it that ever is.
pub struct NewSecret<'a> {
    pub hash: SecretHash,
    pub last4: &'a str,
    pub created_at: Time,
}

pub async fn insert_secret(tx: &mut Tx, app: AppId, secret: NewSecret<'_>) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(INSERT_SECRET)
        .bind(&secret.hash.as_bytes()[..]).bind(app).bind(secret.last4).bind(secret.created_at)
        .execute(c).await.map(drop))
}

pub async fn delete_secrets(tx: &mut Tx, app: AppId) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(DELETE_SECRETS).bind(app).execute(c).await.map(drop))
}

/// Whether this is the current secret of the app.
pub async fn has_secret(db: &Db, app: AppId, secret: SecretHash) -> sqlx::Result<bool> {
    let count: i64 = on_db!(db, c => sqlx::query_scalar(HAS_SECRET)
        .bind(app).bind(&secret.as_bytes()[..]).fetch_one(c).await)?;
    Ok(count > 0)
}

pub async fn retire_current(tx: &mut Tx, app: AppId, end: Time) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(RETIRE_CURRENT).bind(app).bind(end).execute(c).await.map(drop))
}

/// Ends what is left of secrets that were replaced.
pub async fn end_retiring(tx: &mut Tx, app: AppId) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(END_RETIRING).bind(app).execute(c).await.map(drop))
}
