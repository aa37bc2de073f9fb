//! Configuration: read once, checked as a whole, every fault listed with its place.
//!
//! A TOML file, overlaid by `KEYWRIGHT_…` variables. Unknown members and unknown variables are faults: a setting that
//! does nothing because of one wrong letter is worse than a program that does not start.

mod fault;
mod mail;
mod members;
mod profile;
mod reader;
mod secret;
mod sources;
#[cfg(test)]
mod tests;
mod url;

pub use fault::{Fault, Faults};
pub use mail::{MailConfig, SmtpSecurity, SmtpUrl};
pub use profile::{ProfileSource, load_profile};
pub use secret::{DatabaseUrl, RedisUrl, Secret};
pub use url::{BaseUrl, is_loopback};

use crate::peer::{TrustedProxies, parse_network};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use keywright_core::{
    signing::Algorithm,
    usage::{self, Retention},
};
use reader::Reader;
use sources::Sources;
use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

/// The file that is read when none is named and it is there.
const DEFAULT_FILE: &str = "keywright.toml";

/// The shortest `gate_token`: anything shorter could be guessed.
const SHORTEST_TOKEN: usize = 32;

/// The shortest `sealing_key`, in bytes.
const SHORTEST_KEY: usize = 32;

/// Everything that an operator can set, checked. Printing it shows no secret.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the server listens.
    pub listen: SocketAddr,
    /// Where people open the dashboard. Links, cookies and the issuer come from it, never from `Host`.
    pub public_url: BaseUrl,
    /// The database (unless elsewhere) and the instance's own secrets.
    pub data_dir: PathBuf,
    /// Which database.
    pub database_url: DatabaseUrl,
    /// Where several nodes count together; without it each counts alone.
    pub redis_url: Option<RedisUrl>,
    /// Which product.
    pub profile: ProfileSource,
    /// The API that the built-in gateway forwards to.
    pub upstream: BaseUrl,
    /// For how long it may say nothing.
    pub upstream_timeout: Duration,
    /// Whether it is told in a signed token as well who a request is from.
    pub signed_principal: bool,
    /// Where callers reach that API.
    pub gateway_url: BaseUrl,
    /// Whose `X-Forwarded-*` headers are believed.
    pub trusted_proxies: TrustedProxies,
    /// What callers of `/gate/verify` present; without it, the one in the data folder.
    pub gate_token: Option<Secret<String>>,
    /// What the operator's own systems present to `/operator/…`; without it there is no such door.
    pub operator_token: Option<Secret<String>>,
    /// What seals cookies; without it, the one in the data folder.
    pub sealing_key: Option<Secret<Vec<u8>>>,
    /// With what tokens are signed.
    pub signing_algorithm: Algorithm,
    /// By which server mail is sent; without it none is.
    pub mail: Option<MailConfig>,
    /// How the log is written.
    pub log_format: LogFormat,
    /// What is logged, in `tracing`'s filter syntax.
    pub log_level: String,
    /// How many connections may be open at once.
    pub max_connections: usize,
    /// After how long an unused session ends.
    pub session_idle: Duration,
    /// After how long every session ends.
    pub session_absolute: Duration,
    /// How often uses are written. Where many keys are in use it takes longer.
    pub usage_interval: Duration,
    /// How long counts of requests are kept.
    pub usage: Retention,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people in a terminal, JSON otherwise.
    Auto,
    /// One line for people.
    Human,
    /// One JSON object a line.
    Json,
}

impl Config {
    /// Reads and checks everything. `file` is the one named on the command line; without it `KEYWRIGHT_CONFIG`
    /// counts, then `keywright.toml` in the working directory if there is one.
    ///
    /// Neither the process's environment nor its files are touched but through the arguments, so that tests need
    /// neither.
    pub fn load(
        file: Option<&Path>,
        variables: impl IntoIterator<Item = (String, String)>,
        read: impl Fn(&Path) -> io::Result<String>,
    ) -> Result<Self, Faults> {
        let variables: Vec<_> = variables.into_iter().collect();
        let named = variables.iter().find(|(name, value)| name == members::CONFIG_VARIABLE && !value.is_empty());
        let named = file.map(Path::to_owned).or_else(|| named.map(|(_, path)| PathBuf::from(path)));
        let mut sources = Sources::default();
        let path = named.clone().unwrap_or_else(|| PathBuf::from(DEFAULT_FILE));
        match read(&path) {
            Ok(text) => sources.add_file(&path, &text),
            Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                sources.faults.push(Fault::new(path.display().to_string(), format!("cannot be read: {error}")));
            }
        }
        sources.add_variables(variables);
        Self::check(Reader::new(sources))
    }

    /// [`Config::load`] from the process's own environment and files.
    pub fn load_from_process(file: Option<&Path>) -> Result<Self, Faults> {
        let variables = std::env::vars_os();
        let variables = variables.map(|(n, v)| (n.to_string_lossy().into_owned(), v.to_string_lossy().into_owned()));
        Self::load(file, variables, |path| std::fs::read_to_string(path))
    }

    fn check(mut from: Reader) -> Result<Self, Faults> {
        let listen = from.one("listen", parse_listen).unwrap_or(SocketAddr::from(([127, 0, 0, 1], 3000)));
        let trusted_proxies = TrustedProxies::new(from.list("trusted_proxies", parse_network));
        let public_url = public_url(&mut from, listen, &trusted_proxies);
        let data_dir = from.one("data_dir", parse_path).unwrap_or_else(|| PathBuf::from("data"));
        let profile = from.one("profile", |text| Ok(ProfileSource::named(text)));
        let profile = profile.unwrap_or_else(|| ProfileSource::BuiltIn("default".to_owned()));
        let config = Self {
            listen,
            database_url: from
                .secret("database_url", DatabaseUrl::parse)
                .unwrap_or_else(|| DatabaseUrl::sqlite_file(&data_dir.join("keywright.db"))),
            redis_url: from.secret("redis_url", RedisUrl::parse),
            data_dir,
            profile,
            upstream: from.one("upstream", BaseUrl::parse).unwrap_or_else(|| BaseUrl::loopback(3900)),
            upstream_timeout: Duration::from_secs(from.number("upstream_timeout_seconds", 1..=3600).unwrap_or(60)),
            signed_principal: from.one("signed_principal", parse_switch).unwrap_or(false),
            gateway_url: from.one("gateway_url", BaseUrl::parse).unwrap_or_else(|| public_url.clone()),
            public_url,
            trusted_proxies,
            gate_token: from.secret("gate_token", parse_token).map(Secret::new),
            operator_token: from.secret("operator_token", parse_token).map(Secret::new),
            sealing_key: from.secret("sealing_key", parse_sealing_key).map(Secret::new),
            signing_algorithm: from.one("signing_algorithm", parse_algorithm).unwrap_or_default(),
            mail: MailConfig::read(&mut from),
            log_format: from.one("log_format", parse_log_format).unwrap_or(LogFormat::Auto),
            log_level: from.one("log_level", crate::logs::parse_level).unwrap_or_else(|| "info".to_owned()),
            max_connections: from.number("max_connections", 1..=1_000_000).unwrap_or(4096),
            session_idle: hours(from.number("session_idle_hours", 1..=8760).unwrap_or(168)),
            session_absolute: hours(from.number("session_absolute_hours", 1..=8760).unwrap_or(720)),
            usage_interval: from.number("usage_interval_seconds", 1..=300).map_or(usage::INTERVAL, Duration::from_secs),
            usage: retention(&mut from),
        };
        if config.session_idle > config.session_absolute {
            from.fault("session_idle_hours", "must not be longer than session_absolute_hours");
        }
        if config.operator_token.is_some() && config.operator_token == config.gate_token {
            from.fault("operator_token", "must not be the gate_token: who may ask about keys may not end workspaces");
        }
        from.finish(config)
    }
}

/// The settings, their variables and their defaults, as `--help` prints them.
#[must_use]
pub fn help() -> String {
    let lines = members::MEMBERS
        .iter()
        .map(|m| format!("  {}\n          {}\n          Default: {}\n", m.variable(), m.help, m.default));
    format!(
        "Settings, each as a variable or, in the configuration file, in lower case and\n\
         without KEYWRIGHT_. The variable wins; its lists are separated by commas.\n{}",
        lines.collect::<String>()
    )
}

/// The public URL, and what it must agree with.
fn public_url(from: &mut Reader, listen: SocketAddr, proxies: &TrustedProxies) -> BaseUrl {
    const NAME: &str = "public_url";
    let Some(url) = from.one(NAME, parse_public_url) else {
        if !from.has(NAME) && !listen.ip().is_loopback() {
            let why = format!("must be set, because listen ({listen}) can be reached from other machines");
            from.fault(NAME, why);
        }
        return BaseUrl::loopback(listen.port());
    };
    if url.is_https() && proxies.is_empty() && !from.has("trusted_proxies") {
        let why = "must name the proxy that ends TLS in front of public_url; without it every request counts as \
                   plain HTTP and is refused";
        from.fault("trusted_proxies", why);
    }
    url
}

/// At least as long as the dashboard looks back: what it shows is never half of it.
fn retention(from: &mut Reader) -> Retention {
    let usual = Retention::default();
    Retention {
        minutes: from.number("usage_minutes_days", 1..=90).unwrap_or(usual.minutes),
        hours: from.number("usage_hours_days", 2..=730).unwrap_or(usual.hours),
        days: from.number("usage_days_days", 90..=3650).unwrap_or(usual.days),
    }
}

const fn hours(hours: u64) -> Duration {
    Duration::from_secs(hours * 3600)
}

fn parse_listen(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| format!("`{text}` is not an address with a port, such as 127.0.0.1:3000 or [::]:3000"))
}

pub(crate) fn parse_public_url(text: &str) -> Result<BaseUrl, String> {
    let url = BaseUrl::parse(text)?;
    if !url.path().is_empty() {
        return Err(format!("`{text}` must end with the host: Keywright is served at the root"));
    }
    if !url.is_https() && !url.is_loopback() {
        return Err(format!("`{text}` must begin with https://; plain http is for this very machine only"));
    }
    Ok(url)
}

fn parse_path(text: &str) -> Result<PathBuf, String> {
    if text.is_empty() { Err("must not be empty".to_owned()) } else { Ok(PathBuf::from(text)) }
}

/// A credential that cannot be guessed and fits into a header.
pub(crate) fn parse_token(text: &str) -> Result<String, String> {
    if text.len() < SHORTEST_TOKEN || !text.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(format!("must have {SHORTEST_TOKEN} or more visible ASCII characters"));
    }
    Ok(text.to_owned())
}

/// Base64 of enough random bytes.
pub(crate) fn parse_sealing_key(text: &str) -> Result<Vec<u8>, String> {
    let bytes = BASE64_STANDARD.decode(text).map_err(|_| "must be base64".to_owned())?;
    if bytes.len() < SHORTEST_KEY {
        return Err(format!("must be base64 of {SHORTEST_KEY} or more bytes"));
    }
    Ok(bytes)
}

fn parse_switch(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(format!("`{text}` must be on or off")),
    }
}

fn parse_algorithm(text: &str) -> Result<Algorithm, String> {
    Algorithm::parse(text).ok_or_else(|| format!("`{text}` must be {}", Algorithm::ALL.map(Algorithm::code).join(", ")))
}

fn parse_log_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "auto" => Ok(LogFormat::Auto),
        "human" => Ok(LogFormat::Human),
        "json" => Ok(LogFormat::Json),
        _ => Err(format!("`{text}` must be auto, human or json")),
    }
}
