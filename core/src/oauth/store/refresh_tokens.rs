//! Refresh tokens.

use crate::{
    Time,
    db::{Db, Tx, on_db, on_tx, statements},
    ids::GrantId,
    secret::SecretHash,
};

statements! {
    INSERT_REFRESH_TOKEN = "
        insert into oauth_refresh_tokens (hash, grant_id, created_at, expires_at)
        values ($1, $2, $3, $4)";
    FIND_REFRESH_TOKEN = "
        select grant_id, created_at, expires_at, superseded_at
        from oauth_refresh_tokens
        where hash = $1";
    SUPERSEDE_REFRESH_TOKEN = "
        update oauth_refresh_tokens
        set superseded_at = $2
        where hash = $1 and superseded_at is null";
}

/// A refresh token.
#[derive(sqlx::FromRow)]
pub struct RefreshRow {
    pub grant_id: GrantId,
    pub created_at: Time,
    pub expires_at: Time,
    pub superseded_at: Option<Time>,
}

pub async fn insert_refresh_token(
    tx: &mut Tx,
    hash: SecretHash,
    grant: GrantId,
    at: Time,
    until: Time,
) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(INSERT_REFRESH_TOKEN)
        .bind(&hash.as_bytes()[..]).bind(grant).bind(at).bind(until)
        .execute(c).await.map(drop))
}

pub async fn find_refresh_token(db: &Db, hash: SecretHash) -> sqlx::Result<Option<RefreshRow>> {
    on_db!(db, c => sqlx::query_as(FIND_REFRESH_TOKEN).bind(&hash.as_bytes()[..]).fetch_optional(c).await)
}

/// Puts another in its place; false if there is one already.
pub async fn supersede_refresh_token(tx: &mut Tx, hash: SecretHash, at: Time) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(SUPERSEDE_REFRESH_TOKEN)
        .bind(&hash.as_bytes()[..]).bind(at)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}
