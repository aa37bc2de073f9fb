//! A folder for one test, gone when it ends.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process,
};

pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// The name keeps tests of one run apart.
    pub(crate) fn new(name: &str) -> Self {
        let folder = env::temp_dir().join(format!("xtask-{}-{name}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A folder that stays behind in the system's own scratch space harms nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}
