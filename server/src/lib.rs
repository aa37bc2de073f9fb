//! The doors: HTTP, sessions, configuration, command line. No rules live here; they are in
//! `keywright-core`, and what people see is in `keywright-app`.

pub mod api;
pub mod assets;
pub mod body;
pub mod cli;
pub mod config;
pub mod gate;
pub mod guard;
pub mod health;
pub mod instance;
pub mod logs;
pub mod mail;
pub mod metrics;
pub mod oauth;
pub mod operator;
pub mod pages;
pub mod path;
pub mod peer;
pub mod problem;
pub mod router;
mod run;
pub mod seal;
pub mod serve;
pub mod sessions;
pub mod state;
pub mod visitor;

pub use run::run;

/// Marks are taken by the threads that answer and given back by the one that writes them, as many as keys are in use. What
/// another thread gave back glibc's allocator searches for room, again and again: a fifth of the gate's time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
