//! What the gate is measured against (`make bench`): a handler that answers `ok` to everything, behind the
//! product's own listener, threads and limits. What a request costs here, no server of this kind can save.
//!
//! ```text
//! target/release/bare 127.0.0.1:3999
//! ```

use anyhow::Context as _;
use axum::{Router, routing::any};
use keywright::serve::{Lanes, Limits, serve};
use std::{env, future::pending, net::SocketAddr};
use tokio::net::TcpListener;

/// The product's default of `max_connections`.
const CONNECTIONS: usize = 4096;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let address: SocketAddr = env::args().nth(1).context("usage: bare ADDRESS:PORT")?.parse()?;
    // With its state given, so that axum builds the route once and not for every request.
    let router = Router::new().route("/{*path}", any(async || "ok")).with_state(());
    // It holds nothing that would have to be put away: it runs until it is killed.
    serve(TcpListener::bind(address).await?, router, Limits::new(CONNECTIONS), Lanes::start()?, pending()).await;
    Ok(())
}
