//! Schedules: what the agency's people have before them.

use crate::{
    answer::{Answer, Created, Fault, created, required},
    shelf::{self, Noun, Shelf},
    state::{Shared, State as Everything},
};
use axum::{
    Json, Router,
    extract::{Path, State, rejection::JsonRejection},
    routing::get,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Schedule {
    id: String,
    title: String,
    first_day: NaiveDate,
    last_day: NaiveDate,
}

impl Schedule {
    pub(crate) fn seeds() -> [Self; 3] {
        let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).unwrap_or_default();
        let seed = |id: &str, title: &str, first_day, last_day| Self {
            id: id.to_owned(),
            title: title.to_owned(),
            first_day,
            last_day,
        };
        [
            seed("sch_1001", "Winter tour", day(1, 9), day(2, 21)),
            seed("sch_1002", "Spring castings", day(3, 2), day(3, 27)),
            seed("sch_1003", "Festival season", day(6, 12), day(8, 30)),
        ]
    }
}

impl Noun for Schedule {
    const NAME: &'static str = "schedule";

    fn shelf(state: &mut Everything) -> &mut Shelf<Self> {
        &mut state.schedules
    }

    fn id(&self) -> &str {
        &self.id
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewSchedule {
    title: String,
    first_day: NaiveDate,
    last_day: NaiveDate,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    title: Option<String>,
    first_day: Option<NaiveDate>,
    last_day: Option<NaiveDate>,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/schedules", get(shelf::index::<Schedule>).post(create))
        .route("/schedules/{id}", get(shelf::show::<Schedule>).patch(change))
}

async fn create(
    State(state): State<Shared>,
    body: Result<Json<NewSchedule>, JsonRejection>,
) -> Result<Created<Schedule>, Fault> {
    let Json(NewSchedule { title, first_day, last_day }) = body?;
    let title = required("title", &title)?;
    in_order(first_day, last_day)?;
    let mut state = state.lock();
    let schedule = Schedule { id: state.next_id("sch"), title, first_day, last_day };
    state.schedules.insert(schedule.id.clone(), schedule.clone());
    Ok(created(schedule))
}

async fn change(
    State(state): State<Shared>,
    Path(id): Path<String>,
    body: Result<Json<Change>, JsonRejection>,
) -> Result<Answer<Schedule>, Fault> {
    let Json(change) = body?;
    shelf::update(&state, &id, |schedule: &mut Schedule| {
        if let Some(title) = change.title {
            schedule.title = required("title", &title)?;
        }
        schedule.first_day = change.first_day.unwrap_or(schedule.first_day);
        schedule.last_day = change.last_day.unwrap_or(schedule.last_day);
        in_order(schedule.first_day, schedule.last_day)
    })
}

fn in_order(first: NaiveDate, last: NaiveDate) -> Result<(), Fault> {
    if first <= last { Ok(()) } else { Err(Fault::Invalid("The last day is before the first.".to_owned())) }
}
