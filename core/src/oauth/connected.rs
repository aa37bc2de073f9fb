//! Which apps somebody has let in, and how that ends: by the person, by whoever manages apps, by the app itself, or
//! because a thief was seen.

use super::{Connection, EndReason, GrantKind, service::OAuth, store};
use crate::{
    accounts::User,
    actor::{Actor, Origin},
    audit::{Action, Change, Event},
    error::{Error, Result},
    gate::Changed,
    ids::GrantId,
    page::{Page, PageRequest},
    profile::Right,
};
use chrono::TimeDelta;

/// For how long a grant that was ended for a thief's sake is shown.
const ALARMS_SHOWN: TimeDelta = TimeDelta::days(14);

impl OAuth {
    /// What a person has let in, in all their workspaces, the latest first.
    pub async fn connections_of(&self, user: &User, page: PageRequest<GrantId>) -> Result<Page<Connection, GrantId>> {
        let now = self.clock.now();
        let rows = store::list_of_user(&self.db, user.id, page, now, now - ALARMS_SHOWN).await?;
        Ok(Page::of(rows, page.limit, |connection| connection.id))
    }

    /// What was let into the actor's workspace, by anybody.
    pub async fn connections(&self, actor: &Actor, page: PageRequest<GrantId>) -> Result<Page<Connection, GrantId>> {
        actor.require(Right::AppsRead)?;
        let now = self.clock.now();
        let rows = store::list_of_workspace(&self.db, actor.workspace.id, page, now, now - ALARMS_SHOWN).await?;
        Ok(Page::of(rows, page.limit, |connection| connection.id))
    }

    /// Takes back what a person gave themselves. Gives the name of the app.
    pub async fn disconnect_own(&self, user: &User, grant: GrantId, origin: &Origin) -> Result<String> {
        let found = store::find_connection(&self.db, grant).await?;
        let own = found.filter(|found| found.person.as_ref().is_some_and(|person| person.id == user.id));
        let own = own.ok_or(Error::NotFound("connected app"))?;
        self.end(grant, EndReason::Revoked, Some(user), origin).await?;
        Ok(own.app)
    }

    /// Takes back what anybody gave in the actor's workspace. A machine is disabled with it: it would come for other
    /// tokens at once. Gives what was taken back.
    pub async fn disconnect(&self, actor: &Actor, grant: GrantId) -> Result<Connection> {
        let found = store::find_connection(&self.db, grant).await?;
        let found = found.filter(|found| found.workspace.id == actor.workspace.id);
        match (actor.require(Right::AppsManage), found) {
            (Ok(()), Some(found)) => {
                if found.kind == GrantKind::Machine {
                    self.apps.keep_off(actor, found.app_id).await?;
                }
                self.end(grant, EndReason::Revoked, Some(&actor.user), &actor.origin).await?;
                Ok(found)
            }
            (Ok(()), None) => Err(Error::NotFound("connected app")),
            (Err(error), found) => {
                let subject = found.map(|found| (grant.to_string(), found.app));
                self.audit.refused(Event { subject, ..Event::by(actor, Action::GrantRevoked) }, error).await
            }
        }
    }

    /// Ends a grant because something of it was in two hands.
    pub(super) async fn end_stolen(&self, grant: GrantId, reason: EndReason, origin: &Origin) -> Result<()> {
        self.end(grant, reason, None, origin).await
    }

    /// Ends a grant, and with it everything that came of it. Nothing happens to one that is over already.
    pub(super) async fn end(
        &self,
        grant: GrantId,
        reason: EndReason,
        user: Option<&User>,
        origin: &Origin,
    ) -> Result<()> {
        let Some(found) = store::find_connection(&self.db, grant).await? else { return Ok(()) };
        let (mut tx, now) = (self.db.begin().await?, self.clock.now());
        // Who takes back what they let an app do means all of it, however often they did.
        let alike = reason == EndReason::Revoked && found.kind == GrantKind::Consent;
        let ended = match alike {
            true => store::end_alike(&mut tx, grant, now, reason).await?,
            false => store::end_grant(&mut tx, grant, now, reason).await?,
        };
        if !ended {
            return Ok(());
        }
        let action = match reason {
            EndReason::RefreshReused | EndReason::CodeReplayed => Action::GrantStolen,
            EndReason::Revoked
            | EndReason::GivenBack
            | EndReason::MemberRemoved
            | EndReason::AppRefused
            | EndReason::SignedOut => Action::GrantRevoked,
        };
        let mut changes = vec![Change::set("reason", reason.code())];
        changes.extend(found.person.map(|person| Change::set("person", person.name)));
        let event = Event {
            workspace: Some(found.workspace.id),
            user,
            subject: Some((grant.to_string(), found.app)),
            changes,
            ..Event::about_nobody(origin, action)
        };
        self.audit.record(&mut tx, event).await?;
        self.gate.commit(tx, if alike { Changed::Tokens } else { Changed::Grant(grant) }).await
    }
}
