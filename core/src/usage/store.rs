//! Rows of last uses.

use super::{LastUse, RefusedUses};
use crate::{
    db::{Tx, on_tx, statements},
    ids::KeyId,
    secret::SecretHash,
};

statements! {
    FIND_KEY = "
        select count(*)
        from api_keys
        where id = $1";
    // Two nodes may flush the same key in any order; the later use stays.
    UPSERT = "
        insert into last_uses (key_id, at, route, address)
        values ($1, $2, $3, $4)
        on conflict (key_id) do update
        set at = excluded.at, route = excluded.route, address = excluded.address
        where last_uses.at < excluded.at";
    UPSERT_SECRET = "
        insert into secret_uses (hash, at, route, address)
        values ($1, $2, $3, $4)
        on conflict (hash) do update
        set at = excluded.at, route = excluded.route, address = excluded.address
        where secret_uses.at < excluded.at";
    ADD_REFUSED = "
        insert into refused_uses (key_id, tries, at, address)
        values ($1, $2, $3, $4)
        on conflict (key_id) do update
        set tries = refused_uses.tries + excluded.tries, at = excluded.at, address = excluded.address";
}

pub(super) async fn upsert(tx: &mut Tx, key: KeyId, last: &LastUse) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(UPSERT)
        .bind(key)
        .bind(last.at)
        .bind(&last.route)
        .bind(&last.address)
        .execute(c).await.map(drop))
}

pub(super) async fn upsert_secret(tx: &mut Tx, hash: SecretHash, last: &LastUse) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(UPSERT_SECRET)
        .bind(&hash.as_bytes()[..])
        .bind(last.at)
        .bind(&last.route)
        .bind(&last.address)
        .execute(c).await.map(drop))
}

pub(super) async fn add_refused(tx: &mut Tx, key: KeyId, refused: &RefusedUses) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(ADD_REFUSED)
        .bind(key)
        .bind(i64::try_from(refused.tries).unwrap_or(i64::MAX))
        .bind(refused.at)
        .bind(&refused.address)
        .execute(c).await.map(drop))
}

pub(super) async fn key_exists(tx: &mut Tx, key: KeyId) -> sqlx::Result<bool> {
    let found: i64 = on_tx!(tx, c => sqlx::query_scalar(FIND_KEY).bind(key).fetch_one(c).await)?;
    Ok(found > 0)
}
