//! Contacts: who has booked, or called.

use crate::{
    answer::{Answer, Created, Fault, New, created, email, required},
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
pub(crate) struct Contact {
    id: String,
    name: String,
    email: String,
    phone: Option<String>,
}

impl Contact {
    pub(crate) fn seeds() -> [Self; 3] {
        let seed = |id: &str, name: &str, email: &str, phone: &str| Self {
            id: id.to_owned(),
            name: name.to_owned(),
            email: email.to_owned(),
            phone: Some(phone.to_owned()),
        };
        [
            seed("ct_1001", "Erik Lindqvist", "erik@example.se", "+46701112233"),
            seed("ct_1002", "Maja Nyström", "maja@example.se", "+46702223344"),
            seed("ct_1003", "Oskar Hallberg", "oskar@example.se", "+46703334455"),
        ]
    }
}

impl Noun for Contact {
    const NAME: &'static str = "contact";

    fn shelf(state: &mut Everything) -> &mut Shelf<Self> {
        &mut state.contacts
    }

    fn id(&self) -> &str {
        &self.id
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewContact {
    name: String,
    email: String,
    phone: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/contacts", get(shelf::index::<Contact>).post(create))
        .route("/contacts/{id}", get(shelf::show::<Contact>).patch(change))
}

/// The id of the contact with this address; of a new one, if there is none.
pub(crate) fn find_or_add(state: &mut Everything, new: &NewContact) -> Result<String, Fault> {
    let (name, email) = (required("contact.name", &new.name)?, email(&new.email)?);
    if let Some(known) = state.contacts.values().find(|contact| contact.email == email) {
        return Ok(known.id.clone());
    }
    let id = state.next_id("ct");
    let contact = Contact { id: id.clone(), name, email, phone: new.phone.clone() };
    state.contacts.insert(id.clone(), contact);
    Ok(id)
}

async fn create(
    State(state): State<Shared>,
    body: Result<Json<NewContact>, JsonRejection>,
) -> Result<Created<New>, Fault> {
    let Json(new) = body?;
    let mut state = state.lock();
    if state.contacts.values().any(|contact| contact.email.eq_ignore_ascii_case(new.email.trim())) {
        return Err(Fault::Conflict("There is a contact with this e-mail address."));
    }
    Ok(created(New { id: find_or_add(&mut state, &new)? }))
}

async fn change(
    State(state): State<Shared>,
    Path(id): Path<String>,
    body: Result<Json<Change>, JsonRejection>,
) -> Result<Answer<Contact>, Fault> {
    let Json(change) = body?;
    shelf::update(&state, &id, |contact: &mut Contact| {
        if let Some(name) = change.name {
            contact.name = required("name", &name)?;
        }
        if let Some(address) = change.email {
            contact.email = email(&address)?;
        }
        contact.phone = change.phone.or(contact.phone.take());
        Ok(())
    })
}
