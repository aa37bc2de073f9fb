//! Browser sessions: tower-sessions over the stored sessions of `keywright-core`.
//!
//! Only a signed-in person has a session. Its end is computed here, by the services' clock: idle since
//! the last request, and at the latest a fixed time after signing in.

use crate::{seal::cookie_name, state::Shared};
use async_trait::async_trait;
use chrono::DateTime;
use keywright_core::{
    Time,
    accounts::{SessionRecord, Sessions},
    clock::SharedClock,
    error::Error as ServiceError,
    ids::UserId,
    secret::SecretHash,
};
use serde_json::Value;
use std::{collections::HashMap, time::Duration};
use time::OffsetDateTime;
use tower_sessions::{
    Expiry, SessionManagerLayer, SessionStore,
    cookie::SameSite,
    session::{Id, Record},
    session_store::{Error, Result},
};

/// The name of the session's cookie.
pub const COOKIE: &str = "session";

/// What a session holds. `seen` changes only every few minutes: each change is a write.
pub mod member {
    /// Its public id, which names it in lists and in the log. Put in whenever a session is loaded.
    pub const ID: &str = "id";
    /// Who is signed in.
    pub const USER: &str = "user";
    /// When they signed in, in microseconds since 1970.
    pub const SINCE: &str = "since";
    /// When they were last seen, likewise.
    pub const SEEN: &str = "seen";
    /// From which address they signed in.
    pub const ADDRESS: &str = "address";
    /// With which program.
    pub const USER_AGENT: &str = "user_agent";
}

/// The layer that finds a request's session.
pub fn layer(app: &Shared) -> SessionManagerLayer<Store> {
    let secure = app.public_url.is_https();
    let store = Store {
        sessions: app.services.sessions.clone(),
        clock: app.services.clock.clone(),
        idle: app.session_idle,
        absolute: app.session_absolute,
    };
    let idle = time::Duration::try_from(app.session_idle).unwrap_or(time::Duration::DAY);
    SessionManagerLayer::new(store)
        .with_name(cookie_name(COOKIE, secure))
        .with_secure(secure)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(idle))
}

/// The hash under which the session with this id is stored.
#[must_use]
pub fn token_hash(id: Id) -> SecretHash {
    SecretHash::of(id.to_string().as_bytes())
}

/// Sessions as tower-sessions wants them.
#[derive(Clone)]
pub struct Store {
    sessions: Sessions,
    clock: SharedClock,
    idle: Duration,
    absolute: Duration,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

impl Store {
    fn record(&self, record: &Record) -> Result<SessionRecord> {
        let text = |name: &str| record.data.get(name).and_then(Value::as_str).map(str::to_owned);
        let user = text(member::USER).and_then(|id| id.parse::<UserId>().ok());
        let user = user.ok_or_else(|| Error::Encode("only a signed-in person has a session".to_owned()))?;
        let since = record.data.get(member::SINCE).and_then(Value::as_i64);
        let since = since.and_then(DateTime::from_timestamp_micros).unwrap_or_default();
        Ok(SessionRecord {
            token: token_hash(record.id),
            user,
            data: serde_json::to_value(&record.data).map_err(|e| Error::Encode(e.to_string()))?,
            address: text(member::ADDRESS),
            user_agent: text(member::USER_AGENT),
            expires_at: (self.clock.now() + self.idle).min(since + self.absolute),
        })
    }
}

fn backend(error: ServiceError) -> Error {
    Error::Backend(error.to_string())
}

fn odt(time: Time) -> Result<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(time.timestamp()).map_err(|e| Error::Decode(e.to_string()))
}

#[async_trait]
impl SessionStore for Store {
    async fn create(&self, record: &mut Record) -> Result<()> {
        while !self.sessions.create(&self.record(record)?).await.map_err(backend)? {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        self.sessions.save(&self.record(record)?).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some((public, data, expires_at)) = self.sessions.load(token_hash(*id)).await.map_err(backend)? else {
            return Ok(None);
        };
        let mut data: HashMap<String, Value> =
            serde_json::from_value(data).map_err(|e| Error::Decode(e.to_string()))?;
        data.insert(member::ID.to_owned(), public.to_string().into());
        Ok(Some(Record { id: *id, data, expiry_date: odt(expires_at)? }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.sessions.delete(token_hash(*id)).await.map_err(backend)
    }
}
