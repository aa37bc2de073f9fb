//! Keywright's domain: what a key is, who may make one, and whether a request may pass.
//!
//! Without features this crate is pure types and rules and compiles to WASM. Feature `server` adds
//! services, SQL and the gate. One folder per noun; in each `model.rs` (types, parsing; pure),
//! `service.rs` (rules, transactions) and `store.rs` (SQL, private).

pub mod accounts;
pub mod actor;
pub mod apps;
pub mod audit;
#[cfg(feature = "server")]
pub mod clock;
mod codes;
#[cfg(feature = "server")]
pub mod db;
pub mod error;
pub mod gate;
pub mod idempotency;
pub mod ids;
pub mod keys;
pub mod members;
pub mod oauth;
pub mod operator;
pub mod page;
pub mod profile;
#[cfg(feature = "server")]
pub mod random;
pub mod refusals;
#[cfg(feature = "server")]
pub mod secret;
#[cfg(feature = "server")]
pub mod services;
pub mod signing;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod text;
pub mod usage;
pub mod words;
pub mod workspaces;

/// A moment on the wall clock, always UTC, never finer than a microsecond (PostgreSQL keeps no more).
pub type Time = chrono::DateTime<chrono::Utc>;
