//! Rows of signing keys.

use super::Algorithm;
use crate::{
    Time,
    db::{Db, Tx, on_db, on_tx, statements},
};

statements! {
    ALL_KEYS = "
        select generation, kid, algorithm, public_key, sealed_key, signs_from, signs_until
        from signing_keys
        order by generation";
    INSERT = "
        insert into signing_keys (generation, kid, algorithm, public_key, sealed_key, signs_from, signs_until)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict do nothing";
    FORGET = "
        delete from signing_keys
        where signs_until <= $1";
    FORGET_ALL = "
        delete from signing_keys";
    FORGET_WAITING = "
        delete from signing_keys
        where signs_from >= $1";
    END_TURNS = "
        update signing_keys
        set signs_until = $1
        where signs_until > $1";
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub generation: i64,
    pub kid: String,
    pub algorithm: String,
    pub public_key: Vec<u8>,
    pub sealed_key: Vec<u8>,
    pub signs_from: Time,
    pub signs_until: Time,
}

impl Row {
    /// None for one that a later version of this program has made.
    pub fn algorithm(&self) -> Option<Algorithm> {
        Algorithm::parse(&self.algorithm)
    }
}

pub(super) async fn all(db: &Db) -> sqlx::Result<Vec<Row>> {
    on_db!(db, c => sqlx::query_as(ALL_KEYS).fetch_all(c).await)
}

pub(super) async fn all_in(tx: &mut Tx) -> sqlx::Result<Vec<Row>> {
    on_tx!(tx, c => sqlx::query_as(ALL_KEYS).fetch_all(c).await)
}

/// Nothing happens if another node was faster.
pub(super) async fn insert(db: &Db, row: &Row) -> sqlx::Result<()> {
    let mut tx = db.begin().await?;
    insert_in(&mut tx, row).await?;
    tx.commit().await
}

pub(super) async fn insert_in(tx: &mut Tx, row: &Row) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(INSERT)
        .bind(row.generation).bind(&row.kid).bind(&row.algorithm).bind(&row.public_key).bind(&row.sealed_key)
        .bind(row.signs_from).bind(row.signs_until)
        .execute(c).await.map(drop))
}

/// Forgets those that have signed nothing since then.
pub(super) async fn forget(db: &Db, before: Time) -> sqlx::Result<()> {
    on_db!(db, c => sqlx::query(FORGET).bind(before).execute(c).await.map(drop))
}

pub(super) async fn forget_all(tx: &mut Tx) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(FORGET_ALL).execute(c).await.map(drop))
}

/// From then on none of them signs; those that would have begun later are not needed.
pub(super) async fn end_turns(tx: &mut Tx, from: Time) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(FORGET_WAITING).bind(from).execute(c).await.map(drop))?;
    on_tx!(tx, c => sqlx::query(END_TURNS).bind(from).execute(c).await.map(drop))
}
