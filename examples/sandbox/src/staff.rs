//! Staff: who does what is booked.

use crate::{
    shelf::{self, Noun, Shelf},
    state::{Shared, State as Everything},
};
use axum::{Router, routing::get};
use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Colleague {
    id: String,
    name: String,
    title: String,
}

impl Colleague {
    pub(crate) fn seeds() -> [Self; 3] {
        let seed = |id: &str, name: &str, title: &str| Self {
            id: id.to_owned(),
            name: name.to_owned(),
            title: title.to_owned(),
        };
        [
            seed("stf_1001", "Sofia Ek", "Stylist"),
            seed("stf_1002", "Linnea Dahl", "Colourist"),
            seed("stf_1003", "Adam Holm", "Barber"),
        ]
    }
}

impl Noun for Colleague {
    const NAME: &'static str = "member of the staff";

    fn shelf(state: &mut Everything) -> &mut Shelf<Self> {
        &mut state.staff
    }

    fn id(&self) -> &str {
        &self.id
    }
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/staff", get(shelf::index::<Colleague>)).route("/staff/{id}", get(shelf::show::<Colleague>))
}
