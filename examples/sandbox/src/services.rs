//! Services: what can be booked, how long it takes and what it costs.

use crate::{
    shelf::{self, Noun, Shelf},
    state::{Shared, State as Everything},
};
use axum::{Router, routing::get};
use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Service {
    id: String,
    name: String,
    minutes: u32,
    price: &'static str,
    currency: &'static str,
    /// Who does it, unless somebody else is asked for.
    pub(crate) staff_id: String,
}

impl Service {
    pub(crate) fn seeds() -> [Self; 3] {
        let seed = |id: &str, name: &str, minutes, price, staff_id: &str| Self {
            id: id.to_owned(),
            name: name.to_owned(),
            minutes,
            price,
            currency: "SEK",
            staff_id: staff_id.to_owned(),
        };
        [
            // The one of the printed example.
            seed("svc_abc123", "Haircut", 45, "520.00", "stf_1001"),
            seed("svc_beard", "Beard trim", 20, "240.00", "stf_1003"),
            seed("svc_colour", "Colour", 90, "1150.00", "stf_1002"),
        ]
    }
}

impl Noun for Service {
    const NAME: &'static str = "service";

    fn shelf(state: &mut Everything) -> &mut Shelf<Self> {
        &mut state.services
    }

    fn id(&self) -> &str {
        &self.id
    }
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/services", get(shelf::index::<Service>)).route("/services/{id}", get(shelf::show::<Service>))
}
