//! Registering, changing, switching off and deleting the apps of a workspace.

use super::{
    App, AppFacts, AppForm, AppKind, AppPatch, AppSecret, Apps, ClientId, NewApp, Registrant, redirects_text, store,
};
use crate::{
    Time,
    actor::Actor,
    audit::{Action, Change, Event},
    db::Tx,
    error::{Error, Result},
    gate::Changed,
    ids::{AppEventId, AppId},
    keys::{Person, RotateForm},
    members,
    page::{Page, PageRequest},
    profile::Right,
    random::{self, Random},
    secret::{self, Secret},
    words,
};

/// What the secret of an app begins with.
pub(super) const SECRET_PREFIX: &str = "ks_";
/// How many apps a workspace can have: each is a door that somebody has to know of.
const MOST_APPS: i64 = 100;

/// An app at the only moment when its secret is known.
#[derive(Debug)]
pub struct RegisteredApp {
    /// The app.
    pub app: App,
    /// What it proves itself with; none for one that cannot keep a secret.
    pub secret: Option<Secret>,
}

impl Apps {
    /// Registers an app of the actor's workspace.
    pub async fn create(&self, actor: &Actor, form: &AppForm) -> Result<RegisteredApp> {
        match self.try_create(actor, form).await {
            Ok(registered) => Ok(registered),
            Err(error) => {
                let subject = Some((String::new(), crate::text::plain(&form.name, super::MOST_NAME)));
                self.audit.refused(Event { subject, ..Event::by(actor, Action::AppRegistered) }, error).await
            }
        }
    }

    async fn try_create(&self, actor: &Actor, form: &AppForm) -> Result<RegisteredApp> {
        actor.require(Right::AppsManage)?;
        NewApp::parse(form, &self.profile, &actor.role).map_err(Error::Invalid)?;
        let mut tx = self.db.begin().await?;
        let actor = &members::lock(&mut tx, &self.profile, actor).await?;
        actor.require(Right::AppsManage)?;
        if store::count(&mut tx, actor.workspace.id).await? >= MOST_APPS {
            let message = format!("There are {MOST_APPS} apps already. Delete one that is not needed any more.");
            return Err(Error::Conflict(message));
        }
        let new = NewApp::parse(form, &self.profile, &actor.role).map_err(Error::Invalid)?;
        let now = self.clock.now();
        let secret = new.kind.has_secret().then(|| self.new_secret());
        let app = self.new_app(actor, new, secret.as_ref(), now);
        store::insert(&mut tx, &app, None).await?;
        if let Some(secret) = &secret {
            store::insert_secret(&mut tx, app.id, new_row(secret, now)).await?;
        }
        self.finish(tx, actor, Action::AppRegistered, &app, as_registered(&app)).await?;
        Ok(RegisteredApp { app, secret })
    }

    fn new_app(&self, actor: &Actor, new: NewApp, secret: Option<&Secret>, now: Time) -> App {
        let NewApp { kind, facts } = new;
        App {
            id: AppId::from_uuid(random::uuid(now, self.random.as_ref())),
            client_id: ClientId::generate(self.random.as_ref()),
            name: facts.name,
            kind,
            redirect_uris: facts.redirect_uris,
            scopes: facts.scopes,
            grant_types: kind.grant_types(),
            auth_method: kind.auth_method(),
            pkce_optional: facts.pkce_optional,
            client_uri: facts.client_uri,
            registrant: Registrant::Member {
                workspace: actor.workspace.id,
                workspace_name: actor.workspace.name.clone(),
                person: Person { id: actor.user.id, name: actor.user.name.clone() },
                role: Some(actor.role.name.clone()),
            },
            secret: secret.map(|secret| visible(secret, now, None)),
            created_at: now,
            last_used_at: None,
            disabled_at: None,
            version: 1,
        }
    }

    /// The workspace's own apps, the newest first.
    pub async fn list(&self, actor: &Actor, page: PageRequest<AppId>) -> Result<Page<App, AppId>> {
        actor.require(Right::AppsRead)?;
        let rows = store::list(&self.db, actor.workspace.id, page, self.clock.now()).await?;
        Ok(Page::of(rows, page.limit, |app| app.id))
    }

    /// One of the workspace's own apps. Another workspace's is not found.
    pub async fn get(&self, actor: &Actor, id: AppId) -> Result<App> {
        actor.require(Right::AppsRead)?;
        store::find(&self.db, actor.workspace.id, id, self.clock.now()).await?.ok_or(Error::NotFound("app"))
    }

    /// How often one of the workspace's own apps is allowed something that still holds: what ends when it is deleted.
    pub async fn count_grants(&self, actor: &Actor, id: AppId) -> Result<u64> {
        self.get(actor, id).await?;
        let count = store::count_grants(&self.db, id, self.clock.now()).await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// What was refused to one of the workspace's own apps, the latest first.
    pub async fn events(
        &self,
        actor: &Actor,
        id: AppId,
        page: PageRequest<AppEventId>,
    ) -> Result<Page<super::AppEvent, AppEventId>> {
        self.get(actor, id).await?;
        // Whoever asks at once is faster than the flush.
        self.flush().await?;
        let rows = store::list_events(&self.db, id, page).await?;
        Ok(Page::of(rows, page.limit, |event| event.id))
    }

    /// Changes an app's name, addresses, scopes, website, or whether it may leave out PKCE.
    pub async fn update(&self, actor: &Actor, id: AppId, patch: &AppPatch) -> Result<App> {
        let done = self.try_update(actor, id, patch).await;
        self.audited(actor, Action::AppChanged, id, done).await
    }

    async fn try_update(&self, actor: &Actor, id: AppId, patch: &AppPatch) -> Result<App> {
        let app = self.to_change(actor, id, patch.version).await?;
        let facts = AppFacts::parse_patch(patch, &app, &self.profile, &actor.role).map_err(Error::Invalid)?;
        let AppFacts { name, redirect_uris, scopes, client_uri, pkce_optional } = facts;
        let version = app.version + 1;
        let after = App { name, redirect_uris, scopes, client_uri, pkce_optional, version, ..app.clone() };
        let changed = differences(&app, &after);
        if changed.is_empty() {
            return Ok(app);
        }
        let mut tx = self.db.begin().await?;
        if !store::update(&mut tx, actor.workspace.id, &after, app.version).await? {
            return Err(changed_meanwhile());
        }
        if is_another(&app, &after) {
            store::withdraw(&mut tx, id).await?;
        }
        self.finish(tx, actor, Action::AppChanged, &after, changed).await?;
        Ok(after)
    }

    /// Gives an app a new secret; the old one goes on working for a while, so that it can be changed over.
    pub async fn rotate_secret(&self, actor: &Actor, id: AppId, form: &RotateForm) -> Result<RegisteredApp> {
        let done = self.try_rotate(actor, id, form).await;
        self.audited(actor, Action::AppSecretRotated, id, done).await
    }

    async fn try_rotate(&self, actor: &Actor, id: AppId, form: &RotateForm) -> Result<RegisteredApp> {
        let app = self.to_change(actor, id, form.version).await?;
        let Some(old) = app.secret.clone() else {
            return Err(Error::Conflict("This app has no secret.".to_owned()));
        };
        if let Some((_, until)) = &old.retiring {
            let until = words::exact(*until);
            let message = format!("The secret before this one still works, until {until}. End it first.");
            return Err(Error::Conflict(message));
        }
        if app.kind == AppKind::Machine {
            // Whoever holds a machine's secret can do all that it can.
            actor.require_scopes(&self.profile, app.scope_set(&self.profile))?;
        }
        let now = self.clock.now();
        let grace = form.grace(&self.profile).map_err(|error| Error::Invalid(vec![error]))?;
        let end = now.checked_add_signed(grace).unwrap_or(Time::MAX_UTC);
        let secret = self.new_secret();
        let mut tx = self.db.begin().await?;
        if !store::raise_version(&mut tx, actor.workspace.id, id, app.version).await? {
            return Err(changed_meanwhile());
        }
        store::end_retiring(&mut tx, id).await?;
        store::retire_current(&mut tx, id, end).await?;
        store::insert_secret(&mut tx, id, new_row(&secret, now)).await?;
        let retiring = Some((old.last4.clone(), end)).filter(|_| end > now);
        let changes = vec![
            Change::of("secret", masked(&old.last4), masked(secret.last4())),
            Change::set("old_secret_until", words::exact(end)),
        ];
        let app = App { secret: Some(visible(&secret, now, retiring)), version: app.version + 1, ..app };
        self.finish(tx, actor, Action::AppSecretRotated, &app, changes).await?;
        Ok(RegisteredApp { app, secret: Some(secret) })
    }

    /// Ends the secret before the current one now.
    pub async fn end_old_secret(&self, actor: &Actor, id: AppId, version: Option<i64>) -> Result<App> {
        let done = self.try_end_old(actor, id, version).await;
        self.audited(actor, Action::AppOldSecretEnded, id, done).await
    }

    async fn try_end_old(&self, actor: &Actor, id: AppId, version: Option<i64>) -> Result<App> {
        let app = self.to_change(actor, id, version).await?;
        let Some((secret, (last4, _))) = app.secret.clone().and_then(|s| s.retiring.clone().map(|old| (s, old))) else {
            return Err(Error::Conflict("This app has one secret only.".to_owned()));
        };
        let mut tx = self.db.begin().await?;
        if !store::raise_version(&mut tx, actor.workspace.id, id, app.version).await? {
            return Err(changed_meanwhile());
        }
        store::end_retiring(&mut tx, id).await?;
        let secret = Some(AppSecret { retiring: None, ..secret });
        let app = App { secret, version: app.version + 1, ..app };
        let changes = vec![Change::removed("old_secret", masked(&last4))];
        self.finish(tx, actor, Action::AppOldSecretEnded, &app, changes).await?;
        Ok(app)
    }

    /// Switches an app off: it gets nothing any more, and what it was given does not work, until it is switched on.
    pub async fn disable(&self, actor: &Actor, id: AppId, version: Option<i64>) -> Result<App> {
        let done = self.try_switch(actor, id, version, false).await;
        self.audited(actor, Action::AppDisabled, id, done).await
    }

    /// Switches an app off, unless it is off already.
    pub(crate) async fn keep_off(&self, actor: &Actor, id: AppId) -> Result<()> {
        match self.try_switch(actor, id, None, false).await {
            Err(Error::Conflict(_)) => Ok(()),
            done => self.audited(actor, Action::AppDisabled, id, done).await.map(drop),
        }
    }

    /// Switches an app on again.
    pub async fn enable(&self, actor: &Actor, id: AppId, version: Option<i64>) -> Result<App> {
        let done = self.try_switch(actor, id, version, true).await;
        self.audited(actor, Action::AppEnabled, id, done).await
    }

    async fn try_switch(&self, actor: &Actor, id: AppId, version: Option<i64>, on: bool) -> Result<App> {
        let (app, now) = (self.to_change(actor, id, version).await?, self.clock.now());
        let mut tx = self.db.begin().await?;
        let (action, done) = match on {
            true => (Action::AppEnabled, store::enable(&mut tx, actor.workspace.id, id).await?),
            false => (Action::AppDisabled, store::disable(&mut tx, actor.workspace.id, id, now).await?),
        };
        if !done {
            let already = if on { "This app is not disabled." } else { "This app is disabled already." };
            return Err(Error::Conflict(already.to_owned()));
        }
        let (before, after) = if on { ("disabled", "active") } else { ("active", "disabled") };
        let changes = vec![Change::of("status", before, after)];
        let app = App { disabled_at: (!on).then_some(now), version: app.version + 1, ..app };
        self.finish(tx, actor, action, &app, changes).await?;
        Ok(app)
    }

    /// Deletes an app, and with it all that it was given.
    pub async fn delete(&self, actor: &Actor, id: AppId, version: Option<i64>) -> Result<App> {
        let done = self.try_delete(actor, id, version).await;
        self.audited(actor, Action::AppDeleted, id, done).await
    }

    async fn try_delete(&self, actor: &Actor, id: AppId, version: Option<i64>) -> Result<App> {
        let app = self.to_change(actor, id, version).await?;
        let mut tx = self.db.begin().await?;
        if !store::delete(&mut tx, actor.workspace.id, id).await? {
            return Err(Error::NotFound("app"));
        }
        let changes = vec![Change::removed("client_id", app.client_id.as_str())];
        self.finish(tx, actor, Action::AppDeleted, &app, changes).await?;
        Ok(app)
    }

    /// An app that the actor may change, as it is now.
    async fn to_change(&self, actor: &Actor, id: AppId, version: Option<i64>) -> Result<App> {
        actor.require(Right::AppsManage)?;
        let app = store::find(&self.db, actor.workspace.id, id, self.clock.now()).await?;
        let app = app.ok_or(Error::NotFound("app"))?;
        if version.is_some_and(|version| version != app.version) {
            return Err(Error::Stale);
        }
        Ok(app)
    }

    /// Writes a change of one app into the log, and commits. Every change of an app, and of what a workspace says of
    /// one, comes through here.
    pub(super) async fn finish(
        &self,
        mut tx: Tx,
        actor: &Actor,
        action: Action,
        app: &App,
        changes: Vec<Change>,
    ) -> Result<()> {
        let subject = Some((app.id.to_string(), app.name.clone()));
        self.audit.record(&mut tx, Event { subject, changes, ..Event::by(actor, action) }).await?;
        self.gate.commit(tx, Changed::Tokens).await
    }

    /// Hands the result on; a refusal is written down first.
    async fn audited<T>(&self, actor: &Actor, action: Action, id: AppId, result: Result<T>) -> Result<T> {
        match result {
            Ok(done) => Ok(done),
            Err(error) => {
                let app = store::find(&self.db, actor.workspace.id, id, self.clock.now()).await?;
                let name = app.map(|app| app.name).unwrap_or_default();
                let subject = Some((id.to_string(), name));
                self.audit.refused(Event { subject, ..Event::by(actor, action) }, error).await
            }
        }
    }

    pub(super) fn new_secret(&self) -> Secret {
        Secret::generate(&secret::own(SECRET_PREFIX), self.random.as_ref())
    }
}

impl ClientId {
    /// A new one, which nobody can guess and no other app has.
    pub(super) fn generate(random: &dyn Random) -> Self {
        Self::made_of(&secret::base62(random, Self::LENGTH))
    }
}

/// The secret of an app with its middle left out.
#[must_use]
pub(super) fn masked(last4: &str) -> String {
    format!("{SECRET_PREFIX}…{last4}")
}

pub(super) fn visible(secret: &Secret, now: Time, retiring: Option<(String, Time)>) -> AppSecret {
    AppSecret { last4: secret.last4().to_owned(), created_at: now, retiring }
}

pub(super) fn new_row(secret: &Secret, now: Time) -> store::NewSecret<'_> {
    store::NewSecret { hash: secret.hash(), last4: secret.last4(), created_at: now }
}

/// What the log says of a new app.
pub(super) fn as_registered(app: &App) -> Vec<Change> {
    let mut changes = vec![
        Change::set("client_id", app.client_id.as_str()),
        Change::set("kind", app.kind.code()),
        Change::set("scopes", app.scopes.join(", ")),
    ];
    if !app.redirect_uris.is_empty() {
        changes.push(Change::set("redirect_uris", on_one_line(app)));
    }
    changes
}

fn on_one_line(app: &App) -> String {
    redirects_text(&app.redirect_uris).replace('\n', ", ")
}

/// What a change made of an app, member by member.
pub(super) fn differences(before: &App, after: &App) -> Vec<Change> {
    let pkce = |app: &App| if app.pkce_optional { "optional" } else { "required" }.to_owned();
    let uri = |app: &App| app.client_uri.clone().unwrap_or_default();
    let members = [
        ("name", before.name.clone(), after.name.clone()),
        ("redirect_uris", on_one_line(before), on_one_line(after)),
        ("scopes", before.scopes.join(", "), after.scopes.join(", ")),
        ("client_uri", uri(before), uri(after)),
        ("pkce", pkce(before), pkce(after)),
    ];
    let changed = members.into_iter().filter(|(_, before, after)| before != after);
    changed.map(|(what, before, after)| Change::between(what, &before, &after)).collect()
}

/// Whether somebody who approved the app before would have to look again: it sends people elsewhere, goes by another
/// name, or may ask for more.
pub(super) fn is_another(before: &App, after: &App) -> bool {
    let face = |app: &App| (app.name.clone(), app.redirect_uris.clone(), app.client_uri.clone());
    face(before) != face(after) || after.scopes.iter().any(|scope| !before.scopes.contains(scope))
}

pub(super) fn changed_meanwhile() -> Error {
    Error::Conflict("This app has been changed meanwhile. Look at it as it is now, and try again.".to_owned())
}
