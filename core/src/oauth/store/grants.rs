//! What was given to apps.

use crate::{
    Time,
    db::{Db, Tx, on_db, on_tx, statements},
    ids::{AppId, GrantId, UserId, WorkspaceId},
    oauth::{EndReason, GrantKind},
};
use sqlx::types::Json;

statements! {
    INSERT_GRANT = "
        insert into oauth_grants
            (id, app_id, user_id, workspace_id, kind, scopes, resources, destination, created_at, ends_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    FIND_MACHINE = "
        select id
        from oauth_grants
        where app_id = $1 and kind = 'machine' and revoked_at is null
        order by id
        limit 1";
    // A consent that still stands, to the same place: the latest in which the person could have allowed as much.
    FIND_CONSENTS = "
        select id, workspace_id, scopes, resources
        from oauth_grants
        where app_id = $1 and user_id = $2 and kind = 'consent' and destination = $3 and revoked_at is null
            and ends_at > $4
        order by id desc
        limit 20";
    // None for a grant that was ended meanwhile: then nothing may be given out.
    RENEW_GRANT = "
        update oauth_grants
        set ends_at = case when ends_at > $2 then ends_at else $2 end, last_used_at = $3, last_used_address = $4
        where id = $1 and revoked_at is null";
    END_GRANT = "
        update oauth_grants
        set revoked_at = $2, revoked_reason = $3
        where id = $1 and revoked_at is null";
    // With all that the same person let the same app do in the same workspace: each time somebody is let in anew, a
    // grant is added.
    END_ALIKE = "
        update oauth_grants
        set revoked_at = $2, revoked_reason = $3
        where kind = 'consent' and revoked_at is null
            and (app_id, user_id, workspace_id) = (
                select g.app_id, g.user_id, g.workspace_id
                from oauth_grants g
                where g.id = $1)";
    END_OF_PERSON = "
        update oauth_grants
        set revoked_at = $2, revoked_reason = $3
        where user_id = $1 and revoked_at is null";
    // The command line is where somebody is signed in, too.
    END_OF_COMMAND_LINE = "
        update oauth_grants
        set revoked_at = $2, revoked_reason = $3
        where user_id = $1 and revoked_at is null
            and app_id in (select a.id from oauth_apps a where a.client_id = 'keywright-cli')";
    END_OF_MEMBER = "
        update oauth_grants
        set revoked_at = $3, revoked_reason = $4
        where workspace_id = $1 and user_id = $2 and revoked_at is null";
    END_OF_APP = "
        update oauth_grants
        set revoked_at = $3, revoked_reason = $4
        where app_id = $1 and workspace_id = $2 and revoked_at is null";
}

/// A grant that is about to be given.
pub struct NewGrant<'a> {
    pub id: GrantId,
    pub app: AppId,
    pub user: Option<UserId>,
    pub workspace: WorkspaceId,
    pub kind: GrantKind,
    pub scopes: Vec<String>,
    pub resources: &'a [String],
    pub destination: &'a str,
    pub ends_at: Time,
}

/// A consent that stands.
#[derive(sqlx::FromRow)]
pub struct ConsentRow {
    pub workspace_id: WorkspaceId,
    pub scopes: Json<Vec<String>>,
    pub resources: Json<Vec<String>>,
}

pub async fn insert_grant(tx: &mut Tx, grant: &NewGrant<'_>, at: Time) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(INSERT_GRANT)
        .bind(grant.id).bind(grant.app).bind(grant.user).bind(grant.workspace).bind(grant.kind.code())
        .bind(Json(&grant.scopes)).bind(Json(grant.resources)).bind(grant.destination).bind(at).bind(grant.ends_at)
        .execute(c).await.map(drop))
}

pub async fn find_machine(db: &Db, app: AppId) -> sqlx::Result<Option<GrantId>> {
    on_db!(db, c => sqlx::query_scalar(FIND_MACHINE).bind(app).fetch_optional(c).await)
}

pub async fn find_consents(
    db: &Db,
    app: AppId,
    user: UserId,
    destination: &str,
    now: Time,
) -> sqlx::Result<Vec<ConsentRow>> {
    on_db!(db, c => sqlx::query_as(FIND_CONSENTS)
        .bind(app).bind(user).bind(destination).bind(now)
        .fetch_all(c).await)
}

/// Moves the grant's end, and notes its use; false if it was ended.
pub async fn renew_grant(
    tx: &mut Tx,
    grant: GrantId,
    ends_at: Time,
    now: Time,
    address: Option<String>,
) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(RENEW_GRANT)
        .bind(grant).bind(ends_at).bind(now).bind(address)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Ends a grant; false if it was over already.
pub async fn end_grant(tx: &mut Tx, grant: GrantId, at: Time, reason: EndReason) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(END_GRANT)
        .bind(grant).bind(at).bind(reason.code())
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Ends a consent, and those that are like it; false if all were over already.
pub async fn end_alike(tx: &mut Tx, grant: GrantId, at: Time, reason: EndReason) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(END_ALIKE)
        .bind(grant).bind(at).bind(reason.code())
        .execute(c).await.map(|done| done.rows_affected() > 0))
}

/// Ends all that a person gave, as whoever had their password may have given it.
pub async fn end_of_person(tx: &mut Tx, user: UserId, at: Time) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(END_OF_PERSON)
        .bind(user).bind(at).bind(EndReason::SignedOut.code())
        .execute(c).await.map(drop))
}

/// Signs a person out of every command line.
pub async fn end_of_command_line(tx: &mut Tx, user: UserId, at: Time) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(END_OF_COMMAND_LINE)
        .bind(user).bind(at).bind(EndReason::SignedOut.code())
        .execute(c).await.map(drop))
}

/// Ends what a person gave in a workspace that they leave.
pub async fn end_of_member(tx: &mut Tx, workspace: WorkspaceId, user: UserId, at: Time) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(END_OF_MEMBER)
        .bind(workspace).bind(user).bind(at).bind(EndReason::MemberRemoved.code())
        .execute(c).await.map(drop))
}

/// Ends what an app was given in a workspace that does not want it any more.
pub async fn end_of_app(tx: &mut Tx, app: AppId, workspace: WorkspaceId, at: Time) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(END_OF_APP)
        .bind(app).bind(workspace).bind(at).bind(EndReason::AppRefused.code())
        .execute(c).await.map(drop))
}
