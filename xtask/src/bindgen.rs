//! From the compiled module to what a browser loads: one JavaScript module and its WASM.

use crate::{Build, step};
use anyhow::{Context as _, Result, ensure};
use std::{env, fs, path::Path, process::Command};
use wasm_bindgen_cli_support::Bindgen;

/// What bindgen calls the WASM in the JavaScript it writes.
const DEFAULT_WASM: &str = "keywright_bg.wasm";

/// The browser's half of the site.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Module {
    pub(crate) js: String,
    pub(crate) wasm: Vec<u8>,
}

impl Module {
    /// Makes the JavaScript load the WASM by the name that it will have.
    pub(crate) fn point_to(&mut self, wasm: &str) {
        self.js = self.js.replace(DEFAULT_WASM, wasm);
    }
}

/// Runs bindgen, and in a release `wasm-opt` if there is one.
pub(crate) fn run(compiled: &Path, build: Build) -> Result<Module> {
    let release = build == Build::Release;
    let mut output = Bindgen::new()
        .input_path(compiled)
        .out_name("keywright")
        .web(true)?
        .typescript(false)
        .keep_debug(!release)
        .remove_name_section(release)
        .remove_producers_section(release)
        .generate_output()
        .with_context(|| format!("bindgen of {}", compiled.display()))?;
    let files: Vec<&str> =
        output.snippets().iter().filter(|(_, texts)| !texts.is_empty()).map(|(of, _)| &**of).collect();
    ensure!(
        files.is_empty() && output.local_modules().is_empty(),
        "dependencies bring JavaScript files of their own, which would have no hashed names: {files:?} {:?}",
        output.local_modules().keys()
    );
    let js = output.js().to_owned();
    let wasm = output.wasm_mut().emit_wasm();
    match optimiser().filter(|_| release) {
        Some(optimiser) => {
            let wasm = step("Optimising the WASM with wasm-opt", "15 s", || optimise(&optimiser, &wasm, compiled))?;
            Ok(Module { js, wasm })
        }
        None => Ok(Module { js, wasm }),
    }
}

/// `wasm-opt`, where it is on PATH. It makes the module about a tenth smaller and is never required.
pub(crate) fn optimiser() -> Option<std::path::PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join("wasm-opt")).find(|program| program.is_file())
}

fn optimise(program: &Path, wasm: &[u8], compiled: &Path) -> Result<Vec<u8>> {
    let (before, after) = (compiled.with_extension("bound.wasm"), compiled.with_extension("opt.wasm"));
    fs::write(&before, wasm)?;
    let status = Command::new(program).arg("-Oz").arg("--all-features").arg(&before).arg("-o").arg(&after).status()?;
    ensure!(status.success(), "wasm-opt failed");
    Ok(fs::read(after)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_loads_its_wasm_by_the_hashed_name() {
        let mut module = Module { js: "new URL('keywright_bg.wasm', import.meta.url)".to_owned(), wasm: Vec::new() };
        module.point_to("keywright-1.wasm");
        assert_eq!(module.js, "new URL('keywright-1.wasm', import.meta.url)");
    }
}
