//! Rows of grants and of what leads to them.

use super::{Connection, EndReason, GrantKind, GrantStanding, MANAGE, pkce::Challenge};
use crate::{
    Time,
    accounts::User,
    apps::ClientId,
    db::{Db, Tx, on_db, on_tx, statements},
    ids::{AppId, ConsentId, GrantId, UserId, WorkspaceId},
    page::PageRequest,
    profile::{Profile, ScopeSet, SelfRegistration},
    secret::SecretHash,
    workspaces::Workspace,
};
use sqlx::types::Json;

statements! {
    INSERT_GRANT = "
        insert into oauth_grants
            (id, app_id, user_id, workspace_id, kind, scopes, resources, destination, created_at, ends_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    FIND_STANDING = "
        select g.id, g.app_id, g.user_id, g.workspace_id, g.kind, g.scopes, g.resources, g.created_at, g.ends_at,
            g.revoked_at, a.client_id, a.scopes as app_scopes, a.workspace_id as app_workspace_id, a.disabled_at,
            w.plan, w.suspended_at, m.role, p.mode as policy_mode, p.scopes as policy_scopes, y.approved_at
        from oauth_grants g
        join oauth_apps a on a.id = g.app_id
        join workspaces w on w.id = g.workspace_id
        left join members m on m.workspace_id = g.workspace_id and m.user_id = coalesce(g.user_id, a.registered_by)
        left join app_policies p on p.workspace_id = g.workspace_id
        left join app_approvals y on y.workspace_id = g.workspace_id and y.app_id = g.app_id
        where g.id = $1";
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
    END_OF_MEMBER = "
        update oauth_grants
        set revoked_at = $3, revoked_reason = $4
        where workspace_id = $1 and user_id = $2 and revoked_at is null";
    END_OF_APP = "
        update oauth_grants
        set revoked_at = $3, revoked_reason = $4
        where app_id = $1 and workspace_id = $2 and revoked_at is null";

    INSERT_REQUEST = "
        insert into oauth_requests (id, session, user_id, app_id, asked, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7)";
    FIND_REQUEST = "
        select r.session, r.user_id, r.asked, r.expires_at, r.decided_at, a.client_id
        from oauth_requests r
        join oauth_apps a on a.id = r.app_id
        where r.id = $1";
    DECIDE_REQUEST = "
        update oauth_requests
        set decided_at = $3
        where id = $1 and session = $2 and decided_at is null and expires_at > $3";

    INSERT_CODE = "
        insert into oauth_codes (hash, grant_id, redirect_uri, challenge, expires_at)
        values ($1, $2, $3, $4, $5)";
    FIND_CODE = "
        select grant_id, redirect_uri, challenge, expires_at, redeemed_at
        from oauth_codes
        where hash = $1";
    REDEEM_CODE = "
        update oauth_codes
        set redeemed_at = $2
        where hash = $1 and redeemed_at is null and expires_at > $2";

    INSERT_REFRESH_TOKEN = "
        insert into oauth_refresh_tokens (hash, grant_id, created_at, expires_at)
        values ($1, $2, $3, $4)";
    FIND_REFRESH_TOKEN = "
        select grant_id, created_at, expires_at, superseded_at
        from oauth_refresh_tokens
        where hash = $1";
    SUPERSEDE_REFRESH_TOKEN = "
        update oauth_refresh_tokens
        set superseded_at = $2
        where hash = $1 and superseded_at is null";

    INSERT_DEVICE_CODE = "
        insert into oauth_device_codes
            (hash, user_code_hash, app_id, scopes, resources, address, state, interval_s, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, 'pending', $7, $8, $9)
        on conflict (user_code_hash) do nothing";
    FIND_DEVICE_CODE = "
        select app_id, state, grant_id, interval_s, polled_at, expires_at
        from oauth_device_codes
        where hash = $1";
    FIND_USER_CODE = "
        select d.hash, d.scopes, d.resources, d.address, d.state, d.session, d.user_id, d.created_at, d.expires_at,
            a.client_id
        from oauth_device_codes d
        join oauth_apps a on a.id = d.app_id
        where d.user_code_hash = $1";
    CLAIM_USER_CODE = "
        update oauth_device_codes
        set session = $2, user_id = $3
        where user_code_hash = $1 and state = 'pending' and expires_at > $4 and (session is null or session = $2)";
    DECIDE_USER_CODE = "
        update oauth_device_codes
        set state = $3, grant_id = $4
        where user_code_hash = $1 and session = $2 and state = 'pending' and expires_at > $5";
    POLLED = "
        update oauth_device_codes
        set polled_at = $2
        where hash = $1";
    SLOW_DOWN = "
        update oauth_device_codes
        set interval_s = $2
        where hash = $1";
    REDEEM_DEVICE_CODE = "
        update oauth_device_codes
        set state = 'redeemed'
        where hash = $1 and state = 'approved' and expires_at > $2";

    FORGET_REQUESTS = "
        delete from oauth_requests
        where expires_at <= $1";
    FORGET_CODES = "
        delete from oauth_codes
        where expires_at <= $1";
    FORGET_REFRESH_TOKENS = "
        delete from oauth_refresh_tokens
        where expires_at <= $1";
    FORGET_DEVICE_CODES = "
        delete from oauth_device_codes
        where expires_at <= $1";
    FORGET_GRANTS = "
        delete from oauth_grants
        where ends_at <= $1";

    FIND_CONNECTION = "
        select g.id, g.kind, g.scopes, g.destination, g.created_at, g.last_used_at, g.last_used_address, g.revoked_at,
            g.revoked_reason, g.app_id, a.name as app, a.client_id, a.workspace_id as app_workspace_id, w.id as workspace_id, w.slug,
            w.name as workspace, w.plan, w.suspended_at, u.id as user_id, u.name as user_name, u.email
        from oauth_grants g
        join oauth_apps a on a.id = g.app_id
        join workspaces w on w.id = g.workspace_id
        left join users u on u.id = g.user_id
        where g.id = $1";
    LIST_OF_USER = "
        select g.id, g.kind, g.scopes, g.destination, g.created_at, g.last_used_at, g.last_used_address, g.revoked_at,
            g.revoked_reason, g.app_id, a.name as app, a.client_id, a.workspace_id as app_workspace_id, w.id as workspace_id, w.slug,
            w.name as workspace, w.plan, w.suspended_at, u.id as user_id, u.name as user_name, u.email
        from oauth_grants g
        join oauth_apps a on a.id = g.app_id
        join workspaces w on w.id = g.workspace_id
        join users u on u.id = g.user_id
        where g.user_id = $1 and g.id < $2 and (g.revoked_at is null and g.ends_at > $3 or g.revoked_at > $4
            and g.revoked_reason in ('code_replayed', 'refresh_reused'))
        order by g.id desc
        limit $5";
    LIST_OF_WORKSPACE = "
        select g.id, g.kind, g.scopes, g.destination, g.created_at, g.last_used_at, g.last_used_address, g.revoked_at,
            g.revoked_reason, g.app_id, a.name as app, a.client_id, a.workspace_id as app_workspace_id, w.id as workspace_id, w.slug,
            w.name as workspace, w.plan, w.suspended_at, u.id as user_id, u.name as user_name, u.email
        from oauth_grants g
        join oauth_apps a on a.id = g.app_id
        join workspaces w on w.id = g.workspace_id
        left join users u on u.id = g.user_id
        where g.workspace_id = $1 and g.id < $2 and (g.revoked_at is null and g.ends_at > $3 or g.revoked_at > $4
            and g.revoked_reason in ('code_replayed', 'refresh_reused'))
        order by g.id desc
        limit $5";
}

/// A grant that is about to be given.
pub(super) struct NewGrant<'a> {
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

#[derive(sqlx::FromRow)]
struct StandingRow {
    id: GrantId,
    app_id: AppId,
    user_id: Option<UserId>,
    workspace_id: WorkspaceId,
    kind: String,
    scopes: Json<Vec<String>>,
    resources: Json<Vec<String>>,
    created_at: Time,
    ends_at: Time,
    revoked_at: Option<Time>,
    client_id: String,
    app_scopes: Json<Vec<String>>,
    app_workspace_id: Option<WorkspaceId>,
    disabled_at: Option<Time>,
    plan: String,
    suspended_at: Option<Time>,
    role: Option<String>,
    policy_mode: Option<String>,
    policy_scopes: Option<Json<Vec<String>>>,
    approved_at: Option<Time>,
}

/// A request that waits for a decision.
#[derive(sqlx::FromRow)]
pub(super) struct RequestRow {
    session: Vec<u8>,
    pub user_id: UserId,
    pub asked: Json<serde_json::Value>,
    pub expires_at: Time,
    pub decided_at: Option<Time>,
    pub client_id: String,
}

impl RequestRow {
    pub(super) fn is_of(&self, session: SecretHash) -> bool {
        self.session == session.as_bytes()
    }
}

/// A consent that stands.
#[derive(sqlx::FromRow)]
pub(super) struct ConsentRow {
    pub workspace_id: WorkspaceId,
    pub scopes: Json<Vec<String>>,
    pub resources: Json<Vec<String>>,
}

/// An authorization code.
#[derive(sqlx::FromRow)]
pub(super) struct CodeRow {
    pub grant_id: GrantId,
    pub redirect_uri: String,
    challenge: Option<String>,
    pub expires_at: Time,
    pub redeemed_at: Option<Time>,
}

impl CodeRow {
    pub(super) fn challenge(&self) -> Option<Challenge> {
        self.challenge.clone().map(Challenge::kept)
    }
}

/// A refresh token.
#[derive(sqlx::FromRow)]
pub(super) struct RefreshRow {
    pub grant_id: GrantId,
    pub created_at: Time,
    pub expires_at: Time,
    pub superseded_at: Option<Time>,
}

/// A device that waits, as its polls see it.
#[derive(sqlx::FromRow)]
pub(super) struct DeviceRow {
    pub app_id: AppId,
    pub state: String,
    pub grant_id: Option<GrantId>,
    pub interval_s: i64,
    pub polled_at: Option<Time>,
    pub expires_at: Time,
}

/// The same, as the person sees it.
#[derive(sqlx::FromRow)]
pub(super) struct UserCodeRow {
    pub scopes: Json<Vec<String>>,
    pub resources: Json<Vec<String>>,
    pub address: Option<String>,
    pub state: String,
    session: Option<Vec<u8>>,
    pub created_at: Time,
    pub expires_at: Time,
    pub client_id: String,
}

impl UserCodeRow {
    /// Whether another session has entered the code.
    pub(super) fn is_anothers(&self, session: SecretHash) -> bool {
        self.session.as_deref().is_some_and(|claimed| claimed != session.as_bytes())
    }
}

/// A device code that is about to be given.
pub(super) struct NewDevice<'a> {
    pub hash: SecretHash,
    pub user_code: SecretHash,
    pub app: AppId,
    pub scopes: Vec<String>,
    pub resources: &'a [String],
    pub address: Option<String>,
    pub interval: i64,
    pub created_at: Time,
    pub expires_at: Time,
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

pub(super) async fn insert_grant(tx: &mut Tx, grant: &NewGrant<'_>, at: Time) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(INSERT_GRANT)
        .bind(grant.id).bind(grant.app).bind(grant.user).bind(grant.workspace).bind(grant.kind.code())
        .bind(Json(&grant.scopes)).bind(Json(grant.resources)).bind(grant.destination).bind(at).bind(grant.ends_at)
        .execute(c).await.map(drop))
}

/// How a grant stands: what the gate asks of a token, as it asks of a key.
pub(crate) async fn standing_of(db: &Db, profile: &Profile, grant: GrantId) -> sqlx::Result<Option<GrantStanding>> {
    let row: Option<StandingRow> = on_db!(db, c => sqlx::query_as(FIND_STANDING).bind(grant).fetch_optional(c).await)?;
    Ok(row.and_then(|row| standing(row, profile)))
}

fn standing(row: StandingRow, profile: &Profile) -> Option<GrantStanding> {
    let own = profile.known_scopes(&row.app_scopes.0);
    let most = if row.app_workspace_id.is_none() { profile.oauth.self_registration_scopes } else { ScopeSet::ALL };
    let admitted = admitted(&row, profile);
    let plan = profile.plan(&row.plan).filter(|plan| plan.api);
    let manages = row.client_id == ClientId::COMMAND_LINE && row.scopes.0.iter().any(|name| name == MANAGE);
    Some(GrantStanding {
        manages,
        grant: row.id,
        app: row.app_id,
        client_id: row.client_id,
        workspace: row.workspace_id,
        user: row.user_id,
        kind: GrantKind::parse(&row.kind)?,
        scopes: profile.known_scopes(&row.scopes.0),
        resources: row.resources.0,
        app_scopes: own.and(most).and(admitted.unwrap_or(ScopeSet::NONE)),
        // A role or a plan that the profile has dropped grants nothing.
        role: row.role.and_then(|name| profile.role(&name)).map(|role| role.scopes),
        plan: plan.map(|plan| plan.scopes),
        plan_name: row.plan,
        created_at: row.created_at,
        ends_at: row.ends_at,
        suspended: row.suspended_at.is_some(),
        app_disabled: row.disabled_at.is_some() || admitted.is_none(),
        revoked: row.revoked_at.is_some(),
    })
}

/// What the workspace gives to this app at most, as [`Apps::admission`](crate::apps::Apps::admission) has it; none if it
/// does not want the app, or not any more.
fn admitted(row: &StandingRow, profile: &Profile) -> Option<ScopeSet> {
    if row.app_workspace_id == Some(row.workspace_id) || row.client_id == ClientId::COMMAND_LINE {
        return Some(ScopeSet::ALL);
    }
    let mode = row.policy_mode.as_deref().and_then(SelfRegistration::parse);
    let wanted = match mode.unwrap_or(profile.oauth.self_registration) {
        SelfRegistration::Off => false,
        SelfRegistration::Approval => row.approved_at.is_some(),
        SelfRegistration::Open => true,
    };
    let most = row.policy_scopes.as_ref().map(|scopes| profile.known_scopes(&scopes.0));
    wanted.then(|| most.unwrap_or(profile.oauth.self_registration_scopes))
}

pub(super) async fn find_machine(db: &Db, app: AppId) -> sqlx::Result<Option<GrantId>> {
    on_db!(db, c => sqlx::query_scalar(FIND_MACHINE).bind(app).fetch_optional(c).await)
}

pub(super) async fn find_consents(
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
pub(super) async fn renew_grant(
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
pub(super) async fn end_grant(tx: &mut Tx, grant: GrantId, at: Time, reason: EndReason) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(END_GRANT)
        .bind(grant).bind(at).bind(reason.code())
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Ends what a person gave in a workspace that they leave.
pub(crate) async fn end_of_member(tx: &mut Tx, workspace: WorkspaceId, user: UserId, at: Time) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(END_OF_MEMBER)
        .bind(workspace).bind(user).bind(at).bind(EndReason::MemberRemoved.code())
        .execute(c).await.map(drop))
}

/// Ends what an app was given in a workspace that does not want it any more.
pub(crate) async fn end_of_app(tx: &mut Tx, app: AppId, workspace: WorkspaceId, at: Time) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(END_OF_APP)
        .bind(app).bind(workspace).bind(at).bind(EndReason::AppRefused.code())
        .execute(c).await.map(drop))
}

pub(super) async fn insert_request(
    db: &Db,
    id: ConsentId,
    session: SecretHash,
    user: UserId,
    app: AppId,
    asked: &serde_json::Value,
    (at, until): (Time, Time),
) -> sqlx::Result<()> {
    on_db!(db, c => sqlx::query(INSERT_REQUEST)
        .bind(id).bind(&session.as_bytes()[..]).bind(user).bind(app).bind(Json(asked)).bind(at).bind(until)
        .execute(c).await.map(drop))
}

pub(super) async fn find_request(db: &Db, id: ConsentId) -> sqlx::Result<Option<RequestRow>> {
    on_db!(db, c => sqlx::query_as(FIND_REQUEST).bind(id).fetch_optional(c).await)
}

/// Takes a request for a decision; false if it was decided, is over, or is another session's.
pub(super) async fn decide_request(tx: &mut Tx, id: ConsentId, session: SecretHash, at: Time) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(DECIDE_REQUEST)
        .bind(id).bind(&session.as_bytes()[..]).bind(at)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

pub(super) async fn insert_code(
    tx: &mut Tx,
    hash: SecretHash,
    grant: GrantId,
    redirect_uri: &str,
    challenge: Option<&Challenge>,
    until: Time,
) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(INSERT_CODE)
        .bind(&hash.as_bytes()[..]).bind(grant).bind(redirect_uri).bind(challenge.map(Challenge::as_str)).bind(until)
        .execute(c).await.map(drop))
}

pub(super) async fn find_code(db: &Db, hash: SecretHash) -> sqlx::Result<Option<CodeRow>> {
    on_db!(db, c => sqlx::query_as(FIND_CODE).bind(&hash.as_bytes()[..]).fetch_optional(c).await)
}

/// Takes a code; false if somebody else did, or it is over.
pub(super) async fn redeem_code(tx: &mut Tx, hash: SecretHash, at: Time) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(REDEEM_CODE)
        .bind(&hash.as_bytes()[..]).bind(at)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

pub(super) async fn insert_refresh_token(
    tx: &mut Tx,
    hash: SecretHash,
    grant: GrantId,
    at: Time,
    until: Time,
) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(INSERT_REFRESH_TOKEN)
        .bind(&hash.as_bytes()[..]).bind(grant).bind(at).bind(until)
        .execute(c).await.map(drop))
}

pub(super) async fn find_refresh_token(db: &Db, hash: SecretHash) -> sqlx::Result<Option<RefreshRow>> {
    on_db!(db, c => sqlx::query_as(FIND_REFRESH_TOKEN).bind(&hash.as_bytes()[..]).fetch_optional(c).await)
}

/// Puts another in its place; false if there is one already.
pub(super) async fn supersede_refresh_token(tx: &mut Tx, hash: SecretHash, at: Time) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(SUPERSEDE_REFRESH_TOKEN)
        .bind(&hash.as_bytes()[..]).bind(at)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// False if the user code is taken.
pub(super) async fn insert_device_code(db: &Db, new: &NewDevice<'_>) -> sqlx::Result<bool> {
    on_db!(db, c => sqlx::query(INSERT_DEVICE_CODE)
        .bind(&new.hash.as_bytes()[..]).bind(&new.user_code.as_bytes()[..]).bind(new.app).bind(Json(&new.scopes))
        .bind(Json(new.resources)).bind(&new.address).bind(new.interval).bind(new.created_at).bind(new.expires_at)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

pub(super) async fn find_device_code(db: &Db, hash: SecretHash) -> sqlx::Result<Option<DeviceRow>> {
    on_db!(db, c => sqlx::query_as(FIND_DEVICE_CODE).bind(&hash.as_bytes()[..]).fetch_optional(c).await)
}

pub(super) async fn find_user_code(db: &Db, user_code: SecretHash) -> sqlx::Result<Option<UserCodeRow>> {
    on_db!(db, c => sqlx::query_as(FIND_USER_CODE).bind(&user_code.as_bytes()[..]).fetch_optional(c).await)
}

/// The code is this session's from now on; false if it is another's, or over.
pub(super) async fn claim_user_code(
    db: &Db,
    user_code: SecretHash,
    session: SecretHash,
    user: UserId,
    now: Time,
) -> sqlx::Result<bool> {
    on_db!(db, c => sqlx::query(CLAIM_USER_CODE)
        .bind(&user_code.as_bytes()[..]).bind(&session.as_bytes()[..]).bind(user).bind(now)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Decides about a device; false if that was done, or the code is another session's.
pub(super) async fn decide_user_code(
    tx: &mut Tx,
    user_code: SecretHash,
    session: SecretHash,
    grant: Option<GrantId>,
    now: Time,
) -> sqlx::Result<bool> {
    let state = if grant.is_some() { "approved" } else { "denied" };
    on_tx!(tx, c => sqlx::query(DECIDE_USER_CODE)
        .bind(&user_code.as_bytes()[..]).bind(&session.as_bytes()[..]).bind(state).bind(grant).bind(now)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

pub(super) async fn polled(db: &Db, hash: SecretHash, at: Time) -> sqlx::Result<()> {
    on_db!(db, c => sqlx::query(POLLED).bind(&hash.as_bytes()[..]).bind(at).execute(c).await.map(drop))
}

pub(super) async fn slow_down(db: &Db, hash: SecretHash, interval: i64) -> sqlx::Result<()> {
    on_db!(db, c => sqlx::query(SLOW_DOWN).bind(&hash.as_bytes()[..]).bind(interval).execute(c).await.map(drop))
}

/// Takes an approved device code; false if another poll did.
pub(super) async fn redeem_device_code(tx: &mut Tx, hash: SecretHash, now: Time) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(REDEEM_DEVICE_CODE)
        .bind(&hash.as_bytes()[..]).bind(now)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Forgets what ended before `over`, and grants that ended before `long_over`.
pub(super) async fn forget(db: &Db, over: Time, long_over: Time) -> sqlx::Result<()> {
    for statement in [FORGET_REQUESTS, FORGET_CODES, FORGET_REFRESH_TOKENS, FORGET_DEVICE_CODES] {
        on_db!(db, c => sqlx::query(statement).bind(over).execute(c).await.map(drop))?;
    }
    on_db!(db, c => sqlx::query(FORGET_GRANTS).bind(long_over).execute(c).await.map(drop))
}

pub(super) async fn find_connection(db: &Db, id: GrantId) -> sqlx::Result<Option<Connection>> {
    let row: Option<ConnectionRow> = on_db!(db, c => sqlx::query_as(FIND_CONNECTION).bind(id).fetch_optional(c).await)?;
    Ok(row.and_then(connection))
}

/// What a person has let in, the latest first; what was ended for a thief's sake since `alarms_since` is among it.
pub(super) async fn list_of_user(
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
pub(super) async fn list_of_workspace(
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
