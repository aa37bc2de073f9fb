//! The operator: the company that runs this instance, and what it does to its customers' workspaces.

mod model;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
pub(crate) mod store;

pub use model::*;
#[cfg(feature = "server")]
pub use service::Operations;
