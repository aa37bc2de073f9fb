//! API keys: made, changed, rotated and ended here; decided on by the gate.

mod effective;
mod forms;
mod model;
mod query;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
pub(crate) mod store;

pub use effective::{EffectiveScope, Missing};
pub use forms::*;
pub use model::*;
pub use query::*;
#[cfg(feature = "server")]
pub use service::{Bulk, BulkDone, CreatedKey, Expiring, Keys};
