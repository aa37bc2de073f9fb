//! The recorder: a request that is let through leaves a mark in memory; once a second all marks are
//! written in one transaction. A crash loses one interval at most, an orderly stop nothing.

use super::{LastUse, RefusedUses, store};
use crate::{Time, db::Db, error::Result, ids::KeyId, secret::SecretHash};
use std::{
    mem,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// How often marks are written. "Last used" is seen within this time and a page's reload.
pub const INTERVAL: Duration = Duration::from_secs(1);

/// Where a key's requests leave their marks. The gate holds one per key.
#[derive(Debug)]
pub struct Meter {
    key: KeyId,
    hash: SecretHash,
    marks: Mutex<Marks>,
}

/// What has happened since the last flush.
#[derive(Debug, Default)]
struct Marks {
    passed: Option<Passed>,
    refused: Option<Refused>,
}

/// The latest request that was let through. The route's name is shared, so that a mark costs no allocation.
#[derive(Debug)]
struct Passed {
    at: Time,
    route: Arc<str>,
    address: IpAddr,
}

/// The requests that came after the key had stopped working.
#[derive(Debug)]
struct Refused {
    tries: u32,
    at: Time,
    address: IpAddr,
}

impl Marks {
    const fn is_empty(&self) -> bool {
        self.passed.is_none() && self.refused.is_none()
    }
}

/// Collects marks and writes them.
#[derive(Clone)]
pub struct Usage {
    db: Db,
    touched: Arc<Mutex<Vec<Arc<Meter>>>>,
}

impl Meter {
    /// A meter without marks, for the secret of a key.
    #[must_use]
    pub fn new(key: KeyId, hash: SecretHash) -> Self {
        Self { key, hash, marks: Mutex::default() }
    }
}

impl Usage {
    pub(crate) fn new(db: Db) -> Self {
        Self { db, touched: Arc::default() }
    }

    /// Marks a request that was let through. Memory only: two short locks, the second only for a key's
    /// first mark in each interval.
    pub fn record(&self, meter: &Arc<Meter>, at: Time, route: &Arc<str>, address: IpAddr) {
        self.mark(meter, |marks| marks.passed = Some(Passed { at, route: Arc::clone(route), address }));
    }

    /// Marks a request with a key that works no more.
    pub fn refuse(&self, meter: &Arc<Meter>, at: Time, address: IpAddr) {
        self.mark(meter, |marks| {
            let before = marks.refused.as_ref().map_or(0, |refused| refused.tries);
            marks.refused = Some(Refused { tries: before.saturating_add(1), at, address });
        });
    }

    fn mark(&self, meter: &Arc<Meter>, set: impl FnOnce(&mut Marks)) {
        let mut marks = hold(&meter.marks);
        let first = marks.is_empty();
        set(&mut marks);
        drop(marks);
        if first {
            hold(&self.touched).push(Arc::clone(meter));
        }
    }

    /// Writes what has been marked since the last time. What could not be written is kept for the next time.
    pub async fn flush(&self) -> Result<()> {
        let touched = mem::take(&mut *hold(&self.touched));
        if touched.is_empty() {
            return Ok(());
        }
        let take = |meter: Arc<Meter>| {
            let marks = mem::take(&mut *hold(&meter.marks));
            (meter, marks)
        };
        let mut taken: Vec<_> = touched.into_iter().map(take).collect();
        // One order for all nodes: two that flush the same keys never wait for each other in a circle.
        taken.sort_unstable_by_key(|(meter, _)| (meter.key, *meter.hash.as_bytes()));
        let written = self.write(&taken).await;
        if written.is_err() {
            self.put_back(taken);
        }
        written
    }

    async fn write(&self, taken: &[(Arc<Meter>, Marks)]) -> Result<()> {
        let mut tx = self.db.begin().await?;
        for (meter, marks) in taken {
            if let Some(passed) = &marks.passed {
                let (route, address) = (passed.route.to_string(), passed.address.to_canonical().to_string());
                let last = LastUse { at: passed.at, route, address };
                store::upsert(&mut tx, meter.key, &last).await?;
                store::upsert_secret(&mut tx, meter.hash, &last).await?;
            }
            if let Some(refused) = &marks.refused {
                let address = refused.address.to_canonical().to_string();
                let refused = RefusedUses { tries: refused.tries.into(), at: refused.at, address };
                store::add_refused(&mut tx, meter.key, &refused).await?;
            }
        }
        Ok(tx.commit().await?)
    }

    /// A newer request that was let through stays; refused ones are added up.
    fn put_back(&self, taken: Vec<(Arc<Meter>, Marks)>) {
        for (meter, old) in taken {
            self.mark(&meter, |marks| {
                if marks.passed.is_none() {
                    marks.passed = old.passed;
                }
                marks.refused = match (marks.refused.take(), old.refused) {
                    (Some(new), Some(old)) => Some(Refused { tries: new.tries.saturating_add(old.tries), ..new }),
                    (new, old) => new.or(old),
                };
            });
        }
    }
}

/// A panic elsewhere cannot leave these half-written: each holds one value that is replaced as a whole.
fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::Clock as _,
        testing::{World, key_form},
    };
    use chrono::TimeDelta;

    fn address() -> IpAddr {
        IpAddr::from([203, 0, 113, 7])
    }

    #[tokio::test]
    async fn many_marks_are_one_row_with_the_latest() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let made = world.services.keys.create(&ada, &key_form("ci", &["workflows:read"])).await.expect("a key");
        let (key, hash) = (made.key, made.secret.hash());
        let (usage, meter) = (&world.services.usage, Arc::new(Meter::new(key.id, hash)));
        usage.flush().await.expect("nothing to write");
        for route in ["GET /a", "GET /b"] {
            world.clock.advance(TimeDelta::seconds(1));
            usage.record(&meter, world.clock.now(), &route.into(), address());
        }
        usage.flush().await.expect("a flush");
        let last = world.services.keys.get(&ada, key.id).await.expect("the key").last_use;
        assert_eq!(
            last,
            Some(LastUse { at: world.clock.now(), route: "GET /b".into(), address: "203.0.113.7".into() })
        );

        usage.record(&meter, world.clock.now() - TimeDelta::seconds(30), &"GET /late".into(), address());
        usage.flush().await.expect("a flush");
        let again = world.services.keys.get(&ada, key.id).await.expect("the key").last_use;
        assert_eq!(again, last, "another node's earlier mark does not undo a later one");
    }

    #[tokio::test]
    async fn marks_that_could_not_be_written_are_kept() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let made = world.services.keys.create(&ada, &key_form("ci", &["workflows:read"])).await.expect("a key");
        let (key, hash) = (made.key, made.secret.hash());
        let (usage, meter) = (&world.services.usage, Arc::new(Meter::new(key.id, hash)));
        usage.record(&meter, world.clock.now(), &"GET /a".into(), address());
        world.test_db.db.close().await;
        assert!(usage.flush().await.is_err());
        assert_eq!(hold(&usage.touched).len(), 1);
        assert!(hold(&meter.marks).passed.is_some());
    }
}
