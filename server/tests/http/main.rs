//! The doors, as their users meet them: real services over a real database, whole answers compared.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on must stop")]

mod app;
mod apps;
mod audit;
mod cors;
mod etag;
mod explain;
mod gate;
mod gate_input;
mod gateway;
mod gateway_wire;
mod guards;
mod idempotency;
mod input;
mod key_pages;
mod keys;
mod keys_rest;
mod management;
mod members;
mod oauth;
mod oauth_authorize;
mod oauth_connected;
mod oauth_device;
mod oauth_metadata;
mod oauth_token;
mod openapi;
mod operator;
mod pages;
mod principal;
mod registration;
mod session_gate;
mod sessions;
mod setup;
mod token_gate;
mod usage;
mod wire;
