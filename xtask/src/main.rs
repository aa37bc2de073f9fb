//! Builds the site and the server around it, with versions locked in `Cargo.lock` and no installed tool.
//!
//! WASM → bindgen → CSS bundle → hashed names → compressed copies → `target/site/{debug,release}` → the server, which
//! embeds that folder (`server/src/assets.rs`).

mod bindgen;
mod cargo;
mod css;
#[cfg(test)]
mod scratch;
mod site;
mod store;
mod watch;

use anyhow::{Result, bail};
use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

const HELP: &str = "\
cargo xtask COMMAND

  build [--release]   build the site, then the server with the site inside
  site  [--release]   build the site only, into target/site/{debug,release}
  watch               build and run; again whenever a source changes
";

/// Which of the two builds: `debug` to work on, `release` to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Build {
    Debug,
    Release,
}

impl Build {
    /// The name of its folders.
    pub(crate) const fn folder(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("error: {fault:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = root();
    match arguments[..] {
        ["build"] => build(&root, Build::Debug),
        ["build", "--release"] => build(&root, Build::Release),
        ["site"] => site::build(&root, Build::Debug),
        ["site", "--release"] => site::build(&root, Build::Release),
        ["watch"] => watch::run(&root),
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Ok(())
        }
        _ => bail!("unknown arguments: {}\n\n{HELP}", arguments.join(" ")),
    }
}

/// Builds the site, then the server with the site inside.
pub(crate) fn build(root: &Path, build: Build) -> Result<()> {
    site::build(root, build)?;
    step("Compiling the server", "about 6 min the first time", || cargo::server(root, build))
}

/// Runs one step, and tells how long it usually takes and how long it took.
pub(crate) fn step<T>(what: &str, usually: &str, run: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("▸ {what} ({usually})…");
    let start = Instant::now();
    let result = run()?;
    eprintln!("  done in {:.1} s", start.elapsed().as_secs_f32());
    Ok(result)
}

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}
