//! Codes of devices, and those that people type for them.

use crate::{
    Time,
    db::{Db, Tx, on_db, on_tx, statements},
    ids::{AppId, GrantId, UserId},
    secret::SecretHash,
};
use sqlx::types::Json;

statements! {
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
}

/// A device that waits, as its polls see it.
#[derive(sqlx::FromRow)]
pub struct DeviceRow {
    pub app_id: AppId,
    pub state: String,
    pub grant_id: Option<GrantId>,
    pub interval_s: i64,
    pub polled_at: Option<Time>,
    pub expires_at: Time,
}

/// The same, as the person sees it.
#[derive(sqlx::FromRow)]
pub struct UserCodeRow {
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
    pub fn is_anothers(&self, session: SecretHash) -> bool {
        self.session.as_deref().is_some_and(|claimed| claimed != session.as_bytes())
    }
}

/// A device code that is about to be given.
pub struct NewDevice<'a> {
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

/// False if the user code is taken.
pub async fn insert_device_code(db: &Db, new: &NewDevice<'_>) -> sqlx::Result<bool> {
    on_db!(db, c => sqlx::query(INSERT_DEVICE_CODE)
        .bind(&new.hash.as_bytes()[..]).bind(&new.user_code.as_bytes()[..]).bind(new.app).bind(Json(&new.scopes))
        .bind(Json(new.resources)).bind(&new.address).bind(new.interval).bind(new.created_at).bind(new.expires_at)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

pub async fn find_device_code(db: &Db, hash: SecretHash) -> sqlx::Result<Option<DeviceRow>> {
    on_db!(db, c => sqlx::query_as(FIND_DEVICE_CODE).bind(&hash.as_bytes()[..]).fetch_optional(c).await)
}

pub async fn find_user_code(db: &Db, user_code: SecretHash) -> sqlx::Result<Option<UserCodeRow>> {
    on_db!(db, c => sqlx::query_as(FIND_USER_CODE).bind(&user_code.as_bytes()[..]).fetch_optional(c).await)
}

/// The code is this session's from now on; false if it is another's, or over.
pub async fn claim_user_code(
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
pub async fn decide_user_code(
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

pub async fn polled(db: &Db, hash: SecretHash, at: Time) -> sqlx::Result<()> {
    on_db!(db, c => sqlx::query(POLLED).bind(&hash.as_bytes()[..]).bind(at).execute(c).await.map(drop))
}

pub async fn slow_down(db: &Db, hash: SecretHash, interval: i64) -> sqlx::Result<()> {
    on_db!(db, c => sqlx::query(SLOW_DOWN).bind(&hash.as_bytes()[..]).bind(interval).execute(c).await.map(drop))
}

/// Takes an approved device code; false if another poll did.
pub async fn redeem_device_code(tx: &mut Tx, hash: SecretHash, now: Time) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(REDEEM_DEVICE_CODE)
        .bind(&hash.as_bytes()[..]).bind(now)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}
