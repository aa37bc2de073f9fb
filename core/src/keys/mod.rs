//! API keys: made, changed, rotated and ended here; decided on by the gate.

#[cfg(feature = "server")]
mod change;
mod effective;
mod forms;
#[cfg(feature = "server")]
pub(crate) mod handover;
mod model;
mod query;
#[cfg(feature = "server")]
pub(crate) mod reminders;
#[cfg(feature = "server")]
mod rotate;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
pub(crate) mod store;
#[cfg(all(test, feature = "server"))]
mod tests;

#[cfg(feature = "server")]
pub use change::{Bulk, BulkDone};
pub use effective::{EffectiveScope, Missing};
pub use forms::*;
pub use model::*;
pub use query::*;
#[cfg(feature = "server")]
pub use reminders::{EndingKey, Reminder};
#[cfg(feature = "server")]
pub use service::{CreatedKey, Expiring, Keys, REMINDERS};
