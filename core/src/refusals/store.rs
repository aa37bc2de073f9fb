//! Rows of refused requests.

use super::{Listed, RefusalQuery, RefusedRequest};
use crate::{
    Time,
    db::{Db, Tx, on_db, on_tx, statements},
    gate::{Facts, Reason},
    ids::{KeyId, RefusalId, WorkspaceId},
    page::PageRequest,
};
use sqlx::types::Json;
use uuid::Uuid;

macro_rules! refusals {
    ($rest:literal) => {
        concat!(
            "
        select r.id, r.request_id, r.workspace_id, r.key_id, r.at, r.route, r.address, r.reason, r.facts, k.label
        from refusals r
        join api_keys k on k.id = r.key_id",
            $rest
        )
    };
}

statements! {
    // A key that is gone with its workspace has no row: one such request must not keep all others from being written.
    INSERT = "
        insert into refusals (id, request_id, workspace_id, key_id, at, route, address, reason, facts)
        select $2, $3, k.workspace_id, k.id, $4, $5, $6, $7, $8
        from api_keys k
        where k.id = $1";
    KEEP_LATEST_OF_KEY = "
        delete from refusals
        where key_id = $1 and id < (
            select id
            from refusals
            where key_id = $1
            order by id desc
            limit 1 offset $2
        )";
    KEEP_LATEST_OF_WORKSPACE = "
        delete from refusals
        where workspace_id = $1 and id < (
            select id
            from refusals
            where workspace_id = $1
            order by id desc
            limit 1 offset $2
        )";
    FORGET = "
        delete from refusals
        where at < $1";
    // An empty text stands for any reason; in FIND the id that is all zeros for any workspace.
    LIST = refusals!("
        where r.workspace_id = $1 and r.id < $2 and ($3 = '' or r.reason = $3)
        order by r.id desc
        limit $4");
    LIST_OF_KEY = refusals!("
        where r.key_id = $5 and r.workspace_id = $1 and r.id < $2 and ($3 = '' or r.reason = $3)
        order by r.id desc
        limit $4");
    LIST_KEYS = "
        select k.id, k.label
        from api_keys k
        where k.workspace_id = $1 and k.id in (select r.key_id from refusals r where r.workspace_id = $1)
        order by k.label, k.id
        limit 200";
    FIND = refusals!("
        where r.request_id = $1 and (r.workspace_id = $2 or $2 = $3)
        order by r.id desc
        limit 1");
}

#[derive(sqlx::FromRow)]
struct Row {
    id: RefusalId,
    request_id: String,
    workspace_id: WorkspaceId,
    key_id: KeyId,
    at: Time,
    route: String,
    address: String,
    reason: String,
    facts: Json<Facts>,
    label: String,
}

impl Row {
    /// None for a reason that this version does not know: a later one wrote it.
    fn listed(self) -> Option<Listed> {
        let facts = Facts {
            route: Some(self.route).filter(|route| !route.is_empty()),
            address: self.address.parse().ok(),
            ..self.facts.0
        };
        let request = RefusedRequest {
            id: self.id,
            request_id: self.request_id,
            at: self.at,
            key: self.key_id,
            workspace: self.workspace_id,
            reason: Reason::parse(&self.reason)?,
            facts,
        };
        Some(Listed { request, label: self.label })
    }
}

pub(super) async fn insert(tx: &mut Tx, request: &RefusedRequest) -> sqlx::Result<()> {
    let RefusedRequest { id, request_id, at, key, workspace: _, reason, facts } = request;
    let address = facts.address.map(|address| address.to_canonical().to_string()).unwrap_or_default();
    on_tx!(tx, c => sqlx::query(INSERT)
        .bind(key)
        .bind(id)
        .bind(request_id)
        .bind(at)
        .bind(facts.route.as_deref().unwrap_or_default())
        .bind(address)
        .bind(reason.code())
        .bind(Json(facts))
        .execute(c).await.map(drop))
}

pub(super) async fn keep_latest_of_key(tx: &mut Tx, key: KeyId, most: i64) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(KEEP_LATEST_OF_KEY).bind(key).bind(most - 1).execute(c).await.map(drop))
}

pub(super) async fn keep_latest_of_workspace(tx: &mut Tx, workspace: WorkspaceId, most: i64) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(KEEP_LATEST_OF_WORKSPACE).bind(workspace).bind(most - 1).execute(c).await.map(drop))
}

pub(super) async fn forget(db: &Db, before: Time) -> sqlx::Result<()> {
    on_db!(db, c => sqlx::query(FORGET).bind(before).execute(c).await.map(drop))
}

/// One more than the page holds tells that there are more.
pub(super) async fn list(
    db: &Db,
    workspace: WorkspaceId,
    query: &RefusalQuery,
    page: PageRequest<RefusalId>,
) -> sqlx::Result<Vec<Listed>> {
    let before = page.after.unwrap_or(RefusalId::from_uuid(Uuid::max()));
    let (reason, limit) = (query.reason.map_or("", Reason::code), i64::from(page.limit) + 1);
    let rows: Vec<Row> = match query.key {
        None => on_db!(db, c => sqlx::query_as(LIST).bind(workspace).bind(before).bind(reason).bind(limit)
            .fetch_all(c).await)?,
        Some(key) => on_db!(db, c => sqlx::query_as(LIST_OF_KEY).bind(workspace).bind(before).bind(reason).bind(limit)
            .bind(key).fetch_all(c).await)?,
    };
    Ok(rows.into_iter().filter_map(Row::listed).collect())
}

pub(super) async fn list_keys(db: &Db, workspace: WorkspaceId) -> sqlx::Result<Vec<(KeyId, String)>> {
    on_db!(db, c => sqlx::query_as(LIST_KEYS).bind(workspace).fetch_all(c).await)
}

/// The latest request of this name: in this workspace, or in any.
pub(super) async fn find(db: &Db, request_id: &str, workspace: Option<WorkspaceId>) -> sqlx::Result<Option<Listed>> {
    let any = WorkspaceId::from_uuid(Uuid::nil());
    let row: Option<Row> = on_db!(db, c => sqlx::query_as(FIND)
        .bind(request_id)
        .bind(workspace.unwrap_or(any))
        .bind(any)
        .fetch_optional(c).await)?;
    Ok(row.and_then(Row::listed))
}
