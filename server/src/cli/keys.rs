//! `keywright keys …`: API keys from a terminal, by the same doors and rules as everywhere.

use super::{
    Failure, Said, Surroundings,
    instance::{At, plain, said},
    session::Session,
    table::{columns, facts},
};
use axum::http::Method;
use clap::{Args, Subcommand, builder::PossibleValuesParser};
use keywright_core::{ids::KeyId, keys::KeyQuery};
use serde_json::{Map, Value, json};

/// `keywright keys`.
#[derive(Args, Debug)]
pub struct Keys {
    #[command(flatten)]
    at: At,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List keys: those that work first
    List(List),
    /// Make a key, and print its secret, this once
    Create(Create),
    /// Show a key
    Show {
        /// Its id, key_…
        key: KeyId,
    },
    /// Give a key a new secret, and print it, this once; the old one works on for a while
    Rotate {
        /// Its id, key_…
        key: KeyId,
        /// For how long the old secret works on, in seconds; without it a day, and 0 is not at all
        #[arg(long, value_name = "SECONDS")]
        grace_seconds: Option<u64>,
    },
    /// End a key for good
    Revoke {
        /// Its id, key_…
        key: KeyId,
        /// Why, for the log; up to 200 characters
        #[arg(long, default_value = "")]
        reason: String,
    },
}

#[derive(Args, Debug)]
struct List {
    /// Only those with this text in their label, their note or the beginning of their secret
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Only those that stand so
    #[arg(long, value_parser = words(KeyQuery::STATUS))]
    status: Option<String>,
    /// Only those that were given this scope
    #[arg(long)]
    scope: Option<String>,
    /// Only this member's (an id, user_…), the workspace's own (workspace), or those of people who left (left)
    #[arg(long)]
    owner: Option<String>,
    /// Only those that end within so many days, or never
    #[arg(long, value_parser = words(KeyQuery::EXPIRY))]
    expiry: Option<String>,
    /// Only those that were last used then
    #[arg(long, value_parser = words(KeyQuery::LAST_USE))]
    last_used: Option<String>,
    /// In which order
    #[arg(long, value_parser = words(KeyQuery::SORT))]
    sort: Option<String>,
}

#[derive(Args, Debug)]
struct Create {
    /// What people will call it
    label: String,
    /// What it may do; several with commas, or the option several times. Without it the product's usual ones
    #[arg(long, value_name = "SCOPE", value_delimiter = ',')]
    scope: Vec<String>,
    /// Where it is kept, or what for
    #[arg(long)]
    note: Option<String>,
    /// In how many days it ends; without any of the three the product's usual time
    #[arg(long, value_name = "DAYS", group = "end")]
    expires_in_days: Option<u32>,
    /// The last day on which it works, in UTC: 2027-01-31
    #[arg(long, value_name = "DATE", group = "end")]
    expires_on: Option<String>,
    /// It ends only when somebody ends it, where that is allowed
    #[arg(long, group = "end")]
    never_expires: bool,
    /// In which environment, where the product has several
    #[arg(long)]
    environment: Option<String>,
    /// From which addresses and networks it may be used; several with commas. Without it from anywhere
    #[arg(long, value_name = "NETWORK", value_delimiter = ',')]
    allow_ip: Vec<String>,
    /// Whose role bounds it: yours, or nobody's where the workspace can have keys of its own
    #[arg(long, value_parser = ["member", "workspace"])]
    owner: Option<String>,
}

fn words<T>(all: &'static [(&'static str, T)]) -> PossibleValuesParser {
    PossibleValuesParser::new(all.iter().map(|(word, _)| *word))
}

impl Keys {
    /// Asks the server, and says what came of it.
    pub async fn run(self, around: &Surroundings) -> Result<Said, Failure> {
        let mut session = Session::open(&self.at, around)?;
        let answer = match &self.command {
            Command::List(list) => list.all(&mut session).await?,
            Command::Create(create) => session.call(Method::POST, "/api-keys", Some(&create.body())).await?,
            Command::Show { key } => session.call(Method::GET, &format!("/api-keys/{key}"), None).await?,
            Command::Rotate { key, grace_seconds } => {
                let body = grace_seconds.map_or_else(|| json!({}), |seconds| json!({"grace_seconds": seconds}));
                session.call(Method::POST, &format!("/api-keys/{key}/rotate"), Some(&body)).await?
            }
            Command::Revoke { key, reason } => {
                let body = json!({"reason": reason});
                session.call(Method::POST, &format!("/api-keys/{key}/revoke"), Some(&body)).await?
            }
        };
        if self.at.json {
            return Ok(Said::json(&answer));
        }
        Ok(match &self.command {
            Command::List(_) => Said::words(list(&answer)),
            Command::Show { .. } => Said::words(one(&answer)),
            Command::Create(_) => secret(&answer, "This is its secret, and nothing will show it again"),
            Command::Rotate { .. } => secret(&answer, "This is its new secret, and nothing will show it again"),
            Command::Revoke { .. } => {
                Said::words(format!("Revoked {} ({}).\n", said(&answer, "label"), said(&answer, "id")))
            }
        })
    }
}

impl List {
    /// Page after page, as one answer.
    async fn all(&self, session: &mut Session<'_>) -> Result<Value, Failure> {
        let mut all = Vec::new();
        let mut cursor = None;
        loop {
            let query = self.query(cursor.as_deref());
            let mut answer = session.call(Method::GET, &format!("/api-keys?{query}"), None).await?;
            if let Some(Value::Array(rows)) = answer.get_mut("data").map(Value::take) {
                all.extend(rows);
            }
            cursor = answer["meta"]["next_cursor"].as_str().map(str::to_owned);
            if cursor.is_none() {
                answer["data"] = all.into();
                return Ok(answer);
            }
        }
    }

    fn query(&self, cursor: Option<&str>) -> String {
        let asked = [
            ("q", self.search.as_deref()),
            ("status", self.status.as_deref()),
            ("scope", self.scope.as_deref()),
            ("owner", self.owner.as_deref()),
            ("expiry", self.expiry.as_deref()),
            ("last_used", self.last_used.as_deref()),
            ("sort", self.sort.as_deref()),
            ("cursor", cursor),
        ];
        let asked = asked.into_iter().filter_map(|(name, value)| Some((name, value?)));
        form_urlencoded::Serializer::new("limit=100".to_owned()).extend_pairs(asked).finish()
    }
}

impl Create {
    /// What is not said is left out: the server knows the product's usual answer.
    fn body(&self) -> Value {
        let mut body = Map::new();
        let mut put = |name: &str, value: Value| drop(body.insert(name.to_owned(), value));
        put("label", self.label.as_str().into());
        if !self.scope.is_empty() {
            put("scopes", self.scope.clone().into());
        }
        if !self.allow_ip.is_empty() {
            put("allowed_ips", self.allow_ip.clone().into());
        }
        match (self.expires_in_days, self.never_expires) {
            (Some(days), _) => put("expires_in_days", days.into()),
            (None, true) => put("expires_in_days", Value::Null),
            (None, false) => {}
        }
        let texts = [
            ("note", &self.note),
            ("expires_on", &self.expires_on),
            ("environment", &self.environment),
            ("owner", &self.owner),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                put(name, text.as_str().into());
            }
        }
        Value::Object(body)
    }
}

fn list(answer: &Value) -> String {
    let data = answer["data"].as_array().map(Vec::as_slice).unwrap_or_default();
    if data.is_empty() {
        return "No keys.\n".to_owned();
    }
    let or = |text: String, nothing: &str| if text.is_empty() { nothing.to_owned() } else { text };
    let row = |key: &Value| {
        [
            said(key, "id"),
            said(key, "label"),
            said(key, "status"),
            said(key, "masked"),
            said(key, "scopes"),
            or(said(key, "expires_at"), "never"),
            or(said(key, "last_used_at"), "never"),
        ]
    };
    columns(["ID", "LABEL", "STATUS", "KEY", "SCOPES", "EXPIRES", "LAST USED"], data.iter().map(row))
}

fn one(key: &Value) -> String {
    let owner = match key["owner"]["type"].as_str() {
        Some("workspace") => "the workspace".to_owned(),
        Some(_) | None => said(&key["owner"], "name"),
    };
    let missing = key["missing_scopes"].as_array().into_iter().flatten();
    let missing: Vec<_> = missing.map(|scope| format!("{} ({})", said(scope, "name"), said(scope, "reason"))).collect();
    let last_use = last_use(&key["last_used"]);
    let ends = said(key, "expires_at");
    facts(&[
        ("id", said(key, "id")),
        ("label", said(key, "label")),
        ("note", said(key, "note")),
        ("status", said(key, "status")),
        ("key", said(key, "masked")),
        ("scopes", said(key, "scopes")),
        ("not in effect", missing.join(", ")),
        ("environment", said(key, "environment")),
        ("allowed from", said(key, "allowed_ips")),
        ("owner", owner),
        ("created", format!("{} by {}", said(key, "created_at"), said(&key["created_by"], "name"))),
        ("expires", if ends.is_empty() { "never".to_owned() } else { ends }),
        ("last used", last_use),
        ("old secret", plain(&key["rotation"]["ends_at"])),
        ("disabled", said(key, "disabled_at")),
        ("revoked", said(key, "revoked_at")),
        ("reason", said(key, "revoked_reason")),
    ])
}

fn last_use(used: &Value) -> String {
    if used["at"].is_null() {
        return "never".to_owned();
    }
    let answered = used["status"].as_u64().map(|status| format!(", answered {status}")).unwrap_or_default();
    format!("{}  {} from {}{answered}", said(used, "at"), said(used, "route"), said(used, "address"))
}

/// The secret alone where a pipe can take it, and for people what it is of.
fn secret(answer: &Value, words: &str) -> Said {
    let (label, id, scopes) = (said(answer, "label"), said(answer, "id"), said(answer, "scopes"));
    let ends = said(answer, "expires_at");
    let ends = if ends.is_empty() { "it does not expire".to_owned() } else { format!("until {ends}") };
    let old = said(&answer["rotation"], "ends_at");
    let old = if old.is_empty() { String::new() } else { format!("The old secret works until {old}.\n") };
    let aside = format!("{label} ({id}): {scopes}; {ends}.\n{old}{words}:\n");
    Said { output: format!("{}\n", answer["key"].as_str().unwrap_or_default()), aside }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::Parser as _;

    fn body(arguments: &[&str]) -> Value {
        let all = ["keywright", "keys", "create"].iter().chain(arguments);
        let command = Cli::try_parse_from(all).unwrap().command;
        let crate::cli::Command::Keys(Keys { command: Command::Create(create), .. }) = command else {
            panic!("{arguments:?}")
        };
        create.body()
    }

    #[test]
    fn only_what_is_said_is_sent() {
        assert_eq!(body(&["CI"]), json!({"label": "CI"}));
        let all =
            ["CI", "--scope", "a,b", "--scope", "c", "--never-expires", "--allow-ip", "10.0.0.0/8", "--note", "n"];
        let expected = json!({"label": "CI", "scopes": ["a", "b", "c"], "expires_in_days": null,
            "allowed_ips": ["10.0.0.0/8"], "note": "n"});
        assert_eq!(body(&all), expected);
        assert_eq!(body(&["CI", "--expires-in-days", "9"])["expires_in_days"], 9);
        assert_eq!(body(&["CI", "--expires-on", "2027-01-31"])["expires_on"], "2027-01-31");
        let two = ["keywright", "keys", "create", "CI", "--never-expires", "--expires-in-days", "9"];
        assert!(Cli::try_parse_from(two).is_err());
    }

    #[test]
    fn a_last_use_is_one_line_with_what_is_known_of_it() {
        let mut used =
            json!({"at": "2026-11-20T14:03:11Z", "route": "GET /a", "address": "203.0.113.7", "status": 200});
        assert_eq!(last_use(&used), "2026-11-20T14:03:11Z  GET /a from 203.0.113.7, answered 200");
        used["status"] = Value::Null;
        assert_eq!(last_use(&used), "2026-11-20T14:03:11Z  GET /a from 203.0.113.7");
        assert_eq!(last_use(&Value::Null), "never");
    }

    #[test]
    fn a_secret_stands_alone_where_a_pipe_takes_it() {
        let answer = json!({"id": "key_1", "label": "CI", "scopes": ["a"], "expires_at": null, "key": "sk_live_x"});
        let said = secret(&answer, "This is its secret");
        assert_eq!(said.output, "sk_live_x\n");
        assert!(said.aside.contains("CI (key_1): a; it does not expire.") && !said.aside.contains("sk_live_x"));
    }
}
