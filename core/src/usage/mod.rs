//! When each key was last used, how often, and what became of its requests.

mod model;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
pub(crate) mod store;

pub use model::*;
#[cfg(feature = "server")]
pub use service::{INTERVAL, Mark, Meter, Usage};
