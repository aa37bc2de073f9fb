//! Single keys, and those of a member.

use super::{Row, escaped};
use crate::{
    Time,
    db::{Db, Tx, on_db, on_tx, statements},
    ids::{KeyId, UserId, WorkspaceId},
    keys::{ApiKey, Person},
    secret::SecretHash,
};

statements! {
    FIND = key!("
        where k.workspace_id = $1 and k.id = $3");
    FIND_BY_HASH = key!("
        where k.workspace_id = $1 and k.id = (select h.key_id from key_secrets h where h.hash = $3)");
    FIND_BY_START = key!(r"
        where k.workspace_id = $1
            and exists (select 1 from key_secrets h where h.key_id = k.id and h.start like $3 escape '\')
        order by k.id desc
        limit 20");
    FIND_SAME_LABEL = key!("
        where k.workspace_id = $1 and k.label = $3 and k.revoked_at is null
            and (k.expires_at is null or k.expires_at > $2)
        order by k.id desc
        limit 1");
    LIST_OWNERS = "
        select u.id, u.name
        from members m
        join users u on u.id = m.user_id
        where m.workspace_id = $1 and exists (
            select 1
            from api_keys k
            where k.owner_id = m.user_id and k.workspace_id = m.workspace_id and k.owner_kind = 'member')
        order by u.name, u.id
        limit 200";
    LIST_LIVE_OF = key!("
        where k.workspace_id = $1 and k.owner_id = $3 and k.owner_kind = 'member'
            and k.revoked_at is null and (k.expires_at is null or k.expires_at > $2)
        order by k.id");
}

pub async fn find(db: &Db, workspace: WorkspaceId, id: KeyId, now: Time) -> sqlx::Result<Option<ApiKey>> {
    let row: Option<Row> =
        on_db!(db, c => sqlx::query_as(FIND).bind(workspace).bind(now).bind(id).fetch_optional(c).await)?;
    Ok(row.map(ApiKey::from))
}

pub async fn find_in(tx: &mut Tx, workspace: WorkspaceId, id: KeyId, now: Time) -> sqlx::Result<Option<ApiKey>> {
    let row: Option<Row> =
        on_tx!(tx, c => sqlx::query_as(FIND).bind(workspace).bind(now).bind(id).fetch_optional(c).await)?;
    Ok(row.map(ApiKey::from))
}

pub async fn find_by_hash(
    db: &Db,
    workspace: WorkspaceId,
    hash: SecretHash,
    now: Time,
) -> sqlx::Result<Option<ApiKey>> {
    let row: Option<Row> = on_db!(db, c => sqlx::query_as(FIND_BY_HASH)
        .bind(workspace).bind(now).bind(&hash.as_bytes()[..]).fetch_optional(c).await)?;
    Ok(row.map(ApiKey::from))
}

/// Keys with a secret that begins like this, as far as it is visible.
pub async fn find_by_start(db: &Db, workspace: WorkspaceId, start: &str, now: Time) -> sqlx::Result<Vec<ApiKey>> {
    let pattern = format!("{}%", escaped(start));
    let rows: Vec<Row> =
        on_db!(db, c => sqlx::query_as(FIND_BY_START).bind(workspace).bind(now).bind(pattern).fetch_all(c).await)?;
    Ok(rows.into_iter().map(ApiKey::from).collect())
}

/// The newest live key with this label.
pub async fn find_same_label(db: &Db, workspace: WorkspaceId, label: &str, now: Time) -> sqlx::Result<Option<ApiKey>> {
    let row: Option<Row> = on_db!(db, c => sqlx::query_as(FIND_SAME_LABEL)
        .bind(workspace).bind(now).bind(label).fetch_optional(c).await)?;
    Ok(row.map(ApiKey::from))
}

/// The members who own keys.
pub async fn list_owners(db: &Db, workspace: WorkspaceId) -> sqlx::Result<Vec<Person>> {
    let rows: Vec<(UserId, String)> = on_db!(db, c => sqlx::query_as(LIST_OWNERS).bind(workspace).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id, name)| Person { id, name }).collect())
}

/// The keys of a member that work or could be switched on.
pub async fn list_live_of(db: &Db, workspace: WorkspaceId, owner: UserId, now: Time) -> sqlx::Result<Vec<ApiKey>> {
    let rows: Vec<Row> =
        on_db!(db, c => sqlx::query_as(LIST_LIVE_OF).bind(workspace).bind(now).bind(owner).fetch_all(c).await)?;
    Ok(rows.into_iter().map(ApiKey::from).collect())
}

/// The same, under the workspace's lock.
pub async fn list_live_of_in(
    tx: &mut Tx,
    workspace: WorkspaceId,
    owner: UserId,
    now: Time,
) -> sqlx::Result<Vec<ApiKey>> {
    let rows: Vec<Row> =
        on_tx!(tx, c => sqlx::query_as(LIST_LIVE_OF).bind(workspace).bind(now).bind(owner).fetch_all(c).await)?;
    Ok(rows.into_iter().map(ApiKey::from).collect())
}
