//! The recorder of refused requests, and what people ask of it.

use super::{FirstCall, KEPT, Listed, RefusalQuery, RefusedRequest, store};
use crate::{
    Time,
    actor::Actor,
    clock::SharedClock,
    db::Db,
    error::{Error, Result},
    ids::{KeyId, RefusalId, WorkspaceId},
    keys::ApiKey,
    page::{Page, PageRequest},
    profile::Right,
};
use std::{
    collections::{BTreeSet, HashMap},
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// How many of one key's requests are kept between two flushes: whoever calls in vain without end is understood from
/// these.
const MOST_OF_KEY: u32 = 4;
/// How many wait for a flush in all: what floods the gate must not fill memory, nor the database.
const MOST_WAITING: usize = 256;
/// How many of one key are kept at all.
const MOST_KEPT_OF_KEY: i64 = 100;
/// How many of one workspace.
const MOST_KEPT_OF_WORKSPACE: i64 = 2_000;

/// The refused requests of the instance. Clones share one memory.
#[derive(Clone)]
pub struct Refusals {
    db: Db,
    clock: SharedClock,
    waiting: Arc<Mutex<Waiting>>,
    /// Who looks for a request waits until those before it have been written.
    flushing: Arc<tokio::sync::Mutex<()>>,
}

/// What has been refused since the last flush.
#[derive(Default)]
struct Waiting {
    requests: Vec<RefusedRequest>,
    of_key: HashMap<KeyId, u32>,
}

impl Refusals {
    pub(crate) fn new(db: Db, clock: SharedClock) -> Self {
        Self { db, clock, waiting: Arc::default(), flushing: Arc::default() }
    }

    /// Keeps a refused request, if there have not been too many like it: then nothing is even made of it.
    pub(crate) fn record(&self, key: KeyId, make: impl FnOnce() -> RefusedRequest) {
        self.hold().add(key, make);
    }

    /// Writes what has been kept since the last time. What could not be written stays for the next time. Runs to its
    /// end even if whoever asked is gone.
    pub async fn flush(&self) -> Result<()> {
        let refusals = self.clone();
        tokio::spawn(async move { refusals.write_waiting().await }).await.map_err(|_| Error::Internal)?
    }

    async fn write_waiting(&self) -> Result<()> {
        let _turn = self.flushing.lock().await;
        let taken = mem::take(&mut *self.hold()).requests;
        if taken.is_empty() {
            return Ok(());
        }
        let written = self.write(&taken).await;
        if written.is_err() {
            let mut waiting = self.hold();
            taken.into_iter().for_each(|request| waiting.add(request.key, || request));
        }
        written
    }

    /// Removes what has been kept for long enough.
    pub async fn sweep(&self) -> Result<()> {
        Ok(store::forget(&self.db, self.clock.now() - KEPT).await?)
    }

    /// The workspace's refused requests, the latest first.
    pub async fn list(
        &self,
        actor: &Actor,
        query: &RefusalQuery,
        page: PageRequest<RefusalId>,
    ) -> Result<Page<Listed, RefusalId>> {
        actor.require(Right::KeysRead)?;
        let rows = store::list(&self.db, actor.workspace.id, query, page).await?;
        Ok(Page::of(rows, page.limit, |listed| listed.request.id))
    }

    /// The workspace's refused request of this name. Another workspace's is not found, nor is one that was let through.
    pub async fn get(&self, actor: &Actor, request_id: &str) -> Result<Listed> {
        actor.require(Right::KeysRead)?;
        self.find(request_id, Some(actor.workspace.id)).await?.ok_or(Error::NotFound("refused request"))
    }

    /// The same in any workspace, for the operator's own programs.
    pub async fn find_anywhere(&self, request_id: &str) -> Result<Option<RefusedRequest>> {
        Ok(self.find(request_id, None).await?.map(|listed| listed.request))
    }

    /// The keys of which requests were refused, by label: their ids and labels.
    pub async fn keys(&self, actor: &Actor) -> Result<Vec<(KeyId, String)>> {
        actor.require(Right::KeysRead)?;
        Ok(store::list_keys(&self.db, actor.workspace.id).await?)
    }

    /// What has come of a key's newest secret since this moment.
    pub async fn first_call(&self, actor: &Actor, key: &ApiKey, since: Time) -> Result<FirstCall> {
        actor.require(Right::KeysRead)?;
        let last = match &key.rotation {
            Some(rotation) => rotation.new_last_use.as_ref(),
            None => key.last_use.as_ref(),
        };
        if let Some(last) = last.filter(|last| last.at >= since) {
            return Ok(FirstCall::Passed(last.clone()));
        }
        let query = RefusalQuery { key: Some(key.id), reason: None };
        let latest = store::list(&self.db, actor.workspace.id, &query, PageRequest::first()).await?;
        // What still sends the old secret says nothing of the new one.
        let of_new = |request: &RefusedRequest| request.facts.retires_at.is_none();
        let refused = latest.into_iter().map(|listed| listed.request).find(|r| r.at >= since && of_new(r));
        Ok(refused.map_or(FirstCall::Waiting, |request| FirstCall::Refused(Box::new(request))))
    }

    async fn find(&self, request_id: &str, workspace: Option<WorkspaceId>) -> Result<Option<Listed>> {
        // What no request can be called is not asked for; PostgreSQL would refuse even to compare a NUL.
        if request_id.is_empty() || !request_id.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(None);
        }
        let found = store::find(&self.db, request_id, workspace).await?;
        if found.is_some() {
            return Ok(found);
        }
        // Whoever asks at once is faster than the flush.
        self.flush().await?;
        Ok(store::find(&self.db, request_id, workspace).await?)
    }

    async fn write(&self, taken: &[RefusedRequest]) -> Result<()> {
        let mut tx = self.db.begin().await?;
        for request in taken {
            store::insert(&mut tx, request).await?;
        }
        // One order for all nodes: two that flush together never wait for each other in a circle.
        for key in taken.iter().map(|request| request.key).collect::<BTreeSet<_>>() {
            store::keep_latest_of_key(&mut tx, key, MOST_KEPT_OF_KEY).await?;
        }
        for workspace in taken.iter().map(|request| request.workspace).collect::<BTreeSet<_>>() {
            store::keep_latest_of_workspace(&mut tx, workspace, MOST_KEPT_OF_WORKSPACE).await?;
        }
        Ok(tx.commit().await?)
    }

    /// A panic elsewhere leaves whole requests behind, never parts of one.
    fn hold(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn add(&mut self, key: KeyId, make: impl FnOnce() -> RefusedRequest) {
        if self.requests.len() >= MOST_WAITING {
            return;
        }
        let of_key = self.of_key.entry(key).or_default();
        if *of_key < MOST_OF_KEY {
            *of_key += 1;
            self.requests.push(make());
        }
    }
}
