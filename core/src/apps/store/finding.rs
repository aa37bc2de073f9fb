//! Apps, by all that names one.

use super::Row;
use crate::{
    Time,
    apps::{App, ClientId},
    db::{Db, Tx, on_db, on_tx, statements},
    ids::{AppId, WorkspaceId},
    page::PageRequest,
    secret::SecretHash,
};
use uuid::Uuid;

statements! {
    COUNT = "
        select count(*)
        from oauth_apps
        where workspace_id = $1";
    FIND_BY_CLIENT_ID = app!("
        where a.client_id = $2");
    // Whether this is one of its secrets, and how often it was guessed at from there of late, at one look.
    FIND_PROVEN = app!(
        ",
            exists (
                select 1
                from app_secrets p
                where p.app_id = a.id and p.hash = $3 and (p.retires_at is null or p.retires_at > $1)) as proven,
            (select t.tries from throttles t where t.bucket = $4 and t.resets_at > $1) as failures,
            (select t.resets_at from throttles t where t.bucket = $4 and t.resets_at > $1) as open_at",
        "
        where a.client_id = $2"
    );
    FIND_BY_REGISTRATION = app!("
        where a.client_id = $2 and a.workspace_id is null and a.registration_hash = $3");
    FIND = app!("
        where a.workspace_id = $2 and a.id = $3");
    FIND_ANY = app!("
        where a.id = $2");
    LIST = app!("
        where a.workspace_id = $2 and a.id < $3
        order by a.id desc
        limit $4");
    COUNT_GRANTS = "
        select count(*)
        from oauth_grants
        where app_id = $1 and revoked_at is null and ends_at > $2";
}

/// An app, and whether it has proven who it is.
#[derive(sqlx::FromRow)]
struct ProvenRow {
    #[sqlx(flatten)]
    row: Row,
    proven: bool,
    failures: Option<i64>,
    open_at: Option<Time>,
}

/// What is known of an app that shows a secret.
pub struct Proven {
    pub app: App,
    /// Whether the secret is one of its own.
    pub proven: bool,
    /// How often a wrong one came from there of late, and when that is forgotten.
    pub failures: Option<(i64, Time)>,
}

/// How many apps the workspace has, under its lock.
pub async fn count(tx: &mut Tx, workspace: WorkspaceId) -> sqlx::Result<i64> {
    on_tx!(tx, c => sqlx::query_scalar(COUNT).bind(workspace).fetch_one(c).await)
}

pub async fn find_by_client_id(db: &Db, client_id: &ClientId, now: Time) -> sqlx::Result<Option<App>> {
    let row: Option<Row> = on_db!(db, c => sqlx::query_as(FIND_BY_CLIENT_ID)
        .bind(now).bind(client_id.as_str()).fetch_optional(c).await)?;
    Ok(row.and_then(Row::app))
}

/// The app, whether this is its secret, and the failures under this bucket.
pub async fn find_proven(
    db: &Db,
    client_id: &ClientId,
    secret: SecretHash,
    bucket: SecretHash,
    now: Time,
) -> sqlx::Result<Option<Proven>> {
    let found: Option<ProvenRow> = on_db!(db, c => sqlx::query_as(FIND_PROVEN)
        .bind(now)
        .bind(client_id.as_str())
        .bind(&secret.as_bytes()[..])
        .bind(&bucket.as_bytes()[..])
        .fetch_optional(c).await)?;
    Ok(found.and_then(|found| {
        let failures = found.failures.zip(found.open_at);
        found.row.app().map(|app| Proven { app, proven: found.proven, failures })
    }))
}

/// The self-registered app that manages itself with this token.
pub async fn find_by_registration(
    db: &Db,
    client_id: &ClientId,
    token: SecretHash,
    now: Time,
) -> sqlx::Result<Option<App>> {
    let row: Option<Row> = on_db!(db, c => sqlx::query_as(FIND_BY_REGISTRATION)
        .bind(now).bind(client_id.as_str()).bind(&token.as_bytes()[..]).fetch_optional(c).await)?;
    Ok(row.and_then(Row::app))
}

/// An app of this workspace.
pub async fn find(db: &Db, workspace: WorkspaceId, id: AppId, now: Time) -> sqlx::Result<Option<App>> {
    let row: Option<Row> =
        on_db!(db, c => sqlx::query_as(FIND).bind(now).bind(workspace).bind(id).fetch_optional(c).await)?;
    Ok(row.and_then(Row::app))
}

/// An app of anybody.
pub async fn find_any(db: &Db, id: AppId, now: Time) -> sqlx::Result<Option<App>> {
    let row: Option<Row> = on_db!(db, c => sqlx::query_as(FIND_ANY).bind(now).bind(id).fetch_optional(c).await)?;
    Ok(row.and_then(Row::app))
}

/// The workspace's own apps, the newest first. One more than the page holds tells that there are more.
pub async fn list(db: &Db, workspace: WorkspaceId, page: PageRequest<AppId>, now: Time) -> sqlx::Result<Vec<App>> {
    let before = page.after.unwrap_or(AppId::from_uuid(Uuid::max()));
    let rows: Vec<Row> = on_db!(db, c => sqlx::query_as(LIST)
        .bind(now).bind(workspace).bind(before).bind(i64::from(page.limit) + 1).fetch_all(c).await)?;
    Ok(rows.into_iter().filter_map(Row::app).collect())
}

/// How much of what was given to an app still holds.
pub async fn count_grants(db: &Db, app: AppId, now: Time) -> sqlx::Result<i64> {
    on_db!(db, c => sqlx::query_scalar(COUNT_GRANTS).bind(app).bind(now).fetch_one(c).await)
}
