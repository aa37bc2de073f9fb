//! One-time links that sign a person in. The operator asks for one and sends the person's browser there; so
//! its own site can open the dashboard without a second password.

use super::{Accounts, Proven, User, store, throttle::Buckets};
use crate::{
    Time,
    actor::Origin,
    audit::{Action, Change, Event},
    db::Tx,
    error::{Error, Result},
    ids::{UserId, WorkspaceId},
    random,
    secret::SecretHash,
};
use chrono::TimeDelta;
use std::fmt;

/// How long a link can be used.
const LIFE: TimeDelta = TimeDelta::minutes(10);

/// A link at the only moment when its token is known; stored is its SHA-256.
#[derive(Clone)]
pub struct SignInLink {
    token: String,
    /// When it ends if nobody uses it.
    pub expires_at: Time,
}

/// Whom a link signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkHolder {
    /// The person.
    pub proven: Proven,
    /// Where the link leads: a workspace's slug; none where the person is asked for no workspace, or has left it.
    pub slug: Option<String>,
}

impl SignInLink {
    /// The token as it stands in the link.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }
}

impl fmt::Debug for SignInLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignInLink(…)")
    }
}

impl Accounts {
    /// Makes a link for this person, in the caller's transaction.
    pub(crate) async fn make_link(
        &self,
        tx: &mut Tx,
        user: UserId,
        workspace: Option<WorkspaceId>,
    ) -> Result<SignInLink> {
        let (token, now) = (random::hex::<32>(self.random.as_ref()), self.clock.now());
        let link = SignInLink { expires_at: now + LIFE, token };
        let row = store::NewLink {
            token: SecretHash::of(link.token.as_bytes()),
            user,
            workspace,
            created_at: now,
            expires_at: link.expires_at,
        };
        store::insert_link(tx, &row).await?;
        Ok(link)
    }

    /// Whom this link would sign in. Asking does not use it up: mail scanners ask, too.
    pub async fn link_is_for(&self, token: &str) -> Result<Option<User>> {
        Ok(store::find_open_link(&self.db, SecretHash::of(token.as_bytes()), self.clock.now()).await?)
    }

    /// Uses a link up. It works once, also when two try together.
    pub async fn sign_in_by_link(&self, token: &str, origin: &Origin) -> Result<LinkHolder> {
        let token = SecretHash::of(token.as_bytes());
        match self.take_link(token, origin).await? {
            Some(holder) => Ok(holder),
            None => self.refuse_link(token, origin).await,
        }
    }

    async fn take_link(&self, token: SecretHash, origin: &Origin) -> Result<Option<LinkHolder>> {
        let mut tx = self.db.begin().await?;
        let Some((user, workspace)) = store::take_link(&mut tx, token, self.clock.now()).await? else {
            return Ok(None);
        };
        let Some(proven) = store::find_proven_in(&mut tx, user).await? else { return Ok(None) };
        let all = self.workspaces.list_in(&mut tx, user).await?;
        for place in &all {
            let event = Event {
                workspace: Some(place.id),
                changes: vec![Change::set("with", "a one-time link")],
                ..Event::about(&proven.user, origin, Action::SignedIn)
            };
            self.audit.record(&mut tx, event).await?;
        }
        tx.commit().await?;
        let slug = all.into_iter().find(|place| Some(place.id) == workspace).map(|place| place.slug);
        Ok(Some(LinkHolder { proven, slug }))
    }

    /// A link that was good once is in wrong hands, or clicked twice: the log of the person's workspace says
    /// so. What never was a link says nothing about anybody.
    async fn refuse_link(&self, token: SecretHash, origin: &Origin) -> Result<LinkHolder> {
        let missing = Error::NotFound("sign-in link");
        let Some(user) = store::find_link_user(&self.db, token).await? else { return Err(missing) };
        if self.throttle.hit(&Buckets::of_link(token)).await.is_err() {
            return Err(missing);
        }
        let workspace = self.workspaces.list(user.id).await?.first().map(|w| w.id);
        let event = Event { workspace, ..Event::about(&user, origin, Action::SignedIn) };
        self.audit.refused(event, missing).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        accounts::{Email, SignIn},
        page::PageRequest,
        testing::{PASSWORD, World, origin},
    };

    async fn link(world: &World, user: &User, workspace: Option<WorkspaceId>) -> SignInLink {
        let mut tx = world.test_db.db.begin().await.expect("a transaction");
        let link = world.services.accounts.make_link(&mut tx, user.id, workspace).await.expect("a link");
        tx.commit().await.expect("a commit");
        link
    }

    #[tokio::test]
    async fn a_link_signs_its_person_in_once_and_only_its_hash_is_stored() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let accounts = &world.services.accounts;
        world.clock.advance(TimeDelta::seconds(1));
        let link = link(&world, &ada.user, Some(ada.workspace.id)).await;
        assert!(!world.test_db.dump().await.contains(link.token()));
        assert!(!format!("{link:?}").contains(link.token()));
        for _ in 0..3 {
            assert_eq!(accounts.link_is_for(link.token()).await, Ok(Some(ada.user.clone())), "asking costs nothing");
        }
        let holder = accounts.sign_in_by_link(link.token(), &origin()).await.expect("signed in");
        assert_eq!((holder.proven.user, holder.slug.as_deref()), (ada.user.clone(), Some("acme")));
        assert_eq!(accounts.link_is_for(link.token()).await, Ok(None));
        world.clock.advance(TimeDelta::seconds(1));
        let again = accounts.sign_in_by_link(link.token(), &origin()).await;
        assert_eq!(again, Err(Error::NotFound("sign-in link")));

        let log = world.services.audit.list(&ada, PageRequest::first()).await.expect("the log").items;
        assert_eq!((log[0].action.as_str(), log[0].refused.as_deref()), ("session.created", Some("not_found")));
        assert_eq!((log[1].action.as_str(), log[1].refused.as_deref()), ("session.created", None));
        assert_eq!(log[1].changes, [Change::set("with", "a one-time link")]);
    }

    #[tokio::test]
    async fn of_many_who_use_a_link_together_one_is_signed_in() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let link = link(&world, &ada.user, None).await;
        let tries = (0..8).map(|_| {
            let (accounts, token) = (world.services.accounts.clone(), link.token().to_owned());
            tokio::spawn(async move { accounts.sign_in_by_link(&token, &origin()).await })
        });
        let mut good = 0;
        for task in tries.collect::<Vec<_>>() {
            good += usize::from(task.await.expect("no panic").is_ok());
        }
        assert_eq!(good, 1);
    }

    #[tokio::test]
    async fn a_link_ends_after_ten_minutes_and_is_swept() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let accounts = &world.services.accounts;
        let link = link(&world, &ada.user, None).await;
        world.clock.advance(TimeDelta::minutes(10));
        assert_eq!(accounts.link_is_for(link.token()).await, Ok(None));
        assert!(accounts.sign_in_by_link(link.token(), &origin()).await.is_err());
        world.services.sessions.delete_expired().await.expect("swept");
        world.clock.advance(TimeDelta::minutes(-1));
        assert_eq!(accounts.link_is_for(link.token()).await, Ok(None), "it is gone, not only over");
    }

    #[tokio::test]
    async fn a_link_that_nobody_used_ends_with_the_password_and_with_all_sessions() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let accounts = &world.services.accounts;
        let first = link(&world, &ada.user, None).await;
        let here = SecretHash::of(b"here");
        let new = "orange bicycle lantern";
        accounts.change_password(&ada.user, PASSWORD, new, here, &origin()).await.expect("changed");
        assert_eq!(accounts.link_is_for(first.token()).await, Ok(None));
        let second = link(&world, &ada.user, None).await;
        accounts.sign_out_everywhere(&ada.user, &origin()).await.expect("out");
        assert_eq!(accounts.link_is_for(second.token()).await, Ok(None));
    }

    #[tokio::test]
    async fn a_link_that_is_tried_over_and_over_does_not_fill_the_log() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let link = link(&world, &ada.user, None).await;
        for _ in 0..20 {
            let _ = world.services.accounts.sign_in_by_link(link.token(), &origin()).await;
        }
        let log = world.services.audit.list(&ada, PageRequest::first()).await.expect("the log").items;
        assert_eq!(log.iter().filter(|line| line.refused.is_some()).count(), 5);
    }

    #[tokio::test]
    async fn no_password_opens_an_account_that_has_none() {
        let (world, _) = World::owned("lodol", "pro").await;
        let accounts = &world.services.accounts;
        let email = Email::parse("grace@example.com").expect("an address");
        let mut tx = world.test_db.db.begin().await.expect("a transaction");
        let grace = accounts.find_or_make(&mut tx, "Grace".into(), &email).await.expect("an account");
        let again = accounts.find_or_make(&mut tx, "Somebody".into(), &email).await.expect("the account");
        tx.commit().await.expect("a commit");
        assert_eq!(grace, again);
        assert_eq!(accounts.has_password(grace.id).await, Ok(false));
        for password in ["", "decoy", PASSWORD] {
            let attempt = SignIn { email: "grace@example.com", password, device: None };
            let refused = accounts.sign_in(attempt, &origin()).await;
            assert!(matches!(refused, Err(Error::Unauthenticated(_))), "{password:?}");
        }

        let (here, from) = (SecretHash::of(b"here"), origin());
        let set = |new| accounts.change_password(&grace, "", new, here, &from);
        assert!(matches!(set("password1234").await, Err(Error::Invalid(_))), "a first password is as good as any");
        assert_eq!(set(PASSWORD).await, Ok(()));
        assert_eq!(accounts.has_password(grace.id).await, Ok(true));
        assert!(matches!(set("orange bicycle lantern").await, Err(Error::Invalid(_))), "now the current one is asked");
        world.clock.advance(TimeDelta::minutes(15));
        let attempt = SignIn { email: "grace@example.com", password: PASSWORD, device: None };
        assert!(accounts.sign_in(attempt, &origin()).await.is_ok());
    }
}
