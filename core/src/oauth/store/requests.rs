//! Requests that wait for a decision.

use crate::{
    Time,
    db::{Db, Tx, on_db, on_tx, statements},
    ids::{AppId, ConsentId, UserId},
    secret::SecretHash,
};
use sqlx::types::Json;

statements! {
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
}

/// A request that waits for a decision.
#[derive(sqlx::FromRow)]
pub struct RequestRow {
    session: Vec<u8>,
    pub user_id: UserId,
    pub asked: Json<serde_json::Value>,
    pub expires_at: Time,
    pub decided_at: Option<Time>,
    pub client_id: String,
}

impl RequestRow {
    pub fn is_of(&self, session: SecretHash) -> bool {
        self.session == session.as_bytes()
    }
}

pub async fn insert_request(
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

pub async fn find_request(db: &Db, id: ConsentId) -> sqlx::Result<Option<RequestRow>> {
    on_db!(db, c => sqlx::query_as(FIND_REQUEST).bind(id).fetch_optional(c).await)
}

/// Takes a request for a decision; false if it was decided, is over, or is another session's.
pub async fn decide_request(tx: &mut Tx, id: ConsentId, session: SecretHash, at: Time) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(DECIDE_REQUEST)
        .bind(id).bind(&session.as_bytes()[..]).bind(at)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}
