//! `keywright operator …`: what the operator does to workspaces, from a terminal. It asks the running server,
//! so that what its gate remembers follows at once.

mod table;

use super::exchange::exchange;
use crate::{
    config::{BaseUrl, Config, Secret, parse_public_url},
    gate::upstream::{HttpClient, client},
};
use axum::{
    body::Body,
    http::{
        Method, Request, StatusCode,
        header::{AUTHORIZATION, CONTENT_TYPE},
    },
};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    path::PathBuf,
    process::ExitCode,
};

/// `keywright operator`.
#[derive(Args, Debug)]
pub struct Operator {
    /// Configuration file; without it KEYWRIGHT_CONFIG, or keywright.toml in this folder if there is one
    #[arg(long, global = true, value_name = "PATH")]
    pub config: Option<PathBuf>,
    /// Where the server is; without it, where the configuration says that it listens
    #[arg(long, global = true)]
    url: Option<String>,
    /// Print the server's answer as JSON
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the workspaces, the latest first
    Workspaces {
        /// Only those with this text in their name or slug
        #[arg(long, default_value = "")]
        search: String,
        /// Only those on this plan
        #[arg(long, default_value = "")]
        plan: String,
    },
    /// Make a workspace, and print a link with which its owner enters
    CreateWorkspace {
        /// What people will call it
        #[arg(long)]
        name: String,
        /// The name of its plan
        #[arg(long)]
        plan: String,
        /// The owner's address; who has an account keeps it
        #[arg(long)]
        owner_email: String,
        /// What to call the owner, if they have no account yet
        #[arg(long)]
        owner_name: String,
    },
    /// Show one workspace
    Show {
        /// As in its address, /w/<slug>
        slug: String,
    },
    /// Give a workspace another plan
    SetPlan {
        /// As in its address, /w/<slug>
        slug: String,
        /// The name of the plan
        plan: String,
    },
    /// Give a workspace another name; its address stays
    Rename {
        /// As in its address, /w/<slug>
        slug: String,
        /// What people will call it
        name: String,
    },
    /// Refuse a workspace's keys and every change in it, until it is resumed
    Suspend {
        /// As in its address, /w/<slug>
        slug: String,
        /// Why, for the audit log, which its members can read
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// End a workspace's suspension
    Resume {
        /// As in its address, /w/<slug>
        slug: String,
    },
    /// Delete a workspace with everything in it, for good
    Delete {
        /// As in its address, /w/<slug>
        slug: String,
        /// The slug once more
        #[arg(long, value_name = "SLUG")]
        confirm: String,
    },
    /// Print a link that signs a person in once, within ten minutes
    SignInLink {
        /// The person's address
        #[arg(long)]
        email: String,
        /// The slug of the workspace that the link leads to
        #[arg(long, value_name = "SLUG")]
        workspace: Option<String>,
    },
    /// List the keys that sign tokens
    SigningKeys,
    /// Make the next key that signs tokens; it takes its turn when everybody has had the time to learn of it
    RotateSigningKey {
        /// Somebody else may have the keys: end at once all that they have signed
        #[arg(long)]
        compromised: bool,
    },
}

/// Why nothing was done, or not what was asked for.
#[derive(Debug)]
pub enum Failure {
    /// The server refused, or none answered.
    Refused(String),
    /// The command line was wrong.
    Usage(String),
}

impl Failure {
    /// 1 for what was refused, 2 for what was called wrongly.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Refused(_) => ExitCode::FAILURE,
            Self::Usage(_) => ExitCode::from(2),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(message) | Self::Usage(message) => f.write_str(message),
        }
    }
}

impl Operator {
    /// Asks the server, and gives what is to be printed.
    pub async fn run(self, config: &Config) -> Result<String, Failure> {
        let server = Server::new(self.url.as_deref(), config)?;
        let answer = if let Command::Workspaces { search, plan } = &self.command {
            server.list(search, plan).await?
        } else {
            let (method, path, body) = request(&self.command);
            server.ask(method, &path, body).await?
        };
        if self.json {
            return Ok(if answer.is_null() { String::new() } else { format!("{answer}\n") });
        }
        Ok(match &self.command {
            Command::Workspaces { .. } => table::workspaces(&answer),
            Command::Delete { slug, .. } => format!("Deleted {slug}.\n"),
            Command::SignInLink { .. } => table::link(&answer, "expires_at"),
            Command::SigningKeys | Command::RotateSigningKey { .. } => table::signing_keys(&answer),
            Command::CreateWorkspace { .. } => {
                format!("{}\n{}", table::workspace(&answer), table::link(&answer, "url_expires_at"))
            }
            Command::Show { .. }
            | Command::SetPlan { .. }
            | Command::Rename { .. }
            | Command::Suspend { .. }
            | Command::Resume { .. } => table::workspace(&answer),
        })
    }
}

/// What a command is over REST.
fn request(command: &Command) -> (Method, String, Option<Value>) {
    match command {
        Command::Workspaces { .. } => (Method::GET, "/operator/workspaces".to_owned(), None),
        Command::CreateWorkspace { name, plan, owner_email, owner_name } => {
            let owner = json!({"email": owner_email, "name": owner_name});
            let body = json!({"name": name, "plan": plan, "owner": owner});
            (Method::POST, "/operator/workspaces".to_owned(), Some(body))
        }
        Command::Show { slug } => (Method::GET, path(slug, ""), None),
        Command::SetPlan { slug, plan } => (Method::PATCH, path(slug, ""), Some(json!({"plan": plan}))),
        Command::Rename { slug, name } => (Method::PATCH, path(slug, ""), Some(json!({"name": name}))),
        Command::Suspend { slug, reason } => (Method::POST, path(slug, "/suspend"), Some(json!({"reason": reason}))),
        Command::Resume { slug } => (Method::POST, path(slug, "/resume"), None),
        Command::Delete { slug, confirm } => (Method::DELETE, path(slug, ""), Some(json!({"confirm": confirm}))),
        Command::SignInLink { email, workspace } => {
            let body = json!({"email": email, "workspace": workspace});
            (Method::POST, "/operator/sign-in-links".to_owned(), Some(body))
        }
        Command::SigningKeys => (Method::GET, "/operator/signing-keys".to_owned(), None),
        Command::RotateSigningKey { compromised } => {
            (Method::POST, "/operator/signing-keys".to_owned(), Some(json!({"compromised": compromised})))
        }
    }
}

fn path(slug: &str, rest: &str) -> String {
    format!("/operator/workspaces/{}{rest}", encoded(slug))
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The running server, as this command reaches it.
struct Server {
    base: BaseUrl,
    token: Secret<String>,
    client: HttpClient,
}

impl Server {
    fn new(url: Option<&str>, config: &Config) -> Result<Self, Failure> {
        let base = match url {
            // The token must not travel in the clear.
            Some(url) => parse_public_url(url).map_err(|message| Failure::Usage(format!("--url {message}")))?,
            None => own_address(config),
        };
        let token = config.operator_token.clone().ok_or_else(|| {
            let message = "there is no operator token. Set operator_token in the configuration, or the variable \
                           KEYWRIGHT_OPERATOR_TOKEN, for the server and for this command alike";
            Failure::Refused(message.to_owned())
        })?;
        Ok(Self { base, token, client: client() })
    }

    /// All workspaces, page after page, as one answer.
    async fn list(&self, search: &str, plan: &str) -> Result<Value, Failure> {
        let mut all = Vec::new();
        let mut cursor = String::new();
        loop {
            let (q, plan) = (encoded(search), encoded(plan));
            let path = format!("/operator/workspaces?limit=100&q={q}&plan={plan}{cursor}");
            let mut answer = self.ask(Method::GET, &path, None).await?;
            if let Some(Value::Array(rows)) = answer.get_mut("data").map(Value::take) {
                all.extend(rows);
            }
            match answer["meta"]["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={}", encoded(next)),
                None => return Ok(json!({"data": all, "meta": {"next_cursor": null}})),
            }
        }
    }

    /// One call. An answer without a body is null.
    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, Failure> {
        let mut request = Request::builder().method(method).uri(self.base.join(path));
        request = request.header(AUTHORIZATION, format!("Bearer {}", self.token.expose()));
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let request = request.body(body).map_err(|error| Failure::Usage(error.to_string()))?;
        let (status, text) = exchange(&self.client, request).await.map_err(|why| self.silent(&why))?;
        let answer = serde_json::from_str(&text).unwrap_or(Value::Null);
        if status.is_success() { Ok(answer) } else { Err(self.refused(status, &answer)) }
    }

    fn silent(&self, why: &str) -> Failure {
        Failure::Refused(format!(
            "no server answers at {} ({why}). Start it with `keywright serve`, or say with --url where it is",
            self.base
        ))
    }

    fn refused(&self, status: StatusCode, answer: &Value) -> Failure {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (code, message) = (text(&answer["error"]), text(&answer["message"]));
        let mut said = match (status, code.as_str(), message.as_str()) {
            (StatusCode::UNAUTHORIZED, ..) => format!(
                "{} does not accept the operator token: it was started with another one, or with none",
                self.base
            ),
            // What the gateway says where there is no such door.
            (StatusCode::NOT_FOUND, _, "There is no such address.") => {
                format!("{} has no operator's door: it was started without operator_token", self.base)
            }
            (StatusCode::FORBIDDEN, "https_required", _) => {
                format!("{} refuses plain HTTP: pass its https address with --url", self.base)
            }
            (_, _, "") => format!("{} answered with status {status}", self.base),
            (_, _, message) => message.to_owned(),
        };
        if let Some(fields) = answer["fields"].as_object() {
            for (name, message) in fields {
                said.push_str(&format!("\n  {name}: {}", text(message)));
            }
        }
        Failure::Refused(said)
    }
}

/// Where this command finds the server of the same configuration: its own port if that takes plain HTTP from
/// here, else the public URL.
fn own_address(config: &Config) -> BaseUrl {
    let ip = match config.listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip @ (IpAddr::V4(_) | IpAddr::V6(_)) => ip,
    };
    // Where a proxy on this machine is trusted, a request from here counts as that proxy's.
    let direct = ip.is_loopback() && !config.trusted_proxies.contains(ip);
    if config.public_url.is_https() && !direct {
        return config.public_url.clone();
    }
    let address = std::net::SocketAddr::new(ip, config.listen.port());
    BaseUrl::parse(&format!("http://{address}")).unwrap_or_else(|_| config.public_url.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(variables: &[(&str, &str)]) -> Config {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::load(None, variables, |_| Err(std::io::ErrorKind::NotFound.into())).unwrap()
    }

    #[test]
    fn the_server_is_where_the_configuration_says() {
        let at = |variables: &[(&str, &str)]| own_address(&config(variables)).to_string();
        let public = ("KEYWRIGHT_PUBLIC_URL", "https://keys.example.com");
        let proxy = ("KEYWRIGHT_TRUSTED_PROXIES", "10.0.0.1");
        assert_eq!(at(&[]), "http://127.0.0.1:3000");
        assert_eq!(at(&[("KEYWRIGHT_LISTEN", "127.0.0.1:8080"), public, proxy]), "http://127.0.0.1:8080");
        assert_eq!(at(&[("KEYWRIGHT_LISTEN", "0.0.0.0:80"), public, proxy]), "http://127.0.0.1");
        assert_eq!(at(&[("KEYWRIGHT_LISTEN", "[::]:8080"), public, proxy]), "http://[::1]:8080");
        assert_eq!(at(&[("KEYWRIGHT_LISTEN", "10.0.0.9:8080"), public, proxy]), "https://keys.example.com");
        let here = ("KEYWRIGHT_TRUSTED_PROXIES", "127.0.0.1");
        assert_eq!(at(&[public, here]), "https://keys.example.com", "from here it would count as the proxy's");
    }

    #[test]
    fn the_token_does_not_travel_in_the_clear() {
        let config = config(&[("KEYWRIGHT_OPERATOR_TOKEN", "operator-token-of-the-tests-012345678")]);
        let open = |url| Server::new(Some(url), &config).map(|server| server.base.to_string());
        assert!(matches!(open("http://keys.example.com"), Err(Failure::Usage(_))));
        assert!(open("https://keys.example.com").is_ok() && open("http://[::1]:3000").is_ok());
    }
}
