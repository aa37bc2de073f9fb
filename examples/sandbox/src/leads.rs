//! Leads: people who may become customers.

use crate::{
    answer::{Answer, Created, Fault, New, created, email, one, required},
    shelf::{self, Noun, Shelf},
    state::{Shared, State as Everything},
};
use axum::{
    Json, Router,
    extract::{Path, State, rejection::JsonRejection},
    routing::get,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Lead {
    id: String,
    name: String,
    email: String,
    company: Option<String>,
    status: Status,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    #[default]
    New,
    Contacted,
    Qualified,
    Won,
    Lost,
}

impl Lead {
    pub(crate) fn seeds() -> [Self; 5] {
        let seed = |id: &str, name: &str, email: &str, company: &str, status| Self {
            id: id.to_owned(),
            name: name.to_owned(),
            email: email.to_owned(),
            company: Some(company.to_owned()),
            status,
        };
        [
            seed("lead_1001", "Amara Okafor", "amara@harbourlight.example", "Harbour Light", Status::Qualified),
            seed("lead_1002", "Jonas Weber", "weber@feinwerk.example", "Feinwerk GmbH", Status::New),
            seed("lead_1003", "Priya Nair", "priya.nair@lotuslogistics.example", "Lotus Logistics", Status::Contacted),
            seed("lead_1004", "Mateo Rossi", "mateo@rossivini.example", "Rossi Vini", Status::Won),
            seed("lead_1005", "Hannah Berg", "hannah@bergsport.example", "Berg Sport", Status::Lost),
        ]
    }
}

impl Noun for Lead {
    const NAME: &'static str = "lead";

    fn shelf(state: &mut Everything) -> &mut Shelf<Self> {
        &mut state.leads
    }

    fn id(&self) -> &str {
        &self.id
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewLead {
    name: String,
    email: String,
    company: Option<String>,
    #[serde(default)]
    status: Status,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    name: Option<String>,
    email: Option<String>,
    company: Option<String>,
    status: Option<Status>,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/leads", get(shelf::index::<Lead>).post(create))
        .route("/leads/{id}", get(shelf::show::<Lead>).patch(change).delete(remove))
}

async fn create(
    State(state): State<Shared>,
    body: Result<Json<NewLead>, JsonRejection>,
) -> Result<Created<Lead>, Fault> {
    let Json(new) = body?;
    let (name, email) = (required("name", &new.name)?, email(&new.email)?);
    let mut state = state.lock();
    let lead = Lead { id: state.next_id("lead"), name, email, company: new.company, status: new.status };
    state.leads.insert(lead.id.clone(), lead.clone());
    Ok(created(lead))
}

async fn change(
    State(state): State<Shared>,
    Path(id): Path<String>,
    body: Result<Json<Change>, JsonRejection>,
) -> Result<Answer<Lead>, Fault> {
    let Json(change) = body?;
    shelf::update(&state, &id, |lead: &mut Lead| {
        if let Some(name) = change.name {
            lead.name = required("name", &name)?;
        }
        if let Some(address) = change.email {
            lead.email = email(&address)?;
        }
        lead.company = change.company.or(lead.company.take());
        lead.status = change.status.unwrap_or(lead.status);
        Ok(())
    })
}

async fn remove(State(state): State<Shared>, Path(id): Path<String>) -> Result<Answer<New>, Fault> {
    let gone = state.lock().leads.remove(&id).ok_or(Fault::NotFound(Lead::NAME))?;
    Ok(one(New { id: gone.id }, None))
}
