//! Rows of last uses, and of how many requests there were.

pub(super) mod flush;

use super::{
    Agent, Count, CredentialShare, Grain, Home, LastUse, RefusedUses, Report, RouteShare, Subject, UsageRow, UsedBy,
};
use crate::{
    Time,
    db::{Db, Tx, on_db, on_tx, statements},
    ids::{AppId, KeyId, WorkspaceId},
};
use uuid::Uuid;

/// The counts of a workspace or of a credential, by the column that names it: `$1`, its id; `$2`, the grain; from `$3` until
/// `$4`.
macro_rules! counted {
    ($select:literal, $subject:literal, $rest:literal) => {
        concat!(
            $select,
            "
        from usage_counts
        where ",
            $subject,
            " = $1 and grain = $2 and start >= $3 and start <= $4",
            $rest
        )
    };
}

macro_rules! by_outcome {
    ($subject:literal) => {
        counted!(
            "
        select start, outcome, cast(sum(requests) as bigint) as requests",
            $subject,
            "
        group by start, outcome"
        )
    };
}

macro_rules! by_route {
    ($subject:literal) => {
        counted!(
            "
        select route,
            cast(sum(case when outcome = 'allowed' then requests else 0 end) as bigint) as allowed,
            cast(sum(case when outcome = 'allowed' then 0 else requests end) as bigint) as refused",
            $subject,
            "
        group by route
        order by sum(requests) desc, route
        limit $5"
        )
    };
}

/// The rows themselves, from those after the cursor on: its start is `$3`, its credential `$8`. The rows of one app's
/// grants that differ in nothing else follow each other.
macro_rules! listed {
    ($subject:literal) => {
        concat!(
            "
        select c.start, c.credential_id, c.app_id, coalesce(k.label, a.name) as label, c.route, c.outcome, c.requests,
            c.units
        from usage_counts c
        left join api_keys k on k.id = c.credential_id
        left join oauth_apps a on a.id = c.app_id
        where ",
            $subject,
            " and c.grain = $2 and c.start >= $3 and c.start <= $4
            and (c.start, coalesce(c.app_id, c.credential_id), c.route, c.outcome, c.credential_id) > ($3, $5, $6, $7, $8)
        order by c.start, coalesce(c.app_id, c.credential_id), c.route, c.outcome, c.credential_id
        limit $9"
        )
    };
}

/// The days of several keys as one text: see `keys::store`. The two databases have different words for lists. The plus
/// keeps SQLite from walking through the workspace's counts once for each key: it goes to the key's own, by their
/// index.
const DAYS_OF_KEYS_SQLITE: &str = "
    select json_group_array(json_object('key', wanted.value, 'days', json((
        select json_group_array(json_array(start, allowed, refused))
        from (
            select start,
                sum(case when outcome = 'allowed' then requests else 0 end) as allowed,
                sum(case when outcome = 'allowed' then 0 else requests end) as refused
            from usage_counts
            where credential_id = unhex(wanted.value) and grain = 'day' and start >= $2 and +workspace_id = $3
            group by start)))))
    from json_each($1) wanted";
const DAYS_OF_KEYS_POSTGRES: &str = "
    select cast(coalesce(json_agg(of_key), '[]') as text)
    from (
        select key, json_agg(json_build_array(start, allowed, refused)) as days
        from (
            select credential_id as key, start,
                cast(sum(case when outcome = 'allowed' then requests else 0 end) as bigint) as allowed,
                cast(sum(case when outcome = 'allowed' then 0 else requests end) as bigint) as refused
            from usage_counts
            where credential_id = any($1) and grain = 'day' and start >= $2 and workspace_id = $3
            group by credential_id, start) as of_day
        group by key) as of_key";

statements! {
    UNITS_OF_WORKSPACE = "
        select cast(coalesce(sum(units), 0) as bigint)
        from usage_counts
        where workspace_id = $1 and grain = 'day' and start = $2";
    UNITS_OF_CREDENTIAL = "
        select cast(coalesce(sum(units), 0) as bigint)
        from usage_counts
        where credential_id = $1 and grain = 'day' and start = $2";
    BY_OUTCOME_OF_WORKSPACE = by_outcome!("workspace_id");
    BY_OUTCOME_OF_CREDENTIAL = by_outcome!("credential_id");
    BY_ROUTE_OF_WORKSPACE = by_route!("workspace_id");
    BY_ROUTE_OF_CREDENTIAL = by_route!("credential_id");
    // A key, or an app with all its grants. What an app was called is gone with it.
    BY_CREDENTIAL = "
        select c.used_by, c.app_id, coalesce(k.label, a.name) as label,
            c.app_id is null or coalesce(a.workspace_id = $1, false) as own, p.app_id is not null as listed,
            c.allowed, c.refused
        from (
            select coalesce(app_id, credential_id) as used_by, app_id,
                cast(sum(case when outcome = 'allowed' then requests else 0 end) as bigint) as allowed,
                cast(sum(case when outcome = 'allowed' then 0 else requests end) as bigint) as refused
            from usage_counts
            where workspace_id = $1 and grain = $2 and start >= $3 and start <= $4
            group by coalesce(app_id, credential_id), app_id
            order by sum(requests) desc, used_by
            limit $5) as c
        left join api_keys k on k.id = c.used_by
        left join oauth_apps a on a.id = c.app_id
        left join app_approvals p on p.workspace_id = $1 and p.app_id = c.app_id
        order by c.allowed + c.refused desc, c.used_by";
    LIST_OF_WORKSPACE = listed!("c.workspace_id = $1");
    // By the key's workspace: by that of the counts SQLite would walk through all of them.
    LIST_OF_CREDENTIAL = listed!("c.credential_id = $5 and k.workspace_id = $1");
    ANY_OF_WORKSPACE = "
        select count(*)
        from (select 1 from usage_counts where workspace_id = $1 limit 1) as first";
    ANY_OF_CREDENTIAL = "
        select count(*)
        from (select 1 from usage_counts where credential_id = $1 limit 1) as first";
    COUNT_KEYS = "
        select count(*)
        from api_keys
        where workspace_id = $1 and id = $2";
    FORGET = "
        delete from usage_counts
        where grain = $1 and start < $2";
}

/// What is counted together: a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Counted<'a> {
    /// A key's id, or a grant's.
    pub credential: Uuid,
    pub grain: &'a str,
    pub start: Time,
    pub route: &'a str,
    pub outcome: &'a str,
    /// Always the credential's, as is the app.
    pub workspace: WorkspaceId,
    pub app: Option<AppId>,
}

/// What the requests of the day so far have taken from the limits.
pub(crate) async fn units_of_day(db: &Db, subject: Subject, now: Time) -> sqlx::Result<i64> {
    let sql = match subject {
        Subject::Workspace(_) => UNITS_OF_WORKSPACE,
        Subject::Credential(_) => UNITS_OF_CREDENTIAL,
    };
    on_db!(db, c => sqlx::query_scalar(sql).bind(subject.uuid()).bind(Grain::Day.start(now)).fetch_one(c).await)
}

/// Whose counts of which time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub subject: Subject,
    pub grain: Grain,
    pub from: Time,
    pub until: Time,
}

#[derive(sqlx::FromRow)]
pub(super) struct OfOutcome {
    pub start: Time,
    pub outcome: String,
    requests: i64,
}

impl OfOutcome {
    pub fn requests(&self) -> u64 {
        natural(self.requests)
    }
}

#[derive(sqlx::FromRow)]
struct OfRoute {
    route: String,
    allowed: i64,
    refused: i64,
}

#[derive(sqlx::FromRow)]
struct OfCredential {
    used_by: Uuid,
    app_id: Option<AppId>,
    label: Option<String>,
    /// Whether it is a key, or an app that was registered in the workspace.
    own: bool,
    /// Whether it is an app from elsewhere that the workspace has a page of.
    listed: bool,
    allowed: i64,
    refused: i64,
}

#[derive(sqlx::FromRow)]
struct Listed {
    start: Time,
    credential_id: Uuid,
    app_id: Option<AppId>,
    label: Option<String>,
    route: String,
    outcome: String,
    requests: i64,
    units: i64,
}

/// The days of a key: when each began, and how many requests passed and did not.
#[derive(serde::Deserialize)]
pub(super) struct OfDays {
    pub key: Uuid,
    pub days: Vec<(Time, u64, u64)>,
}

pub(super) async fn by_outcome(tx: &mut Tx, span: Span) -> sqlx::Result<Vec<OfOutcome>> {
    let sql = match span.subject {
        Subject::Workspace(_) => BY_OUTCOME_OF_WORKSPACE,
        Subject::Credential(_) => BY_OUTCOME_OF_CREDENTIAL,
    };
    on_tx!(tx, c => sqlx::query_as(sql)
        .bind(span.subject.uuid())
        .bind(span.grain.word())
        .bind(span.from)
        .bind(span.until)
        .fetch_all(c).await)
}

pub(super) async fn by_route(tx: &mut Tx, span: Span) -> sqlx::Result<Vec<RouteShare>> {
    let sql = match span.subject {
        Subject::Workspace(_) => BY_ROUTE_OF_WORKSPACE,
        Subject::Credential(_) => BY_ROUTE_OF_CREDENTIAL,
    };
    let rows: Vec<OfRoute> = on_tx!(tx, c => sqlx::query_as(sql)
        .bind(span.subject.uuid())
        .bind(span.grain.word())
        .bind(span.from)
        .bind(span.until)
        .bind(Report::MOST)
        .fetch_all(c).await)?;
    let share = |row: OfRoute| RouteShare { route: row.route, count: count(row.allowed, row.refused) };
    Ok(rows.into_iter().map(share).collect())
}

pub(super) async fn by_credential(tx: &mut Tx, span: Span) -> sqlx::Result<Vec<CredentialShare>> {
    let rows: Vec<OfCredential> = on_tx!(tx, c => sqlx::query_as(BY_CREDENTIAL)
        .bind(span.subject.uuid())
        .bind(span.grain.word())
        .bind(span.from)
        .bind(span.until)
        .bind(Report::MOST)
        .fetch_all(c).await)?;
    Ok(rows.into_iter().map(CredentialShare::from).collect())
}

/// Whether anything is counted at all.
pub(super) async fn any(tx: &mut Tx, subject: Subject) -> sqlx::Result<bool> {
    let sql = match subject {
        Subject::Workspace(_) => ANY_OF_WORKSPACE,
        Subject::Credential(_) => ANY_OF_CREDENTIAL,
    };
    let found: i64 = on_tx!(tx, c => sqlx::query_scalar(sql).bind(subject.uuid()).fetch_one(c).await)?;
    Ok(found > 0)
}

/// Whether the workspace has this key.
pub(super) async fn has_key(db: &Db, workspace: WorkspaceId, key: KeyId) -> sqlx::Result<bool> {
    let found: i64 = on_db!(db, c => sqlx::query_scalar(COUNT_KEYS).bind(workspace).bind(key).fetch_one(c).await)?;
    Ok(found > 0)
}

/// The place of a row in an export, besides its start.
#[derive(Clone, Debug)]
pub(super) struct Cursor {
    /// A key, or an app.
    pub used_by: Uuid,
    pub route: String,
    pub outcome: String,
    pub credential: Uuid,
}

impl Cursor {
    /// Before the first row of a workspace, or of one of its keys.
    pub fn before_all(key: Option<KeyId>) -> Self {
        let used_by = key.map(KeyId::uuid).unwrap_or_default();
        Self { used_by, route: String::new(), outcome: String::new(), credential: Uuid::nil() }
    }
}

/// The next rows of an export: after the cursor, whose start is that of the span.
pub(super) async fn list(
    db: &Db,
    workspace: WorkspaceId,
    span: Span,
    after: &Cursor,
    limit: u32,
) -> sqlx::Result<Vec<(Cursor, UsageRow)>> {
    let sql = match span.subject {
        Subject::Workspace(_) => LIST_OF_WORKSPACE,
        Subject::Credential(_) => LIST_OF_CREDENTIAL,
    };
    let rows: Vec<Listed> = on_db!(db, c => sqlx::query_as(sql)
        .bind(workspace)
        .bind(span.grain.word())
        .bind(span.from)
        .bind(span.until)
        .bind(after.used_by)
        .bind(&after.route)
        .bind(&after.outcome)
        .bind(after.credential)
        .bind(i64::from(limit))
        .fetch_all(c).await)?;
    Ok(rows.into_iter().map(Listed::into_row).collect())
}

/// The days of these keys since then. Days without requests are left out.
pub(super) async fn days_of_keys(
    db: &Db,
    workspace: WorkspaceId,
    keys: &[KeyId],
    since: Time,
) -> sqlx::Result<Vec<OfDays>> {
    let text: String = match db {
        Db::Sqlite(c, _) => {
            let hex: Vec<_> = keys.iter().map(|key| key.uuid().simple().to_string()).collect();
            let query = sqlx::query_scalar(DAYS_OF_KEYS_SQLITE).bind(sqlx::types::Json(hex));
            query.bind(since).bind(workspace).fetch_one(c).await?
        }
        Db::Postgres(c) => {
            let ids: Vec<Uuid> = keys.iter().map(|key| key.uuid()).collect();
            let query = sqlx::query_scalar(DAYS_OF_KEYS_POSTGRES).bind(ids);
            query.bind(since).bind(workspace).fetch_one(c).await?
        }
    };
    serde_json::from_str(&text).map_err(|error| sqlx::Error::Decode(error.into()))
}

impl From<OfCredential> for CredentialShare {
    fn from(row: OfCredential) -> Self {
        let home = match (row.own, row.listed) {
            (true, _) => Home::Here,
            (false, true) => Home::Elsewhere,
            (false, false) => Home::Nowhere,
        };
        let count = count(row.allowed, row.refused);
        Self { by: UsedBy::of(row.used_by, row.app_id), home, label: label(row.label), count }
    }
}

impl Listed {
    fn into_row(self) -> (Cursor, UsageRow) {
        let by = UsedBy::of(self.credential_id, self.app_id);
        let (route, outcome) = (self.route.clone(), self.outcome.clone());
        let cursor = Cursor { used_by: by.uuid(), route, outcome, credential: self.credential_id };
        let row = UsageRow {
            start: self.start,
            by,
            label: label(self.label),
            route: self.route,
            outcome: self.outcome,
            requests: natural(self.requests),
            units: natural(self.units),
        };
        (cursor, row)
    }
}

/// Keys stay as long as their counts; apps may go before.
fn label(stored: Option<String>) -> String {
    stored.unwrap_or_else(|| "A deleted app".to_owned())
}

fn count(allowed: i64, refused: i64) -> Count {
    Count { allowed: natural(allowed), refused: natural(refused) }
}

fn natural(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

pub(super) async fn forget(db: &Db, grain: Grain, before: Time) -> sqlx::Result<()> {
    on_db!(db, c => sqlx::query(FORGET).bind(grain.word()).bind(before).execute(c).await.map(drop))
}
