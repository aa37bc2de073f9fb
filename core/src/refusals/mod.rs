//! Requests with a key of ours that the gate refused: which, when, and what it saw. Kept for some days and to a number,
//! so that people can ask why; `usage` counts all of them.

mod model;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
pub(crate) mod store;
#[cfg(all(test, feature = "server"))]
mod tests;

pub use model::*;
#[cfg(feature = "server")]
pub use service::Refusals;
