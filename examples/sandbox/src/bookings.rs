//! Bookings: who comes when, for which service, to whom.

use crate::{
    answer::{Answer, Created, Fault, New, created},
    contacts::{self, NewContact},
    shelf::{self, Noun, Shelf},
    state::{Shared, State as Everything},
};
use axum::{
    Json, Router,
    extract::{Path, State, rejection::JsonRejection},
    routing::get,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Booking {
    id: String,
    service_id: String,
    staff_id: String,
    contact_id: String,
    start_time: DateTime<Utc>,
    status: Status,
    notes: String,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Confirmed,
    Completed,
    Cancelled,
}

impl Booking {
    pub(crate) fn seeds() -> [Self; 4] {
        let seed = |id: &str, [service, staff, contact]: [&str; 3], start: i64, status, notes: &str| Self {
            id: id.to_owned(),
            service_id: service.to_owned(),
            staff_id: staff.to_owned(),
            contact_id: contact.to_owned(),
            start_time: DateTime::from_timestamp(start, 0).unwrap_or_default(),
            status,
            notes: notes.to_owned(),
        };
        // 13 January 2025, 09:00 UTC, and the days after it.
        let monday = 1_736_758_800;
        [
            seed("bk_1001", ["svc_abc123", "stf_1001", "ct_1001"], monday, Status::Completed, ""),
            seed("bk_1002", ["svc_colour", "stf_1002", "ct_1002"], monday + 5_400, Status::Completed, "Allergy: henna"),
            seed("bk_1003", ["svc_abc123", "stf_1001", "ct_1003"], monday + 86_400, Status::Cancelled, ""),
            seed("bk_1004", ["svc_beard", "stf_1003", "ct_1001"], monday + 176_400, Status::Confirmed, "After work"),
        ]
    }
}

impl Noun for Booking {
    const NAME: &'static str = "booking";

    fn shelf(state: &mut Everything) -> &mut Shelf<Self> {
        &mut state.bookings
    }

    fn id(&self) -> &str {
        &self.id
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewBooking {
    service_id: String,
    start_time: DateTime<Utc>,
    contact: NewContact,
    #[serde(default)]
    notes: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    start_time: Option<DateTime<Utc>>,
    status: Option<Status>,
    notes: Option<String>,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/bookings", get(shelf::index::<Booking>).post(create))
        .route("/bookings/{id}", get(shelf::show::<Booking>).patch(change))
}

/// Whoever books for the first time becomes a contact.
async fn create(
    State(state): State<Shared>,
    body: Result<Json<NewBooking>, JsonRejection>,
) -> Result<Created<New>, Fault> {
    let Json(new) = body?;
    let mut state = state.lock();
    let service = state.services.get(&new.service_id);
    let service = service.ok_or_else(|| Fault::Invalid(format!("There is no service `{}`.", new.service_id)))?;
    let staff_id = service.staff_id.clone();
    let contact_id = contacts::find_or_add(&mut state, &new.contact)?;
    let booking = Booking {
        id: state.next_id("bk"),
        service_id: new.service_id,
        staff_id,
        contact_id,
        start_time: new.start_time,
        status: Status::Confirmed,
        notes: new.notes,
    };
    let id = booking.id.clone();
    state.bookings.insert(id.clone(), booking);
    Ok(created(New { id }))
}

async fn change(
    State(state): State<Shared>,
    Path(id): Path<String>,
    body: Result<Json<Change>, JsonRejection>,
) -> Result<Answer<Booking>, Fault> {
    let Json(change) = body?;
    shelf::update(&state, &id, |booking: &mut Booking| {
        booking.start_time = change.start_time.unwrap_or(booking.start_time);
        booking.status = change.status.unwrap_or(booking.status);
        booking.notes = change.notes.unwrap_or_else(|| std::mem::take(&mut booking.notes));
        Ok(())
    })
}
