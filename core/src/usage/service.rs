//! The recorder: a request that is let through leaves a mark in memory; once a second all marks are
//! written in one transaction. A crash loses one interval at most, an orderly stop nothing.

use super::{LastUse, store};
use crate::{Time, db::Db, error::Result, ids::KeyId};
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
    last: Mutex<Option<Mark>>,
}

/// The latest request since the last flush. The route's name is shared, so that a mark costs no allocation.
#[derive(Debug)]
struct Mark {
    at: Time,
    route: Arc<str>,
    address: IpAddr,
}

/// Collects marks and writes them.
#[derive(Clone)]
pub struct Usage {
    db: Db,
    touched: Arc<Mutex<Vec<Arc<Meter>>>>,
}

impl Meter {
    /// A meter without marks.
    #[must_use]
    pub const fn new(key: KeyId) -> Self {
        Self { key, last: Mutex::new(None) }
    }
}

impl Usage {
    pub(crate) fn new(db: Db) -> Self {
        Self { db, touched: Arc::default() }
    }

    /// Marks one request. Memory only: two short locks, the second only for a key's first mark in each interval.
    pub fn record(&self, meter: &Arc<Meter>, at: Time, route: &Arc<str>, address: IpAddr) {
        let mark = Mark { at, route: Arc::clone(route), address };
        if hold(&meter.last).replace(mark).is_none() {
            hold(&self.touched).push(Arc::clone(meter));
        }
    }

    /// Writes what has been marked since the last time. What could not be written is kept for the next time.
    pub async fn flush(&self) -> Result<()> {
        let touched = mem::take(&mut *hold(&self.touched));
        if touched.is_empty() {
            return Ok(());
        }
        let mark_of = |meter: Arc<Meter>| {
            let mark = hold(&meter.last).take();
            mark.map(|mark| (meter, mark))
        };
        let mut marks: Vec<_> = touched.into_iter().filter_map(mark_of).collect();
        // One order for all nodes: two that flush the same keys never wait for each other in a circle.
        marks.sort_unstable_by_key(|(meter, _)| meter.key);
        let written = self.write(&marks).await;
        if written.is_err() {
            self.put_back(marks);
        }
        written
    }

    async fn write(&self, marks: &[(Arc<Meter>, Mark)]) -> Result<()> {
        let mut tx = self.db.begin().await?;
        for (meter, mark) in marks {
            let last = LastUse { at: mark.at, route: mark.route.to_string(), address: mark.address.to_string() };
            store::upsert(&mut tx, meter.key, &last).await?;
        }
        Ok(tx.commit().await?)
    }

    fn put_back(&self, marks: Vec<(Arc<Meter>, Mark)>) {
        for (meter, mark) in marks {
            let mut last = hold(&meter.last);
            // A newer mark has put the meter on the list again by itself.
            if last.is_none() {
                *last = Some(mark);
                drop(last);
                hold(&self.touched).push(meter);
            }
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
        let key = world.services.keys.create(&ada, &key_form("ci", &["workflows:read"])).await.expect("a key").key;
        let (usage, meter) = (&world.services.usage, Arc::new(Meter::new(key.id)));
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
        let key = world.services.keys.create(&ada, &key_form("ci", &["workflows:read"])).await.expect("a key").key;
        let (usage, meter) = (&world.services.usage, Arc::new(Meter::new(key.id)));
        usage.record(&meter, world.clock.now(), &"GET /a".into(), address());
        world.test_db.db.close().await;
        assert!(usage.flush().await.is_err());
        assert_eq!(hold(&usage.touched).len(), 1);
        assert!(hold(&meter.last).is_some());
    }
}
