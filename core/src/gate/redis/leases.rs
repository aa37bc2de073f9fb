//! Leases that all nodes share: of each workspace a set by the time of their ends, and of each lease whose it is.
//!
//! A node also remembers those that were taken or extended here, and goes on with them when the server is gone. Of
//! another node's lease it then knows nothing, and believes whoever extends it: to end an execution that runs would be
//! worse than to let one too many run.

use super::Redis;
use crate::{
    gate::leases::Leases,
    ids::{LeaseId, WorkspaceId},
};
use redis::Script;
use std::{sync::LazyLock, time::Duration};

static TAKE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("take.lua")));
static HELD: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("held.lua")));
static HOLD: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("hold.lua")));

impl Redis {
    /// [`Leases::take`], together with other nodes.
    pub(in crate::gate) async fn take_lease(
        &self,
        here: &Leases,
        (id, workspace): (LeaseId, WorkspaceId),
        most: Option<u32>,
        lifetime: Duration,
        tick: Duration,
    ) -> Result<u32, Duration> {
        let era = self.era();
        let mut script = TAKE.prepare_invoke();
        script.key(self.held_by(&workspace.uuid().simple().to_string())).key(self.workspace_of(id));
        script.arg(self.time(tick)).arg(most.map_or(-1, i64::from)).arg(millis(lifetime));
        script.arg(id.uuid().simple().to_string()).arg(workspace.uuid().simple().to_string());
        match self.call::<(u8, i64)>(&script).await {
            None => here.take(id, workspace, most, lifetime, tick),
            Some((0, wait)) => Err(Duration::from_millis(u64::try_from(wait).unwrap_or_default())),
            Some((_, held)) => {
                here.remember(id, workspace, lifetime, tick, era);
                Ok(u32::try_from(held).unwrap_or(u32::MAX))
            }
        }
    }

    /// [`Leases::extend`], together with other nodes.
    pub(in crate::gate) async fn extend_lease(
        &self,
        here: &Leases,
        id: LeaseId,
        lifetime: Duration,
        tick: Duration,
    ) -> bool {
        let (era, known) = (self.era(), here.find(id, tick));
        match self.hold(here, id, lifetime, tick).await {
            Some(true) => {
                if let Some((workspace, _)) = known {
                    here.remember(id, workspace, lifetime, tick, era);
                }
                true
            }
            Some(false) => {
                here.release(id, tick);
                false
            }
            None => here.extend(id, lifetime, tick) || known.is_none(),
        }
    }

    /// [`Leases::release`], together with other nodes.
    pub(in crate::gate) async fn release_lease(&self, here: &Leases, id: LeaseId, tick: Duration) -> bool {
        let was_held = self.hold(here, id, Duration::ZERO, tick).await;
        let was_held_here = here.release(id, tick);
        was_held.unwrap_or(was_held_here)
    }

    /// [`Leases::count`], together with other nodes.
    pub(in crate::gate) async fn count_leases(&self, here: &Leases, workspace: WorkspaceId, tick: Duration) -> u32 {
        let mut script = HELD.prepare_invoke();
        script.key(self.held_by(&workspace.uuid().simple().to_string())).arg(self.time(tick));
        let held = self.call::<u32>(&script).await;
        held.unwrap_or_else(|| here.count(workspace, tick))
    }

    async fn hold(&self, here: &Leases, id: LeaseId, lifetime: Duration, tick: Duration) -> Option<bool> {
        // What this node knows to be held counts where the server may have missed it; else the server alone does.
        let missed = here.find(id, tick).filter(|(_, era)| *era != self.era());
        let vouched = missed.map(|(workspace, _)| workspace.uuid().simple().to_string()).unwrap_or_default();
        let mut script = HOLD.prepare_invoke();
        script.key(self.workspace_of(id)).arg(self.time(tick)).arg(millis(lifetime));
        script.arg(id.uuid().simple().to_string()).arg(self.held_by("")).arg(vouched);
        let held = self.call::<(u8,)>(&script).await;
        held.map(|(held,)| held == 1)
    }

    /// All of these are in one place of a cluster: who extends a lease knows its id and not its workspace.
    fn held_by(&self, workspace: &str) -> String {
        self.name(format_args!("{{leases}}:held:{workspace}"))
    }

    fn workspace_of(&self, lease: LeaseId) -> String {
        self.name(format_args!("{{leases}}:of:{}", lease.uuid().simple()))
    }
}

fn millis(duration: Duration) -> String {
    duration.as_millis().to_string()
}
