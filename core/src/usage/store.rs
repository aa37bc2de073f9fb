//! Rows of last uses, and of how many requests there were.

use super::{Grain, LastUse, RefusedUses, Subject};
use crate::{
    Time,
    db::{Db, Tx, on_db, on_tx, statements},
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
    ADD = "
        insert into usage_counts (key_id, workspace_id, grain, start, route, outcome, requests, units)
        select k.id, k.workspace_id, $2, $3, $4, $5, $6, $7
        from api_keys k
        where k.id = $1
        on conflict (key_id, grain, start, route, outcome) do update
        set requests = usage_counts.requests + excluded.requests, units = usage_counts.units + excluded.units";
    UNITS_OF_WORKSPACE = "
        select cast(coalesce(sum(units), 0) as bigint)
        from usage_counts
        where workspace_id = $1 and grain = 'day' and start = $2";
    UNITS_OF_KEY = "
        select cast(coalesce(sum(units), 0) as bigint)
        from usage_counts
        where key_id = $1 and grain = 'day' and start = $2";
    FORGET = "
        delete from usage_counts
        where grain = $1 and start < $2";
}

/// What is counted together: a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Counted<'a> {
    pub key: KeyId,
    pub grain: &'a str,
    pub start: Time,
    pub route: &'a str,
    pub outcome: &'a str,
}

pub(super) async fn add(tx: &mut Tx, row: &Counted<'_>, requests: u64, units: u64) -> sqlx::Result<()> {
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    on_tx!(tx, c => sqlx::query(ADD)
        .bind(row.key)
        .bind(row.grain)
        .bind(row.start)
        .bind(row.route)
        .bind(row.outcome)
        .bind(number(requests))
        .bind(number(units))
        .execute(c).await.map(drop))
}

/// What the requests of the day so far have taken from the limits.
pub(crate) async fn units_of_day(db: &Db, subject: Subject, now: Time) -> sqlx::Result<i64> {
    let sql = match subject {
        Subject::Workspace(_) => UNITS_OF_WORKSPACE,
        Subject::Key(_) => UNITS_OF_KEY,
    };
    on_db!(db, c => sqlx::query_scalar(sql).bind(subject.uuid()).bind(Grain::Day.start(now)).fetch_one(c).await)
}

pub(super) async fn forget(db: &Db, grain: Grain, before: Time) -> sqlx::Result<()> {
    on_db!(db, c => sqlx::query(FORGET).bind(grain.word()).bind(before).execute(c).await.map(drop))
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
