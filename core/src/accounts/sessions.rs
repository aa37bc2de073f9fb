//! Browser sessions, by the SHA-256 of the cookie's value: what is in the database opens nothing.

use super::{SessionInfo, store};
use crate::{
    Time,
    clock::SharedClock,
    db::Db,
    error::Result,
    ids::{SessionId, UserId},
    random::{self, SharedRandom},
    secret::SecretHash,
};

/// A session as it is stored.
#[derive(Clone, Debug)]
pub struct SessionRecord {
    /// SHA-256 of the cookie's value.
    pub token: SecretHash,
    /// Who is signed in.
    pub user: UserId,
    /// What the session's owner keeps in it.
    pub data: serde_json::Value,
    /// From where it began.
    pub address: Option<String>,
    /// In which program.
    pub user_agent: Option<String>,
    /// When it ends if it is not used.
    pub expires_at: Time,
}

/// The stored sessions.
#[derive(Clone)]
pub struct Sessions {
    pub(crate) db: Db,
    pub(crate) clock: SharedClock,
    pub(crate) random: SharedRandom,
}

impl Sessions {
    /// Stores a new session; false if its cookie's value is taken.
    pub async fn create(&self, session: &SessionRecord) -> Result<bool> {
        let now = self.clock.now();
        let id = SessionId::from_uuid(random::uuid(now, self.random.as_ref()));
        Ok(store::insert_session(&self.db, id, session, now).await?)
    }

    /// Stores a session's change. One that was ended meanwhile stays ended.
    pub async fn save(&self, session: &SessionRecord) -> Result<()> {
        Ok(store::update_session(&self.db, session, self.clock.now()).await?)
    }

    /// The data and the end of a session that still lives.
    pub async fn load(&self, token: SecretHash) -> Result<Option<(serde_json::Value, Time)>> {
        let found = store::find_session(&self.db, token, self.clock.now()).await?;
        Ok(found.map(|(data, expires_at)| (data.0, expires_at)))
    }

    /// Ends a session.
    pub async fn delete(&self, token: SecretHash) -> Result<()> {
        Ok(store::delete_session(&self.db, token).await?)
    }

    /// Removes what has ended by itself: sessions, and counts of failed tries.
    pub async fn delete_expired(&self) -> Result<()> {
        Ok(store::delete_expired(&self.db, self.clock.now()).await?)
    }

    /// The person's sessions, the latest seen first.
    pub async fn list(&self, user: UserId, current: SecretHash) -> Result<Vec<SessionInfo>> {
        Ok(store::list_sessions(&self.db, user, current, self.clock.now()).await?)
    }
}
