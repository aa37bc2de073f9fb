//! Makes a plain `cargo check` or `cargo test` of a fresh clone compile, and notices a new site.

use std::{env, fs, path::Path};

/// The folders of the site must exist when the server is compiled; `cargo xtask build` fills them. A release embeds
/// its folder and so is made again when the manifest changes, which is written last; a debug build reads from disk.
fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let root = env::var("CARGO_MANIFEST_DIR").map_err(std::io::Error::other)?;
    let site = Path::new(&root).join("../target/site");
    fs::create_dir_all(site.join("debug"))?;
    fs::create_dir_all(site.join("release"))?;
    if env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        let manifest = site.join("release/manifest.json");
        if !manifest.exists() {
            fs::write(&manifest, "{}\n")?;
        }
        println!("cargo::rerun-if-changed={}", manifest.display());
    }
    Ok(())
}
