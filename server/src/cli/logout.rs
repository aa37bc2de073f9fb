//! `keywright logout`: what was given at sign-in is given back.

use super::{
    Failure, Said, Surroundings,
    instance::{At, Instance},
    session::credentials,
};
use clap::Args;
use keywright_core::apps::ClientId;
use serde_json::json;

/// `keywright logout`.
#[derive(Args, Debug)]
pub struct Logout {
    #[command(flatten)]
    at: At,
}

impl Logout {
    /// Signs out. What is on this machine goes first: it goes also where the server cannot be reached.
    pub async fn run(self, around: &Surroundings) -> Result<Said, Failure> {
        let credentials = credentials(around)?;
        let instance = Instance::meant(&self.at, around, Some(&credentials))?;
        let url = instance.url();
        let removed = credentials.lock()?.remove(url)?;
        let was_signed_in = removed.is_some();
        if let Some(entry) = removed {
            let fields = [("client_id", ClientId::COMMAND_LINE), ("token", entry.refresh_token.as_str())];
            let told = instance.form("/oauth/revoke", &fields).await;
            if !told.is_ok_and(|(status, _)| status.is_success()) {
                return Err(Failure::Fault(format!(
                    "the tokens were deleted here, but {url} could not be told. End them there, under “Connected apps” in \
                     your account"
                )));
            }
        }
        if self.at.json {
            return Ok(Said::json(&json!({"url": url, "signed_out": was_signed_in})));
        }
        let words = if was_signed_in { "Signed out of" } else { "Nobody was signed in to" };
        Ok(Said::words(format!("{words} {url}.\n")))
    }
}
