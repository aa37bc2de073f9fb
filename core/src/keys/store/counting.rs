//! How many keys there are.

use crate::{
    Time,
    db::{Db, Tx, on_db, on_tx, statements},
    ids::WorkspaceId,
};

statements! {
    // Only keys that have expired and are not revoked are walked through, by their index.
    COUNT_USABLE = "
        select w.key_count - (
            select count(*)
            from api_keys k
            where k.workspace_id = w.id and k.revoked_at is null and k.expires_at is not null and k.expires_at <= $2)
        from workspaces w
        where w.id = $1";
    COUNT = "
        select count(*)
        from api_keys
        where workspace_id = $1";
    // Both walk through the keys with an end only, by their index.
    TALLY = "
        select w.key_count - (
                select count(*)
                from api_keys k
                where k.workspace_id = w.id and k.revoked_at is null and k.expires_at is not null
                    and k.expires_at <= $2) as usable,
            ending.day, ending.week, ending.month, ending.first
        from workspaces w
        cross join (
            select cast(coalesce(sum(case when expires_at <= $3 then 1 else 0 end), 0) as bigint) as day,
                cast(coalesce(sum(case when expires_at <= $4 then 1 else 0 end), 0) as bigint) as week,
                count(*) as month, min(expires_at) as first
            from api_keys
            where workspace_id = $1 and revoked_at is null and expires_at is not null
                and expires_at > $2 and expires_at <= $5) as ending
        where w.id = $1";
}

/// Keys that work or could be switched on, under the workspace's lock.
pub async fn count_usable_in(tx: &mut Tx, workspace: WorkspaceId, now: Time) -> sqlx::Result<i64> {
    on_tx!(tx, c => sqlx::query_scalar(COUNT_USABLE).bind(workspace).bind(now).fetch_one(c).await)
}

pub async fn count(db: &Db, workspace: WorkspaceId) -> sqlx::Result<i64> {
    on_db!(db, c => sqlx::query_scalar(COUNT).bind(workspace).fetch_one(c).await)
}

/// How many keys are usable, how many of them end within a day, a week and a month, and when the first does.
#[derive(sqlx::FromRow)]
pub struct Tally {
    pub usable: i64,
    pub day: i64,
    pub week: i64,
    pub month: i64,
    pub first: Option<Time>,
}

pub async fn tally(db: &Db, workspace: WorkspaceId, now: Time, [day, week, month]: [Time; 3]) -> sqlx::Result<Tally> {
    on_db!(db, c => sqlx::query_as(TALLY)
        .bind(workspace).bind(now).bind(day).bind(week).bind(month).fetch_one(c).await)
}
