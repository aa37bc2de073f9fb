//! Which app is asking: client authentication at the token endpoint and its neighbours (OAuth 2.1 §2.4).
//!
//! 1. The app says who it is in one way only: `Authorization: Basic` (RFC 6749 §2.3.1), or `client_id` with or without
//!    `client_secret` in the body. Two ways at once are refused.
//! 2. An app that nobody knows is `invalid_client`, never `invalid_grant`: it learns that it has to register anew.
//! 3. The way must be the one that was registered for it.
//! 4. Whoever guesses at one app's secret from one address has to wait.
//! 5. The secret is one of the app's: its SHA-256 is looked up, so that no comparison tells how much of it was right.
//!
//! Who has said who they are is known for a few seconds, if they say it again in the same way from the same address:
//! apps that ask for tokens ask often. Until then whatever is changed of an app is forgotten at once, on every node, and a
//! secret that has come to its end works for as long at the most.

use super::{
    App, Apps, AuthMethod, ClientId, Refused,
    manage::masked,
    store::{self, Proven},
};
use crate::{Time, accounts::Buckets, error::Error, secret::SecretHash};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::TimeDelta;
use std::{net::IpAddr, time::Duration};

/// How often a wrong secret may come from one address for one app before it has to wait.
const MOST_FAILURES: i64 = 10;
/// How long that is remembered from the first.
const FAILURES_LAST: TimeDelta = TimeDelta::minutes(15);

/// For how many seconds an app is known.
const KNOWN: i64 = 5;

/// An app that has said who it is.
pub(crate) struct KnownApp {
    app: App,
    /// Until when that counts.
    pub until: Time,
}

/// What a request shows of the app that sends it.
#[derive(Clone, Copy, Default)]
pub struct Presented<'a> {
    /// The header `Authorization`, whole.
    pub authorization: Option<&'a str>,
    /// `client_id` of the body; an empty one is none.
    pub client_id: Option<&'a str>,
    /// `client_secret` of the body; an empty one is none.
    pub client_secret: Option<&'a str>,
    /// Whether the body has a `client_assertion`, by which no app here is recognised.
    pub assertion: bool,
}

/// Why nobody knows which app is asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAuthenticated {
    /// It says who it is in two ways, or not at all (`invalid_request`).
    Unclear(&'static str),
    /// It is not who it says (`invalid_client`, 401). With `basic`, it came in the header, and is answered there.
    Refused {
        /// Why, for whoever builds the app. It tells a stranger nothing that is worth knowing.
        why: &'static str,
        /// Whether it used `Authorization`.
        basic: bool,
    },
    /// Too many wrong secrets (429).
    Throttled {
        /// When the next try is allowed.
        retry_after: Duration,
    },
    /// The database did not answer, or worse.
    Failed(Error),
}

impl From<Error> for NotAuthenticated {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<sqlx::Error> for NotAuthenticated {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// How an app says who it is.
#[derive(Debug, PartialEq, Eq)]
enum Claim {
    Basic { id: String, secret: String },
    Post { id: String, secret: String },
    None { id: String },
}

const UNKNOWN: &str = "There is no app with this client_id.";
const WRONG_SECRET: &str = "The client_secret is not one of this app’s.";

impl Apps {
    /// The app that sends a request. What is refused is in its trace, if there is such an app.
    pub async fn authenticate(
        &self,
        presented: &Presented<'_>,
        address: Option<IpAddr>,
    ) -> Result<App, NotAuthenticated> {
        let claim = Claim::read(presented)?;
        let basic = matches!(claim, Claim::Basic { .. });
        let refused = |why| NotAuthenticated::Refused { why, basic };
        let client_id = ClientId::parse(claim.id()).map_err(|_| refused(UNKNOWN))?;
        let found = self.look_up(&client_id, claim.secret(), address).await?;
        let (app, proven) = found.ok_or_else(|| refused(UNKNOWN))?;
        match claim.fault(&app).or_else(|| (!proven).then_some(WRONG_SECRET)) {
            None => Ok(app),
            Some(why) => {
                self.trace_refusal(&app, why, &claim, address);
                Err(refused(why))
            }
        }
    }

    /// The app of this name, and whether the secret, if there is one, is its own.
    async fn look_up(
        &self,
        client_id: &ClientId,
        secret: Option<&str>,
        address: Option<IpAddr>,
    ) -> Result<Option<(App, bool)>, NotAuthenticated> {
        match secret {
            None => self.named(client_id).await,
            Some(secret) => self.proven(client_id, secret, address).await,
        }
    }

    /// The app of this name, which has nothing to prove.
    async fn named(&self, client_id: &ClientId) -> Result<Option<(App, bool)>, NotAuthenticated> {
        let now = self.clock.now();
        let until = known_until(now);
        let read = || async {
            let found = store::find_by_client_id(&self.db, client_id, now).await?;
            Ok(found.map(|app| KnownApp { app, until }))
        };
        let found = self.gate.memory().apps.get_or_load(shown(client_id, "", None, until), read).await?;
        Ok(found.map(|known| (known.app.clone(), true)))
    }

    /// The app of this name, and whether the secret is its own.
    async fn proven(
        &self,
        client_id: &ClientId,
        secret: &str,
        address: Option<IpAddr>,
    ) -> Result<Option<(App, bool)>, NotAuthenticated> {
        let now = self.clock.now();
        let until = known_until(now);
        let mut refused = None;
        let read = async {
            let (hash, bucket) = (SecretHash::of(secret.as_bytes()), Buckets::of_app(client_id.as_str(), address));
            match store::find_proven(&self.db, client_id, hash, bucket, now).await? {
                Some(Proven { app, proven: true, failures }) if shut_until(failures).is_none() => {
                    Ok(Some(KnownApp { app, until }))
                }
                found => {
                    refused = found.map(|found| (found, bucket));
                    Ok(None)
                }
            }
        };
        // By the address too: an attacker who has to wait learns nothing of what is known from elsewhere.
        let known = self.gate.memory().apps.get_or_load(shown(client_id, secret, address, until), || read).await?;
        if let Some(known) = known {
            return Ok(Some((known.app.clone(), true)));
        }
        let Some((found, bucket)) = refused else { return Ok(None) };
        self.unproven(found, bucket, now).await.map(Some)
    }

    /// What becomes of a secret that is wrong, or came after too many that were.
    async fn unproven(&self, found: Proven, bucket: SecretHash, now: Time) -> Result<(App, bool), NotAuthenticated> {
        if let Some(open_at) = shut_until(found.failures) {
            return Err(NotAuthenticated::Throttled { retry_after: (open_at - now).to_std().unwrap_or_default() });
        }
        if !found.proven {
            self.throttle.count(bucket, FAILURES_LAST).await?;
        }
        Ok((found.app, found.proven))
    }

    fn trace_refusal(&self, app: &App, why: &'static str, claim: &Claim, address: Option<IpAddr>) {
        let refused = Refused::new("token", "invalid_client", why);
        let refused = match &app.secret {
            // What was sent is nobody's business, even where it is wrong: it may be right elsewhere.
            Some(secret) if why == WRONG_SECRET => Refused { expected: Some(masked(&secret.last4)), ..refused },
            Some(_) | None => refused.instead(app.auth_method.words(), claim.words()),
        };
        self.trace(app.id, address, refused);
    }
}

/// Until when an app is known that says now who it is.
fn known_until(now: Time) -> Time {
    Time::from_timestamp((now.timestamp() / KNOWN + 1) * KNOWN, 0).unwrap_or(now)
}

/// Until when nothing is believed after so many failures, if there were too many.
fn shut_until(failures: Option<(i64, Time)>) -> Option<Time> {
    failures.filter(|(failures, _)| *failures >= MOST_FAILURES).map(|(_, open_at)| open_at)
}

/// By what an app is known that has shown this, until then. Only the last of the parts may have a NUL in it.
fn shown(client_id: &ClientId, secret: &str, address: Option<IpAddr>, until: Time) -> SecretHash {
    let address = address.map(|address| address.to_string()).unwrap_or_default();
    let parts = format!("{}\0{}\0{address}\0{secret}", client_id.as_str(), until.timestamp());
    SecretHash::of(parts.as_bytes())
}

impl Claim {
    fn read(presented: &Presented<'_>) -> Result<Self, NotAuthenticated> {
        let given = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
        let (body_id, body_secret) = (given(presented.client_id), given(presented.client_secret));
        if presented.assertion {
            let why = "Apps are recognised by a secret here, not by a client_assertion.";
            return Err(NotAuthenticated::Refused { why, basic: false });
        }
        match (presented.authorization, body_id, body_secret) {
            (Some(_), _, Some(_)) => {
                Err(NotAuthenticated::Unclear("Send the client_secret in the header or in the body, not in both."))
            }
            (Some(header), body_id, None) => {
                let (id, secret) = basic(header).ok_or(NotAuthenticated::Refused {
                    why: "The header Authorization is no HTTP Basic with client_id and client_secret.",
                    basic: true,
                })?;
                if body_id.is_some_and(|body_id| body_id != id) {
                    return Err(NotAuthenticated::Unclear("The client_id of the body is not that of the header."));
                }
                // An app without a secret may say its name in the header as well (RFC 6749 §2.3.1).
                Ok(if secret.is_empty() { Self::None { id } } else { Self::Basic { id, secret } })
            }
            (None, Some(id), Some(secret)) => Ok(Self::Post { id, secret }),
            (None, Some(id), None) => Ok(Self::None { id }),
            (None, None, _) => Err(NotAuthenticated::Refused {
                why: "The request does not say which app sends it: client_id is missing.",
                basic: false,
            }),
        }
    }

    fn id(&self) -> &str {
        match self {
            Self::Basic { id, .. } | Self::Post { id, .. } | Self::None { id } => id,
        }
    }

    fn secret(&self) -> Option<&str> {
        match self {
            Self::Basic { secret, .. } | Self::Post { secret, .. } => Some(secret),
            Self::None { .. } => None,
        }
    }

    const fn words(&self) -> &'static str {
        match self {
            Self::Basic { .. } => AuthMethod::SecretBasic.words(),
            Self::Post { .. } => AuthMethod::SecretPost.words(),
            Self::None { .. } => AuthMethod::None.words(),
        }
    }

    /// Why the app may not come like this.
    fn fault(&self, app: &App) -> Option<&'static str> {
        if app.disabled_at.is_some() {
            return Some("This app is disabled.");
        }
        match (app.auth_method, self) {
            (AuthMethod::None, Self::None { .. })
            | (AuthMethod::SecretBasic | AuthMethod::AnySecret, Self::Basic { .. })
            | (AuthMethod::SecretPost | AuthMethod::AnySecret, Self::Post { .. }) => None,
            (AuthMethod::None, Self::Basic { .. } | Self::Post { .. }) => {
                Some("This app has no client_secret: send its client_id alone, in the body.")
            }
            (AuthMethod::SecretBasic, Self::Post { .. } | Self::None { .. }) => {
                Some("This app sends its client_secret in the header Authorization: Basic.")
            }
            (AuthMethod::SecretPost, Self::Basic { .. } | Self::None { .. }) => {
                Some("This app sends its client_secret in the body.")
            }
            (AuthMethod::AnySecret, Self::None { .. }) => Some("The client_secret is missing."),
        }
    }
}

/// RFC 7617 §2, with both halves encoded as in a form (RFC 6749 §2.3.1). Our own names and secrets are the same with
/// and without that encoding, so that whoever forgets it is understood as well.
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.trim().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(BASE64_STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some((decode(id)?, decode(secret)?))
}

/// `%5F` is `_`, and `+` a space (WHATWG URL §5.1).
fn decode(half: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(half.len());
    let mut rest = half.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let (digits, after) = after.split_at_checked(2)?;
                bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
                rest = after;
            }
            byte => bytes.push(*byte),
        }
    }
    String::from_utf8(bytes).ok()
}
