//! Somebody who has signed in, and the requests that are made for them.

use super::{
    Failure, Surroundings, TOKEN_VARIABLE,
    credentials::{Credentials, Entry},
    instance::{At, Instance},
};
use axum::http::{Method, StatusCode};
use keywright_core::apps::ClientId;
use serde_json::Value;

/// So long before its end a token is not used any more: it would end on its way.
const TOO_LATE_SECONDS: i64 = 30;

/// Somebody at an instance.
pub struct Session<'a> {
    instance: Instance,
    around: &'a Surroundings,
    by: By,
}

/// By what they are known there.
enum By {
    /// A token that was given for this one command.
    Given(String),
    /// What was kept when they signed in.
    Kept(Credentials, Entry),
}

/// The file of whoever runs the command.
pub fn credentials(around: &Surroundings) -> Result<Credentials, Failure> {
    let folder = around.folder.clone().map(Credentials::in_folder);
    folder.ok_or_else(|| {
        Failure::Fault("there is no folder for settings: neither XDG_CONFIG_HOME nor HOME is set".to_owned())
    })
}

impl<'a> Session<'a> {
    /// Whoever has signed in; with `KEYWRIGHT_TOKEN` whoever that speaks for.
    pub fn open(at: &At, around: &'a Surroundings) -> Result<Self, Failure> {
        let credentials = credentials(around);
        // Which server is meant is the second question where nobody is signed in to any.
        if let (Ok(kept), None, None, None) = (&credentials, &around.token, &at.url, &around.url)
            && kept.is_empty()?
        {
            let message = "you are not signed in. Sign in: keywright login --url https://keys.example.com";
            return Err(Failure::SignedOut(message.to_owned()));
        }
        let instance = Instance::meant(at, around, credentials.as_ref().ok())?;
        if let Some(token) = around.token.clone() {
            return Ok(Self { instance, around, by: By::Given(token) });
        }
        let credentials = credentials?;
        let entry = credentials.find(instance.url())?.ok_or_else(|| signed_out(&instance))?;
        Ok(Self { instance, around, by: By::Kept(credentials, entry) })
    }

    /// Where they are.
    pub fn url(&self) -> &str {
        self.instance.url()
    }

    /// A token that is good for a while.
    pub async fn token(&mut self) -> Result<String, Failure> {
        match &self.by {
            By::Given(token) => Ok(token.clone()),
            By::Kept(_, entry) if entry.expires_at - TOO_LATE_SECONDS > self.around.now().timestamp() => {
                Ok(entry.access_token.clone())
            }
            By::Kept(..) => self.refresh().await,
        }
    }

    /// What the server answers to this.
    pub async fn call(&mut self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, Failure> {
        let token = self.token().await?;
        let mut answer = self.instance.ask(method.clone(), path, &token, body).await?;
        // Clocks differ, and signing keys are replaced. A refused request has done nothing, so it can be sent again.
        if answer.0 == StatusCode::UNAUTHORIZED && matches!(self.by, By::Kept(..)) {
            let token = self.refresh().await?;
            answer = self.instance.ask(method, path, &token, body).await?;
        }
        match answer {
            (status, answer) if status.is_success() => Ok(answer),
            (StatusCode::UNAUTHORIZED, _) => Err(self.refused()),
            (status, answer) => Err(self.instance.refusal(status, &answer)),
        }
    }

    fn refused(&self) -> Failure {
        match self.by {
            By::Given(_) => Failure::SignedOut(format!(
                "{} does not accept the token in {TOKEN_VARIABLE}: it has ended, was revoked, or is no access token. An \
                 API key cannot manage keys",
                self.url()
            )),
            By::Kept(..) => signed_out(&self.instance),
        }
    }

    /// Changes the refresh token for the next pair, which is on disk before anything is done with it.
    async fn refresh(&mut self) -> Result<String, Failure> {
        let By::Kept(credentials, ended) = &self.by else { return Err(self.refused()) };
        let (credentials, ended) = (credentials.clone(), ended.clone());
        let url = self.instance.url();
        let locked = credentials.lock()?;
        let kept = locked.find(url)?.ok_or_else(|| signed_out(&self.instance))?;
        let next = if kept == ended {
            let fields = [
                ("grant_type", "refresh_token"),
                ("client_id", ClientId::COMMAND_LINE),
                ("refresh_token", ended.refresh_token.as_str()),
            ];
            let (status, answer) = self.instance.form("/oauth/token", &fields).await?;
            let Some(next) = entry(&answer, self.around).filter(|_| status.is_success()) else {
                if matches!(answer["error"].as_str(), Some("invalid_grant" | "invalid_client")) {
                    locked.remove(url)?;
                    return Err(signed_out(&self.instance));
                }
                return Err(self.instance.refusal(status, &answer));
            };
            locked.put(url, next.clone())?;
            next
        } else {
            // Another command has done it meanwhile.
            kept
        };
        let token = next.access_token.clone();
        self.by = By::Kept(credentials.clone(), next);
        Ok(token)
    }
}

/// What the token endpoint gave.
pub fn entry(answer: &Value, around: &Surroundings) -> Option<Entry> {
    let text = |name: &str| answer[name].as_str().map(str::to_owned);
    Some(Entry {
        access_token: text("access_token")?,
        refresh_token: text("refresh_token")?,
        expires_at: around.now().timestamp() + answer["expires_in"].as_i64()?,
    })
}

fn signed_out(instance: &Instance) -> Failure {
    let url = instance.url();
    Failure::SignedOut(format!("you are not signed in to {url}. Sign in: keywright login --url {url}"))
}
