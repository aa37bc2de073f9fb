//! Refresh tokens are changed for the next ones, as many in one transaction as have come while the one before was being
//! written: a commit that outlasts a power cut costs more than all else of a refresh, and so they share it.

use super::store;
use crate::{
    Time,
    db::{Db, Tx},
    error::{Error, Result},
    ids::GrantId,
    secret::SecretHash,
};
use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};
use tokio::sync::oneshot;

/// A token that is to be changed for the next.
pub(super) struct Rotation {
    pub used: SecretHash,
    pub next: SecretHash,
    pub grant: GrantId,
    pub at: Time,
    /// When the next one ends.
    pub until: Time,
    /// Where the grant's end has to move as well.
    pub prolong: Option<Prolonging>,
}

/// How a grant's end moves, and from where it was asked for.
pub(super) struct Prolonging {
    pub ends_at: Time,
    pub address: Option<String>,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rotated {
    /// The next one is in its place.
    Done,
    /// It had been used before.
    UsedBefore,
    /// The grant was ended meanwhile.
    Ended,
}

/// Writes rotations. Clones share one queue.
#[derive(Clone)]
pub(super) struct Rotations(Arc<Inner>);

struct Inner {
    db: Db,
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    waiting: Vec<Waiting>,
    /// Whether somebody writes for all who wait.
    writing: bool,
}

struct Waiting {
    rotation: Rotation,
    answer: oneshot::Sender<Result<Rotated>>,
}

impl Rotations {
    pub(super) fn new(db: Db) -> Self {
        Self(Arc::new(Inner { db, queue: Mutex::default() }))
    }

    /// Changes one. It is written to its end even if whoever asked is gone, since others may wait for the same commit.
    pub(super) async fn rotate(&self, rotation: Rotation) -> Result<Rotated> {
        let (answer, answered) = oneshot::channel();
        let is_first = {
            let mut queue = self.0.hold();
            queue.waiting.push(Waiting { rotation, answer });
            !mem::replace(&mut queue.writing, true)
        };
        if is_first {
            let writer = Writer(Arc::clone(&self.0));
            tokio::spawn(async move { writer.write_all().await });
        }
        answered.await.map_err(|_| Error::Internal)?
    }
}

/// Writes until nobody waits any more. There is one at most.
struct Writer(Arc<Inner>);

impl Writer {
    async fn write_all(self) {
        while let Some(waiting) = self.0.next() {
            self.0.write_and_tell(waiting).await;
        }
    }
}

impl Drop for Writer {
    /// After a panic the next one who comes writes.
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.hold().writing = false;
        }
    }
}

impl Inner {
    /// All who wait; if nobody does, whoever comes next writes.
    fn next(&self) -> Option<Vec<Waiting>> {
        let mut queue = self.hold();
        queue.writing = !queue.waiting.is_empty();
        queue.writing.then(|| mem::take(&mut queue.waiting))
    }

    async fn write_and_tell(&self, mut waiting: Vec<Waiting>) {
        // Two nodes that rotate the same ones take them in one order, and never wait for each other in a circle.
        waiting.sort_by_key(|waiting| *waiting.rotation.used.as_bytes());
        let written = self.write(&waiting).await;
        for (place, Waiting { answer, .. }) in waiting.into_iter().enumerate() {
            let told = written.as_ref().map(|all| all[place]).map_err(Clone::clone);
            // Nobody minds if whoever asked is gone.
            let _ = answer.send(told);
        }
    }

    /// All of them, or none.
    async fn write(&self, waiting: &[Waiting]) -> Result<Vec<Rotated>> {
        let mut tx = self.db.begin().await?;
        let mut all = Vec::with_capacity(waiting.len());
        for Waiting { rotation, .. } in waiting {
            all.push(rotation.write(&mut tx).await?);
        }
        tx.commit().await?;
        Ok(all)
    }

    /// A panic elsewhere cannot leave it half-written: rotations are only put in, or taken out as a whole.
    fn hold(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rotation {
    async fn write(&self, tx: &mut Tx) -> sqlx::Result<Rotated> {
        if let Some(Prolonging { ends_at, address }) = &self.prolong
            && !store::renew_grant(tx, self.grant, *ends_at, self.at, address.clone()).await?
        {
            return Ok(Rotated::Ended);
        }
        if !store::supersede_refresh_token(tx, self.used, self.at).await? {
            return Ok(Rotated::UsedBefore);
        }
        store::insert_refresh_token(tx, self.next, self.grant, self.at, self.until).await?;
        Ok(Rotated::Done)
    }
}
