//! Requests that may be sent twice and are done once: the sender names each with a key of its own, and gets the first
//! answer again.

mod model;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
pub(crate) mod store;

pub use model::*;
#[cfg(feature = "server")]
pub use service::{Begun, Idempotency, Ticket};
