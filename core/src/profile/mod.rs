//! The product's vocabulary and policy: scopes, roles, plans, expiry, key format, routes. Loaded once
//! from TOML; what differs between two products is data here, never an `if` in code.

#[cfg(feature = "server")]
mod grammar;
mod model;
#[cfg(feature = "server")]
mod reader;
#[cfg(feature = "server")]
mod sections;
#[cfg(feature = "server")]
mod service;
#[cfg(all(test, feature = "server"))]
mod tests;

pub use model::*;
#[cfg(feature = "server")]
pub use service::{Fault, OWN_PATHS};
