//! Rows of repeated requests.

use super::{Kept, KeptContent, service::Ticket};
use crate::{
    Time,
    db::{Db, on_db, statements},
    secret::SecretHash,
};

statements! {
    // One statement, so that of two that come at once one runs: a row that is too old is as good as none.
    BEGIN = "
        insert into idempotency_keys (workspace_id, user_id, key_hash, request_hash, created_at)
        values ($1, $2, $3, $4, $5)
        on conflict (workspace_id, user_id, key_hash) do update
        set request_hash = excluded.request_hash, created_at = excluded.created_at,
            status = null, body = null, etag = null, subject = null
        where idempotency_keys.created_at <= $6";
    FIND = "
        select request_hash, status, body, etag, subject
        from idempotency_keys
        where workspace_id = $1 and user_id = $2 and key_hash = $3";
    // With its time: who took an hour too long must not write into the row of whoever came after.
    COMPLETE = "
        update idempotency_keys
        set status = $5, body = $6, etag = $7, subject = $8
        where workspace_id = $1 and user_id = $2 and key_hash = $3 and created_at = $4 and status is null";
    RELEASE = "
        delete from idempotency_keys
        where workspace_id = $1 and user_id = $2 and key_hash = $3 and created_at = $4 and status is null";
    SWEEP = "
        delete from idempotency_keys
        where (workspace_id, user_id, key_hash) in (
            select workspace_id, user_id, key_hash
            from idempotency_keys
            where created_at <= $1
            order by created_at
            limit 100)";
}

#[derive(sqlx::FromRow)]
struct Row {
    request_hash: Vec<u8>,
    status: Option<i32>,
    body: Option<String>,
    etag: Option<String>,
    subject: Option<String>,
}

/// What is known of a key that is taken.
pub(super) struct Taken {
    /// Whether it was taken for the very same request.
    pub same: bool,
    /// The answer; none while the request runs.
    pub kept: Option<Kept>,
}

/// True if the request may run now: the key was free, or was taken before `stale`.
pub(super) async fn begin(db: &Db, ticket: &Ticket, request: SecretHash, stale: Time) -> sqlx::Result<bool> {
    on_db!(db, c => sqlx::query(BEGIN)
        .bind(ticket.workspace)
        .bind(ticket.user)
        .bind(&ticket.key.as_bytes()[..])
        .bind(&request.as_bytes()[..])
        .bind(ticket.at)
        .bind(stale)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

pub(super) async fn find(db: &Db, ticket: &Ticket, request: SecretHash) -> sqlx::Result<Option<Taken>> {
    let row: Option<Row> = on_db!(db, c => sqlx::query_as(FIND)
        .bind(ticket.workspace)
        .bind(ticket.user)
        .bind(&ticket.key.as_bytes()[..])
        .fetch_optional(c).await)?;
    Ok(row.map(|row| {
        let same = row.request_hash == request.as_bytes();
        let status = row.status.and_then(|status| u16::try_from(status).ok());
        let content = match row.body {
            Some(body) => KeptContent::Whole { body, etag: row.etag },
            None => KeptContent::Subject(row.subject),
        };
        Taken { same, kept: status.map(|status| Kept { status, content }) }
    }))
}

pub(super) async fn complete(db: &Db, ticket: &Ticket, answer: Kept) -> sqlx::Result<()> {
    let (body, etag, subject) = match answer.content {
        KeptContent::Whole { body, etag } => (Some(body), etag, None),
        KeptContent::Subject(subject) => (None, None, subject),
    };
    on_db!(db, c => sqlx::query(COMPLETE)
        .bind(ticket.workspace)
        .bind(ticket.user)
        .bind(&ticket.key.as_bytes()[..])
        .bind(ticket.at)
        .bind(i32::from(answer.status))
        .bind(body)
        .bind(etag)
        .bind(subject)
        .execute(c).await.map(drop))
}

pub(super) async fn release(db: &Db, ticket: &Ticket) -> sqlx::Result<()> {
    on_db!(db, c => sqlx::query(RELEASE)
        .bind(ticket.workspace)
        .bind(ticket.user)
        .bind(&ticket.key.as_bytes()[..])
        .bind(ticket.at)
        .execute(c).await.map(drop))
}

/// Removes what is too old, some of it at a time.
pub(super) async fn sweep(db: &Db, stale: Time) -> sqlx::Result<()> {
    on_db!(db, c => sqlx::query(SWEEP).bind(stale).execute(c).await.map(drop))
}
