//! Claiming an instance, signing in, changing a password.

use super::{
    Email, Proven, SetupForm, User,
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
    gate::{Changed, Gate},
    ids::UserId,
    oauth,
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
    pub(super) db: Db,
    pub(super) clock: SharedClock,
    pub(super) random: SharedRandom,
    profile: Arc<Profile>,
    pub(super) audit: Audit,
    pub(super) workspaces: Workspaces,
    passwords: Passwords,
    pub(super) throttle: Throttle,
    gate: Gate,
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
    /// What this browser proves about an earlier sign-in: the account's address, and a name for the browser.
    pub device: Option<(&'a str, &'a str)>,
}

/// A setup form in which everything has been checked.
struct NewInstance {
    name: String,
    email: Email,
    workspace: WorkspaceName,
    plan: Plan,
}

/// A person who is not stored yet.
pub(crate) struct NewPerson {
    pub user: User,
    password_hash: String,
}

impl Accounts {
    pub(crate) fn new(
        db: Db,
        clock: SharedClock,
        random: SharedRandom,
        profile: Arc<Profile>,
        audit: Audit,
        workspaces: Workspaces,
        gate: Gate,
    ) -> Self {
        let throttle = Throttle { db: db.clone(), clock: Arc::clone(&clock) };
        Self { db, clock, random, profile, audit, workspaces, passwords: Passwords::new(), throttle, gate }
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
        let taken = store::take_instance(&mut tx, SETUP, SecretHash::of(form.token.as_bytes())).await?;
        // A node that started while another was being claimed may have left a link behind.
        if !taken || store::count_users_in(&mut tx).await? > 0 {
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

    /// Signs in. An unknown e-mail, a wrong password and an account that has none get the same words after
    /// the same work.
    pub async fn sign_in(&self, attempt: SignIn<'_>, origin: &Origin) -> Result<Proven> {
        let wrong = || Error::Unauthenticated(WRONG.to_owned());
        let Ok(email) = Email::parse(attempt.email) else { return Err(wrong()) };
        let device = attempt.device.filter(|(of, _)| *of == email.as_str()).map(|(_, device)| device);
        let buckets = Buckets::of(&email, device, origin.address);
        self.throttle.hit(&buckets).await?;

        let login = store::find_login(&self.db, &email).await?;
        let (proven, hash) = login.map(|login| (login.proven, login.password_hash)).unzip();
        let good = self.passwords.verify(attempt.password, hash.flatten()).await?;
        if let (true, Some(proven)) = (good, &proven) {
            self.throttle.forgive(&buckets).await?;
            self.log_everywhere(&proven.user, origin, Action::SignedIn).await?;
            return Ok(proven.clone());
        }
        let user = proven.map(|proven| proven.user);
        // An owner wants to see that somebody tries. For an unknown address the same is done, though no
        // workspace will show it: how long the answer takes must not tell the two apart.
        let id = user.as_ref().map_or(UserId::from_uuid(uuid::Uuid::nil()), |user| user.id);
        let workspace = self.workspaces.list(id).await?.first().map(|w| w.id);
        let event = Event { workspace, user: user.as_ref(), ..Event::about_nobody(origin, Action::SignedIn) };
        self.audit.refused(event, wrong()).await
    }

    /// Writes down that a session was ended by its owner.
    pub async fn signed_out(&self, user: &User, origin: &Origin) -> Result<()> {
        self.log_everywhere(user, origin, Action::SignedOut).await
    }

    /// Ends every session of the person, the asking one too.
    pub async fn sign_out_everywhere(&self, user: &User, origin: &Origin) -> Result<()> {
        let mut tx = self.db.begin().await?;
        store::delete_sessions_of(&mut tx, user.id, None).await?;
        store::delete_links_of(&mut tx, user.id).await?;
        oauth::store::end_of_command_line(&mut tx, user.id, self.clock.now()).await?;
        self.log_in_each(&mut tx, user, origin, Action::SignedOutEverywhere).await?;
        self.gate.commit(tx, Changed::Tokens).await
    }

    /// Changes the password, and ends every other session and what apps were given: whoever had the old one is out. Who
    /// has none yet sets a first one; `current` says nothing then.
    pub async fn change_password(
        &self,
        user: &User,
        current: &str,
        password: &str,
        session: SecretHash,
        origin: &Origin,
    ) -> Result<()> {
        let old = store::find_password(&self.db, user.id).await?.ok_or(Error::NotFound("account"))?;
        let mut about = vec![user.email.clone(), user.name.clone()];
        let action = match &old {
            Some(old) => {
                self.require_password(user, current, old, session, origin).await?;
                about.push(current.to_owned());
                Action::PasswordChanged
            }
            None => Action::PasswordSet,
        };
        self.passwords.check(password, about).await.map_err(|e| Error::Invalid(vec![e]))?;
        let new = self.passwords.hash(password).await?;

        let mut tx = self.db.begin().await?;
        if !store::update_password(&mut tx, user.id, old.as_deref(), &new).await? {
            return Err(Error::Conflict("The password was changed meanwhile.".to_owned()));
        }
        store::delete_sessions_of(&mut tx, user.id, Some(session)).await?;
        store::delete_links_of(&mut tx, user.id).await?;
        oauth::store::end_of_person(&mut tx, user.id, self.clock.now()).await?;
        self.log_in_each(&mut tx, user, origin, action).await?;
        self.gate.commit(tx, Changed::Tokens).await
    }

    /// Somebody who is signed in proves it once more.
    async fn require_password(
        &self,
        user: &User,
        current: &str,
        hash: &str,
        session: SecretHash,
        origin: &Origin,
    ) -> Result<()> {
        let buckets = Buckets::of_session(session);
        self.throttle.hit(&buckets).await?;
        if !self.passwords.verify(current, Some(hash.to_owned())).await? {
            let workspace = self.workspaces.list(user.id).await?.first().map(|w| w.id);
            let event = Event { workspace, ..Event::about(user, origin, Action::PasswordChanged) };
            self.audit.attempt(event, "wrong_password").await?;
            return Err(Error::field("current", "This is not your current password."));
        }
        self.throttle.forgive(&buckets).await
    }

    /// Whether the person can sign in by themselves, without a link.
    pub async fn has_password(&self, user: UserId) -> Result<bool> {
        Ok(store::find_password(&self.db, user).await?.flatten().is_some())
    }

    /// Counts those who fail to prove who they are.
    pub(crate) const fn throttle(&self) -> &Throttle {
        &self.throttle
    }

    /// The person of this address, in the caller's transaction.
    pub(crate) async fn find_by_email(&self, tx: &mut Tx, email: &Email) -> Result<Option<User>> {
        Ok(store::find_by_email_in(tx, email).await?)
    }

    /// The person of this address; if there is none, a new one of this name and without a password.
    pub(crate) async fn find_or_make(&self, tx: &mut Tx, name: String, email: &Email) -> Result<User> {
        let now = self.clock.now();
        let id = UserId::from_uuid(random::uuid(now, self.random.as_ref()));
        let user = User { id, name, email: email.as_str().to_owned() };
        store::insert_user_once(tx, &user, now).await?;
        store::find_by_email_in(tx, email).await?.ok_or(Error::Internal)
    }

    /// The person with this id.
    pub async fn get(&self, id: UserId) -> Result<Option<User>> {
        Ok(store::find_user(&self.db, id).await?)
    }

    /// A person who may be added under this address: name and password are checked, and every fault is named.
    /// `about` is what would be guessed first, besides name, address and product.
    pub(crate) async fn prepare(
        &self,
        name: &str,
        email: &str,
        password: &str,
        about: Vec<String>,
    ) -> Result<NewPerson> {
        let known = [email, name, &self.profile.product].map(str::to_owned);
        let about = known.into_iter().chain(about).collect();
        let checked = self.passwords.check(password, about).await;
        let name = match (person_name(name), checked) {
            (Ok(name), Ok(())) => name,
            (name, checked) => {
                return Err(Error::Invalid([name.err(), checked.err()].into_iter().flatten().collect()));
            }
        };
        let password_hash = self.passwords.hash(password).await?;
        let id = UserId::from_uuid(random::uuid(self.clock.now(), self.random.as_ref()));
        Ok(NewPerson { user: User { id, name, email: email.to_owned() }, password_hash })
    }

    /// Adds a person in the caller's transaction; false if somebody has the address meanwhile.
    pub(crate) async fn add(&self, tx: &mut Tx, person: &NewPerson) -> Result<bool> {
        Ok(store::add_user(tx, &person.user, &person.password_hash, self.clock.now()).await?)
    }

    /// Makes a person, without asking anything.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) async fn insert(&self, db: &Db, user: &User, password: &str) -> Result<()> {
        let hash = self.passwords.hash(password).await?;
        let mut tx = db.begin().await?;
        store::insert_user(&mut tx, user, &hash, self.clock.now()).await?;
        Ok(tx.commit().await?)
    }

    async fn log_everywhere(&self, user: &User, origin: &Origin, action: Action) -> Result<()> {
        let mut tx = self.db.begin().await?;
        self.log_in_each(&mut tx, user, origin, action).await?;
        Ok(tx.commit().await?)
    }

    /// What a person does about their account concerns each workspace that they can reach.
    async fn log_in_each(&self, tx: &mut Tx, user: &User, origin: &Origin, action: Action) -> Result<()> {
        let mut workspaces = self.workspaces.list_in(tx, user.id).await?;
        // Each entry locks its workspace's log until the transaction ends: always in one order, or two of
        // these could wait for each other.
        workspaces.sort_by_key(|workspace| workspace.id);
        for workspace in workspaces {
            let event = Event { workspace: Some(workspace.id), ..Event::about(user, origin, action) };
            self.audit.record(tx, event).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{PASSWORD, World, origin};
    use chrono::TimeDelta;
    use std::time::Duration;

    fn attempt<'a>(email: &'a str, password: &'a str) -> SignIn<'a> {
        SignIn { email, password, device: None }
    }

    async fn try_in(world: &World, email: &str, password: &str) -> Result<String> {
        world.services.accounts.sign_in(attempt(email, password), &origin()).await.map(|proven| proven.user.name)
    }

    #[tokio::test]
    async fn the_setup_link_works_once_and_only_the_last_one() {
        let world = World::empty("lodol").await;
        let accounts = &world.services.accounts;
        let old = accounts.setup_link().await.expect("a database").expect("a link");
        let ada = world.claim("pro").await;
        assert_eq!(accounts.setup_is_open(old.token()).await, Ok(false));
        assert!(accounts.setup_link().await.expect("a database").is_none(), "an owned instance has no link");
        assert_eq!(accounts.get(ada.user.id).await, Ok(Some(ada.user)));
    }

    #[tokio::test]
    async fn two_who_use_the_link_together_make_one_owner() {
        let world = World::empty("lodol").await;
        let accounts = &world.services.accounts;
        let token = accounts.setup_link().await.expect("a database").expect("a link").token().to_owned();
        let form = |n: &str| SetupForm {
            token: token.clone(),
            name: format!("Owner {n}"),
            email: format!("{n}@example.com"),
            password: PASSWORD.into(),
            workspace: "Acme".into(),
            plan: "pro".into(),
        };
        let (one, two, here) = (form("one"), form("two"), origin());
        let (one, two) = tokio::join!(accounts.setup(&one, &here), accounts.setup(&two, &here));
        assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|ok| **ok).count(), 1);
    }

    #[tokio::test]
    async fn every_fault_of_a_setup_form_is_named() {
        let world = World::empty("lodol").await;
        let token = world.services.accounts.setup_link().await.expect("a database").expect("a link");
        let form = SetupForm { token: token.token().to_owned(), password: "short".into(), ..SetupForm::default() };
        let Err(Error::Invalid(errors)) = world.services.accounts.setup(&form, &origin()).await else {
            panic!("an empty form was accepted")
        };
        let fields: Vec<_> = errors.iter().map(|e| &*e.field).collect();
        assert_eq!(fields, ["name", "email", "password", "workspace", "plan"]);
        assert_eq!(
            world.services.accounts.setup_is_open(token.token()).await,
            Ok(true),
            "a refused form costs nothing"
        );
    }

    #[tokio::test]
    async fn an_unknown_e_mail_and_a_wrong_password_get_the_same_words() {
        let (world, _) = World::owned("lodol", "pro").await;
        let unknown = try_in(&world, "nobody@example.com", PASSWORD).await;
        let wrong = try_in(&world, "ada@example.com", "not the password").await;
        assert_eq!(unknown, wrong);
        assert_eq!(try_in(&world, " ADA@example.com ", PASSWORD).await, Ok("Ada Lovelace".into()));
    }

    #[tokio::test]
    async fn the_sixth_try_waits_and_the_window_ends_by_itself() {
        let (world, _) = World::owned("lodol", "pro").await;
        for _ in 0..5 {
            assert!(matches!(try_in(&world, "ada@example.com", "wrong").await, Err(Error::Unauthenticated(_))));
        }
        let waits = Error::Throttled { retry_after: Duration::from_secs(900) };
        assert_eq!(try_in(&world, "ada@example.com", PASSWORD).await, Err(waits.clone()));
        assert_eq!(try_in(&world, "nobody@example.com", "x").await, Err(waits), "the address is counted as well");
        world.clock.advance(TimeDelta::minutes(15));
        assert!(try_in(&world, "ada@example.com", PASSWORD).await.is_ok());
    }

    #[tokio::test]
    async fn a_known_browser_gets_in_while_a_stranger_guesses() {
        let (world, _) = World::owned("lodol", "pro").await;
        for _ in 0..9 {
            assert!(try_in(&world, "ada@example.com", "wrong").await.is_err());
        }
        let from_home =
            |password| SignIn { device: Some(("ada@example.com", "laptop")), ..attempt("ada@example.com", password) };
        let accounts = &world.services.accounts;
        assert!(accounts.sign_in(from_home(PASSWORD), &origin()).await.is_ok());
        for _ in 0..5 {
            assert!(accounts.sign_in(from_home("wrong"), &origin()).await.is_err());
        }
        let throttled = accounts.sign_in(from_home(PASSWORD), &origin()).await;
        assert!(matches!(throttled, Err(Error::Throttled { .. })), "a known browser may not guess for ever either");
    }

    #[tokio::test]
    async fn somebody_elses_device_is_a_stranger() {
        let (world, _) = World::owned("lodol", "pro").await;
        for _ in 0..5 {
            assert!(try_in(&world, "ada@example.com", "wrong").await.is_err());
        }
        let attempt = SignIn { device: Some(("bob@example.com", "phone")), ..attempt("ada@example.com", PASSWORD) };
        assert!(matches!(world.services.accounts.sign_in(attempt, &origin()).await, Err(Error::Throttled { .. })));
    }

    #[tokio::test]
    async fn a_good_sign_in_does_not_reset_the_addresss_count() {
        let (world, _) = World::owned("lodol", "pro").await;
        world.person("Bob").await;
        for _ in 0..4 {
            assert!(try_in(&world, "ada@example.com", "wrong").await.is_err());
        }
        assert!(try_in(&world, "bob@example.com", PASSWORD).await.is_ok());
        assert!(try_in(&world, "carol@example.com", "wrong").await.is_err());
        assert!(matches!(try_in(&world, "dan@example.com", "wrong").await, Err(Error::Throttled { .. })));
    }

    #[tokio::test]
    async fn an_address_that_is_spent_cannot_spend_other_accounts() {
        let (world, ada) = World::owned("lodol", "pro").await;
        for n in 0..20 {
            let email = if n < 5 { "nobody@example.com" } else { "ada@example.com" };
            assert!(try_in(&world, email, "wrong").await.is_err());
        }
        let elsewhere = Origin { address: Some([198, 51, 100, 9].into()), ..origin() };
        assert!(world.services.accounts.sign_in(attempt(&ada.user.email, PASSWORD), &elsewhere).await.is_ok());
    }

    #[tokio::test]
    async fn a_stranger_cannot_keep_the_owner_from_changing_the_password() {
        let (world, ada) = World::owned("lodol", "pro").await;
        for _ in 0..9 {
            assert!(try_in(&world, "ada@example.com", "wrong").await.is_err());
        }
        let accounts = &world.services.accounts;
        let session = SecretHash::of(b"this session");
        let change = |current, new| accounts.change_password(&ada.user, current, new, session, &ada.origin);
        assert_eq!(change(PASSWORD, "orange bicycle lantern").await, Ok(()));
        for _ in 0..5 {
            assert!(matches!(change("wrong", "violet umbrella tractor").await, Err(Error::Invalid(_))));
        }
        assert!(matches!(change("wrong", "violet umbrella tractor").await, Err(Error::Throttled { .. })));
    }

    #[tokio::test]
    async fn a_link_that_was_left_behind_claims_nothing() {
        let (world, _) = World::owned("lodol", "pro").await;
        store::put_instance(&world.test_db.db, SETUP, SecretHash::of(b"left behind")).await.expect("a link");
        let form = SetupForm {
            token: "left behind".into(),
            name: "Eve".into(),
            email: "eve@example.com".into(),
            password: PASSWORD.into(),
            workspace: "Eve".into(),
            plan: "pro".into(),
        };
        let claimed = world.services.accounts.setup(&form, &origin()).await.map(drop);
        assert_eq!(claimed, Err(Error::NotFound("setup link")));
    }

    #[tokio::test]
    async fn a_changed_password_replaces_the_old_one() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let accounts = &world.services.accounts;
        let keep = SecretHash::of(b"this session");
        let change = |current, new| accounts.change_password(&ada.user, current, new, keep, &ada.origin);
        assert!(matches!(change("wrong", "orange bicycle lantern").await, Err(Error::Invalid(_))));
        assert!(matches!(change(PASSWORD, "password1234").await, Err(Error::Invalid(_))));
        assert_eq!(change(PASSWORD, "orange bicycle lantern").await, Ok(()));
        assert!(try_in(&world, "ada@example.com", PASSWORD).await.is_err());
        assert!(try_in(&world, "ada@example.com", "orange bicycle lantern").await.is_ok());
    }
}
