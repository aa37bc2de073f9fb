//! Rows of signing keys.

use crate::{
    Time,
    db::{Db, on_db, statements},
};

statements! {
    ALL_KEYS = "
        select generation, kid, public_key, sealed_key, signs_from, signs_until
        from signing_keys
        order by generation";
    INSERT = "
        insert into signing_keys (generation, kid, public_key, sealed_key, signs_from, signs_until)
        values ($1, $2, $3, $4, $5, $6)
        on conflict do nothing";
    FORGET = "
        delete from signing_keys
        where signs_until <= $1";
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub generation: i64,
    pub kid: String,
    pub public_key: Vec<u8>,
    pub sealed_key: Vec<u8>,
    pub signs_from: Time,
    pub signs_until: Time,
}

pub(super) async fn all(db: &Db) -> sqlx::Result<Vec<Row>> {
    on_db!(db, c => sqlx::query_as(ALL_KEYS).fetch_all(c).await)
}

/// Nothing happens if another node was faster.
pub(super) async fn insert(db: &Db, row: &Row) -> sqlx::Result<()> {
    on_db!(db, c => sqlx::query(INSERT)
        .bind(row.generation).bind(&row.kid).bind(&row.public_key).bind(&row.sealed_key)
        .bind(row.signs_from).bind(row.signs_until)
        .execute(c).await.map(drop))
}

/// Forgets those that have signed nothing since then.
pub(super) async fn forget(db: &Db, before: Time) -> sqlx::Result<()> {
    on_db!(db, c => sqlx::query(FORGET).bind(before).execute(c).await.map(drop))
}
