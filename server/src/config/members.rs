//! The one list of settings: what the loader accepts, what `--help` prints and what `docs/operate.md` explains.

/// What every variable begins with.
pub(super) const PREFIX: &str = "KEYWRIGHT_";
/// Names the file itself.
pub(super) const CONFIG_VARIABLE: &str = "KEYWRIGHT_CONFIG";
/// What commands go by that manage keys on a server anywhere: no settings of a server.
pub(super) const COMMAND_VARIABLES: &[&str] = &[crate::cli::URL_VARIABLE, crate::cli::TOKEN_VARIABLE];
/// Variables for the test suites, which the product does not read.
pub(super) const TEST_PREFIX: &str = "KEYWRIGHT_TEST_";

/// One setting.
#[derive(Debug)]
pub(super) struct Member {
    /// In the file; the variable is `KEYWRIGHT_` and this in capitals.
    pub name: &'static str,
    pub kind: Kind,
    /// In words, for people.
    pub default: &'static str,
    /// One sentence for `--help`.
    pub help: &'static str,
}

/// How a setting is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    /// A TOML array of strings; in a variable, separated by commas.
    List,
}

impl Kind {
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Text => "a string in quotes",
            Self::Number => "a whole number without quotes",
            Self::List => "a list of strings",
        }
    }
}

impl Member {
    /// The variable that overrides the file.
    pub fn variable(&self) -> String {
        format!("{PREFIX}{}", self.name.to_ascii_uppercase())
    }
}

pub(super) fn find(name: &str) -> Option<&'static Member> {
    MEMBERS.iter().find(|member| member.name == name)
}

pub(super) fn find_variable(variable: &str) -> Option<&'static Member> {
    MEMBERS.iter().find(|member| member.variable() == variable)
}

const fn text(name: &'static str, default: &'static str, help: &'static str) -> Member {
    Member { name, kind: Kind::Text, default, help }
}

const fn number(name: &'static str, default: &'static str, help: &'static str) -> Member {
    Member { name, kind: Kind::Number, default, help }
}

/// Every setting, in the order in which people meet them.
pub(super) static MEMBERS: &[Member] = &[
    text("listen", "127.0.0.1:3000", "Address and port to listen on"),
    text(
        "public_url",
        "http://127.0.0.1:<port of listen>",
        "Where people open the dashboard; https, except on this very machine",
    ),
    text("data_dir", "./data", "Folder of the database and of the instance's own secrets"),
    text(
        "database_url",
        "sqlite, in data_dir/keywright.db",
        "sqlite://<path> or postgres://<user>:<password>@<host>/<name>",
    ),
    text(
        "redis_url",
        "none: each node counts alone",
        "Where several nodes count together: redis://<user>:<password>@<host>:6379/0; rediss:// for TLS",
    ),
    text("profile", "default", "The product: a built-in profile's name, or the path of a .toml file"),
    text("upstream", "http://127.0.0.1:3900", "The API that the built-in gateway forwards to"),
    number("upstream_timeout_seconds", "60", "Seconds for which that API may say nothing before it is given up"),
    text("signed_principal", "off", "on: tell that API who a request is from in a signed token as well"),
    text("gateway_url", "public_url", "Where callers reach that API; shown in examples"),
    Member {
        name: "trusted_proxies",
        kind: Kind::List,
        default: "none",
        help: "Networks whose X-Forwarded-For and -Proto are believed, e.g. 10.0.0.0/8",
    },
    text(
        "gate_token",
        "made at first start, in data_dir/gate.token",
        "Credential of backends that call /gate/verify; 32 characters or more",
    ),
    text(
        "operator_token",
        "none: there is no /operator",
        "Credential of your own systems at /operator/...; 32 characters or more",
    ),
    text(
        "sealing_key",
        "made at first start, in data_dir/sealing.key",
        "Seals short-lived cookies; base64 of 32 bytes or more, the same on every node",
    ),
    text("signing_algorithm", "ES256", "With what tokens are signed: ES256, EdDSA or RS256"),
    text(
        "smtp_url",
        "none: no mail is sent",
        "The mail server: smtps://user:password@host, or smtp://user:password@host with STARTTLS",
    ),
    text("mail_from", "none", "The sender of mails, e.g. Example <keys@example.com>; required with smtp_url"),
    text("log_format", "auto", "auto (people in a terminal, JSON elsewhere), human or json"),
    text("log_level", "info", "error, warn, info, debug or trace; or a filter such as info,keywright=debug"),
    number("max_connections", "4096", "Connections open at once; further ones wait"),
    number("session_idle_hours", "168", "Hours after which an unused session ends"),
    number("session_absolute_hours", "720", "Hours after which every session ends"),
    number("usage_interval_seconds", "1", "How often uses are written: about so much a crash may lose"),
    number("usage_minutes_days", "2", "Days for which requests are kept added up by the minute"),
    number("usage_hours_days", "90", "Days for which they are kept by the hour"),
    number("usage_days_days", "730", "Days for which they are kept by the day"),
];
