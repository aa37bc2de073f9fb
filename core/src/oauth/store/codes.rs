//! Authorization codes.

use crate::{
    Time,
    db::{Db, Tx, on_db, on_tx, statements},
    ids::GrantId,
    oauth::pkce::Challenge,
    secret::SecretHash,
};

statements! {
    INSERT_CODE = "
        insert into oauth_codes (hash, grant_id, redirect_uri, challenge, expires_at)
        values ($1, $2, $3, $4, $5)";
    FIND_CODE = "
        select grant_id, redirect_uri, challenge, expires_at, redeemed_at
        from oauth_codes
        where hash = $1";
    REDEEM_CODE = "
        update oauth_codes
        set redeemed_at = $2
        where hash = $1 and redeemed_at is null and expires_at > $2";
}

/// An authorization code.
#[derive(sqlx::FromRow)]
pub struct CodeRow {
    pub grant_id: GrantId,
    pub redirect_uri: String,
    challenge: Option<String>,
    pub expires_at: Time,
    pub redeemed_at: Option<Time>,
}

impl CodeRow {
    pub fn challenge(&self) -> Option<Challenge> {
        self.challenge.clone().map(Challenge::kept)
    }
}

pub async fn insert_code(
    tx: &mut Tx,
    hash: SecretHash,
    grant: GrantId,
    redirect_uri: &str,
    challenge: Option<&Challenge>,
    until: Time,
) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(INSERT_CODE)
        .bind(&hash.as_bytes()[..]).bind(grant).bind(redirect_uri).bind(challenge.map(Challenge::as_str)).bind(until)
        .execute(c).await.map(drop))
}

pub async fn find_code(db: &Db, hash: SecretHash) -> sqlx::Result<Option<CodeRow>> {
    on_db!(db, c => sqlx::query_as(FIND_CODE).bind(&hash.as_bytes()[..]).fetch_optional(c).await)
}

/// Takes a code; false if somebody else did, or it is over.
pub async fn redeem_code(tx: &mut Tx, hash: SecretHash, at: Time) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(REDEEM_CODE)
        .bind(&hash.as_bytes()[..]).bind(at)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}
