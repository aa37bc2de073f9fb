//! The command line: of the server and its operator, and of whoever manages keys on a server anywhere.

mod completions;
mod credentials;
mod exchange;
mod failure;
mod instance;
mod keys;
mod login;
mod logout;
pub mod operator;
mod said;
mod session;
mod surroundings;
mod table;
mod token;
mod whoami;

pub use completions::Completions;
pub use credentials::{Credentials, Entry};
pub use failure::Failure;
pub use keys::Keys;
pub use login::Login;
pub use logout::Logout;
pub use said::Said;
pub use surroundings::{Surroundings, TOKEN_VARIABLE, URL_VARIABLE};
pub use token::Token;
pub use whoami::Whoami;

use crate::config::{self, Config, Faults, ProfileSource, load_profile};
use clap::{Args, Parser, Subcommand};
use keywright_core::{
    audit::{self, EntryHash, Verified, VerifiedChain},
    db::Db,
    profile::Profile,
    words,
};
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
    /// Look after the audit log
    #[command(subcommand)]
    Audit(AuditCommand),
    /// List the built-in profiles
    Profiles,
    /// Make and manage workspaces on the running server
    ///
    /// Speaks to the server's /operator doors, so that every node follows at once. The
    /// token comes from the same configuration (operator_token) or from the variable
    /// KEYWRIGHT_OPERATOR_TOKEN. Ends with 0 when done, with 1 when refused or when no
    /// server answers, with 2 when it was called wrongly.
    #[command(verbatim_doc_comment)]
    Operator(operator::Operator),
    /// Sign in to a server, to manage keys from here
    ///
    /// Prints a link and a code, opens the link in a browser if there is one, and waits
    /// until you have allowed it there. What it gets is kept in your own folder for
    /// settings, readable by you alone.
    #[command(verbatim_doc_comment, after_help = EXIT_CODES)]
    Login(Login),
    /// Sign out, and end what was given at sign-in
    #[command(after_help = EXIT_CODES)]
    Logout(Logout),
    /// Say who is signed in, and where
    #[command(after_help = EXIT_CODES)]
    Whoami(Whoami),
    /// Print an access token, for KEYWRIGHT_TOKEN somewhere else
    ///
    /// It works for some minutes. Without a sign-in of their own, scripts and CI jobs
    /// manage keys with it: every command takes it from KEYWRIGHT_TOKEN.
    #[command(verbatim_doc_comment, after_help = EXIT_CODES)]
    Token(Token),
    /// List, make, rotate and revoke API keys
    #[command(after_help = EXIT_CODES)]
    Keys(Keys),
    /// Print what a shell needs to complete these commands
    Completions(Completions),
}

/// What scripts can go by.
const EXIT_CODES: &str = "Ends with 0 when done, 1 when no server answers or something is broken, 2 when called wrongly or \
when\nthe server does not accept what was given, 3 when nobody is signed in, 4 when it is not allowed,\n5 when there is no \
such thing.";

/// What can be done with the audit log.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Prove that no entry was altered or removed
    ///
    /// Each entry carries the hash of the one before it. This goes through all of
    /// them, prints one line per workspace (its entries, and the hash of the last),
    /// and ends with 0 if all is well, with 1 otherwise. It may run beside the
    /// server; run it as the same user.
    ///
    /// Whoever can write the database can also write a whole new chain. Keep the
    /// printed hashes where they cannot, and give them to --head later: the log must
    /// still contain them.
    #[command(verbatim_doc_comment)]
    Verify(Verify),
}

/// How the audit log is verified.
#[derive(Args, Debug)]
pub struct Verify {
    /// Where the configuration is.
    #[command(flatten)]
    pub source: Source,
    /// A hash that was printed earlier and must still be there; may be given several times
    #[arg(long, value_name = "HASH")]
    pub head: Vec<EntryHash>,
}

/// What is to be said of the audit log.
#[derive(Debug)]
pub struct AuditReport {
    /// In words.
    pub text: String,
    /// Whether nothing is wrong.
    pub whole: bool,
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

/// Verifies the audit log of the configured database.
pub async fn verify_audit(config: &Config, kept: &[EntryHash]) -> anyhow::Result<AuditReport> {
    let db = Db::open_existing(config.database_url.expose()).await?;
    let verified = audit::verify(&db, kept).await;
    db.close().await;
    Ok(audit_report(&verified?))
}

fn audit_report(found: &Verified) -> AuditReport {
    let mut lines: Vec<String> = found.chains.iter().map(chain_line).collect();
    if let Some(until) = found.unchained_until {
        let entries = counted(found.unchained);
        lines
            .push(format!("{entries} from before the chain, the last of {}; these prove nothing", words::exact(until)));
    }
    lines.extend(found.missing.iter().map(|hash| format!("MISSING  {hash} is in no chain")));
    let verdict = if found.is_whole() { "The audit log is whole." } else { "The audit log was tampered with." };
    lines.push(verdict.to_owned());
    AuditReport { text: lines.join("\n") + "\n", whole: found.is_whole() }
}

fn chain_line(chain: &VerifiedChain) -> String {
    let name = match (&chain.slug, chain.workspace) {
        (Some(slug), _) => slug.clone(),
        (None, Some(id)) => id.to_string(),
        (None, None) => "(no workspace)".to_owned(),
    };
    let entries = counted(chain.entries);
    match chain.fault {
        None => format!("{name:<24} {entries:>16}  {}", chain.head),
        Some(fault) => format!("{name:<24} {entries:>16}  {}\nFAULT    {name}: {fault}", chain.head),
    }
}

fn counted(entries: u64) -> String {
    if entries == 1 { "1 entry".to_owned() } else { format!("{entries} entries") }
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
        ("limits", config.redis_url.as_ref().map_or_else(|| "counted by this node".to_owned(), ToString::to_string)),
        ("data folder", config.data_dir.display().to_string()),
        ("trusted proxies", proxies),
        ("sealing key", given(config.sealing_key.is_some(), "sealing.key")),
        ("gate token", given(config.gate_token.is_some(), "gate.token")),
        ("operator token", if config.operator_token.is_some() { "given" } else { "none" }.to_owned()),
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
    fn the_audit_report_names_each_chain_its_head_and_its_fault() {
        let head: EntryHash = "ab".repeat(32).parse().unwrap();
        let whole = VerifiedChain { workspace: None, slug: Some("acme".into()), entries: 7, head, fault: None };
        let cut = VerifiedChain { fault: Some(audit::ChainFault::Cut { seq: 8, last: 9 }), ..whole.clone() };
        let of = |chain, missing| {
            audit_report(&Verified { chains: vec![chain], unchained: 0, unchained_until: None, missing })
        };
        let good = of(whole.clone(), Vec::new());
        assert!(good.whole && good.text.contains("acme") && good.text.contains(&head.to_string()), "{}", good.text);
        let bad = of(cut, Vec::new());
        assert!(!bad.whole && bad.text.contains("acme: the last entries were removed, from 8 to 9"), "{}", bad.text);
        let missing = of(whole, vec![head]);
        assert!(!missing.whole && missing.text.contains("MISSING"), "{}", missing.text);
    }

    #[test]
    fn every_built_in_profile_is_listed() {
        assert_eq!(profiles().lines().count(), Profile::built_in_names().len());
    }
}
