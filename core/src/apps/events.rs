//! What was refused to apps, and when each was last given something: kept in memory for a moment and written together,
//! so that neither a flood of refusals nor a busy app costs a write for each request.

use super::{AppEvent, Apps, Refused, store};
use crate::{
    Time,
    error::{Error, Result},
    ids::{AppEventId, AppId},
    random,
};
use chrono::TimeDelta;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    mem,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// How many refusals of one app are kept between two flushes: who builds it understands it from these.
const MOST_OF_APP: u32 = 8;
/// How many wait for a flush in all.
const MOST_WAITING: usize = 256;
/// How many of one app are kept at all.
const MOST_KEPT: i64 = 200;
/// For how long.
const KEPT: TimeDelta = TimeDelta::days(30);
/// The most that is kept of a text that an app sent.
const MOST_CHARACTERS: usize = 300;

/// What has happened to apps since the last flush.
#[derive(Default)]
pub(super) struct Events {
    waiting: Mutex<Waiting>,
    /// Who reads waits until those before it have been written.
    flushing: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Waiting {
    refused: Vec<(AppId, AppEvent)>,
    of_app: HashMap<AppId, u32>,
    used: BTreeMap<AppId, Time>,
}

impl Apps {
    /// Keeps for whoever builds the app what was refused to it, if there has not been too much of late.
    pub fn trace(&self, app: AppId, address: Option<IpAddr>, refused: Refused) {
        let at = self.clock.now();
        let id = AppEventId::from_uuid(random::uuid(at, self.random.as_ref()));
        let address = address.map(|address| address.to_canonical().to_string()).unwrap_or_default();
        self.events.hold().add(app, AppEvent { id, at, what: cut(refused), address });
    }

    /// Notes that the app was given a token.
    pub fn mark_used(&self, app: AppId) {
        let now = self.clock.now();
        self.events.hold().used.insert(app, now);
    }

    /// Writes what has happened since the last time. What could not be written stays for the next time. Runs to its
    /// end even if whoever asked is gone.
    pub async fn flush(&self) -> Result<()> {
        let apps = self.clone();
        tokio::spawn(async move { apps.write_waiting().await }).await.map_err(|_| Error::Internal)?
    }

    async fn write_waiting(&self) -> Result<()> {
        let _turn = self.events.flushing.lock().await;
        let taken = mem::take(&mut *self.events.hold());
        if taken.refused.is_empty() && taken.used.is_empty() {
            return Ok(());
        }
        let written = self.write(&taken).await;
        if written.is_err() {
            self.events.hold().put_back(taken);
        }
        written
    }

    /// One order for all nodes: two that flush together never wait for each other in a circle.
    async fn write(&self, taken: &Waiting) -> Result<()> {
        let mut tx = self.db.begin().await?;
        for (app, at) in &taken.used {
            store::mark_used(&mut tx, *app, *at).await?;
        }
        for (app, event) in &taken.refused {
            store::insert_event(&mut tx, *app, event).await?;
        }
        for app in taken.refused.iter().map(|(app, _)| *app).collect::<BTreeSet<_>>() {
            store::keep_latest_events(&mut tx, app, MOST_KEPT).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Removes what has been kept for long enough.
    pub(super) async fn forget_events(&self) -> Result<()> {
        Ok(store::forget_events(&self.db, self.clock.now() - KEPT).await?)
    }
}

impl Events {
    /// A panic elsewhere leaves whole events behind, never parts of one.
    fn hold(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn add(&mut self, app: AppId, event: AppEvent) {
        if self.refused.len() >= MOST_WAITING {
            return;
        }
        let of_app = self.of_app.entry(app).or_default();
        if *of_app < MOST_OF_APP {
            *of_app += 1;
            self.refused.push((app, event));
        }
    }

    fn put_back(&mut self, taken: Self) {
        for (app, at) in taken.used {
            self.used.entry(app).or_insert(at);
        }
        taken.refused.into_iter().for_each(|(app, event)| self.add(app, event));
    }
}

/// What an app sent may be anything: it is kept short, and in one line that reads in one direction. PostgreSQL would
/// not keep a NUL at all.
fn cut(refused: Refused) -> Refused {
    let short = |text: String| crate::text::plain(&text, MOST_CHARACTERS);
    Refused { expected: refused.expected.map(short), received: refused.received.map(short), ..refused }
}
