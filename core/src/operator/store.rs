//! Rows of workspaces, as the operator reads and changes them.

use super::CustomerFilter;
use crate::{
    Time,
    db::{Db, Tx, on_db, on_tx, statements},
    ids::WorkspaceId,
    page::PageRequest,
    workspaces::Workspace,
};

statements! {
    FIND = "
        select w.id, w.slug, w.name, w.plan, w.suspended_at, w.created_at,
            (select count(*) from members m where m.workspace_id = w.id) as members,
            (
                select count(*)
                from api_keys k
                where k.workspace_id = w.id and k.revoked_at is null and (k.expires_at is null or k.expires_at > $2)
            ) as keys
        from workspaces w
        where w.slug = $1";
    // SQLite's lower() knows ASCII alone: a name with other capitals is found as it was typed.
    LIST = "
        select w.id, w.slug, w.name, w.plan, w.suspended_at, w.created_at,
            (select count(*) from members m where m.workspace_id = w.id) as members,
            (
                select count(*)
                from api_keys k
                where k.workspace_id = w.id and k.revoked_at is null and (k.expires_at is null or k.expires_at > $2)
            ) as keys
        from workspaces w
        where w.id < $1
            and (lower(w.name) like $3 escape '\\' or w.name like $4 escape '\\' or w.slug like $3 escape '\\')
            and w.plan like $5 escape '\\'
        order by w.id desc
        limit $6";
    // The update that changes nothing takes the row's lock on both databases.
    LOCK = "
        update workspaces
        set slug = slug
        where slug = $1
        returning id, slug, name, plan, suspended_at";
    UPDATE = "
        update workspaces
        set name = $1, plan = $2, suspended_at = $3
        where id = $4";
    DELETE = "
        delete from workspaces
        where id = $1";
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    #[sqlx(flatten)]
    pub workspace: Workspace,
    pub created_at: Time,
    pub members: i64,
    pub keys: i64,
}

pub(super) async fn find(db: &Db, slug: &str, now: Time) -> sqlx::Result<Option<Row>> {
    on_db!(db, c => sqlx::query_as(FIND).bind(slug).bind(now).fetch_optional(c).await)
}

pub(super) async fn find_in(tx: &mut Tx, slug: &str, now: Time) -> sqlx::Result<Option<Row>> {
    on_tx!(tx, c => sqlx::query_as(FIND).bind(slug).bind(now).fetch_optional(c).await)
}

/// The latest first.
pub(super) async fn list(
    db: &Db,
    filter: &CustomerFilter,
    page: PageRequest<WorkspaceId>,
    now: Time,
) -> sqlx::Result<Vec<Row>> {
    let before = page.after.unwrap_or(WorkspaceId::from_uuid(uuid::Uuid::max()));
    let plan = if filter.plan.is_empty() { "%".to_owned() } else { literal(&filter.plan) };
    on_db!(db, c => sqlx::query_as(LIST)
        .bind(before)
        .bind(now)
        .bind(format!("%{}%", literal(&filter.text.to_lowercase())))
        .bind(format!("%{}%", literal(&filter.text)))
        .bind(plan)
        .bind(i64::from(page.limit) + 1)
        .fetch_all(c).await)
}

/// The text as a pattern that only it fits.
fn literal(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// Locks the workspace until the transaction ends, and tells how it stands.
pub(super) async fn lock(tx: &mut Tx, slug: &str) -> sqlx::Result<Option<Workspace>> {
    on_tx!(tx, c => sqlx::query_as(LOCK).bind(slug).fetch_optional(c).await)
}

/// Stores the name, the plan and the suspension.
pub(super) async fn update(tx: &mut Tx, workspace: &Workspace) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(UPDATE)
        .bind(&workspace.name)
        .bind(&workspace.plan)
        .bind(workspace.suspended_at)
        .bind(workspace.id)
        .execute(c).await.map(drop))
}

/// Removes the workspace and everything that is in it; its lines in the log stay.
pub(super) async fn delete(tx: &mut Tx, workspace: WorkspaceId) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(DELETE).bind(workspace).execute(c).await.map(drop))
}
