//! Writing what has been marked: many rows with each statement. One statement for each row would cost a busy gate more
//! than all its decisions.
//!
//! The rows of a statement come as one JSON text, because the two databases have different words for lists. Nodes that
//! flush the same keys write them in one order, so that they never wait for each other in a circle. What is gone with its
//! workspace has no row: one such mark must not keep all others from being written.

use super::{Agent, Counted, LastUse, RefusedUses};
use crate::{
    Time,
    db::Tx,
    ids::{GrantId, KeyId},
    secret::to_hex,
};
use chrono::SecondsFormat;
use serde::Serialize;
use sqlx::types::Json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// How many rows a statement writes: so many that all else of its cost is small, and few enough to have twice in memory.
const ROWS: usize = 1_000;

/// One text in the words of each database.
struct Batch {
    sqlite: &'static str,
    postgres: &'static str,
}

/// Inserts what is selected from the rows: the first two members of each are the id, or the hash, and a time.
macro_rules! batch {
    ($insert:literal, $rest_of_row:literal, $join:literal, $id_in_postgres:literal, $rest:literal) => {
        Batch {
            sqlite: concat!(
                $insert,
                "value->>1",
                $rest_of_row,
                // Cross: SQLite is to look for each row's key, not for each key's row.
                " from json_each($1) cross join ",
                $join,
                "unhex(value->>0)",
                $rest
            ),
            postgres: concat!(
                $insert,
                "cast(value->>1 as timestamptz)",
                $rest_of_row,
                " from jsonb_array_elements($1) join ",
                $join,
                $id_in_postgres,
                $rest
            ),
        }
    };
}

/// Two nodes may flush the same key in any order; the later use stays. What was answered to it may come later than the
/// use itself.
const LAST_USES: Batch = batch!(
    "insert into last_uses (key_id, at, route, address, agent, status)
    select k.id, ",
    ", value->>2, value->>3, value->>4, cast(value->>5 as bigint)",
    "api_keys k on k.id = ",
    "cast(value->>0 as uuid)",
    "
    order by k.id
    on conflict (key_id) do update
    set at = excluded.at, route = excluded.route, address = excluded.address, agent = excluded.agent,
        status = excluded.status
    where last_uses.at <= excluded.at"
);
const SECRET_USES: Batch = batch!(
    "insert into secret_uses (hash, at, route, address, agent, status)
    select s.hash, ",
    ", value->>2, value->>3, value->>4, cast(value->>5 as bigint)",
    "key_secrets s on s.hash = ",
    "decode(value->>0, 'hex')",
    "
    order by s.hash
    on conflict (hash) do update
    set at = excluded.at, route = excluded.route, address = excluded.address, agent = excluded.agent,
        status = excluded.status
    where secret_uses.at <= excluded.at"
);
const REFUSED_USES: Batch = batch!(
    "insert into refused_uses (key_id, at, tries, address)
    select k.id, ",
    ", cast(value->>2 as bigint), value->>3",
    "api_keys k on k.id = ",
    "cast(value->>0 as uuid)",
    "
    order by k.id
    on conflict (key_id) do update
    set tries = refused_uses.tries + excluded.tries, at = excluded.at, address = excluded.address"
);

/// Neither keys nor grants are asked for: what was done with a grant that has gone meanwhile is counted all the same.
const COUNTS: Batch = Batch {
    sqlite: "
    insert into usage_counts (credential_id, workspace_id, app_id, grain, start, route, outcome, requests, units)
    select unhex(value->>0), w.id, unhex(value->>2), value->>3, value->>4, value->>5, value->>6, value->>7, value->>8
    from json_each($1)
    cross join workspaces w on w.id = unhex(value->>1)
    where true
    on conflict (credential_id, grain, start, route, outcome) do update
    set requests = usage_counts.requests + excluded.requests, units = usage_counts.units + excluded.units",
    postgres: "
    insert into usage_counts (credential_id, workspace_id, app_id, grain, start, route, outcome, requests, units)
    select cast(value->>0 as uuid), w.id, cast(value->>2 as uuid), value->>3, cast(value->>4 as timestamptz), value->>5,
        value->>6, cast(value->>7 as bigint), cast(value->>8 as bigint)
    from jsonb_array_elements($1)
    join workspaces w on w.id = cast(value->>1 as uuid)
    order by value->>0, value->>3, value->>4, value->>5, value->>6
    on conflict (credential_id, grain, start, route, outcome) do update
    set requests = usage_counts.requests + excluded.requests, units = usage_counts.units + excluded.units",
};

/// When a grant was last used, unless that is known already.
const GRANT_USES: Batch = Batch {
    sqlite: "
    update oauth_grants
    set last_used_at = value->>1, last_used_route = value->>2, last_used_address = value->>3
    from json_each($1)
    where oauth_grants.id = unhex(value->>0) and (last_used_at is null or last_used_at < value->>1)",
    postgres: "
    update oauth_grants
    set last_used_at = cast(value->>1 as timestamptz), last_used_route = value->>2, last_used_address = value->>3
    from jsonb_array_elements($1)
    where oauth_grants.id = cast(value->>0 as uuid) and (last_used_at is null or last_used_at < cast(value->>1 as timestamptz))",
};

impl Batch {
    async fn write(&self, tx: &mut Tx, rows: Vec<impl Serialize>) -> sqlx::Result<()> {
        for rows in rows.chunks(ROWS) {
            match tx {
                Tx::Sqlite(tx, _) => sqlx::query(self.sqlite).bind(Json(rows)).execute(&mut **tx).await.map(drop)?,
                Tx::Postgres(tx) => sqlx::query(self.postgres).bind(Json(rows)).execute(&mut **tx).await.map(drop)?,
            }
        }
        Ok(())
    }
}

/// When each key was last used.
pub async fn last_uses(tx: &mut Tx, uses: &BTreeMap<KeyId, &LastUse>) -> sqlx::Result<()> {
    let rows = uses.iter().map(|(key, last)| last_use(key.uuid().simple().to_string(), last)).collect();
    LAST_USES.write(tx, rows).await
}

/// When each grant was, with any of its tokens.
pub async fn grant_uses(tx: &mut Tx, uses: &BTreeMap<GrantId, &LastUse>) -> sqlx::Result<()> {
    let rows = uses.iter().map(|(grant, last)| last_use(grant.uuid().simple().to_string(), last)).collect();
    GRANT_USES.write(tx, rows).await
}

/// When each secret was, by its hash.
pub async fn secret_uses(tx: &mut Tx, uses: &BTreeMap<[u8; 32], &LastUse>) -> sqlx::Result<()> {
    let rows = uses.iter().map(|(hash, last)| last_use(to_hex(hash), last)).collect();
    SECRET_USES.write(tx, rows).await
}

/// Adds to how often each key was refused.
pub async fn refused_uses(tx: &mut Tx, uses: &BTreeMap<KeyId, RefusedUses>) -> sqlx::Result<()> {
    let row = |(key, refused): (&KeyId, &RefusedUses)| {
        let tries = i64::try_from(refused.tries).unwrap_or(i64::MAX);
        (key.uuid().simple().to_string(), written(refused.at), tries, refused.address.clone())
    };
    REFUSED_USES.write(tx, uses.iter().map(row).collect()).await
}

/// Adds to what is counted: requests, and what they took from the limits.
pub async fn counts(tx: &mut Tx, rows: &BTreeMap<Counted<'_>, (u64, u64)>) -> sqlx::Result<()> {
    COUNTS.write(tx, rows.iter().map(|(row, sums)| counted(*row, *sums)).collect()).await
}

fn counted(row: Counted<'_>, (requests, units): (u64, u64)) -> impl Serialize {
    let Counted { credential, grain, start, route, outcome, workspace, app } = row;
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let hex = |id: Uuid| id.simple().to_string();
    let (credential, workspace, app) = (hex(credential), hex(workspace.uuid()), app.map(|app| hex(app.uuid())));
    (credential, workspace, app, grain, written(start), route, outcome, number(requests), number(units))
}

fn last_use(id: String, last: &LastUse) -> impl Serialize {
    (id, written(last.at), &last.route, &last.address, last.agent.map(Agent::code), last.status)
}

/// As sqlx writes a time into SQLite: the two must compare as text.
fn written(at: Time) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, false)
}
