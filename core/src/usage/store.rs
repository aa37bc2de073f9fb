//! Rows of last uses.

use super::LastUse;
use crate::{
    db::{Tx, on_tx, statements},
    ids::KeyId,
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
}

pub(super) async fn upsert(tx: &mut Tx, key: KeyId, last: &LastUse) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(UPSERT)
        .bind(key)
        .bind(last.at)
        .bind(&last.route)
        .bind(&last.address)
        .execute(c).await.map(drop))
}
