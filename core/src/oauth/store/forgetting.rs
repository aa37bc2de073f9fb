//! What is over goes.

use crate::{
    Time,
    db::{Db, on_db, statements},
};

statements! {
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
}

/// Forgets what ended before `over`, and grants that ended before `long_over`.
pub async fn forget(db: &Db, over: Time, long_over: Time) -> sqlx::Result<()> {
    for statement in [FORGET_REQUESTS, FORGET_CODES, FORGET_REFRESH_TOKENS, FORGET_DEVICE_CODES] {
        on_db!(db, c => sqlx::query(statement).bind(over).execute(c).await.map(drop))?;
    }
    on_db!(db, c => sqlx::query(FORGET_GRANTS).bind(long_over).execute(c).await.map(drop))
}
