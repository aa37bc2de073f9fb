//! Finding apps, and whether a workspace lets them in.

use super::{Admission, App, AppPolicy, ClientId, events::Events, store};
use crate::{
    accounts::Throttle,
    actor::Actor,
    audit::Audit,
    clock::SharedClock,
    db::Db,
    error::Result,
    gate::Gate,
    ids::WorkspaceId,
    profile::{Profile, SelfRegistration},
    random::SharedRandom,
};
use std::sync::Arc;

/// The apps of the instance. Clones share one memory.
#[derive(Clone)]
pub struct Apps {
    pub(super) db: Db,
    pub(super) clock: SharedClock,
    pub(super) random: SharedRandom,
    pub(super) profile: Arc<Profile>,
    pub(super) audit: Audit,
    pub(super) throttle: Throttle,
    pub(super) gate: Gate,
    pub(super) events: Arc<Events>,
}

impl Apps {
    pub(crate) fn new(
        db: Db,
        clock: SharedClock,
        random: SharedRandom,
        profile: Arc<Profile>,
        audit: Audit,
        throttle: Throttle,
        gate: Gate,
    ) -> Self {
        Self { db, clock, random, profile, audit, throttle, gate, events: Arc::default() }
    }

    /// The app that calls itself this; none for a name that no app has. A disabled one is found as well.
    pub async fn find(&self, client_id: &str) -> Result<Option<App>> {
        match ClientId::parse(client_id) {
            Ok(client_id) => Ok(store::find_by_client_id(&self.db, &client_id, self.clock.now()).await?),
            Err(_) => Ok(None),
        }
    }

    /// Whether an app may be used in this workspace, and with which scopes at most: its own apps always may, those
    /// from elsewhere as its policy says.
    pub async fn admission(&self, app: &App, workspace: WorkspaceId) -> Result<Admission> {
        let asked = app.scope_set(&self.profile);
        if app.workspace() == Some(workspace) || app.is_built_in() {
            return Ok(Admission::Admitted(asked));
        }
        let policy = self.policy_of(workspace).await?;
        let most = asked.and(self.profile.known_scopes(&policy.scopes));
        Ok(match policy.mode {
            SelfRegistration::Off => Admission::Refused,
            SelfRegistration::Open => Admission::Admitted(most),
            SelfRegistration::Approval => {
                let known = store::find_foreign(&self.db, workspace, app.id, self.clock.now()).await?;
                let approved = known.is_some_and(|known| known.approved.is_some());
                if approved { Admission::Admitted(most) } else { Admission::NeedsApproval }
            }
        })
    }

    /// Notes that somebody wants to use an app from elsewhere, so that it is listed: to be approved, or to be known.
    pub async fn ask(&self, actor: &Actor, app: &App) -> Result<()> {
        if app.workspace() == Some(actor.workspace.id) || app.is_built_in() {
            return Ok(());
        }
        let mut tx = self.db.begin().await?;
        store::ask(&mut tx, actor.workspace.id, app.id, actor.user.id, self.clock.now()).await?;
        Ok(tx.commit().await?)
    }

    /// What the workspace says of apps from elsewhere: what its owner said, or else the profile.
    pub(super) async fn policy_of(&self, workspace: WorkspaceId) -> Result<AppPolicy> {
        let usual = || AppPolicy {
            mode: self.profile.oauth.self_registration,
            scopes: self.profile.scope_names(self.profile.oauth.self_registration_scopes),
        };
        Ok(store::find_policy(&self.db, workspace).await?.unwrap_or_else(usual))
    }
}
