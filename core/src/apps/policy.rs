//! What a workspace says of apps from elsewhere: those that registered themselves, and those of other workspaces.

use super::{App, AppPolicy, Apps, ForeignApp, PolicyForm, manage::changed_meanwhile, store};
use crate::{
    actor::Actor,
    audit::{Action, Change, Event},
    error::{Error, Result},
    gate::Changed,
    ids::AppId,
    members, oauth,
    page::{Page, PageRequest},
    profile::Right,
};

impl Apps {
    /// What the workspace says of apps from elsewhere.
    pub async fn policy(&self, actor: &Actor) -> Result<AppPolicy> {
        actor.require(Right::AppsRead)?;
        self.policy_of(actor.workspace.id).await
    }

    /// Says something else of them. It counts from the next request on.
    pub async fn set_policy(&self, actor: &Actor, form: &PolicyForm) -> Result<AppPolicy> {
        match self.try_set_policy(actor, form).await {
            Ok(policy) => Ok(policy),
            Err(error) => self.audit.refused(Event::by(actor, Action::AppPolicyChanged), error).await,
        }
    }

    async fn try_set_policy(&self, actor: &Actor, form: &PolicyForm) -> Result<AppPolicy> {
        actor.require(Right::AppsManage)?;
        let policy = AppPolicy::parse(form, &self.profile).map_err(Error::Invalid)?;
        let before = self.policy_of(actor.workspace.id).await?;
        let mut tx = self.db.begin().await?;
        let actor = &members::lock(&mut tx, &self.profile, actor).await?;
        actor.require(Right::AppsManage)?;
        store::put_policy(&mut tx, actor.workspace.id, &policy).await?;
        let changes = [
            ("apps_from_elsewhere", before.mode.code().to_owned(), policy.mode.code().to_owned()),
            ("scopes", before.scopes.join(", "), policy.scopes.join(", ")),
        ];
        let changes = changes.into_iter().filter(|(_, before, after)| before != after);
        let changes: Vec<_> = changes.map(|(what, before, after)| Change::between(what, &before, &after)).collect();
        if !changes.is_empty() {
            self.audit.record(&mut tx, Event { changes, ..Event::by(actor, Action::AppPolicyChanged) }).await?;
        }
        self.gate.commit(tx, Changed::Workspace(actor.workspace.id)).await?;
        Ok(policy)
    }

    /// Apps from elsewhere that somebody of the workspace uses or wanted to, the newest first.
    pub async fn list_foreign(&self, actor: &Actor, page: PageRequest<AppId>) -> Result<Page<ForeignApp, AppId>> {
        actor.require(Right::AppsRead)?;
        let rows = store::list_foreign(&self.db, actor.workspace.id, page, self.clock.now()).await?;
        Ok(Page::of(rows, page.limit, |foreign| foreign.app.id))
    }

    /// One of them.
    pub async fn get_foreign(&self, actor: &Actor, id: AppId) -> Result<ForeignApp> {
        actor.require(Right::AppsRead)?;
        self.find_foreign(actor, id).await
    }

    async fn find_foreign(&self, actor: &Actor, id: AppId) -> Result<ForeignApp> {
        let found = store::find_foreign(&self.db, actor.workspace.id, id, self.clock.now()).await?;
        found.ok_or(Error::NotFound("app"))
    }

    /// Lets an app from elsewhere in, where apps need that; if the caller says which version of it they have looked at,
    /// no other.
    pub async fn approve(&self, actor: &Actor, id: AppId, version: Option<i64>) -> Result<App> {
        let done = self.try_approve(actor, id, version).await;
        self.audited_foreign(actor, Action::AppApproved, id, done).await
    }

    async fn try_approve(&self, actor: &Actor, id: AppId, version: Option<i64>) -> Result<App> {
        actor.require(Right::AppsManage)?;
        let ForeignApp { app, approved, .. } = self.find_foreign(actor, id).await?;
        if approved.is_some() {
            return Err(Error::Conflict("This app has been approved already.".to_owned()));
        }
        let mut tx = self.db.begin().await?;
        let is_seen = version.is_none_or(|version| version == app.version);
        if !is_seen || !store::approve(&mut tx, actor.workspace.id, &app, actor.user.id, self.clock.now()).await? {
            return Err(changed_meanwhile());
        }
        let changes = vec![Change::set("client_id", app.client_id.as_str())];
        self.finish(tx, actor, Action::AppApproved, &app, changes).await?;
        Ok(app)
    }

    /// Takes an app from elsewhere off the list, approval and all. Where apps need none, it may come back.
    pub async fn dismiss(&self, actor: &Actor, id: AppId) -> Result<App> {
        let done = self.try_dismiss(actor, id).await;
        self.audited_foreign(actor, Action::AppDismissed, id, done).await
    }

    async fn try_dismiss(&self, actor: &Actor, id: AppId) -> Result<App> {
        actor.require(Right::AppsManage)?;
        let app = self.find_foreign(actor, id).await?.app;
        let mut tx = self.db.begin().await?;
        if !store::dismiss(&mut tx, actor.workspace.id, id).await? {
            return Err(Error::NotFound("app"));
        }
        oauth::store::end_of_app(&mut tx, id, actor.workspace.id, self.clock.now()).await?;
        let changes = vec![Change::removed("client_id", app.client_id.as_str())];
        self.finish(tx, actor, Action::AppDismissed, &app, changes).await?;
        Ok(app)
    }

    async fn audited_foreign(&self, actor: &Actor, action: Action, id: AppId, result: Result<App>) -> Result<App> {
        match result {
            Ok(app) => Ok(app),
            Err(error) => {
                let subject = Some((id.to_string(), String::new()));
                self.audit.refused(Event { subject, ..Event::by(actor, action) }, error).await
            }
        }
    }
}
