//! Calls: who was spoken to, and what was said.

use crate::{
    answer::{Created, Fault, New, created},
    shelf::{self, Noun, Shelf},
    state::{Shared, State as Everything},
};
use axum::{
    Json, Router,
    extract::{State, rejection::JsonRejection},
    routing::get,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Call {
    id: String,
    contact_id: String,
    direction: Direction,
    seconds: u32,
    transcript: String,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Direction {
    Inbound,
    Outbound,
}

impl Call {
    pub(crate) fn seeds() -> [Self; 3] {
        let seed = |id: &str, contact_id: &str, direction, seconds, transcript: &str| Self {
            id: id.to_owned(),
            contact_id: contact_id.to_owned(),
            direction,
            seconds,
            transcript: transcript.to_owned(),
        };
        [
            seed("call_1001", "ct_1001", Direction::Inbound, 96, "Can I move Monday's appointment to Wednesday?"),
            seed("call_1002", "ct_1002", Direction::Inbound, 41, "Which of your colours are free of henna?"),
            seed("call_1003", "ct_1003", Direction::Outbound, 23, "You are welcome tomorrow at nine."),
        ]
    }
}

impl Noun for Call {
    const NAME: &'static str = "call";

    fn shelf(state: &mut Everything) -> &mut Shelf<Self> {
        &mut state.calls
    }

    fn id(&self) -> &str {
        &self.id
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewCall {
    contact_id: String,
    direction: Direction,
    seconds: u32,
    #[serde(default)]
    transcript: String,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/calls", get(shelf::index::<Call>).post(create)).route("/calls/{id}", get(shelf::show::<Call>))
}

async fn create(
    State(state): State<Shared>,
    body: Result<Json<NewCall>, JsonRejection>,
) -> Result<Created<New>, Fault> {
    let Json(NewCall { contact_id, direction, seconds, transcript }) = body?;
    let mut state = state.lock();
    if !state.contacts.contains_key(&contact_id) {
        return Err(Fault::Invalid(format!("There is no contact `{contact_id}`.")));
    }
    let id = state.next_id("call");
    state.calls.insert(id.clone(), Call { id: id.clone(), contact_id, direction, seconds, transcript });
    Ok(created(New { id }))
}
