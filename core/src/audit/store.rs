//! The log's rows.

use super::{AuditEntry, Change};
use crate::{
    Time,
    db::{Db, Tx, on_db, on_tx, statements},
    ids::{AuditId, UserId, WorkspaceId},
    page::PageRequest,
};
use sqlx::types::Json;

statements! {
    INSERT = "
        insert into audit_log
            (id, workspace_id, at, actor_id, actor, action, refused, subject_id, subject, changes, address, user_agent)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    LIST = "
        select id, at, actor, action, refused, subject, changes, address, user_agent
        from audit_log
        where workspace_id = $1 and id < $2
        order by id desc
        limit $3";
    LIST_SUBJECT = "
        select id, at, actor, action, refused, subject, changes, address, user_agent
        from audit_log
        where workspace_id = $1 and subject_id = $2
        order by id desc
        limit 50";
}

/// A line to be written.
pub(super) struct NewEntry {
    pub id: AuditId,
    pub workspace: Option<WorkspaceId>,
    pub at: Time,
    pub actor_id: Option<UserId>,
    pub actor: Option<String>,
    pub action: &'static str,
    pub refused: Option<String>,
    pub subject_id: Option<String>,
    pub subject: Option<String>,
    pub changes: Vec<Change>,
    pub address: Option<String>,
    pub user_agent: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: AuditId,
    at: Time,
    actor: Option<String>,
    action: String,
    refused: Option<String>,
    subject: Option<String>,
    changes: Json<Vec<Change>>,
    address: Option<String>,
    user_agent: Option<String>,
}

impl From<Row> for AuditEntry {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            at: row.at,
            actor: row.actor,
            action: row.action,
            refused: row.refused,
            subject: row.subject,
            changes: row.changes.0,
            address: row.address,
            user_agent: row.user_agent,
        }
    }
}

pub(super) async fn insert(tx: &mut Tx, entry: NewEntry) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(INSERT)
        .bind(entry.id)
        .bind(entry.workspace)
        .bind(entry.at)
        .bind(entry.actor_id)
        .bind(entry.actor)
        .bind(entry.action)
        .bind(entry.refused)
        .bind(entry.subject_id)
        .bind(entry.subject)
        .bind(Json(entry.changes))
        .bind(entry.address)
        .bind(entry.user_agent)
        .execute(c).await.map(drop))
}

pub(super) async fn list(db: &Db, workspace: WorkspaceId, page: PageRequest<AuditId>) -> sqlx::Result<Vec<AuditEntry>> {
    let before = page.after.unwrap_or(AuditId::from_uuid(uuid::Uuid::max()));
    let rows: Vec<Row> = on_db!(db, c => sqlx::query_as(LIST)
        .bind(workspace)
        .bind(before)
        .bind(i64::from(page.limit) + 1)
        .fetch_all(c).await)?;
    Ok(rows.into_iter().map(AuditEntry::from).collect())
}

pub(super) async fn list_subject(db: &Db, workspace: WorkspaceId, subject: &str) -> sqlx::Result<Vec<AuditEntry>> {
    let rows: Vec<Row> = on_db!(db, c => sqlx::query_as(LIST_SUBJECT)
        .bind(workspace)
        .bind(subject)
        .fetch_all(c).await)?;
    Ok(rows.into_iter().map(AuditEntry::from).collect())
}
