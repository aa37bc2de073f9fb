//! Rows of users, sessions, throttles, and of what the instance remembers.

use super::{Email, SessionInfo, User, sessions::SessionRecord};
use crate::{
    Time,
    db::{Db, Tx, on_db, on_tx, statements},
    ids::{SessionId, UserId},
    secret::SecretHash,
};
use sqlx::types::Json;

statements! {
    COUNT_USERS = "select count(*) from users";
    INSERT_USER = "
        insert into users (id, email, name, password_hash, created_at)
        values ($1, $2, $3, $4, $5)";
    FIND_USER = "
        select id, name, email
        from users
        where id = $1";
    FIND_LOGIN = "
        select id, name, email, password_hash
        from users
        where email = $1";
    FIND_PASSWORD = "
        select password_hash
        from users
        where id = $1";
    UPDATE_PASSWORD = "
        update users
        set password_hash = $1
        where id = $2 and password_hash = $3";

    PUT_INSTANCE = "
        insert into instance (name, value)
        values ($1, $2)
        on conflict (name) do update
        set value = excluded.value";
    FIND_INSTANCE = "
        select value
        from instance
        where name = $1";
    TAKE_INSTANCE = "
        delete from instance
        where name = $1 and value = $2";

    INSERT_SESSION = "
        insert into sessions
            (id, token_hash, user_id, data, address, user_agent, created_at, seen_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $7, $8)
        on conflict (token_hash) do nothing";
    // Only an update: a request that is still under way when its session is ended must not bring it back.
    UPDATE_SESSION = "
        update sessions
        set data = $1, seen_at = $2, expires_at = $3
        where token_hash = $4";
    FIND_SESSION = "
        select id, data, expires_at
        from sessions
        where token_hash = $1 and expires_at > $2";
    DELETE_SESSION = "
        delete from sessions
        where token_hash = $1";
    DELETE_SESSIONS_OF = "
        delete from sessions
        where user_id = $1 and token_hash <> $2";
    DELETE_EXPIRED_SESSIONS = "
        delete from sessions
        where expires_at <= $1";
    LIST_SESSIONS = "
        select id, created_at, seen_at, address, user_agent, token_hash = $2 as current
        from sessions
        where user_id = $1 and expires_at > $3
        order by seen_at desc, id desc";

    // Counting and asking is one statement, so that parallel tries cannot all be the first.
    HIT_THROTTLE = "
        insert into throttles (bucket, tries, resets_at)
        values ($1, 1, $2)
        on conflict (bucket) do update
        set tries = case when throttles.resets_at <= $3 then 1 else throttles.tries + 1 end,
            resets_at = case when throttles.resets_at <= $3 then excluded.resets_at else throttles.resets_at end
        returning tries, resets_at";
    REFUND_THROTTLE = "
        update throttles
        set tries = tries - 1
        where bucket = $1 and tries > 0";
    DELETE_THROTTLE = "
        delete from throttles
        where bucket = $1";
    DELETE_EXPIRED_THROTTLES = "
        delete from throttles
        where resets_at <= $1";
}

/// A user with what proves that it is them.
#[derive(sqlx::FromRow)]
pub(super) struct Login {
    #[sqlx(flatten)]
    pub user: User,
    pub password_hash: String,
}

pub(super) async fn count_users(db: &Db) -> sqlx::Result<i64> {
    on_db!(db, c => sqlx::query_scalar(COUNT_USERS).fetch_one(c).await)
}

pub(super) async fn count_users_in(tx: &mut Tx) -> sqlx::Result<i64> {
    on_tx!(tx, c => sqlx::query_scalar(COUNT_USERS).fetch_one(c).await)
}

pub(super) async fn insert_user(tx: &mut Tx, user: &User, password_hash: &str, at: Time) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(INSERT_USER)
        .bind(user.id)
        .bind(&user.email)
        .bind(&user.name)
        .bind(password_hash)
        .bind(at)
        .execute(c).await.map(drop))
}

pub(super) async fn find_user(db: &Db, id: UserId) -> sqlx::Result<Option<User>> {
    on_db!(db, c => sqlx::query_as(FIND_USER).bind(id).fetch_optional(c).await)
}

pub(super) async fn find_login(db: &Db, email: &Email) -> sqlx::Result<Option<Login>> {
    on_db!(db, c => sqlx::query_as(FIND_LOGIN).bind(email.as_str()).fetch_optional(c).await)
}

pub(super) async fn find_password(db: &Db, id: UserId) -> sqlx::Result<Option<String>> {
    on_db!(db, c => sqlx::query_scalar(FIND_PASSWORD).bind(id).fetch_optional(c).await)
}

/// False if the password is not `old` any more.
pub(super) async fn update_password(tx: &mut Tx, id: UserId, old: &str, new: &str) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(UPDATE_PASSWORD).bind(new).bind(id).bind(old)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

pub(super) async fn put_instance(db: &Db, name: &str, value: SecretHash) -> sqlx::Result<()> {
    on_db!(db, c => sqlx::query(PUT_INSTANCE).bind(name).bind(&value.as_bytes()[..]).execute(c).await.map(drop))
}

pub(super) async fn find_instance(db: &Db, name: &str) -> sqlx::Result<Option<Vec<u8>>> {
    on_db!(db, c => sqlx::query_scalar(FIND_INSTANCE).bind(name).fetch_optional(c).await)
}

/// Removes the value if it is this one; only one of many callers is told that it was.
pub(super) async fn take_instance(tx: &mut Tx, name: &str, value: SecretHash) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(TAKE_INSTANCE).bind(name).bind(&value.as_bytes()[..])
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// False if the cookie's value is already in use.
pub(super) async fn insert_session(db: &Db, id: SessionId, session: &SessionRecord, at: Time) -> sqlx::Result<bool> {
    on_db!(db, c => sqlx::query(INSERT_SESSION)
        .bind(id)
        .bind(&session.token.as_bytes()[..])
        .bind(session.user)
        .bind(Json(&session.data))
        .bind(&session.address)
        .bind(&session.user_agent)
        .bind(at)
        .bind(session.expires_at)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

pub(super) async fn update_session(db: &Db, session: &SessionRecord, at: Time) -> sqlx::Result<()> {
    on_db!(db, c => sqlx::query(UPDATE_SESSION)
        .bind(Json(&session.data))
        .bind(at)
        .bind(session.expires_at)
        .bind(&session.token.as_bytes()[..])
        .execute(c).await.map(drop))
}

pub(super) async fn find_session(
    db: &Db,
    token: SecretHash,
    now: Time,
) -> sqlx::Result<Option<(SessionId, Json<serde_json::Value>, Time)>> {
    on_db!(db, c => sqlx::query_as(FIND_SESSION).bind(&token.as_bytes()[..]).bind(now).fetch_optional(c).await)
}

pub(super) async fn delete_session(db: &Db, token: SecretHash) -> sqlx::Result<()> {
    on_db!(db, c => sqlx::query(DELETE_SESSION).bind(&token.as_bytes()[..]).execute(c).await.map(drop))
}

/// Ends all sessions of a user, or all but one.
pub(super) async fn delete_sessions_of(tx: &mut Tx, user: UserId, except: Option<SecretHash>) -> sqlx::Result<()> {
    // No token has an empty hash.
    let except = except.map_or(Vec::new(), |token| token.as_bytes().to_vec());
    on_tx!(tx, c => sqlx::query(DELETE_SESSIONS_OF).bind(user).bind(except).execute(c).await.map(drop))
}

pub(super) async fn delete_expired(db: &Db, now: Time) -> sqlx::Result<()> {
    on_db!(db, c => sqlx::query(DELETE_EXPIRED_SESSIONS).bind(now).execute(c).await.map(drop))?;
    on_db!(db, c => sqlx::query(DELETE_EXPIRED_THROTTLES).bind(now).execute(c).await.map(drop))
}

pub(super) async fn list_sessions(
    db: &Db,
    user: UserId,
    current: SecretHash,
    now: Time,
) -> sqlx::Result<Vec<SessionInfo>> {
    on_db!(db, c => sqlx::query_as(LIST_SESSIONS)
        .bind(user).bind(&current.as_bytes()[..]).bind(now).fetch_all(c).await)
}

/// Counts a try; tells how many there are now and when the count begins anew.
pub(super) async fn hit_throttle(db: &Db, bucket: SecretHash, resets_at: Time, now: Time) -> sqlx::Result<(i64, Time)> {
    on_db!(db, c => sqlx::query_as(HIT_THROTTLE)
        .bind(&bucket.as_bytes()[..]).bind(resets_at).bind(now).fetch_one(c).await)
}

/// Takes one try back.
pub(super) async fn refund_throttle(db: &Db, bucket: SecretHash) -> sqlx::Result<()> {
    on_db!(db, c => sqlx::query(REFUND_THROTTLE).bind(&bucket.as_bytes()[..]).execute(c).await.map(drop))
}

pub(super) async fn delete_throttle(db: &Db, bucket: SecretHash) -> sqlx::Result<()> {
    on_db!(db, c => sqlx::query(DELETE_THROTTLE).bind(&bucket.as_bytes()[..]).execute(c).await.map(drop))
}
