//! The doors, as their users meet them: real services over a real database, whole answers compared.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on must stop")]

mod app;
mod audit;
mod gate;
mod gateway;
mod guards;
mod input;
mod keys;
mod pages;
mod sessions;
mod setup;
