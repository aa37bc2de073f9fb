//! Access tokens: JSON Web Tokens by RFC 9068, signed with the instance's keys. They are short-lived, and each names the
//! grant that it came of: who checks it looks that up, so that what was revoked is over at once.

use super::{Audience, Issued, OAuthResult};
use crate::{
    Time,
    clock::SharedClock,
    error::Result,
    ids::{GrantId, WorkspaceId},
    random::{self, SharedRandom},
    signing::SigningKeys,
};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Tells an access token from everything else that the same keys sign (RFC 9068 §2.1).
const KIND: &str = "at+jwt";

/// Issues access tokens and reads them.
#[derive(Clone)]
pub struct Tokens {
    keys: SigningKeys,
    clock: SharedClock,
    random: SharedRandom,
    issuer: Arc<str>,
}

/// What an access token says (RFC 9068 §2.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who issued it: the instance's public URL.
    pub iss: String,
    /// Whose token it is: a person's id, or the `client_id` of an app that came for itself.
    pub sub: String,
    /// For which resources it is.
    pub aud: Audience,
    /// Which app got it.
    pub client_id: String,
    /// When it was issued, in seconds since 1970.
    pub iat: i64,
    /// When it ends.
    pub exp: i64,
    /// Its own name.
    pub jti: String,
    /// What it was given, separated by spaces.
    pub scope: String,
    /// The grant that it came of.
    pub gid: GrantId,
    /// The workspace that it is good in.
    pub wid: WorkspaceId,
}

impl Claims {
    /// When the token ends.
    pub(crate) fn ends_at(&self) -> Time {
        Time::from_timestamp(self.exp, 0).unwrap_or_default()
    }
}

/// What is to be in a token.
pub(super) struct NewToken<'a> {
    pub grant: GrantId,
    pub workspace: WorkspaceId,
    pub subject: String,
    pub client_id: &'a str,
    pub scopes: &'a [String],
    pub resources: Vec<String>,
    pub life: TimeDelta,
}

impl Tokens {
    pub(crate) fn new(keys: SigningKeys, clock: SharedClock, random: SharedRandom, issuer: &str) -> Self {
        Self { keys, clock, random, issuer: issuer.into() }
    }

    /// Whether a text is a token, by how it begins: no key of any product does, and no other credential of ours.
    pub(crate) fn is_one(text: &str) -> bool {
        // `{"` in base64url, with which every JSON Web Token begins.
        text.starts_with("eyJ")
    }

    /// The keys that sign have been replaced: what is known of them is over.
    pub(crate) fn forget_signing_keys(&self) {
        self.keys.forget();
    }

    /// A new token, and what is told with it.
    pub(super) async fn issue(&self, new: NewToken<'_>) -> OAuthResult<Issued> {
        let now = self.clock.now();
        let scope = new.scopes.join(" ");
        let claims = Claims {
            iss: self.issuer.to_string(),
            sub: new.subject,
            aud: Audience::of(new.resources),
            client_id: new.client_id.to_owned(),
            iat: now.timestamp(),
            exp: (now + new.life).timestamp(),
            jti: random::hex::<16>(self.random.as_ref()),
            scope: scope.clone(),
            gid: new.grant,
            wid: new.workspace,
        };
        let access_token = self.keys.sign(KIND, &claims).await?;
        Ok(Issued {
            access_token,
            token_type: "Bearer",
            expires_in: new.life.num_seconds(),
            scope,
            refresh_token: None,
        })
    }

    /// What a token says that this instance has signed; none for every other text. Whether it has ended, whether its
    /// grant still stands, and whether it is meant for whoever asks (`aud`), is for the caller to look at.
    pub async fn signed(&self, text: &str) -> Result<Option<Claims>> {
        let claims: Option<Claims> = self.keys.verify(KIND, text).await?;
        Ok(claims.filter(|claims| *claims.iss == *self.issuer))
    }

    /// The same of one that has not ended.
    pub async fn read(&self, text: &str) -> Result<Option<Claims>> {
        let (claims, now) = (self.signed(text).await?, self.clock.now());
        Ok(claims.filter(|claims| claims.ends_at() > now))
    }
}
