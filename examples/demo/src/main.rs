//! Fills an empty Keywright with two months of history, to be looked at.
//!
//! Nothing is made up behind the product's back: the services do what they would have done, only by a clock that is
//! walked through the past, and every request goes through the gate. So the audit log's chain holds, and the counts of
//! minutes, hours and days agree. It reads the configuration that the server reads; the server itself knows nothing of
//! it.

mod cast;
mod clock;
mod fate;
mod history;
mod login;
mod traffic;

use anyhow::{Context as _, Result};
use cast::Cast;
use clap::Parser;
use clock::MovedClock;
use history::History;
use keywright::{
    config::{Config, load_profile},
    instance::Instance,
};
use keywright_core::{
    clock::{Clock as _, SystemClock},
    db::Db,
    random::OsRandom,
    services::Services,
};
use std::{path::PathBuf, sync::Arc};

/// Fills an empty Keywright with two months of history, to be looked at.
///
/// It takes the same configuration as `keywright serve`, and refuses a database in which there is anybody. How to sign
/// in is written to `demo.txt` in the data folder.
#[derive(Debug, Parser)]
struct Arguments {
    /// Configuration file; without it KEYWRIGHT_CONFIG, or keywright.toml in this folder if there is one
    #[arg(long, value_name = "PATH")]
    config: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let config =
        Config::load_from_process(arguments.config.as_deref()).map_err(|faults| anyhow::anyhow!("{faults}"))?;
    let profile = load_profile(&config.profile).map_err(|faults| anyhow::anyhow!("{faults}"))?;
    // The folder is made as the server makes it: for nobody else to read.
    let instance = Instance::open(&config, &OsRandom)?;
    let db = Db::open(config.database_url.expose()).await?;
    let clock = Arc::new(MovedClock::at(SystemClock.now()));
    let services =
        Services::new(db, Arc::new(profile), clock.clone(), Arc::new(OsRandom), None, &instance.site(&config));

    let cast = Cast::of(&services.profile).context("the profile has no plan with keys")?;
    let filled = History::new(&services, &clock, &cast).play().await;
    let written = filled.and_then(|call| login::write(&config, &cast, &call));
    services.db.close().await;
    written
}

#[cfg(test)]
mod tests;
