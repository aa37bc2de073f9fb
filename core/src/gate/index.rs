//! What was read of the database and is asked for with nearly every request, by a SHA-256: keys by that of their secrets.
//!
//! It is read on the first request and kept. Two guards keep that honest:
//! - *Generations.* A change removes what it concerns and raises its shard's generation; a read that began
//!   before the change sees the generation moved, and does not put back what it read. A fill that races
//!   a revocation cannot revive the key.
//! - *Single flight.* Requests that miss the same key together make one query.

use super::{Changed, Standing, limits::Limited, under_way::Slots};
use crate::{
    Time,
    error::{Error, Result},
    secret::SecretHash,
    usage::Meter,
};
use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::{Mutex as Turn, Notify};

/// Enough that two cores rarely want the same one.
const SHARDS: usize = 64;

/// A key, and where its requests leave their marks.
#[derive(Debug)]
pub(super) struct Entry {
    pub standing: Standing,
    pub limited: Option<Limited>,
    /// Where its plan bounds how many requests are under way.
    pub slots: Option<Slots>,
    /// None for a session.
    pub meter: Option<Arc<Meter>>,
    /// Below which paths a token is good; empty: everywhere, as keys are.
    pub within: Box<[Box<str>]>,
}

/// What may be kept.
pub(crate) trait Remembered {
    /// Whether it may not be so any more.
    fn is_changed(&self, by: &Changed) -> bool;
    /// Whether nobody will ask for it again.
    fn is_over(&self, now: Time) -> bool;
}

impl Remembered for Entry {
    fn is_changed(&self, by: &Changed) -> bool {
        match by {
            // By their hashes.
            Changed::Keys(_) => false,
            Changed::Workspace(id) => self.standing.workspace == *id,
            Changed::Grant(id) => self.standing.by.grant() == Some(*id),
            Changed::Tokens | Changed::SigningKeys => self.standing.by.grant().is_some(),
        }
    }

    fn is_over(&self, now: Time) -> bool {
        // Of a key that has ended it is said for how long it has been so: it stays.
        self.standing.by.grant().is_some() && self.standing.expires_at.is_some_and(|end| end <= now)
    }
}

/// All that has been asked for.
pub(crate) struct Index<V> {
    shards: Vec<RwLock<Shard<V>>>,
    flights: Mutex<HashMap<SecretHash, Arc<Turn<()>>>>,
    /// Whether every change is sure to reach this memory. While it is not, nothing in here is believed.
    reliable: AtomicBool,
    /// Whether the database is known not to answer: nothing is asked of it then, and nobody waits for it.
    cut_off: AtomicBool,
    /// Wakes who asked the database just before that was known.
    found_out: Notify,
}

struct Shard<V> {
    generation: u64,
    keys: HashMap<SecretHash, Arc<V>, BuildHasherDefault<FirstBytes>>,
}

impl<V> Default for Shard<V> {
    fn default() -> Self {
        Self { generation: 0, keys: HashMap::default() }
    }
}

impl<V: Remembered> Index<V> {
    pub(super) fn new(reliable: bool) -> Self {
        let shards = (0..SHARDS).map(|_| RwLock::default()).collect();
        Self {
            shards,
            flights: Mutex::default(),
            reliable: AtomicBool::new(reliable),
            cut_off: AtomicBool::new(false),
            found_out: Notify::new(),
        }
    }

    /// What has this hash: from memory, or by `load`.
    pub(crate) async fn get_or_load<F>(&self, hash: SecretHash, load: impl FnOnce() -> F) -> Result<Option<Arc<V>>>
    where
        F: Future<Output = Result<Option<V>>>,
    {
        match self.get(hash) {
            Some(entry) => Ok(Some(entry)),
            // In a box, so that who finds it in memory does not carry about what it takes to read it.
            None => Box::pin(self.load(hash, load)).await,
        }
    }

    async fn load<F>(&self, hash: SecretHash, load: impl FnOnce() -> F) -> Result<Option<Arc<V>>>
    where
        F: Future<Output = Result<Option<V>>>,
    {
        let found_out = self.found_out.notified();
        if !self.is_cut_off() {
            tokio::select! {
                loaded = self.read_or_join(hash, load) => return loaded,
                // Neither who reads nor who waits for its turn to read gets anything any more.
                () = found_out => {}
            }
        }
        self.get(hash).map(Some).ok_or(Error::Unavailable)
    }

    async fn read_or_join<F>(&self, hash: SecretHash, load: impl FnOnce() -> F) -> Result<Option<Arc<V>>>
    where
        F: Future<Output = Result<Option<V>>>,
    {
        // What will not be kept is not waited for either.
        if !self.is_reliable() {
            return Ok(load().await?.map(Arc::new));
        }
        let flight = Flight::join(self, hash);
        let _turn = flight.turn.lock().await;
        if let Some(entry) = self.get(hash) {
            return Ok(Some(entry));
        }
        let generation = self.read(hash, |shard| shard.generation);
        let Some(entry) = load().await?.map(Arc::new) else { return Ok(None) };
        self.put(hash, &entry, generation);
        Ok(Some(entry))
    }

    /// Forgets what has changed. What is being read now will not be kept, whosever it is: whose it is, is not known
    /// before it has been read.
    pub(super) fn hear(&self, changed: &Changed) {
        match changed {
            Changed::Keys(hashes) => hashes.iter().for_each(|hash| self.forget(*hash)),
            Changed::Workspace(_) | Changed::Grant(_) | Changed::Tokens | Changed::SigningKeys => {
                self.forget_where(|kept| kept.is_changed(changed));
            }
        }
    }

    /// Forgets one that has changed. What is being read of it now will not be kept.
    pub(crate) fn forget(&self, hash: SecretHash) {
        self.write(hash, |shard| {
            shard.generation += 1;
            shard.keys.remove(&hash);
        });
    }

    /// Forgets everything: changes may have been missed.
    pub(super) fn forget_all(&self) {
        self.forget_where(|_| true);
    }

    /// Lets go of what nobody will ask for again.
    pub(super) fn sweep(&self, now: Time) {
        for shard in &self.shards {
            let mut shard = shard.write().unwrap_or_else(PoisonError::into_inner);
            shard.keys.retain(|_, kept| !kept.is_over(now));
        }
    }

    fn forget_where(&self, is_over: impl Fn(&V) -> bool) {
        for shard in &self.shards {
            let mut shard = shard.write().unwrap_or_else(PoisonError::into_inner);
            shard.generation += 1;
            shard.keys.retain(|_, kept| !is_over(kept));
        }
    }

    /// From now on (or from now on not) every change reaches [`Index::forget`].
    pub(super) fn set_reliable(&self, reliable: bool) {
        self.reliable.store(reliable, Ordering::Release);
    }

    /// Whether what is in here is believed.
    pub(super) fn is_reliable(&self) -> bool {
        self.reliable.load(Ordering::Acquire)
    }

    /// The database does not answer: what is in here is believed (or not any more), and nothing else is. True if that
    /// is news.
    pub(super) fn stand_in(&self, reliable: bool) -> bool {
        // In this order: who sees that the database is gone also sees what is believed.
        self.set_reliable(reliable);
        let was_known = self.cut_off.swap(true, Ordering::AcqRel);
        self.found_out.notify_waiters();
        !was_known
    }

    /// The database answers again, and is asked about every key until notices are heard.
    pub(super) fn ask_again(&self) {
        self.set_reliable(false);
        self.forget_all();
        self.cut_off.store(false, Ordering::Release);
    }

    fn is_cut_off(&self) -> bool {
        self.cut_off.load(Ordering::Acquire)
    }

    fn get(&self, hash: SecretHash) -> Option<Arc<V>> {
        if !self.is_reliable() {
            return None;
        }
        self.read(hash, |shard| shard.keys.get(&hash).cloned())
    }

    fn put(&self, hash: SecretHash, entry: &Arc<V>, generation: u64) {
        self.write(hash, |shard| {
            if shard.generation == generation {
                shard.keys.insert(hash, Arc::clone(entry));
            }
        });
    }

    fn shard(&self, hash: SecretHash) -> &RwLock<Shard<V>> {
        // The map inside a shard uses the first bytes.
        &self.shards[usize::from(hash.as_bytes()[31]) % SHARDS]
    }

    fn read<T>(&self, hash: SecretHash, f: impl FnOnce(&Shard<V>) -> T) -> T {
        f(&self.shard(hash).read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write<T>(&self, hash: SecretHash, f: impl FnOnce(&mut Shard<V>) -> T) -> T {
        f(&mut self.shard(hash).write().unwrap_or_else(PoisonError::into_inner))
    }

    fn flights(&self) -> MutexGuard<'_, HashMap<SecretHash, Arc<Turn<()>>>> {
        self.flights.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of several requests that want the same at the same time; the last to leave cleans up.
struct Flight<'a, V: Remembered> {
    index: &'a Index<V>,
    hash: SecretHash,
    turn: Arc<Turn<()>>,
}

impl<'a, V: Remembered> Flight<'a, V> {
    fn join(index: &'a Index<V>, hash: SecretHash) -> Self {
        let turn = Arc::clone(index.flights().entry(hash).or_default());
        Self { index, hash, turn }
    }
}

impl<V: Remembered> Drop for Flight<'_, V> {
    fn drop(&mut self) {
        let mut flights = self.index.flights();
        // Two: the map's and our own. Nobody can join while the map is locked.
        if Arc::strong_count(&self.turn) == 2 {
            flights.remove(&self.hash);
        }
    }
}

/// A SHA-256 is as evenly spread as anything: its first bytes are its hash.
#[derive(Default)]
struct FirstBytes(u64);

impl Hasher for FirstBytes {
    fn write(&mut self, bytes: &[u8]) {
        if let Some(first) = bytes.first_chunk() {
            self.0 = u64::from_le_bytes(*first);
        }
    }
    fn write_usize(&mut self, _length: usize) {}
    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        gate::Credential,
        ids::{KeyId, WorkspaceId},
        profile::ScopeSet,
    };
    use std::sync::atomic::AtomicU32;

    use tokio::sync::{Barrier, oneshot};

    type Index = super::Index<Entry>;

    fn entry() -> Entry {
        let standing = Standing {
            by: Credential::Key(KeyId::from_uuid(uuid::Uuid::nil())),
            workspace: WorkspaceId::from_uuid(uuid::Uuid::nil()),
            owner: None,
            environment: "".into(),
            scopes: ScopeSet::NONE,
            role: None,
            plan: None,
            networks: Box::default(),
            retires_at: None,
            suspended: false,
            expires_at: None,
            disabled: false,
            revoked: false,
        };
        Entry { standing, limited: None, slots: None, meter: None, within: Box::default() }
    }

    fn hash() -> SecretHash {
        SecretHash::of(b"a key")
    }

    async fn loads(index: &Index) -> u32 {
        let count = AtomicU32::new(0);
        let load = || async {
            count.fetch_add(1, Ordering::Relaxed);
            Ok(Some(entry()))
        };
        assert!(index.get_or_load(hash(), load).await.is_ok_and(|e| e.is_some()));
        count.into_inner()
    }

    #[tokio::test]
    async fn a_key_is_read_once_and_again_after_a_change() {
        let index = Index::new(true);
        assert_eq!(loads(&index).await, 1);
        assert_eq!(loads(&index).await, 0);
        index.forget(hash());
        assert_eq!(loads(&index).await, 1);
        index.forget_all();
        assert_eq!(loads(&index).await, 1);
    }

    #[tokio::test]
    async fn a_read_that_races_a_change_is_not_kept() {
        let index = Index::new(true);
        let raced = index.get_or_load(hash(), || async {
            index.forget(hash());
            Ok(Some(entry()))
        });
        assert!(raced.await.is_ok_and(|e| e.is_some()));
        assert_eq!(loads(&index).await, 1, "what was read before the change must not be served after it");
    }

    #[tokio::test]
    async fn requests_that_miss_together_make_one_query() {
        let index = Arc::new(Index::new(true));
        let queries = Arc::new(AtomicU32::new(0));
        let start = Arc::new(Barrier::new(20));
        let tasks: Vec<_> = (0..20)
            .map(|_| {
                let (index, queries, start) = (Arc::clone(&index), Arc::clone(&queries), Arc::clone(&start));
                tokio::spawn(async move {
                    start.wait().await;
                    let load = || async {
                        queries.fetch_add(1, Ordering::Relaxed);
                        tokio::task::yield_now().await;
                        Ok(Some(entry()))
                    };
                    index.get_or_load(hash(), load).await
                })
            })
            .collect();
        for task in tasks {
            assert!(task.await.is_ok_and(|r| r.is_ok_and(|e| e.is_some())));
        }
        assert_eq!(queries.load(Ordering::Relaxed), 1);
        assert!(index.flights().is_empty(), "nothing is left behind");
    }

    #[tokio::test]
    async fn a_reader_that_gives_up_leaves_nothing_behind() {
        let index = Arc::new(Index::new(true));
        let (_hold, held) = oneshot::channel::<()>();
        let waiting = {
            let index = Arc::clone(&index);
            tokio::spawn(async move {
                let load = || async {
                    let _ = held.await;
                    Ok(None)
                };
                index.get_or_load(hash(), load).await
            })
        };
        tokio::task::yield_now().await;
        waiting.abort();
        assert!(waiting.await.is_err());
        assert!(index.flights().is_empty());
        assert_eq!(loads(&index).await, 1);
    }

    #[tokio::test]
    async fn nothing_is_believed_while_changes_may_be_missed() {
        let index = Index::new(false);
        assert_eq!(loads(&index).await, 1);
        assert_eq!(loads(&index).await, 1);
        index.forget_all();
        index.set_reliable(true);
        assert_eq!(loads(&index).await, 1);
        assert_eq!(loads(&index).await, 0);
    }

    #[tokio::test]
    async fn memory_stands_in_for_a_database_that_does_not_answer_and_for_what_it_does_not_have_nothing_does() {
        let index = Index::new(true);
        assert_eq!(loads(&index).await, 1);
        assert!(index.stand_in(true));
        assert_eq!(loads(&index).await, 0);
        let other = SecretHash::of(b"another key");
        let unknown = index.get_or_load(other, || async { Ok(Some(entry())) }).await;
        assert_eq!(unknown.err(), Some(Error::Unavailable), "nothing is asked of it");
        assert!(!index.stand_in(false));
        let known = index.get_or_load(hash(), || async { Ok(Some(entry())) }).await;
        assert_eq!(known.err(), Some(Error::Unavailable), "not for ever");
        index.ask_again();
        index.set_reliable(true);
        assert_eq!(loads(&index).await, 1, "what may have changed meanwhile is read again");
    }

    #[tokio::test]
    async fn requests_that_wait_for_one_key_when_the_database_goes_are_all_answered_at_once() {
        let index = Index::new(true);
        let asked = || index.get_or_load(hash(), std::future::pending);
        let (first, second, ()) = tokio::join!(asked(), asked(), async { assert!(index.stand_in(true)) });
        assert_eq!((first.err(), second.err()), (Some(Error::Unavailable), Some(Error::Unavailable)));
        assert!(index.flights().is_empty(), "nothing is left behind");
    }

    #[tokio::test]
    async fn who_asked_just_before_the_database_was_found_to_be_gone_does_not_wait_for_it() {
        let index = Index::new(true);
        assert_eq!(loads(&index).await, 1);
        index.set_reliable(false);
        let asked = index.get_or_load(hash(), std::future::pending);
        let (answer, ()) = tokio::join!(asked, async { assert!(index.stand_in(true)) });
        assert!(answer.is_ok_and(|entry| entry.is_some()));
    }
}
