//! `keywright completions`: what a shell needs to complete our commands.

use super::{Cli, Said};
use clap::{Args, CommandFactory as _};
use clap_complete::{Shell, generate};

/// `keywright completions`.
#[derive(Args, Debug)]
pub struct Completions {
    /// For which shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    /// The script. Where it goes is written in `docs/cli.md`.
    #[must_use]
    pub fn run(self) -> Said {
        let mut script = Vec::new();
        generate(self.shell, &mut Cli::command(), "keywright", &mut script);
        Said::words(String::from_utf8_lossy(&script).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum as _;

    #[test]
    fn every_shell_gets_a_script_that_knows_the_commands() {
        for shell in Shell::value_variants() {
            let said = Completions { shell: *shell }.run();
            assert!(["login", "whoami", "rotate"].iter().all(|word| said.output.contains(word)), "{shell}");
        }
    }
}
