//! Rows of keys and of their secrets.

use super::{ApiKey, KeyOwner};
use crate::{
    Time,
    db::{Db, Tx, on_db, on_tx, statements},
    ids::{KeyId, UserId, WorkspaceId},
    secret::SecretHash,
    usage::LastUse,
};
use sqlx::types::Json;

statements! {
    INSERT = "
        insert into api_keys (id, workspace_id, owner_id, label, note, scopes, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    INSERT_SECRET = "
        insert into key_secrets (hash, key_id, start, last4, created_at)
        values ($1, $2, $3, $4, $5)";
    COUNT_USABLE = "
        select count(*)
        from api_keys
        where workspace_id = $1 and revoked_at is null and (expires_at is null or expires_at > $2)";
    FIND = "
        select k.id, k.label, k.note, k.scopes, s.start, s.last4, k.owner_id, u.name as owner_name,
            k.created_at, k.expires_at, k.disabled_at, k.revoked_at,
            l.at as used_at, l.route as used_route, l.address as used_address
        from api_keys k
        join key_secrets s on s.key_id = k.id
        join users u on u.id = k.owner_id
        left join last_uses l on l.key_id = k.id
        where k.workspace_id = $1 and k.id = $2";
    // Keys that are over sink below the others. The cursor is a key's id and whether it is over.
    LIST = "
        select * from (
            select k.id, k.label, k.note, k.scopes, s.start, s.last4, k.owner_id, u.name as owner_name,
                k.created_at, k.expires_at, k.disabled_at, k.revoked_at,
                l.at as used_at, l.route as used_route, l.address as used_address,
                case
                    when k.revoked_at is not null then 1
                    when k.expires_at is not null and k.expires_at <= $2 then 1
                    else 0
                end as over
            from api_keys k
            join key_secrets s on s.key_id = k.id
            join users u on u.id = k.owner_id
            left join last_uses l on l.key_id = k.id
            where k.workspace_id = $1
        ) as listed
        where over > $3 or (over = $3 and id < $4)
        order by over, id desc
        limit $5";
    COUNT = "
        select count(*)
        from api_keys
        where workspace_id = $1";
    FIND_SAME_LABEL = "
        select k.id
        from api_keys k
        where k.workspace_id = $1 and k.label = $2 and k.revoked_at is null
            and (k.expires_at is null or k.expires_at > $3)
        order by k.id desc
        limit 1";
    REVOKE = "
        update api_keys
        set revoked_at = $1
        where workspace_id = $2 and id = $3 and revoked_at is null";
    LIST_HASHES = "
        select hash
        from key_secrets
        where key_id = $1";
}

/// A key to be stored.
pub(super) struct NewRow<'a> {
    pub id: KeyId,
    pub workspace: WorkspaceId,
    pub owner: UserId,
    pub label: &'a str,
    pub note: &'a str,
    pub scopes: &'a [String],
    pub created_at: Time,
    pub expires_at: Option<Time>,
}

/// A secret to be stored: all of it that ever is.
pub(super) struct NewSecret<'a> {
    pub hash: SecretHash,
    pub start: &'a str,
    pub last4: &'a str,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: KeyId,
    label: String,
    note: String,
    scopes: Json<Vec<String>>,
    start: String,
    last4: String,
    owner_id: UserId,
    owner_name: String,
    created_at: Time,
    expires_at: Option<Time>,
    disabled_at: Option<Time>,
    revoked_at: Option<Time>,
    used_at: Option<Time>,
    used_route: Option<String>,
    used_address: Option<String>,
}

impl From<Row> for ApiKey {
    fn from(row: Row) -> Self {
        let last_use = match (row.used_at, row.used_route, row.used_address) {
            (Some(at), Some(route), Some(address)) => Some(LastUse { at, route, address }),
            (..) => None,
        };
        Self {
            id: row.id,
            label: row.label,
            note: row.note,
            scopes: row.scopes.0,
            start: row.start,
            last4: row.last4,
            owner: KeyOwner { id: row.owner_id, name: row.owner_name },
            created_at: row.created_at,
            expires_at: row.expires_at,
            disabled_at: row.disabled_at,
            revoked_at: row.revoked_at,
            last_use,
        }
    }
}

pub(super) async fn insert(tx: &mut Tx, key: NewRow<'_>, secret: NewSecret<'_>) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(INSERT)
        .bind(key.id)
        .bind(key.workspace)
        .bind(key.owner)
        .bind(key.label)
        .bind(key.note)
        .bind(Json(key.scopes))
        .bind(key.created_at)
        .bind(key.expires_at)
        .execute(c).await.map(drop))?;
    on_tx!(tx, c => sqlx::query(INSERT_SECRET)
        .bind(&secret.hash.as_bytes()[..])
        .bind(key.id)
        .bind(secret.start)
        .bind(secret.last4)
        .bind(key.created_at)
        .execute(c).await.map(drop))
}

/// Keys that work or could be switched on.
pub(super) async fn count_usable(db: &Db, workspace: WorkspaceId, now: Time) -> sqlx::Result<i64> {
    on_db!(db, c => sqlx::query_scalar(COUNT_USABLE).bind(workspace).bind(now).fetch_one(c).await)
}

/// The same, under the workspace's lock.
pub(super) async fn count_usable_in(tx: &mut Tx, workspace: WorkspaceId, now: Time) -> sqlx::Result<i64> {
    on_tx!(tx, c => sqlx::query_scalar(COUNT_USABLE).bind(workspace).bind(now).fetch_one(c).await)
}

pub(super) async fn count(db: &Db, workspace: WorkspaceId) -> sqlx::Result<i64> {
    on_db!(db, c => sqlx::query_scalar(COUNT).bind(workspace).fetch_one(c).await)
}

pub(super) async fn find(db: &Db, workspace: WorkspaceId, id: KeyId) -> sqlx::Result<Option<ApiKey>> {
    let row: Option<Row> = on_db!(db, c => sqlx::query_as(FIND).bind(workspace).bind(id).fetch_optional(c).await)?;
    Ok(row.map(ApiKey::from))
}

/// After which row a list goes on: `over` is -1 at the start, 0 among the live keys, 1 below them.
pub(super) struct After {
    pub over: i32,
    pub id: KeyId,
}

pub(super) async fn list(
    db: &Db,
    workspace: WorkspaceId,
    now: Time,
    after: &After,
    limit: u32,
) -> sqlx::Result<Vec<ApiKey>> {
    let rows: Vec<Row> = on_db!(db, c => sqlx::query_as(LIST)
        .bind(workspace)
        .bind(now)
        .bind(after.over)
        .bind(after.id)
        .bind(i64::from(limit) + 1)
        .fetch_all(c).await)?;
    Ok(rows.into_iter().map(ApiKey::from).collect())
}

/// The newest live key with this label.
pub(super) async fn find_same_label(
    db: &Db,
    workspace: WorkspaceId,
    label: &str,
    now: Time,
) -> sqlx::Result<Option<KeyId>> {
    on_db!(db, c => sqlx::query_scalar(FIND_SAME_LABEL)
        .bind(workspace).bind(label).bind(now).fetch_optional(c).await)
}

/// False if it was revoked already.
pub(super) async fn revoke(tx: &mut Tx, workspace: WorkspaceId, id: KeyId, at: Time) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(REVOKE).bind(at).bind(workspace).bind(id)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// The hashes under which the gate may hold this key.
pub(super) async fn list_hashes(tx: &mut Tx, id: KeyId) -> sqlx::Result<Vec<Vec<u8>>> {
    on_tx!(tx, c => sqlx::query_scalar(LIST_HASHES).bind(id).fetch_all(c).await)
}
