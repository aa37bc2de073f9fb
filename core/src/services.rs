//! Everything that a door may call, put together once.

use crate::{
    accounts::{Accounts, Sessions},
    apps::Apps,
    audit::Audit,
    clock::SharedClock,
    db::Db,
    gate::{self, Gate, Redis},
    idempotency::Idempotency,
    keys::Keys,
    members::Members,
    oauth::{self, OAuth, Site, Tokens},
    operator::Operations,
    profile::Profile,
    random::SharedRandom,
    refusals::Refusals,
    signing::SigningKeys,
    usage::Usage,
    workspaces::Workspaces,
};
use std::sync::Arc;

/// The services of one instance. Cheap to clone.
#[derive(Clone)]
pub struct Services {
    /// The product's vocabulary and policy.
    pub profile: Arc<Profile>,
    /// The time that all of them go by.
    pub clock: SharedClock,
    /// The randomness that all of them use.
    pub random: SharedRandom,
    /// People.
    pub accounts: Accounts,
    /// Their browser sessions.
    pub sessions: Sessions,
    /// Where they work.
    pub workspaces: Workspaces,
    /// Who works in them, and how somebody comes to.
    pub members: Members,
    /// API keys.
    pub keys: Keys,
    /// Apps that may ask for tokens.
    pub apps: Apps,
    /// What apps get.
    pub oauth: OAuth,
    /// What others verify our signatures by.
    pub signing: SigningKeys,
    /// What decides each request.
    pub gate: Gate,
    /// What the operator does to workspaces.
    pub operations: Operations,
    /// When keys were used.
    pub usage: Usage,
    /// Which requests were refused, and why.
    pub refusals: Refusals,
    /// What was done.
    pub audit: Audit,
    /// Requests that were sent with a key of their own.
    pub idempotency: Idempotency,
    /// Where it is all kept. Doors only ask whether it answers.
    pub db: Db,
}

impl Services {
    /// Puts the services together over an open database, and over a Redis where several nodes count together.
    #[must_use]
    pub fn new(
        db: Db,
        profile: Arc<Profile>,
        clock: SharedClock,
        random: SharedRandom,
        redis: Option<Redis>,
        site: &Site,
    ) -> Self {
        let audit = Audit { db: db.clone(), clock: Arc::clone(&clock), random: Arc::clone(&random) };
        let workspaces = Workspaces { db: db.clone(), random: Arc::clone(&random), profile: Arc::clone(&profile) };
        let sessions = Sessions { db: db.clone(), clock: Arc::clone(&clock), random: Arc::clone(&random) };
        let usage = Usage::new(db.clone(), Arc::clone(&clock));
        let refusals = Refusals::new(db.clone(), Arc::clone(&clock));
        let signing =
            SigningKeys::new(db.clone(), Arc::clone(&clock), Arc::clone(&random), &site.sealing_key, site.algorithm);
        let tokens = Tokens::new(signing.clone(), Arc::clone(&clock), Arc::clone(&random), &site.issuer);
        let gate = Gate::new(gate::Parts {
            db: db.clone(),
            clock: Arc::clone(&clock),
            random: Arc::clone(&random),
            profile: Arc::clone(&profile),
            usage: usage.clone(),
            refusals: refusals.clone(),
            redis,
            tokens: tokens.clone(),
            address: site.gateway.as_str().into(),
        });
        let accounts = Accounts::new(
            db.clone(),
            Arc::clone(&clock),
            Arc::clone(&random),
            Arc::clone(&profile),
            audit.clone(),
            workspaces.clone(),
            gate.clone(),
        );
        let keys = Keys {
            db: db.clone(),
            clock: Arc::clone(&clock),
            random: Arc::clone(&random),
            profile: Arc::clone(&profile),
            audit: audit.clone(),
            gate: gate.clone(),
        };
        let operations = Operations {
            db: db.clone(),
            clock: Arc::clone(&clock),
            profile: Arc::clone(&profile),
            audit: audit.clone(),
            accounts: accounts.clone(),
            workspaces: workspaces.clone(),
            signing: signing.clone(),
            gate: gate.clone(),
        };
        let members = Members {
            db: db.clone(),
            clock: Arc::clone(&clock),
            random: Arc::clone(&random),
            profile: Arc::clone(&profile),
            audit: audit.clone(),
            accounts: accounts.clone(),
            workspaces: workspaces.clone(),
            gate: gate.clone(),
        };
        let apps = Apps::new(
            db.clone(),
            Arc::clone(&clock),
            Arc::clone(&random),
            Arc::clone(&profile),
            audit.clone(),
            accounts.throttle().clone(),
            gate.clone(),
        );
        let parts = oauth::Parts {
            db: db.clone(),
            clock: Arc::clone(&clock),
            random: Arc::clone(&random),
            profile: Arc::clone(&profile),
            audit: audit.clone(),
            apps: apps.clone(),
            workspaces: workspaces.clone(),
            throttle: accounts.throttle().clone(),
            gate: gate.clone(),
            tokens,
        };
        let oauth = OAuth::new(parts, site);
        let idempotency = Idempotency { db: db.clone(), clock: Arc::clone(&clock) };
        Self {
            profile,
            clock,
            random,
            accounts,
            sessions,
            workspaces,
            members,
            keys,
            apps,
            oauth,
            signing,
            gate,
            operations,
            usage,
            refusals,
            audit,
            idempotency,
            db,
        }
    }
}
