//! Rows of last uses.

use super::{LastUse, RefusedUses};
use crate::{
    db::{Tx, on_tx, statements},
    ids::KeyId,
    secret::SecretHash,
};

statements! {
    // Two nodes may flush the same key in any order; the later use stays. A key that is gone with its
    // workspace has no row: one such mark must not keep all others from being written.
    UPSERT = "
        insert into last_uses (key_id, at, route, address)
        select k.id, $2, $3, $4
        from api_keys k
        where k.id = $1
        on conflict (key_id) do update
        set at = excluded.at, route = excluded.route, address = excluded.address
        where last_uses.at < excluded.at";
    UPSERT_SECRET = "
        insert into secret_uses (hash, at, route, address)
        select s.hash, $2, $3, $4
        from key_secrets s
        where s.hash = $1
        on conflict (hash) do update
        set at = excluded.at, route = excluded.route, address = excluded.address
        where secret_uses.at < excluded.at";
    ADD_REFUSED = "
        insert into refused_uses (key_id, tries, at, address)
        select k.id, $2, $3, $4
        from api_keys k
        where k.id = $1
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
