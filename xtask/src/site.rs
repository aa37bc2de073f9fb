//! Builds the site: everything that a browser loads beside the pages themselves.

use crate::{
    Build, bindgen, cargo, css, step,
    store::{self, Asset},
};
use anyhow::{Context as _, Result, ensure};
use std::{fs, path::Path};

/// The most that JavaScript and WASM may weigh, in kB after brotli.
const BUDGET: u64 = 180;

/// Fills `target/site/{debug,release}`, which the server embeds.
pub(crate) fn build(root: &Path, build: Build) -> Result<()> {
    let compiled = step("Compiling the islands to WASM", "about 2 min the first time", || cargo::islands(root, build))?;
    let folder = root.join("target/site").join(build.folder());
    let release = build == Build::Release;
    let assets = step("Packing the site", "a few seconds", || {
        let (package, mut assets) = module(&compiled, build)?;
        assets.push(Asset::new("keywright.css", css::bundle(&root.join("style/main.css"), build)?.into_bytes()));
        assets.extend(public(&root.join("app/public"))?);
        store::write(&folder, &package, &assets, release)?;
        Ok(assets)
    })?;
    if release { within_budget(&folder, &assets) } else { Ok(()) }
}

/// The JavaScript and the WASM share a stem, because the page names both by it; so the hash is over both.
fn module(compiled: &Path, build: Build) -> Result<(String, Vec<Asset>)> {
    let mut module = bindgen::run(compiled, build)?;
    let hash = store::hash(&[module.js.as_bytes(), &module.wasm]);
    let package = format!("keywright-{hash}");
    let (js, wasm) = (format!("{package}.js"), format!("{package}.wasm"));
    module.point_to(&wasm);
    let assets = vec![
        Asset { source: "keywright.js".to_owned(), name: js, bytes: module.js.into_bytes() },
        Asset { source: "keywright.wasm".to_owned(), name: wasm, bytes: module.wasm },
    ];
    Ok((package, assets))
}

/// The files that are served as they are.
fn public(folder: &Path) -> Result<Vec<Asset>> {
    let mut assets = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            assets.push(Asset::new(&entry.file_name().to_string_lossy(), fs::read(entry.path())?));
        }
    }
    assets.sort_by(|a, b| a.source.cmp(&b.source));
    Ok(assets)
}

fn within_budget(folder: &Path, assets: &[Asset]) -> Result<()> {
    let code = store::weigh(folder, assets, &[".js", ".wasm"])?;
    let style = store::weigh(folder, assets, &[".css"])?;
    let kb = |bytes: u64| bytes.div_ceil(1000);
    println!(
        "WASM + JS: {} kB, {} kB with brotli (budget {BUDGET} kB) · CSS: {} kB, {} kB with brotli",
        kb(code.plain),
        kb(code.brotli),
        kb(style.plain),
        kb(style.brotli)
    );
    ensure!(kb(code.brotli) <= BUDGET, "WASM + JS are over the budget of {BUDGET} kB");
    Ok(())
}
