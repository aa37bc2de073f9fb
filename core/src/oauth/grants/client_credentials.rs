//! `client_credentials` (OAuth 2.1 §4.2): an app that acts for itself.
//!
//! 1. The app has proved who it is with a secret. One without a secret could be anybody.
//! 2. It is an app of a workspace, whose data it works with. Whoever registered it bounds it with their role, as the
//!    owner of a key does; if they leave, it stops.
//! 3. The scopes are among its own. Only apps of the kind that acts for itself have this grant, so that what a person
//!    would have to allow never becomes an app's own.
//! 4. There is no refresh token (§4.2.3): the app can always ask again. `sub` is its `client_id`.
//!
//! All its tokens hang on one grant, which is written when there is none, and prolonged once a day.

use crate::{
    accounts::User,
    actor::Origin,
    apps::{App, Registrant},
    audit::{Action, Change, Event},
    ids::{GrantId, WorkspaceId},
    oauth::{
        Code, GrantKind, GrantStanding, Issued, OAuthError, OAuthResult, Parameters, invalid_grant, resources, scopes,
        service::OAuth, store,
    },
    profile::ScopeSet,
    random,
};
use chrono::TimeDelta;

/// How far the grant's end is moved: not with each token.
const PROLONGED: TimeDelta = TimeDelta::days(2);

impl OAuth {
    pub(super) async fn act_for_itself(
        &self,
        app: &App,
        parameters: &Parameters,
        origin: &Origin,
    ) -> OAuthResult<Issued> {
        let unauthorized = |why| OAuthError::new(Code::UnauthorizedClient, why);
        if !app.is_confidential() {
            return Err(unauthorized("An app without a secret cannot act for itself."));
        }
        let Some(workspace) = app.workspace() else {
            return Err(unauthorized("An app that registered itself belongs to no workspace that it could act in."));
        };
        let registered = app.scope_set(&self.profile);
        let asked = scopes::asked_by(app, parameters, &self.profile)?;
        let resources = resources::asked(parameters, &self.gateway)?;
        let standing = match store::find_machine(&self.db, app.id).await? {
            Some(grant) => self.live(grant).await?,
            None => self.give_machine(app, workspace, registered, origin).await?,
        };
        let now = self.clock.now();
        if standing.ends_at < now + PROLONGED / 2 {
            let mut tx = self.db.begin().await?;
            self.renew(&mut tx, standing.grant, now + PROLONGED, origin).await?;
            tx.commit().await?;
            self.forget_standing(standing.grant);
        }
        // The grant names what the app had when it was written; what counts is what it has now.
        let standing = GrantStanding { scopes: registered, ..standing };
        self.access_token(&standing, asked, resources).await
    }

    async fn give_machine(
        &self,
        app: &App,
        workspace: WorkspaceId,
        scopes: ScopeSet,
        origin: &Origin,
    ) -> OAuthResult<GrantStanding> {
        let now = self.clock.now();
        let grant = store::NewGrant {
            id: GrantId::from_uuid(random::uuid(now, self.random.as_ref())),
            app: app.id,
            user: None,
            workspace,
            kind: GrantKind::Machine,
            scopes: self.profile.scope_names(scopes),
            resources: &[],
            destination: "",
            ends_at: now + PROLONGED,
        };
        let registrar = registrar(app);
        let event = Event {
            workspace: Some(workspace),
            subject: Some((grant.id.to_string(), app.name.clone())),
            changes: vec![Change::set("app", app.client_id.as_str()), Change::set("scopes", grant.scopes.join(", "))],
            ..match &registrar {
                Some(user) => Event::about(user, origin, Action::GrantGiven),
                None => Event::about_nobody(origin, Action::GrantGiven),
            }
        };
        let mut tx = self.db.begin().await?;
        store::insert_grant(&mut tx, &grant, now).await?;
        self.audit.record(&mut tx, event).await?;
        let id = grant.id;
        tx.commit().await?;
        let standing = self.standing(id).await?.filter(GrantStanding::is_live);
        standing.ok_or_else(|| invalid_grant("Whoever registered the app has left the workspace."))
    }
}

/// Who registered the app, if they are known by name.
fn registrar(app: &App) -> Option<User> {
    match &app.registrant {
        Registrant::Member { person, .. } => {
            Some(User { id: person.id, name: person.name.clone(), email: String::new() })
        }
        Registrant::Itself { .. } | Registrant::BuiltIn => None,
    }
}
