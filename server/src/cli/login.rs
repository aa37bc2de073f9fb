//! `keywright login`: a person allows it in a browser, here or on another device (RFC 8628).

use super::{
    Failure, Said, Surroundings,
    instance::{At, Instance, said, said_link},
    session::{credentials, entry},
    whoami,
};
use axum::http::Method;
use clap::Args;
use keywright_core::{apps::ClientId, oauth::MANAGE};
use serde_json::Value;
use std::{
    process::{Command, Stdio},
    time::Duration,
};

/// What is waited between two questions where the server does not say (RFC 8628 §3.2).
const USUAL_INTERVAL: u64 = 5;
/// What is added where it says that this was too soon, or does not answer (§3.5).
const SLOWER: u64 = 5;
/// The longest that is waited in any case.
const LONGEST_WAIT: i64 = 30 * 60;

/// `keywright login`.
#[derive(Args, Debug)]
pub struct Login {
    #[command(flatten)]
    at: At,
    /// Do not open a browser, only print the link
    #[arg(long)]
    no_browser: bool,
}

/// What the server gave to wait with.
struct Begun {
    device_code: String,
    user_code: String,
    link: String,
    interval: u64,
    lasts: i64,
}

impl Login {
    /// Signs in, and says as whom.
    pub async fn run(self, around: &Surroundings) -> Result<Said, Failure> {
        let credentials = credentials(around)?;
        let instance = Instance::meant(&self.at, around, Some(&credentials))?;
        // Before anybody is asked: what cannot be kept is not worth a yes.
        drop(credentials.lock()?);
        let begun = begin(&instance).await?;
        eprintln!("Open this page, compare the code, and allow it:\n\n    {}\n\n    {}\n", begun.link, begun.user_code);
        if !self.no_browser && around.has_screen {
            open_browser(&begun.link);
        }
        let answer = wait(&instance, &begun, around).await?;
        let entry = entry(&answer, around).ok_or_else(|| no_keywright(&instance))?;
        let (status, who) = instance.ask(Method::GET, "/oauth/whoami", &entry.access_token, None).await?;
        if !status.is_success() {
            return Err(instance.refusal(status, &who));
        }
        let locked = credentials.lock()?;
        let before = locked.put(instance.url(), entry)?;
        locked.make_current(instance.url())?;
        drop(locked);
        if let Some(before) = before {
            // It is of no use any more. That it could not be given back is no reason to say that this failed.
            let fields = [("client_id", ClientId::COMMAND_LINE), ("token", before.refresh_token.as_str())];
            drop(instance.form("/oauth/revoke", &fields).await);
        }
        Ok(whoami::shown(instance.url(), who, self.at.json))
    }
}

async fn begin(instance: &Instance) -> Result<Begun, Failure> {
    let fields = [("client_id", ClientId::COMMAND_LINE), ("scope", MANAGE)];
    let (status, answer) = instance.form("/auth/device/code", &fields).await?;
    if !status.is_success() {
        return Err(match answer["error"].as_str() {
            Some("temporarily_unavailable") => instance.refusal(status, &answer),
            Some(_) | None => no_keywright(instance),
        });
    }
    let link = said_link(&answer, "verification_uri_complete").or_else(|| said_link(&answer, "verification_uri"));
    Ok(Begun {
        device_code: answer["device_code"].as_str().map(str::to_owned).ok_or_else(|| no_keywright(instance))?,
        user_code: said(&answer, "user_code"),
        link: link.ok_or_else(|| no_keywright(instance))?,
        interval: answer["interval"].as_u64().unwrap_or(USUAL_INTERVAL).max(1),
        lasts: answer["expires_in"].as_i64().unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT),
    })
}

/// Asks again and again until somebody has decided.
async fn wait(instance: &Instance, begun: &Begun, around: &Surroundings) -> Result<Value, Failure> {
    let until = around.now().timestamp() + begun.lasts;
    let mut interval = begun.interval;
    let fields = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("client_id", ClientId::COMMAND_LINE),
        ("device_code", begun.device_code.as_str()),
    ];
    while around.now().timestamp() < until {
        tokio::time::sleep(Duration::from_secs(interval)).await;
        match instance.form("/oauth/token", &fields).await {
            Ok((status, answer)) if status.is_success() => return Ok(answer),
            Ok((status, answer)) => match answer["error"].as_str() {
                Some("authorization_pending") => {}
                Some("slow_down" | "temporarily_unavailable") => interval += SLOWER,
                Some("access_denied") => return Err(Failure::Refused("it was not allowed".to_owned())),
                Some("expired_token") => break,
                Some(_) | None => return Err(instance.refusal(status, &answer)),
            },
            // A line that is cut for a moment is no reason to begin again (§3.5).
            Err(_) => interval += SLOWER,
        }
    }
    Err(Failure::SignedOut("nobody has allowed it in time. Begin again: keywright login".to_owned()))
}

fn no_keywright(instance: &Instance) -> Failure {
    Failure::Fault(format!("{} is no Keywright that knows this command line. Is the address right?", instance.url()))
}

/// The link is printed in any case, so that it does not matter whether this does anything.
fn open_browser(link: &str) {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let quiet =
        Command::new(program).arg(link).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    drop(quiet);
}
