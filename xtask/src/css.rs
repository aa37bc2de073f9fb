//! One stylesheet of many: imports are inlined, and what the oldest browsers do not know is written out for them.

use crate::Build;
use anyhow::{Result, anyhow};
use lightningcss::{
    bundler::{Bundler, FileProvider},
    stylesheet::{MinifyOptions, ParserOptions, PrinterOptions},
    targets::{Browsers, Targets},
};
use std::{fmt::Display, path::Path};

/// The oldest browsers that are looked after: those that know `light-dark()`, of spring 2024.
const OLDEST: Browsers = Browsers {
    android: None,
    chrome: Some(version(123, 0)),
    edge: Some(version(123, 0)),
    firefox: Some(version(120, 0)),
    ie: None,
    ios_saf: Some(version(17, 5)),
    opera: None,
    safari: Some(version(17, 5)),
    samsung: None,
};

/// Bundles the sheet and everything it imports. A release is minified.
pub(crate) fn bundle(main: &Path, build: Build) -> Result<String> {
    let files = FileProvider::new();
    let targets = Targets::from(OLDEST);
    let mut sheet = Bundler::new(&files, None, ParserOptions::default()).bundle(main).map_err(explain)?;
    let minify = build == Build::Release;
    if minify {
        sheet.minify(MinifyOptions { targets, ..MinifyOptions::default() }).map_err(explain)?;
    }
    Ok(sheet.to_css(PrinterOptions { minify, targets, ..PrinterOptions::default() })?.code)
}

/// Names the place as editors do, counted from 1.
fn explain<T: Display>(fault: lightningcss::error::Error<T>) -> anyhow::Error {
    match fault.loc {
        Some(at) => anyhow!("{}:{}:{}: {}", at.filename, at.line + 1, at.column, fault.kind),
        None => anyhow!("{}", fault.kind),
    }
}

const fn version(major: u32, minor: u32) -> u32 {
    major << 16 | minor << 8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;
    use std::fs;

    #[test]
    fn imports_become_one_sheet_and_a_fault_names_its_place() {
        let folder = Scratch::new("css");
        let main = folder.path().join("main.css");
        fs::write(&main, "@import './part.css' layer(parts);\nb { color: light-dark(#000, #fff) }").unwrap();
        fs::write(folder.path().join("part.css"), "a { & i { color: red } }").unwrap();
        let css = bundle(&main, Build::Release).unwrap();
        assert_eq!(css, "@layer parts{a{& i{color:red}}}b{color:light-dark(#000,#fff)}");

        fs::write(folder.path().join("part.css"), "a { color red }").unwrap();
        let fault = bundle(&main, Build::Release).unwrap_err().to_string();
        assert!(fault.contains("part.css:1"), "{fault}");
    }
}
