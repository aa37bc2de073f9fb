//! Leases of executions.

use super::Gate;
use crate::{
    error::{Error, Result},
    gate::store,
    ids::{LeaseId, WorkspaceId},
    random,
};
use std::time::Duration;

/// What came of asking for a lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lease {
    /// It is held.
    Held {
        /// What it is extended and given back by.
        id: LeaseId,
        /// How many the plan has; none: as many as come.
        limit: Option<u32>,
        /// How many the workspace holds now.
        held: u32,
    },
    /// All are held.
    Refused {
        /// How many the plan has.
        limit: u32,
        /// After how long at the latest one ends.
        wait: Duration,
    },
}

impl Gate {
    /// Takes a lease for an execution of this workspace.
    pub async fn lease(&self, workspace: WorkspaceId, lifetime: Duration) -> Result<Lease> {
        let gate = &*self.0;
        let (plan, suspended_at) = store::find_plan(&gate.db, workspace).await?.ok_or(Error::NotFound("workspace"))?;
        if suspended_at.is_some() {
            return Err(Error::Suspended);
        }
        // A plan that the profile has dropped grants nothing.
        let limit = match gate.profile.plan(&plan) {
            Some(plan) if plan.api => plan.concurrent,
            Some(plan) => return Err(Error::PlanRequired { plan: plan.title.clone() }),
            None => return Err(Error::PlanRequired { plan }),
        };
        let id = LeaseId::from_uuid(random::uuid(gate.clock.now(), gate.random.as_ref()));
        let tick = gate.clock.tick();
        let taken = match &gate.redis {
            None => gate.leases.take(id, workspace, limit, lifetime, tick),
            Some(redis) => redis.take_lease(&gate.leases, (id, workspace), limit, lifetime, tick).await,
        };
        Ok(match taken {
            Ok(held) => Lease::Held { id, limit, held },
            Err(wait) => Lease::Refused { limit: limit.unwrap_or_default(), wait },
        })
    }

    /// Holds a lease for so long from now on. False if it has ended.
    pub async fn extend(&self, lease: LeaseId, lifetime: Duration) -> bool {
        let (leases, tick) = (&self.0.leases, self.0.clock.tick());
        match &self.0.redis {
            None => leases.extend(lease, lifetime, tick),
            Some(redis) => redis.extend_lease(leases, lease, lifetime, tick).await,
        }
    }

    /// Gives a lease back. False if it has ended already.
    pub async fn release(&self, lease: LeaseId) -> bool {
        let (leases, tick) = (&self.0.leases, self.0.clock.tick());
        match &self.0.redis {
            None => leases.release(lease, tick),
            Some(redis) => redis.release_lease(leases, lease, tick).await,
        }
    }
}
