//! What workspaces say of apps from elsewhere.

use super::find_any;
use crate::{
    Time,
    apps::{App, AppPolicy, ForeignApp},
    db::{Db, Tx, on_db, on_tx, statements},
    ids::{AppId, UserId, WorkspaceId},
    keys::Person,
    page::PageRequest,
    profile::SelfRegistration,
};
use sqlx::types::Json;
use uuid::Uuid;

/// The same as a workspace knows an app from elsewhere.
macro_rules! foreign {
    ($rest:literal) => {
        concat!(
            "
        select p.app_id, p.asked_by, asker.name as asker_name, p.asked_at,
            p.approved_by, approver.name as approver_name, p.approved_at
        from app_approvals p
        left join users asker on asker.id = p.asked_by
        left join users approver on approver.id = p.approved_by",
            $rest
        )
    };
}

statements! {
    FIND_POLICY = "
        select mode, scopes
        from app_policies
        where workspace_id = $1";
    PUT_POLICY = "
        insert into app_policies (workspace_id, mode, scopes)
        values ($1, $2, $3)
        on conflict (workspace_id) do update
        set mode = excluded.mode, scopes = excluded.scopes";
    ASK = "
        insert into app_approvals (workspace_id, app_id, asked_by, asked_at)
        values ($1, $2, $3, $4)
        on conflict do nothing";
    // An app is approved as it was looked at, and no other. This changes nothing: a change of the app that is under
    // way is waited for, and one that comes after waits.
    HOLD_VERSION = "
        update oauth_apps
        set version = version
        where id = $1 and version = $2";
    APPROVE = "
        update app_approvals
        set approved_by = $3, approved_at = $4
        where workspace_id = $1 and app_id = $2 and approved_at is null";
    // Whoever approved the app approved another one than it is now.
    WITHDRAW = "
        update app_approvals
        set approved_by = null, approved_at = null
        where app_id = $1";
    DISMISS = "
        delete from app_approvals
        where workspace_id = $1 and app_id = $2";
    FIND_FOREIGN = foreign!("
        where p.workspace_id = $1 and p.app_id = $2");
    LIST_FOREIGN = foreign!("
        where p.workspace_id = $1 and p.app_id < $2
        order by p.app_id desc
        limit $3");
}

pub async fn find_policy(db: &Db, workspace: WorkspaceId) -> sqlx::Result<Option<AppPolicy>> {
    let row: Option<(String, Json<Vec<String>>)> =
        on_db!(db, c => sqlx::query_as(FIND_POLICY).bind(workspace).fetch_optional(c).await)?;
    Ok(row.and_then(|(mode, scopes)| SelfRegistration::parse(&mode).map(|mode| AppPolicy { mode, scopes: scopes.0 })))
}

pub async fn put_policy(tx: &mut Tx, workspace: WorkspaceId, policy: &AppPolicy) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(PUT_POLICY)
        .bind(workspace).bind(policy.mode.code()).bind(Json(&policy.scopes)).execute(c).await.map(drop))
}

/// Notes that somebody of this workspace wants to use an app from elsewhere; whoever was first stays.
pub async fn ask(tx: &mut Tx, workspace: WorkspaceId, app: AppId, user: UserId, now: Time) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(ASK)
        .bind(workspace).bind(app).bind(user).bind(now).execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Approves an app as it was looked at; false if it is not any more what it was, or is approved already.
pub async fn approve(tx: &mut Tx, workspace: WorkspaceId, app: &App, user: UserId, now: Time) -> sqlx::Result<bool> {
    let held = on_tx!(tx, c => sqlx::query(HOLD_VERSION)
        .bind(app.id).bind(app.version).execute(c).await.map(|done| done.rows_affected() == 1))?;
    if !held {
        return Ok(false);
    }
    on_tx!(tx, c => sqlx::query(APPROVE)
        .bind(workspace).bind(app.id).bind(user).bind(now)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Takes back what every workspace has approved of an app.
pub async fn withdraw(tx: &mut Tx, app: AppId) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(WITHDRAW).bind(app).execute(c).await.map(drop))
}

pub async fn dismiss(tx: &mut Tx, workspace: WorkspaceId, app: AppId) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(DISMISS)
        .bind(workspace).bind(app).execute(c).await.map(|done| done.rows_affected() == 1))
}

#[derive(sqlx::FromRow)]
struct ForeignRow {
    app_id: AppId,
    asked_by: Option<UserId>,
    asker_name: Option<String>,
    asked_at: Time,
    approved_by: Option<UserId>,
    approver_name: Option<String>,
    approved_at: Option<Time>,
}

impl ForeignRow {
    fn of(self, app: App) -> ForeignApp {
        let person = |id: Option<UserId>, name: Option<String>| id.zip(name).map(|(id, name)| Person { id, name });
        ForeignApp {
            // How its secret ends is the affair of whose app it is.
            app: App { secret: None, ..app },
            asked_by: person(self.asked_by, self.asker_name),
            asked_at: self.asked_at,
            approved: person(self.approved_by, self.approver_name).zip(self.approved_at),
        }
    }
}

/// An app from elsewhere that this workspace knows.
pub async fn find_foreign(db: &Db, workspace: WorkspaceId, id: AppId, now: Time) -> sqlx::Result<Option<ForeignApp>> {
    let row: Option<ForeignRow> =
        on_db!(db, c => sqlx::query_as(FIND_FOREIGN).bind(workspace).bind(id).fetch_optional(c).await)?;
    let Some(row) = row else { return Ok(None) };
    Ok(find_any(db, id, now).await?.map(|app| row.of(app)))
}

/// Apps from elsewhere that this workspace knows, the newest first.
pub async fn list_foreign(
    db: &Db,
    workspace: WorkspaceId,
    page: PageRequest<AppId>,
    now: Time,
) -> sqlx::Result<Vec<ForeignApp>> {
    let before = page.after.unwrap_or(AppId::from_uuid(Uuid::max()));
    let rows: Vec<ForeignRow> = on_db!(db, c => sqlx::query_as(LIST_FOREIGN)
        .bind(workspace).bind(before).bind(i64::from(page.limit) + 1).fetch_all(c).await)?;
    let mut apps = Vec::with_capacity(rows.len());
    for row in rows {
        if let Some(app) = find_any(db, row.app_id, now).await? {
            apps.push(row.of(app));
        }
    }
    Ok(apps)
}
