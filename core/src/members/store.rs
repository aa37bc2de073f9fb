//! Rows of members and invitations.

use super::{Invitation, MemberInfo};
use crate::{
    Time,
    accounts::User,
    db::{Db, Tx, on_db, on_tx, statements},
    ids::{InvitationId, UserId, WorkspaceId},
    page::PageRequest,
    secret::SecretHash,
    workspaces::Workspace,
};

statements! {
    LIST = "
        select u.id, u.name, u.email, m.role, m.created_at as since,
            (
                select count(*)
                from api_keys k
                where k.owner_id = m.user_id and k.workspace_id = m.workspace_id and k.owner_kind = 'member'
                    and k.revoked_at is null and (k.expires_at is null or k.expires_at > $2)
            ) as live_keys
        from members m
        join users u on u.id = m.user_id
        where m.workspace_id = $1 and m.user_id > $3
        order by m.user_id
        limit $4";
    FIND = "
        select u.id, u.name, u.email, m.role, m.created_at as since,
            (
                select count(*)
                from api_keys k
                where k.owner_id = m.user_id and k.workspace_id = m.workspace_id and k.owner_kind = 'member'
                    and k.revoked_at is null and (k.expires_at is null or k.expires_at > $2)
            ) as live_keys
        from members m
        join users u on u.id = m.user_id
        where m.workspace_id = $1 and m.user_id = $3";
    FIND_ROLE = "
        select role
        from members
        where workspace_id = $1 and user_id = $2";
    LIST_ROLES = "
        select u.id, u.name, m.role
        from members m
        join users u on u.id = m.user_id
        where m.workspace_id = $1
        order by u.name, u.id";
    FIND_NAMED = "
        select u.id, u.name, m.role
        from members m
        join users u on u.id = m.user_id
        where m.workspace_id = $1 and m.user_id = $2";
    COUNT_ROLE = "
        select count(*)
        from members
        where workspace_id = $1 and role = $2";
    UPDATE_ROLE = "
        update members
        set role = $1
        where workspace_id = $2 and user_id = $3";
    DELETE = "
        delete from members
        where workspace_id = $1 and user_id = $2";
    COUNT_BY_EMAIL = "
        select count(*)
        from members m
        join users u on u.id = m.user_id
        where m.workspace_id = $1 and u.email = $2";

    INSERT_INVITATION = "
        insert into invitations (id, workspace_id, email, role, token_hash, inviter_id, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    LIST_INVITATIONS = "
        select i.id, i.email, i.role, u.name as inviter, i.created_at, i.expires_at
        from invitations i
        join users u on u.id = i.inviter_id
        where i.workspace_id = $1 and i.id < $2 and i.accepted_at is null and i.revoked_at is null
        order by i.id desc
        limit $3";
    FIND_INVITATION = "
        select i.id, i.email, i.role, u.name as inviter, i.created_at, i.expires_at
        from invitations i
        join users u on u.id = i.inviter_id
        where i.workspace_id = $1 and i.id = $2 and i.accepted_at is null and i.revoked_at is null";
    COUNT_OPEN = "
        select count(*)
        from invitations
        where workspace_id = $1 and email = $2 and accepted_at is null and revoked_at is null and expires_at > $3";
    REVOKE_LAPSED = "
        update invitations
        set revoked_at = $3
        where workspace_id = $1 and email = $2 and accepted_at is null and revoked_at is null and expires_at <= $3";
    REVOKE = "
        update invitations
        set revoked_at = $1
        where workspace_id = $2 and id = $3 and accepted_at is null and revoked_at is null";
    // Those that a member sent, and those that would bring them back.
    LIST_PENDING_OF = "
        select i.id, i.email, i.role, u.name as inviter, i.created_at, i.expires_at
        from invitations i
        join users u on u.id = i.inviter_id
        where i.workspace_id = $1 and (i.inviter_id = $2 or i.email = $3)
            and i.accepted_at is null and i.revoked_at is null
        order by i.id";
    FIND_BY_TOKEN = "
        select i.id as invitation_id, i.email, i.role, u.name as inviter, i.expires_at, i.accepted_at, i.revoked_at,
            w.id, w.slug, w.name, w.plan, w.suspended_at,
            exists (select 1 from users a where a.email = i.email) as has_account,
            exists (
                select 1
                from users a
                join members m on m.user_id = a.id
                where a.email = i.email and m.workspace_id = i.workspace_id
            ) as is_member
        from invitations i
        join users u on u.id = i.inviter_id
        join workspaces w on w.id = i.workspace_id
        where i.token_hash = $1";
    // One statement asks and takes: of two that come together, one gets the row.
    TAKE = "
        update invitations
        set accepted_at = $1
        where id = $2 and accepted_at is null and revoked_at is null and expires_at > $1";
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    user: User,
    role: String,
    since: Time,
    live_keys: i64,
}

impl From<Row> for MemberInfo {
    fn from(row: Row) -> Self {
        let live_keys = u32::try_from(row.live_keys).unwrap_or(u32::MAX);
        Self { user: row.user, role: row.role, since: row.since, live_keys, last_owner: false }
    }
}

/// What a member is called, and is.
#[derive(sqlx::FromRow)]
pub(crate) struct RoleRow {
    pub id: UserId,
    pub name: String,
    pub role: String,
}

/// What the link of an invitation opens.
#[derive(sqlx::FromRow)]
pub(super) struct Opened {
    pub invitation_id: InvitationId,
    pub email: String,
    pub role: String,
    pub inviter: String,
    pub expires_at: Time,
    pub accepted_at: Option<Time>,
    pub revoked_at: Option<Time>,
    #[sqlx(flatten)]
    pub workspace: Workspace,
    pub has_account: bool,
    pub is_member: bool,
}

/// An invitation to be stored.
pub(super) struct NewRow<'a> {
    pub invitation: &'a Invitation,
    pub workspace: WorkspaceId,
    pub inviter: UserId,
    pub token: SecretHash,
}

pub(super) async fn list(
    db: &Db,
    workspace: WorkspaceId,
    page: PageRequest<UserId>,
    now: Time,
) -> sqlx::Result<Vec<MemberInfo>> {
    let after = page.after.unwrap_or(UserId::from_uuid(uuid::Uuid::nil()));
    let rows: Vec<Row> = on_db!(db, c => sqlx::query_as(LIST)
        .bind(workspace)
        .bind(now)
        .bind(after)
        .bind(i64::from(page.limit) + 1)
        .fetch_all(c).await)?;
    Ok(rows.into_iter().map(MemberInfo::from).collect())
}

pub(super) async fn find(db: &Db, workspace: WorkspaceId, user: UserId, now: Time) -> sqlx::Result<Option<MemberInfo>> {
    let row: Option<Row> = on_db!(db, c => sqlx::query_as(FIND)
        .bind(workspace).bind(now).bind(user).fetch_optional(c).await)?;
    Ok(row.map(MemberInfo::from))
}

pub(super) async fn find_in(
    tx: &mut Tx,
    workspace: WorkspaceId,
    user: UserId,
    now: Time,
) -> sqlx::Result<Option<MemberInfo>> {
    let row: Option<Row> = on_tx!(tx, c => sqlx::query_as(FIND)
        .bind(workspace).bind(now).bind(user).fetch_optional(c).await)?;
    Ok(row.map(MemberInfo::from))
}

/// The role that a person has now; under the workspace's lock it stays that until the transaction ends.
pub(crate) async fn find_role_in(tx: &mut Tx, workspace: WorkspaceId, user: UserId) -> sqlx::Result<Option<String>> {
    on_tx!(tx, c => sqlx::query_scalar(FIND_ROLE).bind(workspace).bind(user).fetch_optional(c).await)
}

/// Every member with their role, by name.
pub(crate) async fn list_roles(db: &Db, workspace: WorkspaceId) -> sqlx::Result<Vec<RoleRow>> {
    on_db!(db, c => sqlx::query_as(LIST_ROLES).bind(workspace).fetch_all(c).await)
}

/// One member with their role, under the workspace's lock.
pub(crate) async fn find_named_in(tx: &mut Tx, workspace: WorkspaceId, user: UserId) -> sqlx::Result<Option<RoleRow>> {
    on_tx!(tx, c => sqlx::query_as(FIND_NAMED).bind(workspace).bind(user).fetch_optional(c).await)
}

pub(super) async fn count_role(db: &Db, workspace: WorkspaceId, role: &str) -> sqlx::Result<i64> {
    on_db!(db, c => sqlx::query_scalar(COUNT_ROLE).bind(workspace).bind(role).fetch_one(c).await)
}

pub(super) async fn count_role_in(tx: &mut Tx, workspace: WorkspaceId, role: &str) -> sqlx::Result<i64> {
    on_tx!(tx, c => sqlx::query_scalar(COUNT_ROLE).bind(workspace).bind(role).fetch_one(c).await)
}

pub(super) async fn update_role(tx: &mut Tx, workspace: WorkspaceId, user: UserId, role: &str) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(UPDATE_ROLE).bind(role).bind(workspace).bind(user).execute(c).await.map(drop))
}

pub(super) async fn delete(tx: &mut Tx, workspace: WorkspaceId, user: UserId) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(DELETE).bind(workspace).bind(user).execute(c).await.map(drop))
}

/// Whether the person with this address is a member.
pub(super) async fn has_email(tx: &mut Tx, workspace: WorkspaceId, email: &str) -> sqlx::Result<bool> {
    let count: i64 = on_tx!(tx, c => sqlx::query_scalar(COUNT_BY_EMAIL)
        .bind(workspace).bind(email).fetch_one(c).await)?;
    Ok(count > 0)
}

pub(super) async fn insert_invitation(tx: &mut Tx, new: NewRow<'_>) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(INSERT_INVITATION)
        .bind(new.invitation.id)
        .bind(new.workspace)
        .bind(&new.invitation.email)
        .bind(&new.invitation.role)
        .bind(&new.token.as_bytes()[..])
        .bind(new.inviter)
        .bind(new.invitation.created_at)
        .bind(new.invitation.expires_at)
        .execute(c).await.map(drop))
}

pub(super) async fn list_invitations(
    db: &Db,
    workspace: WorkspaceId,
    page: PageRequest<InvitationId>,
) -> sqlx::Result<Vec<Invitation>> {
    let before = page.after.unwrap_or(InvitationId::from_uuid(uuid::Uuid::max()));
    on_db!(db, c => sqlx::query_as(LIST_INVITATIONS)
        .bind(workspace)
        .bind(before)
        .bind(i64::from(page.limit) + 1)
        .fetch_all(c).await)
}

pub(super) async fn find_invitation(
    db: &Db,
    workspace: WorkspaceId,
    id: InvitationId,
) -> sqlx::Result<Option<Invitation>> {
    on_db!(db, c => sqlx::query_as(FIND_INVITATION).bind(workspace).bind(id).fetch_optional(c).await)
}

/// Whether somebody is invited under this address already.
pub(super) async fn has_open(tx: &mut Tx, workspace: WorkspaceId, email: &str, now: Time) -> sqlx::Result<bool> {
    let count: i64 = on_tx!(tx, c => sqlx::query_scalar(COUNT_OPEN)
        .bind(workspace).bind(email).bind(now).fetch_one(c).await)?;
    Ok(count > 0)
}

/// Puts away what has ended by itself, where a new invitation takes its place.
pub(super) async fn revoke_lapsed(tx: &mut Tx, workspace: WorkspaceId, email: &str, now: Time) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(REVOKE_LAPSED).bind(workspace).bind(email).bind(now).execute(c).await.map(drop))
}

/// False if it was used or withdrawn already.
pub(super) async fn revoke(tx: &mut Tx, workspace: WorkspaceId, id: InvitationId, at: Time) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(REVOKE).bind(at).bind(workspace).bind(id)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

pub(super) async fn list_pending_of(
    tx: &mut Tx,
    workspace: WorkspaceId,
    inviter: UserId,
    email: &str,
) -> sqlx::Result<Vec<Invitation>> {
    on_tx!(tx, c => sqlx::query_as(LIST_PENDING_OF).bind(workspace).bind(inviter).bind(email).fetch_all(c).await)
}

pub(super) async fn find_by_token(db: &Db, token: SecretHash) -> sqlx::Result<Option<Opened>> {
    on_db!(db, c => sqlx::query_as(FIND_BY_TOKEN).bind(&token.as_bytes()[..]).fetch_optional(c).await)
}

/// False if it was used or withdrawn, or is over.
pub(super) async fn take(tx: &mut Tx, id: InvitationId, now: Time) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(TAKE).bind(now).bind(id)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}
