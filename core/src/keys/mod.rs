//! API keys: made, listed and revoked here; decided on by the gate.

#[cfg(feature = "server")]
pub(crate) mod handover;
mod model;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
pub(crate) mod store;

pub use model::*;
#[cfg(feature = "server")]
pub use service::{CreatedKey, Keys};
