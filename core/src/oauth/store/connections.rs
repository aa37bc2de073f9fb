//! Grants as the people see them who gave them.

use crate::{
    Time,
    accounts::User,
    apps::ClientId,
    db::{Db, on_db, statements},
    ids::{AppId, GrantId, UserId, WorkspaceId},
    oauth::{Connection, EndReason, GrantKind},
    page::PageRequest,
    workspaces::Workspace,
};
use sqlx::types::Json;

/// Those that are shown: what is alive, and what was ended for a thief's sake. Of consents that say the same, the one that
/// was used or given last: whoever is let in anew each day is connected once. `$3` is the present moment.
macro_rules! connections {
    ($whose:literal) => {
        connection!(
            $whose,
            " and g.id < $2 and (
                g.revoked_at > $4 and g.revoked_reason in ('code_replayed', 'refresh_reused')
                or g.revoked_at is null and g.ends_at > $3 and not exists (
                    select 1
                    from oauth_grants n
                    where g.kind = 'consent' and n.kind = 'consent' and n.revoked_at is null and n.ends_at > $3
                        and (n.app_id, n.user_id, n.workspace_id) = (g.app_id, g.user_id, g.workspace_id)
                        and n.destination = g.destination and n.scopes = g.scopes
                        and (coalesce(n.last_used_at, n.created_at), n.id)
                            > (coalesce(g.last_used_at, g.created_at), g.id)))
        order by g.id desc
        limit $5"
        )
    };
}

/// A grant with all that is shown of it.
macro_rules! connection {
    ($($rest:literal),+) => {
        concat!(
            "
        select g.id, g.kind, g.scopes, g.destination, g.created_at, g.last_used_at, g.last_used_address, g.revoked_at,
            g.revoked_reason, g.app_id, a.name as app, a.client_id, a.workspace_id as app_workspace_id,
            w.id as workspace_id, w.slug, w.name as workspace, w.plan, w.suspended_at, u.id as user_id, u.name as user_name, u.email
        from oauth_grants g
        join oauth_apps a on a.id = g.app_id
        join workspaces w on w.id = g.workspace_id
        left join users u on u.id = g.user_id",
            $($rest),+
        )
    };
}

statements! {
    FIND_CONNECTION = connection!("
        where g.id = $1");
    LIST_OF_USER = connections!("
        where g.user_id = $1");
    LIST_OF_WORKSPACE = connections!("
        where g.workspace_id = $1");
}

#[derive(sqlx::FromRow)]
struct ConnectionRow {
    id: GrantId,
    kind: String,
    scopes: Json<Vec<String>>,
    destination: String,
    created_at: Time,
    last_used_at: Option<Time>,
    last_used_address: Option<String>,
    revoked_at: Option<Time>,
    revoked_reason: Option<String>,
    app_id: AppId,
    app: String,
    client_id: String,
    app_workspace_id: Option<WorkspaceId>,
    workspace_id: WorkspaceId,
    slug: String,
    workspace: String,
    plan: String,
    suspended_at: Option<Time>,
    user_id: Option<UserId>,
    user_name: Option<String>,
    email: Option<String>,
}

pub async fn find_connection(db: &Db, id: GrantId) -> sqlx::Result<Option<Connection>> {
    let row: Option<ConnectionRow> = on_db!(db, c => sqlx::query_as(FIND_CONNECTION).bind(id).fetch_optional(c).await)?;
    Ok(row.and_then(connection))
}

/// What a person has let in, the latest first; what was ended for a thief's sake since `alarms_since` is among it.
pub async fn list_of_user(
    db: &Db,
    user: UserId,
    page: PageRequest<GrantId>,
    now: Time,
    alarms_since: Time,
) -> sqlx::Result<Vec<Connection>> {
    let (after, limit) = bounds(page);
    let rows: Vec<ConnectionRow> = on_db!(db, c => sqlx::query_as(LIST_OF_USER)
        .bind(user).bind(after).bind(now).bind(alarms_since).bind(limit)
        .fetch_all(c).await)?;
    Ok(rows.into_iter().filter_map(connection).collect())
}

/// What was let into a workspace.
pub async fn list_of_workspace(
    db: &Db,
    workspace: WorkspaceId,
    page: PageRequest<GrantId>,
    now: Time,
    alarms_since: Time,
) -> sqlx::Result<Vec<Connection>> {
    let (after, limit) = bounds(page);
    let rows: Vec<ConnectionRow> = on_db!(db, c => sqlx::query_as(LIST_OF_WORKSPACE)
        .bind(workspace).bind(after).bind(now).bind(alarms_since).bind(limit)
        .fetch_all(c).await)?;
    Ok(rows.into_iter().filter_map(connection).collect())
}

/// Before which id, and how many rows: one more than is shown.
fn bounds(page: PageRequest<GrantId>) -> (GrantId, i64) {
    (page.after.unwrap_or(GrantId::from_uuid(uuid::Uuid::max())), i64::from(page.limit) + 1)
}

fn connection(row: ConnectionRow) -> Option<Connection> {
    let person = row.user_id.zip(row.user_name).zip(row.email);
    Some(Connection {
        id: row.id,
        kind: GrantKind::parse(&row.kind)?,
        app_id: row.app_id,
        app: row.app,
        unverified: row.app_workspace_id.is_none() && row.client_id != ClientId::COMMAND_LINE,
        destination: row.destination,
        workspace: Workspace {
            id: row.workspace_id,
            slug: row.slug,
            name: row.workspace,
            plan: row.plan,
            suspended_at: row.suspended_at,
        },
        person: person.map(|((id, name), email)| User { id, name, email }),
        scopes: row.scopes.0,
        created_at: row.created_at,
        last_used_at: row.last_used_at,
        last_used_address: row.last_used_address,
        ended: row.revoked_at.zip(row.revoked_reason.as_deref().and_then(EndReason::parse)),
    })
}
