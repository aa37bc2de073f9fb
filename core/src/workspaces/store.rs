//! Rows of workspaces and members.

use super::Workspace;
use crate::{
    Time,
    db::{Db, Tx, on_db, on_tx, statements},
    ids::{UserId, WorkspaceId},
};

statements! {
    INSERT = "
        insert into workspaces (id, slug, name, plan, created_at)
        values ($1, $2, $3, $4, $5)
        on conflict (slug) do nothing";
    INSERT_MEMBER = "
        insert into members (workspace_id, user_id, role, created_at)
        values ($1, $2, $3, $4)";
    FIND_FOR_MEMBER = "
        select w.id, w.slug, w.name, w.plan, w.suspended_at, m.role, u.name as user_name, u.email,
            exists (select 1 from members o where o.user_id = m.user_id and o.workspace_id <> w.id) as elsewhere
        from workspaces w
        join members m on m.workspace_id = w.id
        join users u on u.id = m.user_id
        where w.slug = $1 and m.user_id = $2";
    LIST_MEMBERSHIPS = "
        select w.id, w.slug, w.name, w.plan, w.suspended_at, m.role,
            not exists (
                select 1
                from members o
                where o.workspace_id = w.id and o.role = m.role and o.user_id <> m.user_id) as alone
        from workspaces w
        join members m on m.workspace_id = w.id
        where m.user_id = $1
        order by w.name, w.id";
    LIST_FOR_USER = "
        select w.id, w.slug, w.name, w.plan, w.suspended_at
        from workspaces w
        join members m on m.workspace_id = w.id
        where m.user_id = $1
        order by w.name, w.id";
    // The update that changes nothing takes the row's lock on both databases: whoever counts the
    // workspace's keys next waits until this transaction is over.
    LOCK = "
        update workspaces
        set id = id
        where id = $1
        returning plan";
}

/// A workspace, the asking member and their role in it, and whether they are a member elsewhere.
#[derive(sqlx::FromRow)]
pub(super) struct Entered {
    #[sqlx(flatten)]
    pub workspace: Workspace,
    pub user_name: String,
    pub email: String,
    pub role: String,
    pub elsewhere: bool,
}

/// A workspace, the member's role in it, and whether nobody else has this role there.
#[derive(sqlx::FromRow)]
pub(super) struct Listed {
    #[sqlx(flatten)]
    pub workspace: Workspace,
    pub role: String,
    pub alone: bool,
}

/// False if the slug is taken.
pub(super) async fn insert(tx: &mut Tx, workspace: &Workspace, at: Time) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(INSERT)
        .bind(workspace.id)
        .bind(&workspace.slug)
        .bind(&workspace.name)
        .bind(&workspace.plan)
        .bind(at)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

pub(super) async fn insert_member(
    tx: &mut Tx,
    workspace: WorkspaceId,
    user: UserId,
    role: &str,
    at: Time,
) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(INSERT_MEMBER)
        .bind(workspace)
        .bind(user)
        .bind(role)
        .bind(at)
        .execute(c).await.map(drop))
}

pub(super) async fn find_for_member(db: &Db, slug: &str, user: UserId) -> sqlx::Result<Option<Entered>> {
    on_db!(db, c => sqlx::query_as(FIND_FOR_MEMBER).bind(slug).bind(user).fetch_optional(c).await)
}

pub(super) async fn list_memberships(db: &Db, user: UserId) -> sqlx::Result<Vec<Listed>> {
    on_db!(db, c => sqlx::query_as(LIST_MEMBERSHIPS).bind(user).fetch_all(c).await)
}

pub(super) async fn list_for_user(db: &Db, user: UserId) -> sqlx::Result<Vec<Workspace>> {
    on_db!(db, c => sqlx::query_as(LIST_FOR_USER).bind(user).fetch_all(c).await)
}

pub(super) async fn list_for_user_in(tx: &mut Tx, user: UserId) -> sqlx::Result<Vec<Workspace>> {
    on_tx!(tx, c => sqlx::query_as(LIST_FOR_USER).bind(user).fetch_all(c).await)
}

/// Locks the workspace until the transaction ends, and tells the plan that it has now.
pub(crate) async fn lock(tx: &mut Tx, workspace: WorkspaceId) -> sqlx::Result<Option<String>> {
    on_tx!(tx, c => sqlx::query_scalar(LOCK).bind(workspace).fetch_optional(c).await)
}
