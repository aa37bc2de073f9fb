//! Browser sessions, by the SHA-256 of the cookie's value: what is in the database opens nothing.

use super::{SessionInfo, store};
use crate::{
    Time,
    clock::SharedClock,
    db::Db,
    error::{Error, Result},
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
    /// How often their password had been changed when they proved who they are.
    pub password_version: i64,
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
    /// Stores a new session; false if its cookie's value is taken. Refused if the person's password is not
    /// the one any more that it was when they proved who they are.
    pub async fn create(&self, session: &SessionRecord) -> Result<bool> {
        let now = self.clock.now();
        let id = SessionId::from_uuid(random::uuid(now, self.random.as_ref()));
        let mut tx = self.db.begin().await?;
        if !store::lock_password(&mut tx, session.user, session.password_version).await? {
            return Err(Error::Unauthenticated("Your password was changed meanwhile. Sign in again.".to_owned()));
        }
        let created = store::insert_session(&mut tx, id, session, now).await?;
        tx.commit().await?;
        Ok(created)
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
        accounts::SignIn,
        clock::Clock as _,
        testing::{PASSWORD, World, origin},
    };
    use chrono::TimeDelta;
    use serde_json::json;

    fn session(world: &World, user: UserId, token: &[u8]) -> SessionRecord {
        SessionRecord {
            token: SecretHash::of(token),
            user,
            password_version: 0,
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
    async fn a_session_that_was_asked_for_with_the_old_password_is_not_opened() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let (sessions, accounts) = (&world.services.sessions, &world.services.accounts);
        let attempt = || SignIn { email: "ada@example.com", password: PASSWORD, device: None };
        let proven = accounts.sign_in(attempt(), &origin()).await.expect("signed in");
        let kept = session(&world, ada.user.id, b"kept");
        sessions.create(&kept).await.expect("created");
        let new = "orange bicycle lantern";
        accounts.change_password(&ada.user, PASSWORD, new, kept.token, &origin()).await.expect("changed");
        let version = proven.password_version;
        let late = SessionRecord { password_version: version, ..session(&world, proven.user.id, b"late") };
        assert!(matches!(sessions.create(&late).await, Err(Error::Unauthenticated(_))));
        assert_eq!(sessions.load(late.token).await, Ok(None));

        let again = SignIn { password: new, ..attempt() };
        let proven = accounts.sign_in(again, &origin()).await.expect("signed in");
        assert_eq!(
            sessions.create(&SessionRecord { password_version: proven.password_version, ..late }).await,
            Ok(true)
        );
    }

    #[tokio::test]
    async fn no_session_outlives_a_change_of_the_password_that_happens_at_once() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let (sessions, accounts) = (&world.services.sessions, &world.services.accounts);
        let here = SecretHash::of(b"here");
        let opening = (0..20_u8).map(|n| {
            let (sessions, new) = (sessions.clone(), session(&world, ada.user.id, &[n]));
            tokio::spawn(async move { sessions.create(&new).await })
        });
        let opening: Vec<_> = opening.collect();
        let from = origin();
        let changed = accounts.change_password(&ada.user, PASSWORD, "orange bicycle lantern", here, &from);
        changed.await.expect("changed");
        for task in opening {
            // Some were in time, and were ended; the others were refused.
            let _ = task.await.expect("no panic");
        }
        assert_eq!(sessions.list(ada.user.id, here).await, Ok(Vec::new()));
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
