//! The gate decides each request by the checks of [`decide`], in their fixed order. It reads memory only.

mod decide;
mod explain;
#[cfg(feature = "server")]
mod guesses;
#[cfg(feature = "server")]
mod index;
#[cfg(feature = "server")]
mod leases;
#[cfg(feature = "server")]
mod limits;
#[cfg(feature = "server")]
mod memory;
mod model;
#[cfg(feature = "server")]
mod notices;
#[cfg(feature = "server")]
mod redis;
#[cfg(feature = "server")]
mod routes;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
pub(crate) mod store;
#[cfg(feature = "server")]
mod under_way;

pub use decide::decide;
pub use explain::{
    Check, Checked, Explanation, Facts, Fix, Lacking, LimitSeen, Outcome, Place, Reason, Source, explain,
};
#[cfg(feature = "server")]
pub use limits::Room;
#[cfg(feature = "server")]
pub(crate) use model::Changed;
pub use model::*;
#[cfg(feature = "server")]
pub use redis::{Redis, RedisFault};
#[cfg(feature = "server")]
pub(crate) use service::Parts;
#[cfg(feature = "server")]
pub use service::{Call, Explained, Gate, Lease, Needs, Passage};
#[cfg(feature = "server")]
pub use under_way::Slot;
