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

    /// The id, the data and the end of a session that still lives.
    pub async fn load(&self, token: SecretHash) -> Result<Option<(SessionId, serde_json::Value, Time)>> {
        let found = store::find_session(&self.db, token, self.clock.now()).await?;
        Ok(found.map(|(id, data, expires_at)| (id, data.0, expires_at)))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::Clock as _,
        testing::{World, origin},
    };
    use chrono::TimeDelta;
    use serde_json::json;

    fn session(world: &World, user: UserId, token: &[u8]) -> SessionRecord {
        SessionRecord {
            token: SecretHash::of(token),
            user,
            data: json!({"user": user}),
            address: Some("203.0.113.7".into()),
            user_agent: Some("test".into()),
            expires_at: world.clock.now() + TimeDelta::hours(1),
        }
    }

    async fn load(world: &World, session: &SessionRecord) -> Option<(serde_json::Value, Time)> {
        let found = world.services.sessions.load(session.token).await.expect("a database");
        found.map(|(_, data, expires_at)| (data, expires_at))
    }

    #[tokio::test]
    async fn a_session_is_kept_changed_and_ended() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let sessions = &world.services.sessions;
        let mut one = session(&world, ada.user.id, b"one");
        assert_eq!(sessions.create(&one).await, Ok(true));
        assert_eq!(sessions.create(&one).await, Ok(false), "a cookie's value is given once");
        assert_eq!(load(&world, &one).await, Some((one.data.clone(), one.expires_at)));

        world.clock.advance(TimeDelta::minutes(30));
        one.data = json!({"user": ada.user.id, "seen": 1});
        one.expires_at = world.clock.now() + TimeDelta::hours(1);
        sessions.save(&one).await.expect("saved");
        assert_eq!(load(&world, &one).await, Some((one.data.clone(), one.expires_at)));

        let listed = sessions.list(ada.user.id, one.token).await.expect("a list");
        assert_eq!(listed.len(), 1);
        assert!(listed[0].current);
        let loaded = sessions.load(one.token).await.expect("a database").expect("a session");
        assert_eq!(listed[0].id, loaded.0, "the list and the log name it alike");
        assert_eq!(listed[0].seen_at, world.clock.now());

        sessions.delete(one.token).await.expect("ended");
        assert_eq!(sessions.load(one.token).await, Ok(None));
        sessions.save(&one).await.expect("nothing happens");
        assert_eq!(sessions.load(one.token).await, Ok(None), "a request under way cannot bring a session back");
    }

    #[tokio::test]
    async fn a_session_ends_by_itself_and_is_swept() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let sessions = &world.services.sessions;
        let one = session(&world, ada.user.id, b"one");
        sessions.create(&one).await.expect("created");
        world.clock.advance(TimeDelta::hours(1));
        assert_eq!(sessions.load(one.token).await, Ok(None));
        sessions.delete_expired().await.expect("swept");
        world.clock.advance(TimeDelta::hours(-1));
        assert_eq!(sessions.load(one.token).await, Ok(None), "it is gone, not only hidden");
    }

    #[tokio::test]
    async fn signing_out_everywhere_ends_all_sessions_of_one_person() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let bob = world.person("Bob").await;
        let (sessions, accounts) = (&world.services.sessions, &world.services.accounts);
        let [mine, other, bobs] = [(b"one", ada.user.id), (b"two", ada.user.id), (b"bob", bob.id)]
            .map(|(token, user)| session(&world, user, token));
        for session in [&mine, &other, &bobs] {
            sessions.create(session).await.expect("created");
        }
        accounts.sign_out_everywhere(&ada.user, &origin()).await.expect("done");
        let lives = async |token| sessions.load(token).await.is_ok_and(|found| found.is_some());
        assert!(!lives(mine.token).await);
        assert!(!lives(other.token).await);
        assert!(lives(bobs.token).await);
    }
}
