//! A small product API to stand behind the gate in demonstrations and tests.
//!
//! It knows nothing of keys: the gate has checked the caller, taken the credential away, and says in headers who it
//! was. One file per noun; everything is in memory and begins anew at each start. What the five products have is all
//! here, side by side: the profile says which of it callers reach.

mod agency;
mod answer;
mod bookings;
mod caller;
mod calls;
mod catalog;
mod connections;
mod contacts;
mod echo;
mod executions;
mod gate;
mod leads;
mod schedules;
mod services;
mod shelf;
mod skills;
mod staff;
mod state;
mod workflows;

use anyhow::{Context as _, Result};
use axum::Router;
use clap::Parser;
use gate::Gate;
use state::Shared;
use std::{net::SocketAddr, path::PathBuf};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

/// A small product API to stand behind the gate in demonstrations and tests.
#[derive(Debug, Parser)]
struct Arguments {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:3900")]
    listen: SocketAddr,
    /// The gate that gives leases for executions, such as http://127.0.0.1:3000.
    #[arg(long, requires = "gate_token_file")]
    gate: Option<String>,
    /// The file with the gate's token.
    #[arg(long, requires = "gate")]
    gate_token_file: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let listener =
        TcpListener::bind(arguments.listen).await.with_context(|| format!("cannot listen on {}", arguments.listen))?;
    println!("sandbox API on http://{}", listener.local_addr()?);
    let mut terminate = signal(SignalKind::terminate())?;
    let gate = arguments.gate.zip(arguments.gate_token_file).map(|(base, token)| Gate::new(&base, token));
    let state = Shared::seeded(gate);
    tokio::spawn(executions::hold(state.clone()));
    axum::serve(listener, router(state))
        .with_graceful_shutdown(async move {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        })
        .await?;
    Ok(())
}

fn router(state: Shared) -> Router {
    Router::new()
        .merge(echo::routes())
        .nest("/api/v1", automation().merge(appointments()))
        .nest("/v1", leads::routes().merge(assistants()).merge(representation()))
        .fallback(answer::no_such_route)
        .method_not_allowed_fallback(answer::no_such_method)
        .with_state(state)
}

/// What Lodol has, and the product of the default profile.
fn automation() -> Router<Shared> {
    Router::new().merge(workflows::routes()).merge(executions::routes())
}

/// What Skaala has.
fn appointments() -> Router<Shared> {
    Router::new()
        .merge(bookings::routes())
        .merge(contacts::routes())
        .merge(calls::routes())
        .merge(services::routes())
        .merge(staff::routes())
}

/// What Skillett has.
fn assistants() -> Router<Shared> {
    Router::new().merge(skills::routes()).merge(connections::routes())
}

/// What SkedCast has.
fn representation() -> Router<Shared> {
    Router::new().merge(agency::routes()).merge(schedules::routes())
}

#[cfg(test)]
mod tests;
