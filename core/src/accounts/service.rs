//! Claiming an instance, signing in, changing a password.

use super::{
    Email, SetupForm, User,
    password::Passwords,
    person_name, store,
    throttle::{Buckets, Throttle},
};
use crate::{
    actor::Origin,
    audit::{Action, Audit, Change, Event},
    clock::SharedClock,
    db::{Db, Tx},
    error::{Error, FieldError, Result},
    ids::UserId,
    profile::{Plan, Profile},
    random::{self, SharedRandom},
    secret::SecretHash,
    workspaces::{Workspace, WorkspaceName, Workspaces},
};
use std::{fmt, sync::Arc};

/// Under this name the instance remembers the hash of the token that claims it.
const SETUP: &str = "setup_token";

/// One sentence for an unknown e-mail and for a wrong password.
const WRONG: &str = "The e-mail or the password is wrong.";

/// The people of the instance.
#[derive(Clone)]
pub struct Accounts {
    db: Db,
    clock: SharedClock,
    random: SharedRandom,
    profile: Arc<Profile>,
    audit: Audit,
    workspaces: Workspaces,
    passwords: Passwords,
    throttle: Throttle,
}

/// The one-time token with which the first owner claims the instance.
#[derive(Clone)]
pub struct SetupLink(String);

impl SetupLink {
    /// The token as it stands in the link.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SetupLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SetupLink(…)")
    }
}

/// What the sign-in page sends.
pub struct SignIn<'a> {
    /// The address as typed.
    pub email: &'a str,
    /// The password as typed.
    pub password: &'a str,
    /// What this browser proves about an earlier sign-in: the account, and a name for the browser.
    pub device: Option<(UserId, &'a str)>,
}

/// A setup form in which everything has been checked.
struct NewInstance {
    name: String,
    email: Email,
    workspace: WorkspaceName,
    plan: Plan,
}

impl Accounts {
    pub(crate) fn new(
        db: Db,
        clock: SharedClock,
        random: SharedRandom,
        profile: Arc<Profile>,
        audit: Audit,
        workspaces: Workspaces,
    ) -> Self {
        let throttle = Throttle { db: db.clone(), clock: Arc::clone(&clock) };
        Self { db, clock, random, profile, audit, workspaces, passwords: Passwords::new(), throttle }
    }

    /// A fresh link while nobody owns the instance. The one before it stops working.
    pub async fn setup_link(&self) -> Result<Option<SetupLink>> {
        if store::count_users(&self.db).await? > 0 {
            return Ok(None);
        }
        let token = random::hex::<32>(self.random.as_ref());
        store::put_instance(&self.db, SETUP, SecretHash::of(token.as_bytes())).await?;
        Ok(Some(SetupLink(token)))
    }

    /// Whether this token would claim the instance.
    pub async fn setup_is_open(&self, token: &str) -> Result<bool> {
        let expected = store::find_instance(&self.db, SETUP).await?;
        // Both sides are hashes: how long the comparison takes tells nothing about the token.
        Ok(expected.is_some_and(|hash| hash == SecretHash::of(token.as_bytes()).as_bytes()))
    }

    /// Claims the instance: its owner and its first workspace. The token works once, also when two try together.
    pub async fn setup(&self, form: &SetupForm, origin: &Origin) -> Result<(User, Workspace)> {
        if !self.setup_is_open(&form.token).await? {
            return Err(Error::NotFound("setup link"));
        }
        let new = self.check_setup(form).await?;
        let password_hash = self.passwords.hash(&form.password).await?;
        let now = self.clock.now();
        let id = UserId::from_uuid(random::uuid(now, self.random.as_ref()));
        let user = User { id, name: new.name, email: new.email.as_str().to_owned() };

        let mut tx = self.db.begin().await?;
        if !store::take_instance(&mut tx, SETUP, SecretHash::of(form.token.as_bytes())).await? {
            return Err(Error::NotFound("setup link"));
        }
        store::insert_user(&mut tx, &user, &password_hash, now).await?;
        let workspace = self.workspaces.create(&mut tx, &new.workspace, &new.plan, user.id, now).await?;
        let event = Event {
            workspace: Some(workspace.id),
            subject: Some((workspace.id.to_string(), workspace.name.clone())),
            changes: vec![Change::set("name", &workspace.name), Change::set("plan", &workspace.plan)],
            ..Event::about(&user, origin, Action::WorkspaceCreated)
        };
        self.audit.record(&mut tx, event).await?;
        tx.commit().await?;
        Ok((user, workspace))
    }

    async fn check_setup(&self, form: &SetupForm) -> Result<NewInstance> {
        let about = vec![form.email.clone(), form.name.clone(), form.workspace.clone(), self.profile.product.clone()];
        let password = self.passwords.check(&form.password, about).await;
        let plan = self.profile.plan(&form.plan).cloned();
        let plan = plan.ok_or_else(|| FieldError::new("plan", "Choose one of the plans."));
        let parts =
            (person_name(&form.name), Email::parse(&form.email), password, WorkspaceName::parse(&form.workspace), plan);
        match parts {
            (Ok(name), Ok(email), Ok(()), Ok(workspace), Ok(plan)) => Ok(NewInstance { name, email, workspace, plan }),
            (name, email, password, workspace, plan) => {
                let errors = [name.err(), email.err(), password.err(), workspace.err(), plan.err()];
                Err(Error::Invalid(errors.into_iter().flatten().collect()))
            }
        }
    }

    /// Signs in. An unknown e-mail and a wrong password get the same words after the same work.
    pub async fn sign_in(&self, attempt: SignIn<'_>, origin: &Origin) -> Result<User> {
        let wrong = || Error::Unauthenticated(WRONG.to_owned());
        let Ok(email) = Email::parse(attempt.email) else { return Err(wrong()) };
        let login = store::find_login(&self.db, &email).await?;
        let known = attempt.device.filter(|(user, _)| login.as_ref().is_some_and(|l| l.user.id == *user));
        let buckets = Buckets::of(&email, known.map(|(_, device)| device), origin.address);

        let verdict = match self.throttle.hit(&buckets).await {
            Ok(()) => {
                let hash = login.as_ref().map(|l| l.password_hash.clone());
                if self.passwords.verify(attempt.password, hash).await? { Ok(()) } else { Err(wrong()) }
            }
            Err(throttled) => Err(throttled),
        };
        let user = login.map(|l| l.user);
        match (user, verdict) {
            (Some(user), Ok(())) => {
                self.throttle.forgive(&buckets).await?;
                self.log_everywhere(&user, origin, Action::SignedIn).await?;
                Ok(user)
            }
            (Some(user), Err(error)) => {
                // An owner wants to see that somebody tries; an unknown address has no log to stand in.
                let workspace = self.workspaces.list(user.id).await?.first().map(|w| w.id);
                let event = Event { workspace, ..Event::about(&user, origin, Action::SignedIn) };
                self.audit.refused(event, error).await
            }
            (None, verdict) => Err(verdict.err().unwrap_or_else(wrong)),
        }
    }

    /// Writes down that a session was ended by its owner.
    pub async fn signed_out(&self, user: &User, origin: &Origin) -> Result<()> {
        self.log_everywhere(user, origin, Action::SignedOut).await
    }

    /// Ends every other session of the person.
    pub async fn sign_out_everywhere(&self, user: &User, keep: SecretHash, origin: &Origin) -> Result<()> {
        let mut tx = self.db.begin().await?;
        store::delete_sessions_of(&mut tx, user.id, keep).await?;
        self.log_in_each(&mut tx, user, origin, Action::SignedOutEverywhere).await?;
        Ok(tx.commit().await?)
    }

    /// Changes the password, and ends every other session: whoever had the old one is out.
    pub async fn change_password(
        &self,
        user: &User,
        current: &str,
        password: &str,
        keep: SecretHash,
        origin: &Origin,
    ) -> Result<()> {
        let buckets = Buckets::of(&Email::parse(&user.email).map_err(|e| Error::Invalid(vec![e]))?, None, None);
        self.throttle.hit(&buckets).await?;
        let old = store::find_password(&self.db, user.id).await?.ok_or(Error::NotFound("account"))?;
        if !self.passwords.verify(current, Some(old.clone())).await? {
            return Err(Error::field("current", "This is not your current password."));
        }
        self.throttle.forgive(&buckets).await?;
        let about = vec![user.email.clone(), user.name.clone(), current.to_owned()];
        self.passwords.check(password, about).await.map_err(|e| Error::Invalid(vec![e]))?;
        let new = self.passwords.hash(password).await?;

        let mut tx = self.db.begin().await?;
        if !store::update_password(&mut tx, user.id, &old, &new).await? {
            return Err(Error::Conflict("The password was changed meanwhile.".to_owned()));
        }
        store::delete_sessions_of(&mut tx, user.id, keep).await?;
        self.log_in_each(&mut tx, user, origin, Action::PasswordChanged).await?;
        Ok(tx.commit().await?)
    }

    /// The person with this id.
    pub async fn get(&self, id: UserId) -> Result<Option<User>> {
        Ok(store::find_user(&self.db, id).await?)
    }

    async fn log_everywhere(&self, user: &User, origin: &Origin, action: Action) -> Result<()> {
        let mut tx = self.db.begin().await?;
        self.log_in_each(&mut tx, user, origin, action).await?;
        Ok(tx.commit().await?)
    }

    /// What a person does about their account concerns each workspace that they can reach.
    async fn log_in_each(&self, tx: &mut Tx, user: &User, origin: &Origin, action: Action) -> Result<()> {
        for workspace in self.workspaces.list_in(tx, user.id).await? {
            let event = Event { workspace: Some(workspace.id), ..Event::about(user, origin, action) };
            self.audit.record(tx, event).await?;
        }
        Ok(())
    }
}
