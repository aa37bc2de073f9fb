//! A small world for tests: all services over a fresh database, a clock that stands still, randomness
//! that repeats.

#![expect(clippy::expect_used, reason = "a test that cannot have its world must stop")]

use crate::{
    accounts::{SetupForm, User},
    actor::{Actor, Origin},
    apps::{App, AppKind},
    clock::FixedClock,
    db::{on_db, testing::TestDb},
    gate::{Changed, Redis},
    ids::{AppId, UserId},
    keys::KeyForm,
    oauth::{Parameters, Site},
    profile::Profile,
    random::{self, CountingRandom},
    secret::SecretHash,
    services::Services,
    signing::Algorithm,
    workspaces::{Workspace, WorkspaceName},
};
use sqlx::types::Json;
use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

/// The owner's password in every test.
pub const PASSWORD: &str = "violet umbrella tractor";

/// All services, and what stands under them.
pub struct World {
    /// The services.
    pub services: Services,
    /// Their clock.
    pub clock: Arc<FixedClock>,
    /// Their database.
    pub test_db: TestDb,
    /// Where they count, if it is not in memory.
    pub redis: Option<Redis>,
}

/// What an app of a test is like.
#[derive(Clone, Copy, Debug)]
pub struct AppSpec<'a> {
    /// Where it runs.
    pub kind: AppKind,
    /// Where people may be sent back to.
    pub redirects: &'a [&'a str],
    /// What it may ask for.
    pub scopes: &'a [&'a str],
    /// Whether it may leave out PKCE.
    pub pkce_optional: bool,
    /// Whether it registered itself, so that nobody has vouched for it.
    pub unverified: bool,
}

impl AppSpec<'_> {
    /// A machine that may read workflows.
    pub const MACHINE: Self = Self {
        kind: AppKind::Machine,
        redirects: &[],
        scopes: &["workflows:read"],
        pkce_optional: false,
        unverified: false,
    };
}

/// Where the Redis server for tests is, if there is one. The same tests run once with it and once without.
#[must_use]
pub fn redis_url() -> Option<String> {
    std::env::var("KEYWRIGHT_TEST_REDIS_URL").ok()
}

/// The Redis for tests, under names of one test's own.
pub async fn redis() -> Option<Redis> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let prefix = format!("test:{}:{}:", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    match redis_url() {
        Some(url) => Some(Redis::open_for_tests(&url, prefix).await.expect("the Redis server for tests")),
        None => None,
    }
}

impl World {
    /// An instance that nobody owns yet, for this built-in profile.
    pub async fn empty(profile: &str) -> Self {
        let text = Profile::built_in(profile).expect("a built-in profile");
        let profile = Profile::parse(profile, text).expect("a profile without faults");
        Self::of(profile).await
    }

    /// The same for a profile of one's own.
    pub async fn of(profile: Profile) -> Self {
        Self::with_redis(profile, redis().await).await
    }

    /// The same, counting here.
    pub async fn with_redis(profile: Profile, redis: Option<Redis>) -> Self {
        let (test_db, clock) = (TestDb::fresh().await, FixedClock::start());
        let (db, random) = (test_db.db.clone(), Arc::new(CountingRandom::default()));
        let services = Services::new(db, Arc::new(profile), clock.clone(), random, redis.clone(), &site());
        Self { services, clock, test_db, redis }
    }

    /// A second node over the same database.
    pub async fn second_node(&self) -> Services {
        let db = crate::db::Db::open(&self.test_db.url).await.expect("the same database");
        let profile = Arc::clone(&self.services.profile);
        Services::new(db, profile, self.clock.clone(), Arc::new(random::OsRandom), self.redis.clone(), &site())
    }

    /// Claims the instance for Ada: an owner with a workspace "Acme" on this plan.
    pub async fn owned(profile: &str, plan: &str) -> (Self, Actor) {
        let world = Self::empty(profile).await;
        let actor = world.claim(plan).await;
        (world, actor)
    }

    /// Claims the instance for Ada.
    pub async fn claim(&self, plan: &str) -> Actor {
        let accounts = &self.services.accounts;
        let link = accounts.setup_link().await.expect("a database").expect("an instance without owner");
        let form = SetupForm {
            token: link.token().to_owned(),
            name: "Ada Lovelace".to_owned(),
            email: "ada@example.com".to_owned(),
            password: PASSWORD.to_owned(),
            workspace: "Acme".to_owned(),
            plan: plan.to_owned(),
        };
        let (user, workspace) = accounts.setup(&form, &origin()).await.expect("a good form");
        self.enter(user, &workspace).await
    }

    /// One more person, without any workspace; their password is [`PASSWORD`].
    pub async fn person(&self, name: &str) -> User {
        let db = &self.test_db.db;
        let now = crate::clock::Clock::now(self.clock.as_ref());
        let id = UserId::from_uuid(random::uuid(now, self.services.random.as_ref()));
        let email = format!("{}@example.com", name.to_lowercase());
        let user = User { id, name: name.to_owned(), email };
        self.services.accounts.insert(db, &user, PASSWORD).await.expect("a new person");
        user
    }

    /// A new person who is a member of this workspace, in this role.
    pub async fn member(&self, workspace: &Workspace, name: &str, role: &str) -> Actor {
        let user = self.person(name).await;
        self.join(workspace, &user, role).await;
        self.enter(user, workspace).await
    }

    /// Makes a person a member of this workspace, in this role.
    pub async fn join(&self, workspace: &Workspace, user: &User, role: &str) {
        let role = self.services.profile.role(role).expect("a role of the profile");
        let now = crate::clock::Clock::now(self.clock.as_ref());
        let mut tx = self.test_db.db.begin().await.expect("a transaction");
        self.services.workspaces.enroll(&mut tx, workspace.id, user.id, role, now).await.expect("a new member");
        self.services.gate.commit(tx, Changed::Workspace(workspace.id)).await.expect("a commit");
    }

    /// Gives a member another role, as if somebody had done it a moment ago.
    pub async fn set_role(&self, workspace: &Workspace, user: &User, role: &str) {
        const SET: &str = "update members set role = $1 where workspace_id = $2 and user_id = $3";
        on_db!(&self.test_db.db, c => sqlx::query(SET).bind(role).bind(workspace.id).bind(user.id)
            .execute(c).await.map(drop))
        .expect("a member");
        self.tell(workspace).await;
    }

    /// Takes a member out of a workspace, as if somebody had done it a moment ago.
    pub async fn remove_member(&self, workspace: &Workspace, user: &User) {
        const REMOVE: &str = "delete from members where workspace_id = $1 and user_id = $2";
        on_db!(&self.test_db.db, c => sqlx::query(REMOVE).bind(workspace.id).bind(user.id).execute(c).await.map(drop))
            .expect("a member");
        self.tell(workspace).await;
    }

    /// Every memory forgets what it has of this workspace, as it would have.
    async fn tell(&self, workspace: &Workspace) {
        let tx = self.test_db.db.begin().await.expect("a transaction");
        self.services.gate.commit(tx, Changed::Workspace(workspace.id)).await.expect("a commit");
    }

    /// A stranger with a workspace of their own on this plan.
    pub async fn neighbour(&self, name: &str, plan: &str) -> Actor {
        let user = self.person(name).await;
        let plan = self.services.profile.plan(plan).expect("a plan of the profile");
        let workspace = WorkspaceName::parse(&format!("{name} Ltd")).expect("a name");
        let now = crate::clock::Clock::now(self.clock.as_ref());
        let mut tx = self.test_db.db.begin().await.expect("a transaction");
        let workspaces = &self.services.workspaces;
        let workspace = workspaces.create(&mut tx, &workspace, plan, user.id, now).await.expect("a workspace");
        tx.commit().await.expect("a commit");
        self.enter(user, &workspace).await
    }

    /// An app of the actor's workspace, as if somebody had registered it a moment ago, and its secret; that is empty
    /// where its kind has none.
    pub async fn app(&self, owner: &Actor, spec: AppSpec<'_>) -> (App, String) {
        const INSERT: &str = "
            insert into oauth_apps (id, client_id, workspace_id, name, kind, redirect_uris, scopes, grant_types,
                auth_method, pkce_optional, registered_by, registered_from, created_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
        const SECRET: &str = "insert into app_secrets (hash, app_id, last4, created_at) values ($1, $2, 'last', $3)";
        let (db, random) = (&self.test_db.db, self.services.random.as_ref());
        let now = crate::clock::Clock::now(self.clock.as_ref());
        let (id, client_id) =
            (AppId::from_uuid(random::uuid(now, random)), format!("app_{}", random::hex::<11>(random)));
        let grants: Vec<_> = spec.kind.grant_types().iter().map(|grant| grant.code()).collect();
        let (workspace, person) = (owner.workspace.id, owner.user.id);
        let (workspace, person) =
            (Some(workspace).filter(|_| !spec.unverified), Some(person).filter(|_| !spec.unverified));
        on_db!(db, c => sqlx::query(INSERT)
            .bind(id).bind(&client_id).bind(workspace).bind("Reporter").bind(spec.kind.code())
            .bind(Json(spec.redirects)).bind(Json(spec.scopes)).bind(Json(grants))
            .bind(spec.kind.auth_method().code()).bind(spec.pkce_optional).bind(person)
            .bind(spec.unverified.then_some("203.0.113.9")).bind(now)
            .execute(c).await.map(drop))
        .expect("a new app");
        let secret = if spec.kind.has_secret() { format!("ks_{}", random::hex::<32>(random)) } else { String::new() };
        if !secret.is_empty() {
            let hash = SecretHash::of(secret.as_bytes());
            on_db!(db, c => sqlx::query(SECRET).bind(&hash.as_bytes()[..]).bind(id).bind(now).execute(c).await.map(drop))
                .expect("a new secret");
        }
        let app = self.services.apps.find(&client_id).await.expect("a database").expect("the new app");
        (app, secret)
    }

    /// An access token with which a machine acts for itself.
    pub async fn machine_token(&self, app: &App) -> String {
        let asked = Parameters::lenient(vec![("grant_type".to_owned(), "client_credentials".to_owned())]);
        self.services.oauth.token(app, &asked, &origin()).await.expect("a token").access_token
    }

    /// The person as a member, as things are now.
    pub async fn enter(&self, user: User, workspace: &Workspace) -> Actor {
        self.services.workspaces.enter(user.id, &workspace.slug, origin()).await.expect("a member")
    }
}

/// Where every instance of a test is.
#[must_use]
pub fn site() -> Site {
    Site {
        issuer: "http://127.0.0.1:3000".to_owned(),
        gateway: "http://127.0.0.1:3000".to_owned(),
        sealing_key: vec![7; 64],
        algorithm: Algorithm::default(),
    }
}

/// Where every request of a test comes from (RFC 5737 §3).
#[must_use]
pub fn origin() -> Origin {
    Origin {
        address: Some(Ipv4Addr::new(203, 0, 113, 7).into()),
        user_agent: Some("test".to_owned()),
        ..Origin::default()
    }
}

/// A form for a key that never ends, with these scopes.
#[must_use]
pub fn key_form(label: &str, scopes: &[&str]) -> KeyForm {
    KeyForm {
        label: label.to_owned(),
        scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
        expiry: "never".to_owned(),
        ..KeyForm::default()
    }
}
