//! What the gate knows of whoever a request is from: out of memory, and what is not there out of the database.

use super::{Call, Gate, Inner};
use crate::{
    Time,
    actor::Actor,
    error::{Error, Result},
    gate::{Standing, index::Entry, limits::Whose, store},
    oauth,
    secret::SecretHash,
    usage::Meter,
};
use std::sync::Arc;

impl Gate {
    pub(super) async fn find(&self, hash: SecretHash, call: Call<'_>) -> Result<Option<Arc<Entry>>> {
        let gate = &*self.0;
        gate.memory.keys.get_or_load(hash, || gate.guessed(call, gate.read_key(hash))).await
    }

    /// A token is verified on its first request; while it is in memory its hash tells it as well as its signature.
    pub(super) async fn find_token(&self, text: &str, call: Call<'_>) -> Result<Option<Arc<Entry>>> {
        let (gate, hash) = (&*self.0, SecretHash::of(text.as_bytes()));
        gate.memory.keys.get_or_load(hash, || gate.guessed(call, gate.read_token(text))).await
    }
}

impl Inner {
    /// What is read of a key that may be anybody's guess: who has guessed wrong too often is not looked up for.
    async fn guessed(
        &self,
        call: Call<'_>,
        read: impl Future<Output = Result<Option<Entry>>>,
    ) -> Result<Option<Entry>> {
        // While memory is not believed every key comes here, those in use as well: they are not to pay for it.
        let stranger = Some(call.address).filter(|_| call.from_stranger && self.memory.keys.is_reliable());
        let wait = stranger.and_then(|address| self.guesses.wait(address, self.clock.tick()));
        if let Some(retry_after) = wait {
            return Err(Error::Throttled { retry_after });
        }
        let found = read.await?;
        if found.is_none() {
            stranger.inspect(|address| self.guesses.note(*address, self.clock.tick()));
        }
        Ok(found)
    }

    async fn read_key(&self, hash: SecretHash) -> Result<Option<Entry>> {
        let Some(found) = store::find(&self.db, hash, &self.profile).await? else { return Ok(None) };
        let meter = Arc::new(Meter::of_key(found.key, found.standing.workspace, hash));
        Ok(Some(Entry { meter: Some(meter), ..self.entry(found.standing, found.plan).await? }))
    }

    /// A token that this instance has signed, for the API behind this gate, and how its grant stands.
    async fn read_token(&self, text: &str) -> Result<Option<Entry>> {
        let Some(claims) = self.tokens.signed(text).await? else { return Ok(None) };
        let Some(within) = claims.aud.paths_behind(&self.address) else { return Ok(None) };
        let grant = oauth::store::standing_of(&self.db, &self.profile, claims.gid).await?;
        // What manages keys opens nothing else, not even a route that needs no scope.
        let Some(grant) = grant.filter(|grant| !grant.manages) else { return Ok(None) };
        let plan = self.profile.plans.iter().position(|plan| plan.name == grant.plan_name);
        let names: Vec<_> = claims.scope.split(" ").collect();
        let scopes = self.profile.known_scopes(&names);
        let meter = Arc::new(Meter::of_token(grant.grant, grant.app, grant.workspace));
        let standing = Standing::of_grant(grant, scopes, Time::from_timestamp(claims.exp, 0));
        Ok(Some(Entry { meter: Some(meter), within, ..self.entry(standing, plan).await? }))
    }

    /// By what the requests of somebody who stands so are counted.
    async fn entry(&self, standing: Standing, plan: Option<usize>) -> Result<Entry> {
        let limited = match plan {
            Some(plan) => self.limits.of(plan, Whose::from(&standing)).await?,
            None => None,
        };
        let most = plan.and_then(|plan| self.profile.plans[plan].concurrent_requests);
        let slots = most.map(|most| self.under_way.slots(standing.workspace, most));
        Ok(Entry { standing, limited, slots, meter: None, within: Box::default() })
    }

    /// A member whose session stands for a key. It was just read, and is read with each request: what ends it, acts
    /// at once.
    pub(super) async fn of_member(&self, actor: &Actor) -> Result<Arc<Entry>> {
        let plan = self.profile.plans.iter().position(|plan| plan.name == actor.workspace.plan);
        let standing = Standing::of_member(actor, plan.map(|place| &self.profile.plans[place]));
        Ok(Arc::new(self.entry(standing, plan).await?))
    }
}
