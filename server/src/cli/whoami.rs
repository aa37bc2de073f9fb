//! `keywright whoami`: who is signed in, and where.

use super::{
    Failure, Said, Surroundings,
    instance::{At, said},
    session::Session,
};
use axum::http::Method;
use clap::Args;
use serde_json::Value;

/// `keywright whoami`.
#[derive(Args, Debug)]
pub struct Whoami {
    #[command(flatten)]
    at: At,
}

impl Whoami {
    /// Asks the server, so that whoever was signed out meanwhile learns it.
    pub async fn run(self, around: &Surroundings) -> Result<Said, Failure> {
        let mut session = Session::open(&self.at, around)?;
        let who = session.call(Method::GET, "/oauth/whoami", None).await?;
        Ok(shown(session.url(), who, self.at.json))
    }
}

/// As people read it, or as programs do.
pub fn shown(url: &str, mut who: Value, json: bool) -> Said {
    if json {
        who["url"] = url.into();
        return Said::json(&who);
    }
    let (user, workspace) = (&who["user"], &who["workspace"]);
    let lines = [
        ("server", url.to_owned()),
        ("person", format!("{} <{}>", said(user, "name"), said(user, "email"))),
        ("workspace", format!("{} ({})", said(workspace, "name"), said(workspace, "slug"))),
        ("role", said(&who, "role")),
    ];
    Said::words(super::table::facts(&lines))
}
