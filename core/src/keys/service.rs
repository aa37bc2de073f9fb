//! Making, listing and finding keys. The dashboard and REST both come through here.

use super::{
    ApiKey, ExpiryFilter, KeyForm, KeyOwner, KeyQuery, KeySort, KeyStatus, LastUseFilter, NewKey, OwnerFilter, Person,
    Quota, in_days, store,
};
use crate::{
    Time,
    actor::Actor,
    audit::{Action, Audit, Change, Event},
    clock::SharedClock,
    db::{Db, Tx},
    error::{Error, Result},
    gate::Gate,
    ids::{KeyId, UserId},
    members,
    page::{Page, PageRequest},
    profile::{Plan, Profile, Right},
    random::{self, SharedRandom},
    secret::{Secret, SecretHash},
    words,
};
use chrono::TimeDelta;
use std::sync::Arc;

/// The keys of the instance.
#[derive(Clone)]
pub struct Keys {
    pub(crate) db: Db,
    pub(crate) clock: SharedClock,
    pub(crate) random: SharedRandom,
    pub(crate) profile: Arc<Profile>,
    pub(crate) audit: Audit,
    pub(crate) gate: Gate,
}

/// A key at the only moment when its secret is known.
#[derive(Debug)]
pub struct CreatedKey {
    /// The key.
    pub key: ApiKey,
    /// What its holder sends. It is nowhere else.
    pub secret: Secret,
}

/// Keys that end soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expiring {
    /// Within how many days: 1, 7 or 30, the most urgent that there is.
    pub within_days: u32,
    /// How many keys.
    pub count: u32,
    /// When the first of them ends.
    pub first: Time,
}

/// So many days before its end a key is pointed out.
pub const REMINDERS: [u32; 3] = [1, 7, 30];

impl Keys {
    /// Makes a key for the actor: bounded by their role and the workspace's plan.
    pub async fn create(&self, actor: &Actor, form: &KeyForm) -> Result<CreatedKey> {
        match self.try_create(actor, form).await {
            Ok(created) => Ok(created),
            Err(error) => {
                let label = form.label.trim().chars().filter(|c| !c.is_control()).take(80).collect();
                let event = Event { subject: Some((String::new(), label)), ..Event::by(actor, Action::KeyCreated) };
                self.refused(actor, event, &form.scopes, error).await
            }
        }
    }

    async fn try_create(&self, actor: &Actor, form: &KeyForm) -> Result<CreatedKey> {
        actor.require(Right::KeysManage)?;
        let now = self.clock.now();
        NewKey::parse(form, &self.profile, &actor.role, now).map_err(Error::Invalid)?;
        let mut tx = self.db.begin().await?;
        let actor = &members::lock(&mut tx, &self.profile, actor).await?;
        actor.require(Right::KeysManage)?;
        self.claim_place(&mut tx, actor, now).await?;
        let new = NewKey::parse(form, &self.profile, &actor.role, now).map_err(Error::Invalid)?;
        let created = self.store_new(&mut tx, actor, new, now).await?;
        self.audit.record(&mut tx, self.created_event(actor, &created.key)).await?;
        tx.commit().await?;
        Ok(created)
    }

    /// Counts under the workspace's lock: of many creates at once, only as many pass as there are places.
    async fn claim_place(&self, tx: &mut Tx, actor: &Actor, now: Time) -> Result<()> {
        let plan = self.plan(&actor.workspace.plan)?;
        if plan.keys == 0 {
            return Err(Error::PlanRequired { plan: plan.title.clone() });
        }
        if store::count_usable_in(tx, actor.workspace.id, now).await? >= i64::from(plan.keys) {
            return Err(Error::KeyLimitReached { limit: plan.keys, plan: plan.title.clone() });
        }
        Ok(())
    }

    async fn store_new(&self, tx: &mut Tx, actor: &Actor, new: NewKey, now: Time) -> Result<CreatedKey> {
        let secret = self.new_secret(&new.environment);
        let creator = Person { id: actor.user.id, name: actor.user.name.clone() };
        let owner = if new.of_workspace {
            KeyOwner::Workspace
        } else {
            KeyOwner::Member { person: creator.clone(), role: Some(actor.role.name.clone()) }
        };
        let key = ApiKey {
            id: KeyId::from_uuid(random::uuid(now, self.random.as_ref())),
            label: new.label,
            note: new.note,
            scopes: new.scopes,
            environment: new.environment,
            networks: new.networks,
            start: secret.start(&self.profile.key).to_owned(),
            last4: secret.last4().to_owned(),
            owner,
            creator,
            created_at: now,
            expires_at: new.expires_at,
            disabled_at: None,
            revoked_at: None,
            revoked_reason: None,
            rotation: None,
            last_use: None,
            refused: None,
            version: 1,
        };
        let stored = store::NewSecret { hash: secret.hash(), start: &key.start, last4: &key.last4, created_at: now };
        store::insert(tx, store::NewRow { workspace: actor.workspace.id, key: &key }, stored).await?;
        Ok(CreatedKey { key, secret })
    }

    /// A fresh secret with the prefix of this environment.
    pub(super) fn new_secret(&self, environment: &str) -> Secret {
        let format = &self.profile.key;
        let prefix = format.environment(environment).map_or(format.prefix.as_str(), |e| e.prefix.as_str());
        Secret::generate_with(format, prefix, self.random.as_ref())
    }

    fn created_event<'a>(&self, actor: &'a Actor, key: &ApiKey) -> Event<'a> {
        let mut changes = vec![
            Change::set("key", key.masked()),
            Change::set("scopes", key.scopes.join(", ")),
            Change::set("expires", key.expires_at.map_or_else(|| "never".to_owned(), words::exact)),
        ];
        if !key.networks.is_empty() {
            changes.push(Change::set("allowed_addresses", super::networks_text(&key.networks).replace('\n', ", ")));
        }
        if key.owner == KeyOwner::Workspace {
            changes.push(Change::set("owner", &self.profile.words.workspace));
        }
        Event {
            subject: Some((key.id.to_string(), key.label.clone())),
            changes,
            ..Event::by(actor, Action::KeyCreated)
        }
    }

    /// The workspace's keys that the query asks for; live ones first, then those that are over.
    pub async fn list(&self, actor: &Actor, query: &KeyQuery, page: PageRequest<KeyId>) -> Result<Page<ApiKey, KeyId>> {
        actor.require(Right::KeysRead)?;
        let now = self.clock.now();
        let workspace = actor.workspace.id;
        let after = match page.after {
            None => store::After { over: -1, id: KeyId::from_uuid(uuid::Uuid::max()) },
            Some(id) => {
                let last = store::find(&self.db, workspace, id, now).await?;
                let last = last.ok_or_else(|| Error::Malformed("The cursor is not one of this list.".to_owned()))?;
                let over = matches!(last.status(now), KeyStatus::Revoked | KeyStatus::Expired);
                store::After { over: i32::from(over), id }
            }
        };
        let rows = if *query == KeyQuery::default() {
            store::list(&self.db, workspace, now, after, page.limit).await?
        } else {
            let filter = filter(query, now);
            store::list_filtered(&self.db, workspace, now, &filter, order(query.sort), after, page.limit).await?
        };
        Ok(Page::of(rows, page.limit, |k| k.id))
    }

    /// How many keys there are in all, those that are over included.
    pub async fn count(&self, actor: &Actor) -> Result<u64> {
        actor.require(Right::KeysRead)?;
        Ok(u64::try_from(store::count(&self.db, actor.workspace.id).await?).unwrap_or_default())
    }

    /// One key of the workspace. Another workspace's is not found.
    pub async fn get(&self, actor: &Actor, id: KeyId) -> Result<ApiKey> {
        actor.require(Right::KeysRead)?;
        store::find(&self.db, actor.workspace.id, id, self.clock.now()).await?.ok_or(Error::NotFound("key"))
    }

    /// The key with this secret, or one that had it before it was rotated.
    pub async fn find_by_hash(&self, actor: &Actor, hash: SecretHash) -> Result<Option<ApiKey>> {
        actor.require(Right::KeysRead)?;
        Ok(store::find_by_hash(&self.db, actor.workspace.id, hash, self.clock.now()).await?)
    }

    /// Keys by the visible beginning of their secrets, `sk_live_4fT9`; at most twenty. What is nothing but
    /// a prefix finds nothing.
    pub async fn find_by_start(&self, actor: &Actor, start: &str) -> Result<Vec<ApiKey>> {
        actor.require(Right::KeysRead)?;
        let start = start.trim();
        let telling = self.profile.key.prefixes().any(|prefix| {
            start.strip_prefix(prefix).is_some_and(|rest| {
                (1..=self.profile.key.visible).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_alphanumeric())
            })
        });
        if !telling {
            return Ok(Vec::new());
        }
        Ok(store::find_by_start(&self.db, actor.workspace.id, start, self.clock.now()).await?)
    }

    /// The members who own keys, by name.
    pub async fn owners(&self, actor: &Actor) -> Result<Vec<Person>> {
        actor.require(Right::KeysRead)?;
        Ok(store::list_owners(&self.db, actor.workspace.id).await?)
    }

    /// How many keys the workspace has, and may have.
    pub async fn quota(&self, actor: &Actor) -> Result<Quota> {
        self.tally(actor).await.map(|(quota, _)| quota)
    }

    /// The same, and the keys that end within a day, else within a week, else within a month, if there are any.
    pub async fn tally(&self, actor: &Actor) -> Result<(Quota, Option<Expiring>)> {
        actor.require(Right::KeysRead)?;
        let now = self.clock.now();
        let tally = store::tally(&self.db, actor.workspace.id, now, REMINDERS.map(|d| in_days(now, d))).await?;
        let number = |count| u32::try_from(count).unwrap_or(u32::MAX);
        let used = number(tally.usable);
        let quota = match self.plan(&actor.workspace.plan) {
            Ok(plan) => Quota { used, limit: plan.keys, plan: plan.title.clone(), api: plan.api },
            // The keys are still there to be seen and revoked.
            Err(_) => Quota { used, limit: 0, plan: actor.workspace.plan.clone(), api: false },
        };
        let counts = [tally.day, tally.week, tally.month];
        let soonest = REMINDERS.into_iter().zip(counts).find(|(_, count)| *count > 0).zip(tally.first);
        let expiring =
            soonest.map(|((within_days, count), first)| Expiring { within_days, count: number(count), first });
        Ok((quota, expiring))
    }

    /// A live key that has this label already. Two may; the form only points it out.
    pub async fn same_label(&self, actor: &Actor, label: &str) -> Result<Option<ApiKey>> {
        actor.require(Right::KeysRead)?;
        // What no label can be, no key has; PostgreSQL would refuse even to compare a NUL.
        let Ok(label) = crate::text::line(label, 80) else { return Ok(None) };
        Ok(store::find_same_label(&self.db, actor.workspace.id, &label, self.clock.now()).await?)
    }

    /// Writes down that a change of keys was refused. A typing error is none; reaching beyond one's role is
    /// an attempt, whatever else is wrong.
    pub(super) async fn refused<T>(
        &self,
        actor: &Actor,
        event: Event<'_>,
        scopes: &[String],
        error: Error,
    ) -> Result<T> {
        let beyond = self.profile.known_scopes(scopes).without(actor.role.scopes);
        if matches!(error, Error::Invalid(_)) && !beyond.is_empty() {
            self.audit.attempt(event, "insufficient_scope").await?;
            return Err(error);
        }
        self.audit.refused(event, error).await
    }

    fn plan(&self, name: &str) -> Result<&Plan> {
        self.profile.plan(name).ok_or_else(|| {
            tracing::error!(plan = name, "A workspace has a plan that the profile does not know");
            Error::PlanRequired { plan: name.to_owned() }
        })
    }
}

/// The query in the statements' words.
fn filter(query: &KeyQuery, now: Time) -> store::Filter {
    let ago = |days: u32| now - TimeDelta::days(days.into());
    let nobody = UserId::from_uuid(uuid::Uuid::nil());
    let (owner, owner_id) = match query.owner {
        None => ("", nobody),
        Some(OwnerFilter::Member(id)) => ("member", id),
        Some(OwnerFilter::Workspace) => ("workspace", nobody),
        Some(OwnerFilter::Left) => ("left", nobody),
    };
    let (expiry, expires_until) = match query.expiry {
        None => ("", now),
        Some(ExpiryFilter::Never) => ("never", now),
        Some(ExpiryFilter::Within(days)) => ("within", in_days(now, days)),
    };
    let (last_use, used_since) = match query.last_use {
        None => ("", now),
        Some(LastUseFilter::Never) => ("never", now),
        Some(LastUseFilter::Within(days)) => ("within", ago(days)),
        Some(LastUseFilter::NotFor(days)) => ("not_for", ago(days)),
    };
    let status = KeyQuery::STATUS.iter().find(|(_, status)| Some(*status) == query.status);
    store::Filter {
        search: query.search.clone(),
        status: status.map_or("", |(word, _)| word),
        scope: query.scope.clone(),
        owner,
        owner_id,
        expiry,
        expires_until,
        last_use,
        used_since,
    }
}

/// Times that are not there stand before all others, or after them.
fn order(sort: KeySort) -> store::Order {
    let last = chrono::NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or_default().and_time(chrono::NaiveTime::MIN);
    match sort {
        KeySort::Newest => store::Order::Newest,
        KeySort::Label => store::Order::Label,
        KeySort::LastUse => store::Order::LastUse(Time::UNIX_EPOCH),
        KeySort::Expiry => store::Order::Expiry(last.and_utc()),
    }
}
