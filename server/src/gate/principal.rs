//! Who a request is from, signed: a JSON Web Token (RFC 7519) that lives for a minute and is good for one route.
//! Whatever stands behind the gate can verify it by the keys at `/.well-known/jwks.json`, and so trust no header that
//! somebody on the way may have written.
//!
//! A signature costs more than all else that the gate does. So the token of a key on a route is kept and sent again for
//! half of its life.

use crate::config::BaseUrl;
use axum::http::HeaderValue;
use keywright_core::{
    error::{Error, Result},
    gate::{Credential, Passage, Standing},
    ids::{UserId, WorkspaceId},
    profile::{Route, ScopeSet},
    services::Services,
    signing::SigningKeys,
};
use serde::Serialize;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// For how long a token is good.
const LIFE: Duration = Duration::from_secs(60);
/// For how long it is sent: whoever gets it has as much time again to verify it.
const SENT: Duration = Duration::from_secs(30);
/// Tells it from other tokens that the same keys sign.
const KIND: &str = "principal+jwt";

/// So many parts that requests of different keys rarely meet.
const SHARDS: usize = 16;
/// How many tokens each keeps: some six megabytes in all.
const MOST: usize = 512;

/// Signs for every request that may pass.
pub struct Principals {
    keys: SigningKeys,
    issuer: String,
    kept: [Mutex<HashMap<(Credential, usize), Kept>>; SHARDS],
}

/// A token, and what it says that may change.
struct Kept {
    token: HeaderValue,
    owner: Option<UserId>,
    scopes: ScopeSet,
    until: Duration,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: String,
    /// The key; of an app's token the grant, of a session the member.
    sub: String,
    workspace: WorkspaceId,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<UserId>,
    scope: String,
    iat: i64,
    exp: i64,
}

impl Principals {
    /// With these keys, in the name of this instance.
    #[must_use]
    pub fn new(keys: SigningKeys, issuer: &BaseUrl) -> Self {
        Self { keys, issuer: issuer.as_str().to_owned(), kept: Default::default() }
    }

    /// The token for a request that may pass; none if it is for no route, as a check of scopes alone is.
    pub async fn of(&self, services: &Services, passage: &Passage) -> Result<Option<HeaderValue>> {
        let (Some(standing), Some(place)) = (passage.standing(), passage.route) else { return Ok(None) };
        let (scopes, tick) = (passage.decision.effective, services.clock.tick());
        let slot = (standing.by, place);
        let fits = |kept: &&Kept| kept.until > tick && (kept.owner, kept.scopes) == (standing.owner, scopes);
        if let Some(kept) = self.shard(standing.by).get(&slot).filter(fits) {
            return Ok(Some(kept.token.clone()));
        }
        let token = self.sign(services, standing, scopes, &services.profile.routes[place]).await?;
        let kept = Kept { token: token.clone(), owner: standing.owner, scopes, until: tick + SENT };
        let mut shard = self.shard(standing.by);
        // To look for the oldest would cost more than to sign anew.
        if shard.len() >= MOST {
            shard.clear();
        }
        shard.insert(slot, kept);
        Ok(Some(token))
    }

    async fn sign(
        &self,
        services: &Services,
        standing: &Standing,
        scopes: ScopeSet,
        route: &Route,
    ) -> Result<HeaderValue> {
        let now = services.clock.now().timestamp();
        let claims = Claims {
            iss: &self.issuer,
            aud: format!("{} {}", route.method, route.path),
            sub: match standing.by {
                Credential::Key(id) => id.to_string(),
                Credential::Grant(id) => id.to_string(),
                Credential::Session(id) => id.to_string(),
            },
            workspace: standing.workspace,
            user: standing.owner,
            scope: services.profile.scope_list(scopes),
            iat: now,
            exp: now + i64::try_from(LIFE.as_secs()).unwrap_or_default(),
        };
        let token = self.keys.sign(KIND, &claims).await?;
        HeaderValue::try_from(token).map_err(|_| Error::Internal)
    }

    fn shard(&self, by: Credential) -> MutexGuard<'_, HashMap<(Credential, usize), Kept>> {
        // The last byte of a UUIDv7 is random.
        let place = usize::from(by.uuid().as_bytes()[15]) % SHARDS;
        self.kept[place].lock().unwrap_or_else(PoisonError::into_inner)
    }
}
