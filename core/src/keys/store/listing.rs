//! Lists of keys: the whole one, and those that a query asks for.

use super::{Row, escaped};
use crate::{
    Time,
    db::{Db, on_db, statements},
    ids::{KeyId, UserId, WorkspaceId},
    keys::ApiKey,
};
use uuid::Uuid;

/// Live keys of a workspace, the newest first, from those after the cursor `$3` on.
macro_rules! list_live {
    () => {
        key!(
            "
        where k.workspace_id = $1 and k.revoked_at is null and (k.expires_at is null or k.expires_at > $2)
            and k.id < $3
        order by k.id desc
        limit $4"
        )
    };
}

/// The same for keys that are over.
macro_rules! list_over {
    () => {
        key!(
            "
        where k.workspace_id = $1 and (k.revoked_at is not null or k.expires_at <= $2) and k.id < $3
        order by k.id desc
        limit $4"
        )
    };
}

/// The same rows as one text. SQLite's thread wakes ours once for each row, which costs more than all else
/// about a list; here it does so once. The two databases have different words for it.
macro_rules! in_sqlite_json {
    ($select:expr) => {
        concat!(
            "select json_group_array(json_object(
            'id', lower(hex(id)), 'label', label, 'note', note, 'scopes', json(scopes), 'environment', environment,
            'networks', json(networks), 'start', start, 'last4', last4, 'owner_kind', owner_kind,
            'owner_id', lower(hex(owner_id)), 'owner_name', owner_name, 'owner_role', owner_role,
            'creator_id', lower(hex(creator_id)), 'creator_name', creator_name, 'created_at', created_at,
            'expires_at', expires_at, 'disabled_at', disabled_at, 'revoked_at', revoked_at,
            'revoked_reason', revoked_reason, 'version', version, 'old_start', old_start, 'old_last4', old_last4,
            'retires_at', retires_at, 'began_at', began_at, 'old_used_at', old_used_at,
            'old_used_route', old_used_route, 'old_used_address', old_used_address, 'old_used_agent', old_used_agent,
            'old_used_status', old_used_status,
            'new_used_at', new_used_at, 'new_used_route', new_used_route, 'new_used_address', new_used_address,
            'new_used_agent', new_used_agent, 'new_used_status', new_used_status, 'used_at', used_at, 'used_route', used_route,
            'used_address', used_address, 'used_agent', used_agent, 'used_status', used_status, 'tries', tries, 'tried_at', tried_at,
            'tried_address', tried_address)) from (",
            $select,
            ") as listed"
        )
    };
}

macro_rules! in_postgres_json {
    ($select:expr) => {
        concat!("select cast(coalesce(json_agg(listed), '[]') as text) from (", $select, ") as listed")
    };
}

const LIST_LIVE_SQLITE: &str = in_sqlite_json!(list_live!());

const LIST_LIVE_POSTGRES: &str = in_postgres_json!(list_live!());

const LIST_OVER_SQLITE: &str = in_sqlite_json!(list_over!());

const LIST_OVER_POSTGRES: &str = in_postgres_json!(list_over!());

/// Keys that a query asks for, from those after the cursor on. Keys that are over sink below the others.
macro_rules! filtered {
    ($sorted_by:literal, $after:literal) => {
        concat!(
            "
        with listed as (
            select ",
            key_columns!(),
            ",
                case
                    when k.revoked_at is not null then 1
                    when k.expires_at is not null and k.expires_at <= $2 then 1
                    else 0
                end as over",
            key_tables!(),
            r#"
            where k.workspace_id = $1
                and ($3 = '' or lower(k.label) like $3 escape '\' or k.label like $4 escape '\'
                    or k.note like $4 escape '\' or s.start like substr($4, 2) escape '\')
                and ($5 = ''
                    or ($5 = 'revoked' and k.revoked_at is not null)
                    or ($5 = 'expired' and k.revoked_at is null and k.expires_at <= $2)
                    or ($5 in ('active', 'disabled') and k.revoked_at is null
                        and (k.expires_at is null or k.expires_at > $2)
                        and case when k.disabled_at is null then 'active' else 'disabled' end = $5))
                and ($6 = '' or cast(k.scopes as text) like $6 escape '\' or cast(k.scopes as text) like '%"*"%')
                and ($7 = ''
                    or ($7 = 'workspace' and k.owner_kind = 'workspace')
                    or ($7 = 'left' and k.owner_kind = 'member' and m.role is null)
                    or ($7 = 'member' and k.owner_kind = 'member' and k.owner_id = $8))
                and ($9 = ''
                    or ($9 = 'never' and k.expires_at is null)
                    or ($9 = 'within' and k.expires_at > $2 and k.expires_at <= $10))
                and ($11 = ''
                    or ($11 = 'never' and l.at is null)
                    or ($11 = 'within' and l.at >= $12)
                    or ($11 = 'not_for' and (l.at is null or l.at < $12)))
        )
        select *
        from listed
        where over > $13 or (over = $13 and ("#,
            $after,
            "))
        order by over, ",
            $sorted_by,
            ", id desc
        limit $15"
        )
    };
}

statements! {
    LIST_NEWEST = filtered!("id desc", "id < $14");
    LIST_BY_LABEL = filtered!(
        "lower(label)",
        "lower(label) > (select lower(a.label) from api_keys a where a.id = $14)
            or lower(label) = (select lower(a.label) from api_keys a where a.id = $14) and id < $14"
    );
    LIST_BY_LAST_USE = filtered!(
        "coalesce(used_at, $16) desc",
        "coalesce(used_at, $16) < coalesce((select a.at from last_uses a where a.key_id = $14), $16)
            or coalesce(used_at, $16) = coalesce((select a.at from last_uses a where a.key_id = $14), $16) and id < $14"
    );
    LIST_BY_EXPIRY = filtered!(
        "coalesce(expires_at, $16)",
        "coalesce(expires_at, $16) > coalesce((select a.expires_at from api_keys a where a.id = $14), $16)
            or coalesce(expires_at, $16) = coalesce((select a.expires_at from api_keys a where a.id = $14), $16)
                and id < $14"
    );
}

/// After which row a list goes on: `over` is -1 at the start, 0 among the live keys, 1 below them.
#[derive(Clone, Copy)]
pub struct After {
    pub over: i32,
    pub id: KeyId,
}

/// The whole list, the newest first: live keys, and below them those that are over. Both are walked by their
/// index, however many keys there are.
pub async fn list(db: &Db, workspace: WorkspaceId, now: Time, after: After, limit: u32) -> sqlx::Result<Vec<ApiKey>> {
    let top = KeyId::from_uuid(Uuid::max());
    let wanted = i64::from(limit) + 1;
    let mut rows = Vec::new();
    if after.over <= 0 {
        let from = if after.over == 0 { after.id } else { top };
        rows = list_as_json(db, [LIST_LIVE_SQLITE, LIST_LIVE_POSTGRES], workspace, now, from, wanted).await?;
    }
    let left = wanted - i64::try_from(rows.len()).unwrap_or(wanted);
    if left > 0 {
        let from = if after.over == 1 { after.id } else { top };
        let over = list_as_json(db, [LIST_OVER_SQLITE, LIST_OVER_POSTGRES], workspace, now, from, left).await?;
        rows.extend(over);
    }
    Ok(rows.into_iter().map(ApiKey::from).collect())
}

async fn list_as_json(
    db: &Db,
    [sqlite, postgres]: [&'static str; 2],
    workspace: WorkspaceId,
    now: Time,
    from: KeyId,
    limit: i64,
) -> sqlx::Result<Vec<Row>> {
    let statement = match db {
        Db::Sqlite(..) => sqlite,
        Db::Postgres(_) => postgres,
    };
    let text: String = on_db!(db, c => sqlx::query_scalar(statement)
        .bind(workspace).bind(now).bind(from).bind(limit).fetch_one(c).await)?;
    serde_json::from_str(&text).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// A query in the words of the statements: an empty word asks nothing.
pub struct Filter {
    pub search: String,
    pub status: &'static str,
    pub scope: String,
    pub owner: &'static str,
    pub owner_id: UserId,
    pub expiry: &'static str,
    pub expires_until: Time,
    pub last_use: &'static str,
    pub used_since: Time,
}

/// By what a list is sorted; times that are not there count as the one given.
#[derive(Clone, Copy)]
pub enum Order {
    Newest,
    Label,
    LastUse(Time),
    Expiry(Time),
}

pub async fn list_filtered(
    db: &Db,
    workspace: WorkspaceId,
    now: Time,
    filter: &Filter,
    order: Order,
    after: After,
    limit: u32,
) -> sqlx::Result<Vec<ApiKey>> {
    let (statement, absent) = match order {
        Order::Newest => (LIST_NEWEST, None),
        Order::Label => (LIST_BY_LABEL, None),
        Order::LastUse(absent) => (LIST_BY_LAST_USE, Some(absent)),
        Order::Expiry(absent) => (LIST_BY_EXPIRY, Some(absent)),
    };
    let search = if filter.search.is_empty() { String::new() } else { format!("%{}%", escaped(&filter.search)) };
    let scope = if filter.scope.is_empty() { String::new() } else { format!("%\"{}\"%", escaped(&filter.scope)) };
    let rows: Vec<Row> = on_db!(db, c => {
        let query = sqlx::query_as(statement)
            .bind(workspace)
            .bind(now)
            .bind(search.to_lowercase())
            .bind(&search)
            .bind(filter.status)
            .bind(&scope)
            .bind(filter.owner)
            .bind(filter.owner_id)
            .bind(filter.expiry)
            .bind(filter.expires_until)
            .bind(filter.last_use)
            .bind(filter.used_since)
            .bind(after.over)
            .bind(after.id)
            .bind(i64::from(limit) + 1);
        let query = match absent {
            Some(absent) => query.bind(absent),
            None => query,
        };
        query.fetch_all(c).await
    })?;
    Ok(rows.into_iter().map(ApiKey::from).collect())
}
