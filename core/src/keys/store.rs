//! Rows of keys and of their secrets.

use super::{ApiKey, KeyOwner, Person, Rotation};
use crate::{
    Time,
    db::{Db, Tx, on_db, on_tx, statements},
    ids::{KeyId, UserId, WorkspaceId},
    secret::SecretHash,
    usage::{Agent, LastUse, RefusedUses},
};
use ipnet::IpNet;
use sqlx::types::Json;
use uuid::Uuid;

/// A key with all that is shown of it. `$1` is the workspace, `$2` the present moment.
macro_rules! key {
    ($rest:literal) => {
        concat!("select ", key_columns!(), key_tables!(), $rest)
    };
}

macro_rules! key_columns {
    () => {
        "
            k.id, k.label, k.note, k.scopes, k.environment, k.networks, s.start, s.last4,
            k.owner_kind, k.owner_id, u.name as owner_name, m.role as owner_role,
            k.creator_id, c.name as creator_name,
            k.created_at, k.expires_at, k.disabled_at, k.revoked_at, k.revoked_reason, k.version,
            o.start as old_start, o.last4 as old_last4, o.retires_at, s.created_at as began_at,
            ou.at as old_used_at, ou.route as old_used_route, ou.address as old_used_address, ou.agent as old_used_agent,
            su.at as new_used_at, su.route as new_used_route, su.address as new_used_address, su.agent as new_used_agent,
            l.at as used_at, l.route as used_route, l.address as used_address, l.agent as used_agent,
            r.tries, r.at as tried_at, r.address as tried_address"
    };
}

macro_rules! key_tables {
    () => {
        "
        from api_keys k
        join key_secrets s on s.key_id = k.id and s.retires_at is null
        join users u on u.id = k.owner_id
        join users c on c.id = k.creator_id
        left join members m on m.workspace_id = k.workspace_id and m.user_id = k.owner_id
        left join key_secrets o on o.key_id = k.id and o.retires_at > $2
        left join secret_uses ou on ou.hash = o.hash
        left join secret_uses su on su.hash = s.hash
        left join last_uses l on l.key_id = k.id
        left join refused_uses r on r.key_id = k.id"
    };
}

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
            'new_used_at', new_used_at, 'new_used_route', new_used_route, 'new_used_address', new_used_address,
            'new_used_agent', new_used_agent, 'used_at', used_at, 'used_route', used_route,
            'used_address', used_address, 'used_agent', used_agent, 'tries', tries, 'tried_at', tried_at,
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
    INSERT = "
        insert into api_keys
            (id, workspace_id, owner_id, owner_kind, creator_id, label, note, scopes, environment, networks,
            created_at, expires_at)
        values ($1, $2, $3, $4, $3, $5, $6, $7, $8, $9, $10, $11)";
    INSERT_SECRET = "
        insert into key_secrets (hash, key_id, start, last4, created_at)
        values ($1, $2, $3, $4, $5)";
    ADD_TO_COUNT = "
        update workspaces
        set key_count = key_count + $2
        where id = $1";
    // Only keys that have expired and are not revoked are walked through, by their index.
    COUNT_USABLE = "
        select w.key_count - (
            select count(*)
            from api_keys k
            where k.workspace_id = w.id and k.revoked_at is null and k.expires_at is not null and k.expires_at <= $2)
        from workspaces w
        where w.id = $1";
    COUNT = "
        select count(*)
        from api_keys
        where workspace_id = $1";
    // Both walk through the keys with an end only, by their index.
    TALLY = "
        select w.key_count - (
                select count(*)
                from api_keys k
                where k.workspace_id = w.id and k.revoked_at is null and k.expires_at is not null
                    and k.expires_at <= $2) as usable,
            ending.day, ending.week, ending.month, ending.first
        from workspaces w
        cross join (
            select cast(coalesce(sum(case when expires_at <= $3 then 1 else 0 end), 0) as bigint) as day,
                cast(coalesce(sum(case when expires_at <= $4 then 1 else 0 end), 0) as bigint) as week,
                count(*) as month, min(expires_at) as first
            from api_keys
            where workspace_id = $1 and revoked_at is null and expires_at is not null
                and expires_at > $2 and expires_at <= $5) as ending
        where w.id = $1";
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
    HAND_OVER = "
        update api_keys
        set owner_id = $1, version = version + 1
        where workspace_id = $2 and id = $3 and owner_id = $4 and owner_kind = 'member' and revoked_at is null";
    UPDATE = "
        update api_keys
        set label = $4, note = $5, scopes = $6, networks = $7, version = version + 1
        where workspace_id = $1 and id = $2 and version = $3 and revoked_at is null";
    // Takes the key's lock, and fails if anybody else has changed it meanwhile.
    RAISE_VERSION = "
        update api_keys
        set version = version + 1
        where workspace_id = $1 and id = $2 and version = $3 and revoked_at is null";
    DISABLE = "
        update api_keys
        set disabled_at = $3, version = version + 1
        where workspace_id = $1 and id = $2 and revoked_at is null and disabled_at is null";
    ENABLE = "
        update api_keys
        set disabled_at = null, version = version + 1
        where workspace_id = $1 and id = $2 and revoked_at is null and disabled_at is not null";
    REVOKE = "
        update api_keys
        set revoked_at = $3, revoked_reason = $4, version = version + 1
        where workspace_id = $1 and id = $2 and revoked_at is null";
    FORGET_REFUSED = "
        delete from refused_uses
        where key_id = $1";
    RETIRE_CURRENT = "
        update key_secrets
        set retires_at = $2
        where key_id = $1 and retires_at is null";
    // The old secret's end, while it has not come.
    MOVE_END = "
        update key_secrets
        set retires_at = $3
        where key_id = $1 and retires_at > $2";
    FIND_RETIRING = "
        select hash
        from key_secrets
        where key_id = $1 and retires_at > $2";
    RESTORE = "
        update key_secrets
        set retires_at = null
        where hash = $1";
    LIST_HASHES = "
        select hash
        from key_secrets
        where key_id = $1";
}

/// A key to be stored.
pub(super) struct NewRow<'a> {
    pub workspace: WorkspaceId,
    pub key: &'a ApiKey,
}

/// A secret to be stored: all of it that ever is.
pub(super) struct NewSecret<'a> {
    pub hash: SecretHash,
    pub start: &'a str,
    pub last4: &'a str,
    pub created_at: Time,
}

#[derive(serde::Deserialize, sqlx::FromRow)]
struct Row {
    id: Uuid,
    label: String,
    note: String,
    scopes: Json<Vec<String>>,
    environment: String,
    networks: Json<Vec<IpNet>>,
    start: String,
    last4: String,
    owner_kind: String,
    owner_id: Uuid,
    owner_name: String,
    owner_role: Option<String>,
    creator_id: Uuid,
    creator_name: String,
    created_at: Time,
    expires_at: Option<Time>,
    disabled_at: Option<Time>,
    revoked_at: Option<Time>,
    revoked_reason: Option<String>,
    version: i64,
    old_start: Option<String>,
    old_last4: Option<String>,
    retires_at: Option<Time>,
    began_at: Time,
    old_used_at: Option<Time>,
    old_used_route: Option<String>,
    old_used_address: Option<String>,
    old_used_agent: Option<String>,
    new_used_at: Option<Time>,
    new_used_route: Option<String>,
    new_used_address: Option<String>,
    new_used_agent: Option<String>,
    used_at: Option<Time>,
    used_route: Option<String>,
    used_address: Option<String>,
    used_agent: Option<String>,
    tries: Option<i64>,
    tried_at: Option<Time>,
    tried_address: Option<String>,
}

fn last_use(
    at: Option<Time>,
    route: Option<String>,
    address: Option<String>,
    agent: Option<String>,
) -> Option<LastUse> {
    let agent = agent.as_deref().and_then(Agent::from_code);
    Some(LastUse { at: at?, route: route?, address: address?, agent })
}

impl From<Row> for ApiKey {
    fn from(row: Row) -> Self {
        let owner = match row.owner_kind.as_str() {
            "workspace" => KeyOwner::Workspace,
            _ => {
                let person = Person { id: UserId::from_uuid(row.owner_id), name: row.owner_name };
                KeyOwner::Member { person, role: row.owner_role }
            }
        };
        let rotation = match (row.old_start, row.old_last4, row.retires_at) {
            (Some(start), Some(last4), Some(ends_at)) => Some(Rotation {
                start,
                last4,
                last_use: last_use(row.old_used_at, row.old_used_route, row.old_used_address, row.old_used_agent),
                new_last_use: last_use(row.new_used_at, row.new_used_route, row.new_used_address, row.new_used_agent),
                began_at: row.began_at,
                ends_at,
            }),
            (..) => None,
        };
        let refused = match (row.tries, row.tried_at, row.tried_address) {
            (Some(tries), Some(at), Some(address)) => {
                Some(RefusedUses { tries: tries.try_into().unwrap_or_default(), at, address })
            }
            (..) => None,
        };
        Self {
            id: KeyId::from_uuid(row.id),
            label: row.label,
            note: row.note,
            scopes: row.scopes.0,
            environment: row.environment,
            networks: row.networks.0,
            start: row.start,
            last4: row.last4,
            owner,
            creator: Person { id: UserId::from_uuid(row.creator_id), name: row.creator_name },
            created_at: row.created_at,
            expires_at: row.expires_at,
            disabled_at: row.disabled_at,
            revoked_at: row.revoked_at,
            revoked_reason: row.revoked_reason,
            rotation,
            last_use: last_use(row.used_at, row.used_route, row.used_address, row.used_agent),
            refused,
            version: row.version,
        }
    }
}

pub(super) async fn insert(tx: &mut Tx, new: NewRow<'_>, secret: NewSecret<'_>) -> sqlx::Result<()> {
    let key = new.key;
    let kind = if key.owner == KeyOwner::Workspace { "workspace" } else { "member" };
    on_tx!(tx, c => sqlx::query(INSERT)
        .bind(key.id)
        .bind(new.workspace)
        .bind(key.creator.id)
        .bind(kind)
        .bind(&key.label)
        .bind(&key.note)
        .bind(Json(&key.scopes))
        .bind(&key.environment)
        .bind(Json(&key.networks))
        .bind(key.created_at)
        .bind(key.expires_at)
        .execute(c).await.map(drop))?;
    add_to_count(tx, new.workspace, 1).await?;
    insert_secret(tx, key.id, secret).await
}

pub(super) async fn insert_secret(tx: &mut Tx, key: KeyId, secret: NewSecret<'_>) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(INSERT_SECRET)
        .bind(&secret.hash.as_bytes()[..])
        .bind(key)
        .bind(secret.start)
        .bind(secret.last4)
        .bind(secret.created_at)
        .execute(c).await.map(drop))
}

async fn add_to_count(tx: &mut Tx, workspace: WorkspaceId, keys: i64) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(ADD_TO_COUNT).bind(workspace).bind(keys).execute(c).await.map(drop))
}

/// Keys that work or could be switched on, under the workspace's lock.
pub(super) async fn count_usable_in(tx: &mut Tx, workspace: WorkspaceId, now: Time) -> sqlx::Result<i64> {
    on_tx!(tx, c => sqlx::query_scalar(COUNT_USABLE).bind(workspace).bind(now).fetch_one(c).await)
}

pub(super) async fn count(db: &Db, workspace: WorkspaceId) -> sqlx::Result<i64> {
    on_db!(db, c => sqlx::query_scalar(COUNT).bind(workspace).fetch_one(c).await)
}

/// How many keys are usable, how many of them end within a day, a week and a month, and when the first does.
#[derive(sqlx::FromRow)]
pub(super) struct Tally {
    pub usable: i64,
    pub day: i64,
    pub week: i64,
    pub month: i64,
    pub first: Option<Time>,
}

pub(super) async fn tally(
    db: &Db,
    workspace: WorkspaceId,
    now: Time,
    [day, week, month]: [Time; 3],
) -> sqlx::Result<Tally> {
    on_db!(db, c => sqlx::query_as(TALLY)
        .bind(workspace).bind(now).bind(day).bind(week).bind(month).fetch_one(c).await)
}

pub(super) async fn find(db: &Db, workspace: WorkspaceId, id: KeyId, now: Time) -> sqlx::Result<Option<ApiKey>> {
    let row: Option<Row> =
        on_db!(db, c => sqlx::query_as(FIND).bind(workspace).bind(now).bind(id).fetch_optional(c).await)?;
    Ok(row.map(ApiKey::from))
}

pub(super) async fn find_in(tx: &mut Tx, workspace: WorkspaceId, id: KeyId, now: Time) -> sqlx::Result<Option<ApiKey>> {
    let row: Option<Row> =
        on_tx!(tx, c => sqlx::query_as(FIND).bind(workspace).bind(now).bind(id).fetch_optional(c).await)?;
    Ok(row.map(ApiKey::from))
}

pub(super) async fn find_by_hash(
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
pub(super) async fn find_by_start(
    db: &Db,
    workspace: WorkspaceId,
    start: &str,
    now: Time,
) -> sqlx::Result<Vec<ApiKey>> {
    let pattern = format!("{}%", escaped(start));
    let rows: Vec<Row> =
        on_db!(db, c => sqlx::query_as(FIND_BY_START).bind(workspace).bind(now).bind(pattern).fetch_all(c).await)?;
    Ok(rows.into_iter().map(ApiKey::from).collect())
}

/// The newest live key with this label.
pub(super) async fn find_same_label(
    db: &Db,
    workspace: WorkspaceId,
    label: &str,
    now: Time,
) -> sqlx::Result<Option<ApiKey>> {
    let row: Option<Row> = on_db!(db, c => sqlx::query_as(FIND_SAME_LABEL)
        .bind(workspace).bind(now).bind(label).fetch_optional(c).await)?;
    Ok(row.map(ApiKey::from))
}

/// After which row a list goes on: `over` is -1 at the start, 0 among the live keys, 1 below them.
#[derive(Clone, Copy)]
pub(super) struct After {
    pub over: i32,
    pub id: KeyId,
}

/// The whole list, the newest first: live keys, and below them those that are over. Both are walked by their
/// index, however many keys there are.
pub(super) async fn list(
    db: &Db,
    workspace: WorkspaceId,
    now: Time,
    after: After,
    limit: u32,
) -> sqlx::Result<Vec<ApiKey>> {
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
pub(super) struct Filter {
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
pub(super) enum Order {
    Newest,
    Label,
    LastUse(Time),
    Expiry(Time),
}

pub(super) async fn list_filtered(
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

/// What `like` would read as a sign stands for itself.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// The members who own keys.
pub(super) async fn list_owners(db: &Db, workspace: WorkspaceId) -> sqlx::Result<Vec<Person>> {
    let rows: Vec<(UserId, String)> = on_db!(db, c => sqlx::query_as(LIST_OWNERS).bind(workspace).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id, name)| Person { id, name }).collect())
}

/// The keys of a member that work or could be switched on.
pub(super) async fn list_live_of(
    db: &Db,
    workspace: WorkspaceId,
    owner: UserId,
    now: Time,
) -> sqlx::Result<Vec<ApiKey>> {
    let rows: Vec<Row> =
        on_db!(db, c => sqlx::query_as(LIST_LIVE_OF).bind(workspace).bind(now).bind(owner).fetch_all(c).await)?;
    Ok(rows.into_iter().map(ApiKey::from).collect())
}

/// The same, under the workspace's lock.
pub(super) async fn list_live_of_in(
    tx: &mut Tx,
    workspace: WorkspaceId,
    owner: UserId,
    now: Time,
) -> sqlx::Result<Vec<ApiKey>> {
    let rows: Vec<Row> =
        on_tx!(tx, c => sqlx::query_as(LIST_LIVE_OF).bind(workspace).bind(now).bind(owner).fetch_all(c).await)?;
    Ok(rows.into_iter().map(ApiKey::from).collect())
}

/// Gives a member's key to another one. False if it is not the first one's any more, or revoked.
pub(super) async fn hand_over(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: KeyId,
    from: UserId,
    to: UserId,
) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(HAND_OVER).bind(to).bind(workspace).bind(id).bind(from)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Writes what a key is to be. False if it has been changed since `key` was read, or is revoked.
pub(super) async fn update(tx: &mut Tx, workspace: WorkspaceId, key: &ApiKey, read: i64) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(UPDATE)
        .bind(workspace)
        .bind(key.id)
        .bind(read)
        .bind(&key.label)
        .bind(&key.note)
        .bind(Json(&key.scopes))
        .bind(Json(&key.networks))
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Locks a key for a change. False if it has been changed since it was read, or is revoked.
pub(super) async fn raise_version(tx: &mut Tx, workspace: WorkspaceId, id: KeyId, read: i64) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(RAISE_VERSION).bind(workspace).bind(id).bind(read)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// False if it is disabled or revoked already.
pub(super) async fn disable(tx: &mut Tx, workspace: WorkspaceId, id: KeyId, at: Time) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(DISABLE).bind(workspace).bind(id).bind(at)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// False if it is not disabled, or revoked. What was tried with it meanwhile is forgotten.
pub(super) async fn enable(tx: &mut Tx, workspace: WorkspaceId, id: KeyId) -> sqlx::Result<bool> {
    let enabled = on_tx!(tx, c => sqlx::query(ENABLE).bind(workspace).bind(id)
        .execute(c).await.map(|done| done.rows_affected() == 1))?;
    if enabled {
        on_tx!(tx, c => sqlx::query(FORGET_REFUSED).bind(id).execute(c).await.map(drop))?;
    }
    Ok(enabled)
}

/// False if it was revoked already. The workspace must be locked: its count goes down.
pub(super) async fn revoke(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: KeyId,
    at: Time,
    reason: Option<&str>,
) -> sqlx::Result<bool> {
    let revoked = on_tx!(tx, c => sqlx::query(REVOKE).bind(workspace).bind(id).bind(at).bind(reason)
        .execute(c).await.map(|done| done.rows_affected() == 1))?;
    if revoked {
        add_to_count(tx, workspace, -1).await?;
    }
    Ok(revoked)
}

/// Gives the current secret an end, so that another one can be current.
pub(super) async fn retire_current(tx: &mut Tx, key: KeyId, end: Time) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(RETIRE_CURRENT).bind(key).bind(end).execute(c).await.map(drop))
}

/// Moves the end of the old secret. False if it has come.
pub(super) async fn move_end(tx: &mut Tx, key: KeyId, now: Time, end: Time) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(MOVE_END).bind(key).bind(now).bind(end)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// The old secret is the current one again, and the new one ends. False if the old one's end has come.
pub(super) async fn swap_back(tx: &mut Tx, key: KeyId, now: Time) -> sqlx::Result<bool> {
    let old: Option<Vec<u8>> =
        on_tx!(tx, c => sqlx::query_scalar(FIND_RETIRING).bind(key).bind(now).fetch_optional(c).await)?;
    let Some(old) = old else { return Ok(false) };
    retire_current(tx, key, now).await?;
    on_tx!(tx, c => sqlx::query(RESTORE).bind(old).execute(c).await.map(drop))?;
    Ok(true)
}

/// The hashes under which the gate may hold this key.
pub(super) async fn list_hashes(tx: &mut Tx, id: KeyId) -> sqlx::Result<Vec<SecretHash>> {
    let hashes: Vec<Vec<u8>> = on_tx!(tx, c => sqlx::query_scalar(LIST_HASHES).bind(id).fetch_all(c).await)?;
    Ok(hashes.iter().filter_map(|hash| SecretHash::try_from(hash.as_slice()).ok()).collect())
}
