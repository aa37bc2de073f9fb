//! How each limit stands.

use super::Gate;
use crate::{
    actor::Actor,
    error::Result,
    gate::{Credential, Gauge, limits::Whose},
    ids::KeyId,
    profile::Right,
};

impl Gate {
    /// How each limit of the workspace stands; for one of its keys, that of the key as well. Looking takes nothing.
    pub async fn gauges(&self, actor: &Actor, key: Option<KeyId>) -> Result<Vec<Gauge>> {
        actor.require(Right::KeysRead)?;
        let (gate, workspace) = (&*self.0, actor.workspace.id);
        if let Some(key) = key {
            gate.usage.require_key(actor, key).await?;
        }
        let mut plans = gate.profile.plans.iter().enumerate();
        let Some((place, plan)) = plans.find(|(_, plan)| plan.api && plan.name == actor.workspace.plan) else {
            return Ok(Vec::new());
        };
        let (mut gauges, whose) = (Vec::new(), Whose { workspace, by: key.map(Credential::Key) });
        if let Some(limited) = gate.limits.of(place, whose).await? {
            let rooms = gate.limits.count(&limited, whose, 0, gate.limits.now()).await;
            gauges.extend(limited.limits.iter().zip(rooms).map(|(limit, room)| Gauge::Window {
                limit: limit.clone(),
                remaining: room.remaining,
                resets_in: room.resets_in,
            }));
        }
        if let Some(limit) = plan.concurrent {
            let tick = gate.clock.tick();
            let held = match &gate.redis {
                None => gate.leases.count(workspace, tick),
                Some(redis) => redis.count_leases(&gate.leases, workspace, tick).await,
            };
            gauges.push(Gauge::Running { limit, held });
        }
        Ok(gauges)
    }
}
