//! When each key was last used, how often, and what became of its requests.

mod agent;
mod model;
mod range;
#[cfg(feature = "server")]
mod reading;
mod report;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
pub(crate) mod store;
#[cfg(all(test, feature = "server"))]
mod tests;

pub use agent::Agent;
pub use model::*;
pub use range::Range;
#[cfg(feature = "server")]
pub use reading::UsageExport;
pub use report::*;
#[cfg(feature = "server")]
pub use service::{INTERVAL, Mark, Meter, Usage};
