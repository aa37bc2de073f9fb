//! Checking a request, and hearing of changes.

use super::{
    Decision, Standing, Verdict, decide,
    index::{Entry, Index},
    notices,
    routes::Routes,
    store,
};
use crate::{
    clock::SharedClock,
    db::{Db, Tx},
    error::{Error, Result},
    profile::{Profile, ScopeSet},
    secret::{Secret, SecretHash},
    usage::{Meter, Usage},
};
use std::{net::IpAddr, sync::Arc};

/// The gate. Clones share one memory.
#[derive(Clone)]
pub struct Gate(Arc<Inner>);

struct Inner {
    db: Db,
    clock: SharedClock,
    profile: Arc<Profile>,
    usage: Usage,
    index: Arc<Index>,
    routes: Routes,
    /// What is noted as the route of a check that names only scopes.
    unrouted: Arc<str>,
}

/// A request that wants to pass.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// The key that it brings, as it was sent.
    pub key: Option<&'a str>,
    /// What it is for.
    pub needs: Needs<'a>,
    /// Where it comes from.
    pub address: IpAddr,
}

/// What a request is for.
#[derive(Clone, Copy, Debug)]
pub enum Needs<'a> {
    /// A method and a path, to be found among the profile's routes.
    Request {
        /// `GET`
        method: &'a str,
        /// Without the query string.
        path: &'a str,
    },
    /// Scopes that the asking backend names itself.
    Scopes(ScopeSet),
}

/// A request with what was decided on it.
#[derive(Clone, Debug)]
pub struct Passage {
    /// What was decided.
    pub decision: Decision,
    entry: Option<Arc<Entry>>,
}

impl Passage {
    /// The key, if it is one of ours.
    #[must_use]
    pub fn standing(&self) -> Option<&Standing> {
        self.entry.as_deref().map(|entry| &entry.standing)
    }

    const fn refused(verdict: Verdict, needed: ScopeSet) -> Self {
        Self { decision: Decision { verdict, effective: ScopeSet::NONE, needed }, entry: None }
    }
}

impl Gate {
    pub(crate) fn new(db: Db, clock: SharedClock, profile: Arc<Profile>, usage: Usage) -> Self {
        // On PostgreSQL other nodes make changes too: nothing is believed before their notices are heard.
        let index = Arc::new(Index::new(matches!(db, Db::Sqlite(_))));
        let routes = Routes::new(&profile);
        Self(Arc::new(Inner { db, clock, profile, usage, index, routes, unrouted: "/gate/verify".into() }))
    }

    /// Decides on a request, and marks the use of a key that may pass.
    pub async fn check(&self, call: Call<'_>) -> Result<Passage> {
        let gate = &*self.0;
        let (route, needed) = match call.needs {
            Needs::Scopes(needed) => (&gate.unrouted, needed),
            Needs::Request { method, path } => match gate.routes.find(method, path) {
                Some(matched) => (&matched.name, matched.needed),
                None => return Ok(Passage::refused(Verdict::NoRoute, ScopeSet::NONE)),
            },
        };
        let Some(text) = call.key else { return Ok(Passage::refused(Verdict::Missing, needed)) };
        let Ok(secret) = Secret::parse(&gate.profile.key, text) else {
            return Ok(Passage::refused(Verdict::Unknown, needed));
        };
        let entry = self.find(secret.hash()).await?;
        let now = gate.clock.now();
        let decision = decide(entry.as_deref().map(|e| &e.standing), needed, now);
        if let (Verdict::Allowed, Some(entry)) = (decision.verdict, &entry) {
            gate.usage.record(&entry.meter, now, route, call.address);
        }
        Ok(Passage { decision, entry })
    }

    /// Whether the profile has a route for this request.
    #[must_use]
    pub fn has_route(&self, method: &str, path: &str) -> bool {
        self.0.routes.find(method, path).is_some()
    }

    async fn find(&self, hash: SecretHash) -> Result<Option<Arc<Entry>>> {
        let gate = &*self.0;
        gate.index
            .get_or_load(hash, || async {
                let standing = store::find(&gate.db, hash, &gate.profile).await?;
                Ok(standing.map(|standing| Entry { meter: Arc::new(Meter::new(standing.key)), standing }))
            })
            .await
    }

    /// Commits a change of the keys with these hashes, so that the next request on any node sees it. Runs
    /// to its end even if whoever asked is gone: a change that is committed must reach memory.
    pub(crate) async fn commit(&self, mut tx: Tx, hashes: &[SecretHash]) -> Result<()> {
        for hash in hashes {
            notices::send(&mut tx, *hash).await?;
        }
        let (index, hashes) = (Arc::clone(&self.0.index), hashes.to_vec());
        let work = async move {
            let committed = tx.commit().await;
            // Also after an error: it may have been committed all the same.
            for hash in hashes {
                index.forget(hash);
            }
            committed
        };
        Ok(tokio::spawn(work).await.map_err(|_| Error::Internal)??)
    }

    /// Hears what other nodes change. Ends at once on SQLite, where there are none; else never.
    pub async fn follow_other_nodes(&self) {
        notices::follow(self.0.db.clone(), Arc::clone(&self.0.index)).await;
    }
}
