//! Calls the same cargo that started us.

use crate::Build;
use anyhow::{Context as _, Result, ensure};
use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

const TARGET: &str = "wasm32-unknown-unknown";

/// Compiles the islands; answers where the module is.
pub(crate) fn islands(root: &Path, build: Build) -> Result<PathBuf> {
    let (profile, folder) = match build {
        Build::Debug => ("dev", "debug"),
        Build::Release => ("wasm-release", "wasm-release"),
    };
    run(root, &["build", "--package", "keywright-frontend", "--lib", "--target", TARGET, "--profile", profile])?;
    Ok(target(root).join(TARGET).join(folder).join("keywright_frontend.wasm"))
}

/// Compiles the server, and for demonstrations, tests and the bench the small API that stands behind it, what fills it,
/// and what it is compared with. All in one go: a package that is built alone has other features, and so other builds.
pub(crate) fn server(root: &Path, build: Build) -> Result<()> {
    let packages = ["keywright", "sandbox", "demo", "bench"].map(|name| ["--package", name]).concat();
    let packages = [&["build"][..], &packages[..]].concat();
    match build {
        Build::Debug => run(root, &packages),
        Build::Release => run(root, &[&packages[..], &["--release"]].concat()),
    }
}

/// Where cargo puts what it makes.
pub(crate) fn target(root: &Path) -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder))
}

fn run(root: &Path, arguments: &[&str]) -> Result<()> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(arguments).current_dir(root);
    // What cargo tells us of our own package would make build scripts that watch these variables run again, each time
    // that it is not us who calls cargo.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    let status = command.status().with_context(|| format!("could not start {command:?}"))?;
    ensure!(status.success(), "cargo {} failed", arguments.join(" "));
    Ok(())
}
