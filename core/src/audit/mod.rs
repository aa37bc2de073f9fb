//! Who did what, and who tried to. Written in the same transaction as the change itself, each entry with
//! the hash of the one before.

#[cfg(feature = "server")]
mod chain;
mod filter;
mod model;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
pub(crate) mod store;
#[cfg(test)]
#[cfg(feature = "server")]
mod tests;
#[cfg(feature = "server")]
mod verify;

pub use filter::{AuditFilter, AuditForm, Outcome};
pub use model::*;
#[cfg(feature = "server")]
pub(crate) use service::Event;
#[cfg(feature = "server")]
pub use service::{Audit, AuditExport, ExportFormat};
#[cfg(feature = "server")]
pub use verify::{ChainFault, Verified, VerifiedChain, verify};
