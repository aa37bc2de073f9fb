//! The log's rows.

use super::{AuditEntry, AuditFilter, Change, EntryHash, Outcome, Person};
use crate::{
    Time,
    db::{Db, Tx, on_db, on_tx, statements},
    ids::{AuditId, UserId, WorkspaceId},
    page::PageRequest,
};
use chrono::{NaiveDate, NaiveTime};
use sqlx::types::Json;
use uuid::Uuid;

/// The lines that a filter lets through. All of these statements take the same parameters; they differ in
/// which member is compared without an alternative, because only that one can be found by an index. An
/// empty text, and the id that is all zeros, stand for "any".
macro_rules! list {
    ($actor:literal, $action:literal, $subject:literal) => {
        concat!(
            "
        select id, workspace_id, at, actor_id, actor, via, action, refused, subject_id, subject, changes, address,
            user_agent, seq, hash
        from audit_log
        where workspace_id = $1
            and id < $2
            and id >= $3
            and ",
            $actor,
            "
            and ",
            $action,
            "
            and ",
            $subject,
            "
            and ($8 = '' or ($8 = 'refused') = (refused is not null))
        order by id desc
        limit $9"
        )
    };
}

statements! {
    // Numbers the next entry, and locks the chain until the transaction ends: writers queue here.
    RAISE_HEAD = "
        insert into audit_heads (chain, seq, hash)
        values ($1, 1, $2)
        on conflict (chain) do update
        set seq = audit_heads.seq + 1
        returning seq, hash";
    SET_HEAD = "
        update audit_heads
        set hash = $1
        where chain = $2";
    INSERT = "
        insert into audit_log
            (id, workspace_id, at, actor_id, actor, via, action, refused, subject_id, subject, changes, address,
            user_agent, seq, prev_hash, hash)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";

    LIST = list!(
        "(actor_id = $4 or $4 = $5)",
        "($6 = '' or action = $6)",
        "($7 = '' or subject_id = $7)"
    );
    LIST_BY_ACTOR = list!(
        "(actor_id = $4 and $4 <> $5)",
        "($6 = '' or action = $6)",
        "($7 = '' or subject_id = $7)"
    );
    LIST_BY_ACTION = list!(
        "(actor_id = $4 or $4 = $5)",
        "action = $6",
        "($7 = '' or subject_id = $7)"
    );
    LIST_BY_SUBJECT = list!(
        "(actor_id = $4 or $4 = $5)",
        "($6 = '' or action = $6)",
        "subject_id = $7"
    );
    // From one actor to the next by the index: the log may be long, those who stand in it are few.
    LIST_ACTORS = "
        with recursive actors (id) as (
            select (
                select actor_id
                from audit_log
                where workspace_id = $1 and actor_id is not null
                order by actor_id
                limit 1
            )
            union all
            select (
                select l.actor_id
                from audit_log l
                where l.workspace_id = $1 and l.actor_id > actors.id
                order by l.actor_id
                limit 1
            )
            from actors
            where actors.id is not null
        ),
        named (id, name) as (
            select a.id, (
                select l.actor
                from audit_log l
                where l.workspace_id = $1 and l.actor_id = a.id
                order by l.id desc
                limit 1
            )
            from actors a
            where a.id is not null
        )
        select id, name
        from named
        where name is not null
        order by name, id";

    CHAINS = "
        select c.chain, w.slug, h.seq, h.hash
        from (
            select chain
            from audit_heads
            union
            select coalesce(workspace_id, $1) as chain
            from audit_log
            where seq is not null
        ) c
        left join workspaces w on w.id = c.chain
        left join audit_heads h on h.chain = c.chain
        order by c.chain";
    LINKS = "
        select id, workspace_id, at, actor_id, actor, via, action, refused, subject_id, subject, changes, address,
            user_agent, seq, prev_hash, hash
        from audit_log
        where workspace_id = $1 and (seq, id) > ($2, $3)
        order by seq, id
        limit $4";
    LINKS_OF_NONE = "
        select id, workspace_id, at, actor_id, actor, via, action, refused, subject_id, subject, changes, address,
            user_agent, seq, prev_hash, hash
        from audit_log
        where workspace_id is null and (seq, id) > ($1, $2)
        order by seq, id
        limit $3";
    COUNT_UNCHAINED = "
        select count(*), max(at)
        from audit_log
        where seq is null";
}

/// What a line says; all of it goes into its hash.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Entry {
    pub id: AuditId,
    pub workspace_id: Option<WorkspaceId>,
    pub at: Time,
    pub actor_id: Option<UserId>,
    pub actor: Option<String>,
    pub via: Option<String>,
    pub action: String,
    pub refused: Option<String>,
    pub subject_id: Option<String>,
    pub subject: Option<String>,
    pub changes: Json<Vec<Change>>,
    pub address: Option<String>,
    pub user_agent: Option<String>,
}

/// A line's place in its chain.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub seq: i64,
    pub before: EntryHash,
    pub hash: EntryHash,
}

/// A line with its place as it is stored, which may not be what it was.
#[derive(sqlx::FromRow)]
pub(super) struct Link {
    #[sqlx(flatten)]
    pub entry: Entry,
    pub seq: i64,
    prev_hash: Option<Vec<u8>>,
    hash: Option<Vec<u8>>,
}

impl Link {
    pub(super) fn before(&self) -> Option<EntryHash> {
        read_hash(self.prev_hash.as_deref())
    }

    pub(super) fn hash(&self) -> Option<EntryHash> {
        read_hash(self.hash.as_deref())
    }
}

/// A chain, and what its head says.
#[derive(sqlx::FromRow)]
pub(super) struct ChainRow {
    pub chain: Uuid,
    pub slug: Option<String>,
    seq: Option<i64>,
    hash: Option<Vec<u8>>,
}

impl ChainRow {
    pub(super) fn head(&self) -> Option<(i64, Option<EntryHash>)> {
        self.seq.map(|seq| (seq, read_hash(self.hash.as_deref())))
    }
}

fn read_hash(bytes: Option<&[u8]>) -> Option<EntryHash> {
    bytes.and_then(|bytes| EntryHash::try_from(bytes).ok())
}

#[derive(sqlx::FromRow)]
struct Listed {
    #[sqlx(flatten)]
    entry: Entry,
    seq: Option<i64>,
    hash: Option<Vec<u8>>,
}

impl From<Listed> for AuditEntry {
    fn from(row: Listed) -> Self {
        let entry = row.entry;
        Self {
            id: entry.id,
            seq: row.seq.and_then(|seq| u64::try_from(seq).ok()),
            at: entry.at,
            actor_id: entry.actor_id,
            actor: entry.actor,
            via: entry.via,
            action: entry.action,
            refused: entry.refused,
            subject_id: entry.subject_id,
            subject: entry.subject,
            changes: entry.changes.0,
            address: entry.address,
            user_agent: entry.user_agent,
            hash: read_hash(row.hash.as_deref()),
        }
    }
}

/// The number of the chain's next entry, and the hash of its last.
pub(super) async fn raise_head(tx: &mut Tx, chain: Uuid) -> sqlx::Result<(i64, Vec<u8>)> {
    on_tx!(tx, c => sqlx::query_as(RAISE_HEAD)
        .bind(chain)
        .bind(&EntryHash::START.as_bytes()[..])
        .fetch_one(c).await)
}

pub(super) async fn set_head(tx: &mut Tx, chain: Uuid, hash: EntryHash) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(SET_HEAD).bind(&hash.as_bytes()[..]).bind(chain).execute(c).await.map(drop))
}

pub(super) async fn insert(tx: &mut Tx, entry: &Entry, place: Place) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(INSERT)
        .bind(entry.id)
        .bind(entry.workspace_id)
        .bind(entry.at)
        .bind(entry.actor_id)
        .bind(&entry.actor)
        .bind(&entry.via)
        .bind(&entry.action)
        .bind(&entry.refused)
        .bind(&entry.subject_id)
        .bind(&entry.subject)
        .bind(&entry.changes)
        .bind(&entry.address)
        .bind(&entry.user_agent)
        .bind(place.seq)
        .bind(&place.before.as_bytes()[..])
        .bind(&place.hash.as_bytes()[..])
        .execute(c).await.map(drop))
}

pub(super) async fn list(
    db: &Db,
    workspace: WorkspaceId,
    filter: &AuditFilter,
    page: PageRequest<AuditId>,
) -> sqlx::Result<Vec<AuditEntry>> {
    let anyone = UserId::from_uuid(Uuid::nil());
    let (first, end) = ids_of(filter.from, filter.to);
    let statement = match (&filter.subject, filter.actor, filter.action) {
        (Some(_), _, _) => LIST_BY_SUBJECT,
        (None, Some(_), _) => LIST_BY_ACTOR,
        (None, None, Some(_)) => LIST_BY_ACTION,
        (None, None, None) => LIST,
    };
    let rows: Vec<Listed> = on_db!(db, c => sqlx::query_as(statement)
        .bind(workspace)
        .bind(page.after.map_or(end, |after| after.min(end)))
        .bind(first)
        .bind(filter.actor.unwrap_or(anyone))
        .bind(anyone)
        .bind(filter.action.map_or("", |action| action.code()))
        .bind(filter.subject.as_deref().unwrap_or_default())
        .bind(filter.outcome.map_or("", Outcome::code))
        .bind(i64::from(page.limit) + 1)
        .fetch_all(c).await)?;
    Ok(rows.into_iter().map(AuditEntry::from).collect())
}

/// The ids between which those of these days lie: ids begin with the moment at which they were made.
fn ids_of(from: Option<NaiveDate>, to: Option<NaiveDate>) -> (AuditId, AuditId) {
    let least = |day: NaiveDate| {
        let millis = u64::try_from(day.and_time(NaiveTime::MIN).and_utc().timestamp_millis()).unwrap_or_default();
        Uuid::from_u128(u128::from(millis) << 80)
    };
    let first = from.map_or(Uuid::nil(), least);
    let end = to.and_then(|day| day.succ_opt()).map_or(Uuid::max(), least);
    (AuditId::from_uuid(first), AuditId::from_uuid(end))
}

pub(super) async fn list_actors(db: &Db, workspace: WorkspaceId) -> sqlx::Result<Vec<Person>> {
    on_db!(db, c => sqlx::query_as(LIST_ACTORS).bind(workspace).fetch_all(c).await)
}

pub(super) async fn list_chains(tx: &mut Tx) -> sqlx::Result<Vec<ChainRow>> {
    on_tx!(tx, c => sqlx::query_as(CHAINS).bind(Uuid::nil()).fetch_all(c).await)
}

/// The chain's next entries, in the order of their numbers.
pub(super) async fn list_links(tx: &mut Tx, chain: Uuid, after: (i64, AuditId), limit: i64) -> sqlx::Result<Vec<Link>> {
    if chain.is_nil() {
        return on_tx!(tx, c => sqlx::query_as(LINKS_OF_NONE).bind(after.0).bind(after.1).bind(limit)
            .fetch_all(c).await);
    }
    on_tx!(tx, c => sqlx::query_as(LINKS).bind(chain).bind(after.0).bind(after.1).bind(limit).fetch_all(c).await)
}

/// How many entries are in no chain, and when the last of them was written.
pub(super) async fn count_unchained(tx: &mut Tx) -> sqlx::Result<(i64, Option<Time>)> {
    on_tx!(tx, c => sqlx::query_as(COUNT_UNCHAINED).fetch_one(c).await)
}
