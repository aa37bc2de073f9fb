//! What Keywright vouches for to others: tokens that they verify with the keys that it publishes.

mod model;
#[cfg(feature = "server")]
mod pair;
#[cfg(feature = "server")]
mod seal;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
pub(crate) mod store;

pub use model::*;
#[cfg(feature = "server")]
pub use service::SigningKeys;
