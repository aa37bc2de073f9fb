//! Rows of apps, of their secrets, of what workspaces say of them, and of their traces.

use super::{
    App, AppEvent, AppKind, AppPolicy, AppSecret, AuthMethod, ClientId, ForeignApp, GrantType, RedirectUri, Refused,
    Registrant,
};
use crate::{
    Time,
    db::{Db, Tx, on_db, on_tx, statements},
    ids::{AppEventId, AppId, UserId, WorkspaceId},
    keys::Person,
    page::PageRequest,
    profile::SelfRegistration,
    secret::SecretHash,
};
use sqlx::types::Json;
use uuid::Uuid;

/// An app with all that is shown of it. `$1` is the present moment.
macro_rules! app {
    ($rest:literal) => {
        app!("", $rest)
    };
    ($more:literal, $rest:literal) => {
        concat!(
            "
        select a.id, a.client_id, a.workspace_id, w.name as workspace_name, a.name, a.kind, a.redirect_uris, a.scopes,
            a.grant_types, a.auth_method, a.pkce_optional, a.client_uri, a.registered_by, u.name as registrant_name,
            m.role as registrant_role, a.registered_from, a.created_at, a.last_used_at, a.disabled_at, a.version,
            s.last4, s.created_at as secret_made_at, o.last4 as old_last4, o.retires_at",
            $more,
            "
        from oauth_apps a
        left join workspaces w on w.id = a.workspace_id
        left join users u on u.id = a.registered_by
        left join members m on m.workspace_id = a.workspace_id and m.user_id = a.registered_by
        left join app_secrets s on s.app_id = a.id and s.retires_at is null
        left join app_secrets o on o.app_id = a.id and o.retires_at > $1",
            $rest
        )
    };
}

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
    INSERT = "
        insert into oauth_apps
            (id, client_id, workspace_id, name, kind, redirect_uris, scopes, grant_types, auth_method, pkce_optional,
            client_uri, registered_by, registered_from, registration_hash, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    INSERT_SECRET = "
        insert into app_secrets (hash, app_id, last4, created_at)
        values ($1, $2, $3, $4)";
    COUNT = "
        select count(*)
        from oauth_apps
        where workspace_id = $1";
    FIND_BY_CLIENT_ID = app!("
        where a.client_id = $2");
    // Whether this is one of its secrets, and how often it was guessed at from there of late, at one look.
    FIND_PROVEN = app!(
        ",
            exists (
                select 1
                from app_secrets p
                where p.app_id = a.id and p.hash = $3 and (p.retires_at is null or p.retires_at > $1)) as proven,
            (select t.tries from throttles t where t.bucket = $4 and t.resets_at > $1) as failures,
            (select t.resets_at from throttles t where t.bucket = $4 and t.resets_at > $1) as open_at",
        "
        where a.client_id = $2"
    );
    FIND_BY_REGISTRATION = app!("
        where a.client_id = $2 and a.workspace_id is null and a.registration_hash = $3");
    FIND = app!("
        where a.workspace_id = $2 and a.id = $3");
    FIND_ANY = app!("
        where a.id = $2");
    LIST = app!("
        where a.workspace_id = $2 and a.id < $3
        order by a.id desc
        limit $4");
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
    DELETE_SECRETS = "
        delete from app_secrets
        where app_id = $1";
    HAS_SECRET = "
        select count(*)
        from app_secrets
        where app_id = $1 and hash = $2 and retires_at is null";
    COUNT_GRANTS = "
        select count(*)
        from oauth_grants
        where app_id = $1 and revoked_at is null and ends_at > $2";
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
    RETIRE_CURRENT = "
        update app_secrets
        set retires_at = $2
        where app_id = $1 and retires_at is null";
    END_RETIRING = "
        delete from app_secrets
        where app_id = $1 and retires_at is not null";
    MARK_USED = "
        update oauth_apps
        set last_used_at = $2
        where id = $1 and (last_used_at is null or last_used_at < $2)";
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
    APPROVE = "
        update app_approvals
        set approved_by = $3, approved_at = $4
        where workspace_id = $1 and app_id = $2 and approved_at is null";
    DISMISS = "
        delete from app_approvals
        where workspace_id = $1 and app_id = $2";
    FIND_FOREIGN = foreign!("
        where p.workspace_id = $1 and p.app_id = $2");
    LIST_FOREIGN = foreign!("
        where p.workspace_id = $1 and p.app_id < $2
        order by p.app_id desc
        limit $3");
    INSERT_EVENT = "
        insert into app_events (id, app_id, at, door, error, message, expected, received, address)
        select $2, a.id, $3, $4, $5, $6, $7, $8, $9
        from oauth_apps a
        where a.id = $1";
    KEEP_LATEST_EVENTS = "
        delete from app_events
        where app_id = $1 and id < (
            select id
            from app_events
            where app_id = $1
            order by id desc
            limit 1 offset $2
        )";
    FORGET_EVENTS = "
        delete from app_events
        where at < $1";
    LIST_EVENTS = "
        select id, at, door, error, message, expected, received, address
        from app_events
        where app_id = $1 and id < $2
        order by id desc
        limit $3";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: AppId,
    client_id: String,
    workspace_id: Option<WorkspaceId>,
    workspace_name: Option<String>,
    name: String,
    kind: String,
    redirect_uris: Json<Vec<String>>,
    scopes: Json<Vec<String>>,
    grant_types: Json<Vec<String>>,
    auth_method: String,
    pkce_optional: bool,
    client_uri: Option<String>,
    registered_by: Option<UserId>,
    registrant_name: Option<String>,
    registrant_role: Option<String>,
    registered_from: Option<String>,
    created_at: Time,
    last_used_at: Option<Time>,
    disabled_at: Option<Time>,
    version: i64,
    last4: Option<String>,
    secret_made_at: Option<Time>,
    old_last4: Option<String>,
    retires_at: Option<Time>,
}

impl Row {
    /// None for a kind or method that this version does not know: a later one wrote it.
    fn app(self) -> Option<App> {
        let secret = self.last4.zip(self.secret_made_at).map(|(last4, created_at)| AppSecret {
            last4,
            created_at,
            retiring: self.old_last4.zip(self.retires_at),
        });
        let registrant = match (self.workspace_id, self.registered_by) {
            (None, None) if self.client_id == ClientId::COMMAND_LINE => Registrant::BuiltIn,
            (Some(workspace), Some(id)) => Registrant::Member {
                workspace,
                workspace_name: self.workspace_name.unwrap_or_default(),
                person: Person { id, name: self.registrant_name.unwrap_or_default() },
                role: self.registrant_role,
            },
            (_, _) => Registrant::Itself { address: self.registered_from },
        };
        Some(App {
            id: self.id,
            client_id: ClientId::parse(&self.client_id).ok()?,
            name: self.name,
            kind: AppKind::parse(&self.kind)?,
            // An address that would not be registered any more is not gone to.
            redirect_uris: self.redirect_uris.iter().filter_map(|uri| RedirectUri::parse(uri).ok()).collect(),
            scopes: self.scopes.0,
            grant_types: self.grant_types.iter().filter_map(|grant| GrantType::parse(grant)).collect(),
            auth_method: AuthMethod::parse(&self.auth_method)?,
            pkce_optional: self.pkce_optional,
            client_uri: self.client_uri,
            registrant,
            secret,
            created_at: self.created_at,
            last_used_at: self.last_used_at,
            disabled_at: self.disabled_at,
            version: self.version,
        })
    }
}

/// An app, and whether it has proven who it is.
#[derive(sqlx::FromRow)]
struct ProvenRow {
    #[sqlx(flatten)]
    row: Row,
    proven: bool,
    failures: Option<i64>,
    open_at: Option<Time>,
}

/// What is known of an app that shows a secret.
pub(super) struct Proven {
    pub app: App,
    /// Whether the secret is one of its own.
    pub proven: bool,
    /// How often a wrong one came from there of late, and when that is forgotten.
    pub failures: Option<(i64, Time)>,
}

/// A secret to be stored: all of it that ever is.
pub(super) struct NewSecret<'a> {
    pub hash: SecretHash,
    pub last4: &'a str,
    pub created_at: Time,
}

/// Stores an app; `registration` is what it manages itself with, if it registered itself.
pub(super) async fn insert(tx: &mut Tx, app: &App, registration: Option<SecretHash>) -> sqlx::Result<()> {
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

pub(super) async fn insert_secret(tx: &mut Tx, app: AppId, secret: NewSecret<'_>) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(INSERT_SECRET)
        .bind(&secret.hash.as_bytes()[..]).bind(app).bind(secret.last4).bind(secret.created_at)
        .execute(c).await.map(drop))
}

/// How many apps the workspace has, under its lock.
pub(super) async fn count(tx: &mut Tx, workspace: WorkspaceId) -> sqlx::Result<i64> {
    on_tx!(tx, c => sqlx::query_scalar(COUNT).bind(workspace).fetch_one(c).await)
}

pub(super) async fn find_by_client_id(db: &Db, client_id: &ClientId, now: Time) -> sqlx::Result<Option<App>> {
    let row: Option<Row> = on_db!(db, c => sqlx::query_as(FIND_BY_CLIENT_ID)
        .bind(now).bind(client_id.as_str()).fetch_optional(c).await)?;
    Ok(row.and_then(Row::app))
}

/// The app, whether this is its secret, and the failures under this bucket.
pub(super) async fn find_proven(
    db: &Db,
    client_id: &ClientId,
    secret: SecretHash,
    bucket: SecretHash,
    now: Time,
) -> sqlx::Result<Option<Proven>> {
    let found: Option<ProvenRow> = on_db!(db, c => sqlx::query_as(FIND_PROVEN)
        .bind(now)
        .bind(client_id.as_str())
        .bind(&secret.as_bytes()[..])
        .bind(&bucket.as_bytes()[..])
        .fetch_optional(c).await)?;
    Ok(found.and_then(|found| {
        let failures = found.failures.zip(found.open_at);
        found.row.app().map(|app| Proven { app, proven: found.proven, failures })
    }))
}

/// The self-registered app that manages itself with this token.
pub(super) async fn find_by_registration(
    db: &Db,
    client_id: &ClientId,
    token: SecretHash,
    now: Time,
) -> sqlx::Result<Option<App>> {
    let row: Option<Row> = on_db!(db, c => sqlx::query_as(FIND_BY_REGISTRATION)
        .bind(now).bind(client_id.as_str()).bind(&token.as_bytes()[..]).fetch_optional(c).await)?;
    Ok(row.and_then(Row::app))
}

/// An app of this workspace.
pub(super) async fn find(db: &Db, workspace: WorkspaceId, id: AppId, now: Time) -> sqlx::Result<Option<App>> {
    let row: Option<Row> =
        on_db!(db, c => sqlx::query_as(FIND).bind(now).bind(workspace).bind(id).fetch_optional(c).await)?;
    Ok(row.and_then(Row::app))
}

/// An app of anybody.
pub(super) async fn find_any(db: &Db, id: AppId, now: Time) -> sqlx::Result<Option<App>> {
    let row: Option<Row> = on_db!(db, c => sqlx::query_as(FIND_ANY).bind(now).bind(id).fetch_optional(c).await)?;
    Ok(row.and_then(Row::app))
}

/// The workspace's own apps, the newest first. One more than the page holds tells that there are more.
pub(super) async fn list(
    db: &Db,
    workspace: WorkspaceId,
    page: PageRequest<AppId>,
    now: Time,
) -> sqlx::Result<Vec<App>> {
    let before = page.after.unwrap_or(AppId::from_uuid(Uuid::max()));
    let rows: Vec<Row> = on_db!(db, c => sqlx::query_as(LIST)
        .bind(now).bind(workspace).bind(before).bind(i64::from(page.limit) + 1).fetch_all(c).await)?;
    Ok(rows.into_iter().filter_map(Row::app).collect())
}

/// False if it is not any more what the caller saw.
pub(super) async fn update(tx: &mut Tx, workspace: WorkspaceId, app: &App, version: i64) -> sqlx::Result<bool> {
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

pub(super) async fn raise_version(tx: &mut Tx, workspace: WorkspaceId, id: AppId, version: i64) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(RAISE_VERSION)
        .bind(workspace).bind(id).bind(version).execute(c).await.map(|done| done.rows_affected() == 1))
}

pub(super) async fn disable(tx: &mut Tx, workspace: WorkspaceId, id: AppId, now: Time) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(DISABLE)
        .bind(workspace).bind(id).bind(now).execute(c).await.map(|done| done.rows_affected() == 1))
}

pub(super) async fn enable(tx: &mut Tx, workspace: WorkspaceId, id: AppId) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(ENABLE)
        .bind(workspace).bind(id).execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Everything of it goes with it.
pub(super) async fn delete(tx: &mut Tx, workspace: WorkspaceId, id: AppId) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(DELETE)
        .bind(workspace).bind(id).execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Replaces what a self-registered app says of itself. False if it is not any more what the caller saw.
pub(super) async fn replace(tx: &mut Tx, app: &App, version: i64) -> sqlx::Result<bool> {
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

pub(super) async fn delete_registered(tx: &mut Tx, id: AppId) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(DELETE_REGISTERED).bind(id).execute(c).await.map(drop))
}

pub(super) async fn delete_secrets(tx: &mut Tx, app: AppId) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(DELETE_SECRETS).bind(app).execute(c).await.map(drop))
}

/// Whether this is the current secret of the app.
pub(super) async fn has_secret(db: &Db, app: AppId, secret: SecretHash) -> sqlx::Result<bool> {
    let count: i64 = on_db!(db, c => sqlx::query_scalar(HAS_SECRET)
        .bind(app).bind(&secret.as_bytes()[..]).fetch_one(c).await)?;
    Ok(count > 0)
}

/// How much of what was given to an app still holds.
pub(super) async fn count_grants(db: &Db, app: AppId, now: Time) -> sqlx::Result<i64> {
    on_db!(db, c => sqlx::query_scalar(COUNT_GRANTS).bind(app).bind(now).fetch_one(c).await)
}

/// Deletes self-registered apps that have not been used since this moment and have no grant that is alive.
pub(super) async fn prune(db: &Db, unused_since: Time, now: Time) -> sqlx::Result<()> {
    on_db!(db, c => sqlx::query(PRUNE).bind(unused_since).bind(now).execute(c).await.map(drop))
}

pub(super) async fn retire_current(tx: &mut Tx, app: AppId, end: Time) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(RETIRE_CURRENT).bind(app).bind(end).execute(c).await.map(drop))
}

/// Ends what is left of secrets that were replaced.
pub(super) async fn end_retiring(tx: &mut Tx, app: AppId) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(END_RETIRING).bind(app).execute(c).await.map(drop))
}

pub(super) async fn mark_used(tx: &mut Tx, app: AppId, at: Time) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(MARK_USED).bind(app).bind(at).execute(c).await.map(drop))
}

pub(super) async fn find_policy(db: &Db, workspace: WorkspaceId) -> sqlx::Result<Option<AppPolicy>> {
    let row: Option<(String, Json<Vec<String>>)> =
        on_db!(db, c => sqlx::query_as(FIND_POLICY).bind(workspace).fetch_optional(c).await)?;
    Ok(row.and_then(|(mode, scopes)| SelfRegistration::parse(&mode).map(|mode| AppPolicy { mode, scopes: scopes.0 })))
}

pub(super) async fn put_policy(tx: &mut Tx, workspace: WorkspaceId, policy: &AppPolicy) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(PUT_POLICY)
        .bind(workspace).bind(policy.mode.code()).bind(Json(&policy.scopes)).execute(c).await.map(drop))
}

/// Notes that somebody of this workspace wants to use an app from elsewhere; whoever was first stays.
pub(super) async fn ask(
    tx: &mut Tx,
    workspace: WorkspaceId,
    app: AppId,
    user: UserId,
    now: Time,
) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(ASK)
        .bind(workspace).bind(app).bind(user).bind(now).execute(c).await.map(|done| done.rows_affected() == 1))
}

pub(super) async fn approve(
    tx: &mut Tx,
    workspace: WorkspaceId,
    app: AppId,
    user: UserId,
    now: Time,
) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(APPROVE)
        .bind(workspace).bind(app).bind(user).bind(now).execute(c).await.map(|done| done.rows_affected() == 1))
}

pub(super) async fn dismiss(tx: &mut Tx, workspace: WorkspaceId, app: AppId) -> sqlx::Result<bool> {
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
pub(super) async fn find_foreign(
    db: &Db,
    workspace: WorkspaceId,
    id: AppId,
    now: Time,
) -> sqlx::Result<Option<ForeignApp>> {
    let row: Option<ForeignRow> =
        on_db!(db, c => sqlx::query_as(FIND_FOREIGN).bind(workspace).bind(id).fetch_optional(c).await)?;
    let Some(row) = row else { return Ok(None) };
    Ok(find_any(db, id, now).await?.map(|app| row.of(app)))
}

/// Apps from elsewhere that this workspace knows, the newest first.
pub(super) async fn list_foreign(
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

/// Nothing happens if the app is gone.
pub(super) async fn insert_event(tx: &mut Tx, app: AppId, event: &AppEvent) -> sqlx::Result<()> {
    let AppEvent { id, at, what, address } = event;
    on_tx!(tx, c => sqlx::query(INSERT_EVENT)
        .bind(app)
        .bind(id)
        .bind(at)
        .bind(&what.door)
        .bind(&what.error)
        .bind(&what.message)
        .bind(&what.expected)
        .bind(&what.received)
        .bind(address)
        .execute(c).await.map(drop))
}

pub(super) async fn keep_latest_events(tx: &mut Tx, app: AppId, most: i64) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(KEEP_LATEST_EVENTS).bind(app).bind(most - 1).execute(c).await.map(drop))
}

pub(super) async fn forget_events(db: &Db, before: Time) -> sqlx::Result<()> {
    on_db!(db, c => sqlx::query(FORGET_EVENTS).bind(before).execute(c).await.map(drop))
}

#[derive(sqlx::FromRow)]
struct EventRow {
    id: AppEventId,
    at: Time,
    door: String,
    error: String,
    message: String,
    expected: Option<String>,
    received: Option<String>,
    address: String,
}

/// What was refused to an app, the latest first. One more than the page holds tells that there are more.
pub(super) async fn list_events(db: &Db, app: AppId, page: PageRequest<AppEventId>) -> sqlx::Result<Vec<AppEvent>> {
    let before = page.after.unwrap_or(AppEventId::from_uuid(Uuid::max()));
    let rows: Vec<EventRow> = on_db!(db, c => sqlx::query_as(LIST_EVENTS)
        .bind(app).bind(before).bind(i64::from(page.limit) + 1).fetch_all(c).await)?;
    let event = |row: EventRow| AppEvent {
        id: row.id,
        at: row.at,
        what: Refused {
            door: row.door,
            error: row.error,
            message: row.message,
            expected: row.expected,
            received: row.received,
        },
        address: row.address,
    };
    Ok(rows.into_iter().map(event).collect())
}
