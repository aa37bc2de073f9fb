//! `keywright token`: the access token of whoever is signed in, for `KEYWRIGHT_TOKEN` elsewhere.

use super::{Failure, Said, Surroundings, instance::At, session::Session};
use clap::Args;
use serde_json::json;

/// `keywright token`.
#[derive(Args, Debug)]
pub struct Token {
    #[command(flatten)]
    at: At,
}

impl Token {
    /// The token, alone, so that it can be handed on.
    pub async fn run(self, around: &Surroundings) -> Result<Said, Failure> {
        let mut session = Session::open(&self.at, around)?;
        let token = session.token().await?;
        if self.at.json {
            return Ok(Said::json(&json!({"url": session.url(), "access_token": token})));
        }
        let note = "Whoever has it can manage keys as you, for a few minutes.\n".to_owned();
        Ok(Said { output: format!("{token}\n"), aside: note })
    }
}
