//! The agency itself. There is one.

use crate::{
    answer::{Answer, Fault, one, required},
    state::Shared,
};
use axum::{
    Json, Router,
    extract::{State, rejection::JsonRejection},
    routing::get,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Agency {
    id: &'static str,
    name: String,
    timezone: String,
    plan: &'static str,
    performers: u32,
}

impl Agency {
    pub(crate) fn seed() -> Self {
        let (name, timezone) = ("Limelight Talent".to_owned(), "Europe/London".to_owned());
        Self { id: "agy_1001", name, timezone, plan: "growth", performers: 38 }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    name: Option<String>,
    timezone: Option<String>,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/agency", get(show).patch(change))
}

async fn show(State(state): State<Shared>) -> Answer<Agency> {
    one(state.lock().agency.clone(), None)
}

async fn change(
    State(state): State<Shared>,
    body: Result<Json<Change>, JsonRejection>,
) -> Result<Answer<Agency>, Fault> {
    let Json(change) = body?;
    let name = change.name.map(|name| required("name", &name)).transpose()?;
    let timezone = change.timezone.map(|zone| required("timezone", &zone)).transpose()?;
    let agency = &mut state.lock().agency;
    agency.name = name.unwrap_or_else(|| agency.name.clone());
    agency.timezone = timezone.unwrap_or_else(|| agency.timezone.clone());
    Ok(one(agency.clone(), None))
}
