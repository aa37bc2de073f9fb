//! Who did what, and who tried to. Written in the same transaction as the change itself.

mod model;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
pub(crate) mod store;

pub use model::*;
#[cfg(feature = "server")]
pub use service::Audit;
#[cfg(feature = "server")]
pub(crate) use service::Event;
