//! What changes an app.

use crate::{
    Time,
    apps::{App, Registrant},
    db::{Db, Tx, on_db, on_tx, statements},
    ids::{AppId, WorkspaceId},
    secret::SecretHash,
};
use sqlx::types::Json;

statements! {
    INSERT = "
        insert into oauth_apps
            (id, client_id, workspace_id, name, kind, redirect_uris, scopes, grant_types, auth_method, pkce_optional,
            client_uri, registered_by, registered_from, registration_hash, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    UPDATE = "
        update oauth_apps
        set name = $4, redirect_uris = $5, scopes = $6, pkce_optional = $7, client_uri = $8, version = version + 1
        where workspace_id = $1 and id = $2 and version = $3";
    // Takes the app's lock, and fails if anybody else has changed it meanwhile.
    RAISE_VERSION = "
        update oauth_apps
        set version = version + 1
        where workspace_id = $1 and id = $2 and version = $3";
    DISABLE = "
        update oauth_apps
        set disabled_at = $3, version = version + 1
        where workspace_id = $1 and id = $2 and disabled_at is null";
    ENABLE = "
        update oauth_apps
        set disabled_at = null, version = version + 1
        where workspace_id = $1 and id = $2 and disabled_at is not null";
    DELETE = "
        delete from oauth_apps
        where workspace_id = $1 and id = $2";
    // What a self-registered app says of itself from now on.
    REPLACE = "
        update oauth_apps
        set name = $3, kind = $4, redirect_uris = $5, scopes = $6, grant_types = $7, auth_method = $8, client_uri = $9,
            version = version + 1
        where id = $1 and version = $2 and workspace_id is null";
    DELETE_REGISTERED = "
        delete from oauth_apps
        where id = $1 and workspace_id is null";
    // What a workspace has approved may wait to be used; the command line belongs to the program.
    PRUNE = "
        delete from oauth_apps
        where workspace_id is null
            and client_id <> 'keywright-cli'
            and coalesce(last_used_at, created_at) < $1
            and not exists (
                select 1
                from oauth_grants g
                where g.app_id = oauth_apps.id and g.revoked_at is null and g.ends_at > $2)
            and not exists (
                select 1
                from app_approvals p
                where p.app_id = oauth_apps.id and p.approved_at is not null)";
    MARK_USED = "
        update oauth_apps
        set last_used_at = $2
        where id = $1 and (last_used_at is null or last_used_at < $2)";
}

/// Stores an app; `registration` is what it manages itself with, if it registered itself.
pub async fn insert(tx: &mut Tx, app: &App, registration: Option<SecretHash>) -> sqlx::Result<()> {
    let (person, address) = match &app.registrant {
        Registrant::Member { person, .. } => (Some(person.id), None),
        Registrant::Itself { address } => (None, address.as_deref()),
        Registrant::BuiltIn => (None, None),
    };
    let grants: Vec<_> = app.grant_types.iter().map(|grant| grant.code()).collect();
    on_tx!(tx, c => sqlx::query(INSERT)
        .bind(app.id)
        .bind(app.client_id.as_str())
        .bind(app.workspace())
        .bind(&app.name)
        .bind(app.kind.code())
        .bind(Json(&app.redirect_uris))
        .bind(Json(&app.scopes))
        .bind(Json(&grants))
        .bind(app.auth_method.code())
        .bind(app.pkce_optional)
        .bind(&app.client_uri)
        .bind(person)
        .bind(address)
        .bind(registration.as_ref().map(|hash| &hash.as_bytes()[..]))
        .bind(app.created_at)
        .execute(c).await.map(drop))
}

/// False if it is not any more what the caller saw.
pub async fn update(tx: &mut Tx, workspace: WorkspaceId, app: &App, version: i64) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(UPDATE)
        .bind(workspace)
        .bind(app.id)
        .bind(version)
        .bind(&app.name)
        .bind(Json(&app.redirect_uris))
        .bind(Json(&app.scopes))
        .bind(app.pkce_optional)
        .bind(&app.client_uri)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

pub async fn raise_version(tx: &mut Tx, workspace: WorkspaceId, id: AppId, version: i64) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(RAISE_VERSION)
        .bind(workspace).bind(id).bind(version).execute(c).await.map(|done| done.rows_affected() == 1))
}

pub async fn disable(tx: &mut Tx, workspace: WorkspaceId, id: AppId, now: Time) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(DISABLE)
        .bind(workspace).bind(id).bind(now).execute(c).await.map(|done| done.rows_affected() == 1))
}

pub async fn enable(tx: &mut Tx, workspace: WorkspaceId, id: AppId) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(ENABLE)
        .bind(workspace).bind(id).execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Everything of it goes with it.
pub async fn delete(tx: &mut Tx, workspace: WorkspaceId, id: AppId) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(DELETE)
        .bind(workspace).bind(id).execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Replaces what a self-registered app says of itself. False if it is not any more what the caller saw.
pub async fn replace(tx: &mut Tx, app: &App, version: i64) -> sqlx::Result<bool> {
    let grants: Vec<_> = app.grant_types.iter().map(|grant| grant.code()).collect();
    on_tx!(tx, c => sqlx::query(REPLACE)
        .bind(app.id)
        .bind(version)
        .bind(&app.name)
        .bind(app.kind.code())
        .bind(Json(&app.redirect_uris))
        .bind(Json(&app.scopes))
        .bind(Json(&grants))
        .bind(app.auth_method.code())
        .bind(&app.client_uri)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

pub async fn delete_registered(tx: &mut Tx, id: AppId) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(DELETE_REGISTERED).bind(id).execute(c).await.map(drop))
}

/// Deletes self-registered apps that have not been used since this moment and have no grant that is alive.
pub async fn prune(db: &Db, unused_since: Time, now: Time) -> sqlx::Result<()> {
    on_db!(db, c => sqlx::query(PRUNE).bind(unused_since).bind(now).execute(c).await.map(drop))
}

pub async fn mark_used(tx: &mut Tx, app: AppId, at: Time) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(MARK_USED).bind(app).bind(at).execute(c).await.map(drop))
}
