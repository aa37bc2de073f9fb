//! What was refused to apps.

use crate::{
    Time,
    apps::{AppEvent, Refused},
    db::{Db, Tx, on_db, on_tx, statements},
    ids::{AppEventId, AppId},
    page::PageRequest,
};
use uuid::Uuid;

statements! {
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

/// Nothing happens if the app is gone.
pub async fn insert_event(tx: &mut Tx, app: AppId, event: &AppEvent) -> sqlx::Result<()> {
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

pub async fn keep_latest_events(tx: &mut Tx, app: AppId, most: i64) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(KEEP_LATEST_EVENTS).bind(app).bind(most - 1).execute(c).await.map(drop))
}

pub async fn forget_events(db: &Db, before: Time) -> sqlx::Result<()> {
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
pub async fn list_events(db: &Db, app: AppId, page: PageRequest<AppEventId>) -> sqlx::Result<Vec<AppEvent>> {
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
