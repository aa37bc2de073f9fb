//! The command line.

use crate::config::{self, Config, Faults, ProfileSource, load_profile};
use clap::{Args, Parser, Subcommand};
use keywright_core::profile::Profile;
use std::path::PathBuf;

/// API keys for your customers: dashboard, gate and OAuth server in one program.
#[derive(Debug, Parser)]
#[command(
    name = "keywright",
    version,
    arg_required_else_help = true,
    after_help = "Every setting is explained by `keywright serve --help`."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start the server
    ///
    /// Makes the data folder and the database if there are none, brings the database
    /// up to date, and serves until SIGTERM or Ctrl+C; requests under way then have
    /// 20 seconds to end. On the first start it prints a link by which the first
    /// owner is created.
    #[command(verbatim_doc_comment, after_long_help = config::help())]
    Serve(Source),
    /// Check configuration and profile, and list every fault
    ///
    /// Ends with 0 and a summary (secrets hidden) if all is well, with 1 otherwise.
    /// It starts nothing, and touches neither the database nor the data folder.
    #[command(verbatim_doc_comment, after_long_help = config::help())]
    CheckConfig(Source),
    /// List the built-in profiles
    Profiles,
}

/// Where the configuration is.
#[derive(Args, Debug)]
pub struct Source {
    /// Configuration file; without it KEYWRIGHT_CONFIG, or keywright.toml in this folder if there is one
    #[arg(long, value_name = "PATH")]
    pub config: Option<PathBuf>,
}

/// Checks everything that can be checked without starting: a summary, or every fault of both.
pub fn check_config(loaded: Result<Config, Faults>) -> Result<String, Faults> {
    match loaded {
        Ok(config) => load_profile(&config.profile).map(|profile| summary(&config, &profile)),
        Err(mut faults) => {
            let profile = faults.profile.as_ref().map(load_profile);
            faults.list.extend(profile.and_then(Result::err).into_iter().flat_map(|more| more.list));
            Err(faults)
        }
    }
}

/// The built-in profiles, one a line, with the product that each describes.
#[must_use]
pub fn profiles() -> String {
    let names = Profile::built_in_names().iter();
    let described = names.filter_map(|name| {
        let profile = load_profile(&ProfileSource::BuiltIn((*name).to_owned())).ok()?;
        Some(format!("{name:<12} {}, {} scopes\n", profile.product, profile.scopes.len()))
    });
    described.collect()
}

fn summary(config: &Config, profile: &Profile) -> String {
    let given = |is_given: bool, file: &str| {
        if is_given { "given".to_owned() } else { format!("from {}", config.data_dir.join(file).display()) }
    };
    let proxies: Vec<_> = config.trusted_proxies.iter().map(ToString::to_string).collect();
    let proxies = if proxies.is_empty() { "none".to_owned() } else { proxies.join(", ") };
    let rows = [
        ("listen", config.listen.to_string()),
        ("public URL", config.public_url.to_string()),
        ("gateway URL", config.gateway_url.to_string()),
        ("upstream", config.upstream.to_string()),
        ("database", config.database_url.to_string()),
        ("data folder", config.data_dir.display().to_string()),
        ("trusted proxies", proxies),
        ("sealing key", given(config.sealing_key.is_some(), "sealing.key")),
        ("gate token", given(config.gate_token.is_some(), "gate.token")),
        ("mail", config.mail.as_ref().map_or_else(|| "off".to_owned(), ToString::to_string)),
        (
            "profile",
            format!(
                "{} ({}: {} scopes, {} plans, {} routes)",
                config.profile,
                profile.product,
                profile.scopes.len(),
                profile.plans.len(),
                profile.routes.len()
            ),
        ),
    ];
    rows.iter().fold("Configuration and profile are good.\n".to_owned(), |text, (name, value)| {
        format!("{text}  {name:<16} {value}\n")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    fn load(variables: &[(&str, &str)]) -> Result<Config, Faults> {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::load(None, variables, |_| Err(std::io::ErrorKind::NotFound.into()))
    }

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn help_of_each_command_lists_the_settings() {
        for name in ["serve", "check-config"] {
            let mut cli = Cli::command();
            let command = cli.find_subcommand_mut(name).unwrap();
            let help = command.render_long_help().to_string();
            assert!(help.contains("KEYWRIGHT_PUBLIC_URL") && help.contains("--config <PATH>"), "{help}");
        }
    }

    #[test]
    fn check_config_sums_up_what_is_good_and_hides_secrets() {
        let secret = "correct-horse-battery-staple-0123456789";
        let loaded =
            load(&[("KEYWRIGHT_GATE_TOKEN", secret), ("KEYWRIGHT_DATABASE_URL", "postgres://kw:hunter2@db/keywright")]);
        let summary = check_config(loaded).unwrap();
        assert!(summary.contains("127.0.0.1:3000") && summary.contains("default ("), "{summary}");
        assert!(!summary.contains(secret) && !summary.contains("hunter2"), "{summary}");
    }

    #[test]
    fn check_config_lists_faults_of_configuration_and_profile_together() {
        let loaded = load(&[("KEYWRIGHT_PROFILE", "acme"), ("KEYWRIGHT_LISTEN", "here")]);
        let faults = check_config(loaded).err().unwrap_or_default().to_string();
        assert!(faults.contains("KEYWRIGHT_LISTEN: ") && faults.contains("`acme`"), "{faults}");
    }

    #[test]
    fn every_built_in_profile_is_listed() {
        assert_eq!(profiles().lines().count(), Profile::built_in_names().len());
    }
}
