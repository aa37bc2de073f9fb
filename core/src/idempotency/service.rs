//! Taking a key, and giving it back or keeping the answer.

use super::{IdempotencyKey, Kept, store};
use crate::{
    Time,
    actor::Actor,
    clock::SharedClock,
    db::Db,
    error::Result,
    ids::{UserId, WorkspaceId},
    secret::SecretHash,
};
use chrono::TimeDelta;

/// The requests that were sent with a key of their own.
#[derive(Clone)]
pub struct Idempotency {
    pub(crate) db: Db,
    pub(crate) clock: SharedClock,
}

/// The right to run one request, and the duty to say how it ended.
#[derive(Clone, Debug)]
pub struct Ticket {
    pub(super) workspace: WorkspaceId,
    pub(super) user: UserId,
    pub(super) key: SecretHash,
    pub(super) at: Time,
}

/// What is to be done with a request that carries a key.
#[derive(Clone, Debug)]
pub enum Begun {
    /// It comes for the first time: run it, then [`Idempotency::complete`] or [`Idempotency::release`].
    Run(Ticket),
    /// It was answered before, like this.
    Answered(Kept),
    /// It runs, or was cut off: nobody knows how it ended.
    Running,
    /// The key was used for another request.
    Reused,
}

impl Idempotency {
    /// How long an answer is kept.
    pub const KEPT: TimeDelta = TimeDelta::hours(24);

    /// Takes the key for this request, which is the hash of all that makes it one. Any member may: each has keys of
    /// their own, in each workspace.
    pub async fn begin(&self, actor: &Actor, key: &IdempotencyKey, request: SecretHash) -> Result<Begun> {
        let at = self.clock.now();
        let key = SecretHash::of(key.as_str().as_bytes());
        let ticket = Ticket { workspace: actor.workspace.id, user: actor.user.id, key, at };
        let stale = at - Self::KEPT;
        if store::begin(&self.db, &ticket, request, stale).await? {
            // What is left over does no harm: the next one removes it.
            if let Err(error) = store::sweep(&self.db, stale).await {
                tracing::warn!(%error, "Old idempotency keys were not removed");
            }
            return Ok(Begun::Run(ticket));
        }
        Ok(match store::find(&self.db, &ticket, request).await? {
            Some(taken) if !taken.same => Begun::Reused,
            Some(store::Taken { kept: Some(answer), .. }) => Begun::Answered(answer),
            // None: it failed between the two statements, and the next try will run.
            Some(_) | None => Begun::Running,
        })
    }

    /// Keeps the answer for whoever sends the request again.
    pub async fn complete(&self, ticket: &Ticket, answer: Kept) -> Result<()> {
        Ok(store::complete(&self.db, ticket, answer).await?)
    }

    /// The request changed nothing: the key is free again.
    pub async fn release(&self, ticket: &Ticket) -> Result<()> {
        Ok(store::release(&self.db, ticket).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::super::KeptContent;
    use super::*;
    use crate::testing::World;

    fn key() -> IdempotencyKey {
        IdempotencyKey::parse(b"one").expect("a key")
    }

    fn answer() -> Kept {
        let content = KeptContent::Whole { body: "{}".to_owned(), etag: Some("\"1\"".to_owned()) };
        Kept { status: 201, content }
    }

    async fn run(world: &World, actor: &Actor, request: &[u8]) -> Ticket {
        match world.services.idempotency.begin(actor, &key(), SecretHash::of(request)).await {
            Ok(Begun::Run(ticket)) => ticket,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_request_runs_once_and_its_answer_is_given_again() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let idempotency = &world.services.idempotency;
        let again = async |request: &[u8]| idempotency.begin(&ada, &key(), SecretHash::of(request)).await;
        let ticket = run(&world, &ada, b"create").await;
        assert!(matches!(again(b"create").await, Ok(Begun::Running)));
        assert!(matches!(again(b"another").await, Ok(Begun::Reused)));
        idempotency.complete(&ticket, answer()).await.expect("kept");
        assert!(matches!(again(b"create").await, Ok(Begun::Answered(kept)) if kept == answer()));
        assert!(matches!(again(b"another").await, Ok(Begun::Reused)));
    }

    #[tokio::test]
    async fn of_an_answer_with_a_secret_only_its_subject_is_kept() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let idempotency = &world.services.idempotency;
        let ticket = run(&world, &ada, b"create").await;
        let kept = Kept { status: 201, content: KeptContent::Subject(Some("key_1".to_owned())) };
        idempotency.complete(&ticket, kept.clone()).await.expect("kept");
        let again = idempotency.begin(&ada, &key(), SecretHash::of(b"create")).await;
        assert!(matches!(again, Ok(Begun::Answered(answer)) if answer == kept));
    }

    #[tokio::test]
    async fn a_key_is_free_again_after_a_failure_and_after_a_day() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let idempotency = &world.services.idempotency;
        let ticket = run(&world, &ada, b"create").await;
        idempotency.release(&ticket).await.expect("given back");
        let late = run(&world, &ada, b"another").await;
        world.clock.advance(Idempotency::KEPT);
        let ticket = run(&world, &ada, b"create").await;
        idempotency.complete(&late, answer()).await.expect("nothing happens");
        idempotency.release(&late).await.expect("nothing happens");
        let again = idempotency.begin(&ada, &key(), SecretHash::of(b"create")).await;
        assert!(matches!(again, Ok(Begun::Running)), "who came too late has no say");
        idempotency.complete(&ticket, answer()).await.expect("kept");
        world.clock.advance(Idempotency::KEPT);
        let other = IdempotencyKey::parse(b"two").expect("a key");
        assert!(matches!(idempotency.begin(&ada, &other, SecretHash::of(b"x")).await, Ok(Begun::Run(_))));
        world.clock.advance(-Idempotency::KEPT);
        assert!(!world.test_db.dump().await.contains("{}"), "old answers are removed, not only hidden");
    }

    #[tokio::test]
    async fn a_key_is_each_persons_own_in_each_workspace() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let bob = world.member(&ada.workspace, "Bob", "admin").await;
        let eve = world.neighbour("Eve", "pro").await;
        world.join(&eve.workspace, &ada.user, "admin").await;
        let ada_elsewhere = world.enter(ada.user.clone(), &eve.workspace).await;
        for actor in [&ada, &bob, &eve, &ada_elsewhere] {
            run(&world, actor, b"create").await;
        }
    }

    #[tokio::test]
    async fn of_many_at_once_one_runs() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let mut tries = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let (idempotency, ada) = (world.services.idempotency.clone(), ada.clone());
            tries.spawn(async move { idempotency.begin(&ada, &key(), SecretHash::of(b"create")).await });
        }
        let begun = tries.join_all().await;
        assert_eq!(begun.iter().filter(|begun| matches!(begun, Ok(Begun::Run(_)))).count(), 1);
        assert_eq!(begun.iter().filter(|begun| matches!(begun, Ok(Begun::Running))).count(), 19);
    }
}
