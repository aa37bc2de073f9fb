//! What a command prints in the end: what it was asked for on standard output, everything else beside it.

use serde_json::Value;
use std::io::{self, Write as _};

/// What is to be printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// What was asked for.
    pub output: String,
    /// What people should know, and pipes should not.
    pub aside: String,
}

impl Said {
    /// Words alone.
    #[must_use]
    pub const fn words(output: String) -> Self {
        Self { output, aside: String::new() }
    }

    /// JSON alone, on one line.
    #[must_use]
    pub fn json(value: &Value) -> Self {
        Self::words(format!("{value}\n"))
    }

    /// Prints it. A secret that nobody got is a failure, so nothing is left in a buffer.
    pub fn print(&self) -> io::Result<()> {
        eprint!("{}", self.aside);
        let mut output = io::stdout().lock();
        output.write_all(self.output.as_bytes())?;
        output.flush()
    }
}
