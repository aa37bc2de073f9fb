//! Making, listing and revoking keys. The dashboard and REST both come through here.

use super::{ApiKey, KeyForm, KeyOwner, KeyStatus, NewKey, Quota, store};
use crate::{
    Time,
    actor::Actor,
    audit::{Action, Audit, Change, Event},
    clock::SharedClock,
    db::{Db, Tx},
    error::{Error, Result},
    gate::Gate,
    ids::KeyId,
    page::{Page, PageRequest},
    profile::{Plan, Profile, Right},
    random::{self, SharedRandom},
    secret::{Secret, SecretHash},
    words, workspaces,
};
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

impl Keys {
    /// Makes a key for the actor: bounded by their role and the workspace's plan.
    pub async fn create(&self, actor: &Actor, form: &KeyForm) -> Result<CreatedKey> {
        match self.try_create(actor, form).await {
            Ok(created) => Ok(created),
            Err(error) => {
                let label = form.label.trim().chars().filter(|c| !c.is_control()).take(80).collect();
                let event = Event { subject: Some((String::new(), label)), ..Event::by(actor, Action::KeyCreated) };
                // A typing error is none; reaching beyond one's role is an attempt, whatever else is wrong.
                let beyond = self.profile.known_scopes(&form.scopes).without(actor.role.scopes);
                if matches!(error, Error::Invalid(_)) && !beyond.is_empty() {
                    self.audit.attempt(event, "insufficient_scope").await?;
                    return Err(error);
                }
                self.audit.refused(event, error).await
            }
        }
    }

    async fn try_create(&self, actor: &Actor, form: &KeyForm) -> Result<CreatedKey> {
        actor.require(Right::KeysManage)?;
        let now = self.clock.now();
        let new = NewKey::parse(form, &self.profile, &actor.role, now).map_err(Error::Invalid)?;
        let mut tx = self.db.begin().await?;
        self.claim_place(&mut tx, actor, now).await?;
        let created = self.store_new(&mut tx, actor, new, now).await?;
        self.audit.record(&mut tx, created_event(actor, &created.key)).await?;
        tx.commit().await?;
        Ok(created)
    }

    /// Locks the workspace and counts: of many creates at once, only as many pass as there are places.
    async fn claim_place(&self, tx: &mut Tx, actor: &Actor, now: Time) -> Result<()> {
        let plan = workspaces::store::lock(tx, actor.workspace.id).await?.ok_or(Error::NotFound("workspace"))?;
        let plan = self.plan(&plan)?;
        if plan.keys == 0 {
            return Err(Error::PlanRequired { plan: plan.title.clone() });
        }
        if store::count_usable_in(tx, actor.workspace.id, now).await? >= i64::from(plan.keys) {
            return Err(Error::KeyLimitReached { limit: plan.keys, plan: plan.title.clone() });
        }
        Ok(())
    }

    async fn store_new(&self, tx: &mut Tx, actor: &Actor, new: NewKey, now: Time) -> Result<CreatedKey> {
        let secret = Secret::generate(&self.profile.key, self.random.as_ref());
        let key = ApiKey {
            id: KeyId::from_uuid(random::uuid(now, self.random.as_ref())),
            label: new.label,
            note: new.note,
            scopes: self.profile.scope_names(new.scopes),
            start: secret.start(&self.profile.key).to_owned(),
            last4: secret.last4().to_owned(),
            owner: KeyOwner { id: actor.user.id, name: actor.user.name.clone() },
            created_at: now,
            expires_at: new.expires_at,
            disabled_at: None,
            revoked_at: None,
            last_use: None,
        };
        let row = store::NewRow {
            id: key.id,
            workspace: actor.workspace.id,
            owner: actor.user.id,
            label: &key.label,
            note: &key.note,
            scopes: &key.scopes,
            created_at: now,
            expires_at: key.expires_at,
        };
        let stored = store::NewSecret { hash: secret.hash(), start: &key.start, last4: &key.last4 };
        store::insert(tx, row, stored).await?;
        Ok(CreatedKey { key, secret })
    }

    /// The workspace's keys: live ones first, then those that are over; the newest first in each.
    pub async fn list(&self, actor: &Actor, page: PageRequest<KeyId>) -> Result<Page<ApiKey, KeyId>> {
        actor.require(Right::KeysRead)?;
        let now = self.clock.now();
        let after = match page.after {
            None => store::After { over: -1, id: KeyId::from_uuid(uuid::Uuid::max()) },
            Some(id) => {
                let last = store::find(&self.db, actor.workspace.id, id).await?;
                let last = last.ok_or_else(|| Error::Malformed("The cursor is not one of this list.".to_owned()))?;
                let over = matches!(last.status(now), KeyStatus::Revoked | KeyStatus::Expired);
                store::After { over: i32::from(over), id }
            }
        };
        let rows = store::list(&self.db, actor.workspace.id, now, &after, page.limit).await?;
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
        store::find(&self.db, actor.workspace.id, id).await?.ok_or(Error::NotFound("key"))
    }

    /// How many keys the workspace has, and may have.
    pub async fn quota(&self, actor: &Actor) -> Result<Quota> {
        actor.require(Right::KeysRead)?;
        let used = store::count_usable(&self.db, actor.workspace.id, self.clock.now()).await?;
        let used = u32::try_from(used).unwrap_or(u32::MAX);
        Ok(match self.plan(&actor.workspace.plan) {
            Ok(plan) => Quota { used, limit: plan.keys, plan: plan.title.clone(), api: plan.api },
            // The keys are still there to be seen and revoked.
            Err(_) => Quota { used, limit: 0, plan: actor.workspace.plan.clone(), api: false },
        })
    }

    /// A live key that has this label already. Two may; the form only points it out.
    pub async fn same_label(&self, actor: &Actor, label: &str) -> Result<Option<ApiKey>> {
        actor.require(Right::KeysRead)?;
        // What no label can be, no key has; PostgreSQL would refuse even to compare a NUL.
        let Ok(label) = crate::text::line(label, 80) else { return Ok(None) };
        let found = store::find_same_label(&self.db, actor.workspace.id, &label, self.clock.now()).await?;
        match found {
            Some(id) => Ok(store::find(&self.db, actor.workspace.id, id).await?),
            None => Ok(None),
        }
    }

    /// Ends a key for good: the next request with it is refused.
    pub async fn revoke(&self, actor: &Actor, id: KeyId) -> Result<ApiKey> {
        match self.try_revoke(actor, id).await {
            Ok(key) => Ok(key),
            Err(error) => {
                let key = store::find(&self.db, actor.workspace.id, id).await?;
                let label = key.map(|key| key.label).unwrap_or_default();
                let event = Event { subject: Some((id.to_string(), label)), ..Event::by(actor, Action::KeyRevoked) };
                self.audit.refused(event, error).await
            }
        }
    }

    async fn try_revoke(&self, actor: &Actor, id: KeyId) -> Result<ApiKey> {
        actor.require(Right::KeysManage)?;
        let now = self.clock.now();
        let key = store::find(&self.db, actor.workspace.id, id).await?.ok_or(Error::NotFound("key"))?;
        let mut tx = self.db.begin().await?;
        if !store::revoke(&mut tx, actor.workspace.id, id, now).await? {
            return Err(Error::Conflict("This key is revoked already.".to_owned()));
        }
        let change = Change::of("status", key.status(now).code(), KeyStatus::Revoked.code());
        let event = Event {
            subject: Some((id.to_string(), key.label.clone())),
            changes: vec![change],
            ..Event::by(actor, Action::KeyRevoked)
        };
        self.audit.record(&mut tx, event).await?;
        let hashes = store::list_hashes(&mut tx, id).await?;
        let hashes: Vec<SecretHash> = hashes.iter().filter_map(|h| SecretHash::try_from(h.as_slice()).ok()).collect();
        self.gate.commit(tx, &hashes).await?;
        Ok(ApiKey { revoked_at: Some(now), ..key })
    }

    fn plan(&self, name: &str) -> Result<&Plan> {
        self.profile.plan(name).ok_or_else(|| {
            tracing::error!(plan = name, "A workspace has a plan that the profile does not know");
            Error::PlanRequired { plan: name.to_owned() }
        })
    }
}

fn created_event<'a>(actor: &'a Actor, key: &ApiKey) -> Event<'a> {
    let expiry = key.expires_at.map_or_else(|| "never".to_owned(), words::exact);
    Event {
        subject: Some((key.id.to_string(), key.label.clone())),
        changes: vec![
            Change::set("key", key.masked()),
            Change::set("scopes", key.scopes.join(", ")),
            Change::set("expires", expiry),
        ],
        ..Event::by(actor, Action::KeyCreated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{World, key_form};
    use chrono::TimeDelta;

    const READ: &[&str] = &["workflows:read"];

    #[tokio::test]
    async fn a_key_is_listed_as_it_was_made_and_its_secret_is_nowhere() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let keys = &world.services.keys;
        let form = KeyForm { note: "in the vault".into(), expiry: "30".into(), ..key_form(" ci ", READ) };
        let created = keys.create(&ada, &form).await.expect("a key");
        let listed = keys.list(&ada, PageRequest::first()).await.expect("a list").items;
        assert_eq!(listed, vec![created.key.clone()]);
        assert_eq!(keys.get(&ada, created.key.id).await, Ok(created.key.clone()));
        assert_eq!(created.key.label, "ci");
        assert_eq!(created.key.expires_at, Some(created.key.created_at + TimeDelta::days(30)));
        assert!(!format!("{:?}", created.secret).contains(&created.key.start));
        assert_eq!(keys.count(&ada).await, Ok(1));
    }

    #[tokio::test]
    async fn keys_that_are_over_sink_and_pages_go_on_where_they_stopped() {
        let (world, ada) = World::owned("lodol", "enterprise").await;
        let keys = &world.services.keys;
        let mut ids = Vec::new();
        for (i, expiry) in ["never", "1", "never", "never", "1"].into_iter().enumerate() {
            world.clock.advance(TimeDelta::seconds(1));
            let form = KeyForm { expiry: expiry.into(), ..key_form(&format!("key {i}"), READ) };
            ids.push(keys.create(&ada, &form).await.expect("a key").key.id);
        }
        keys.revoke(&ada, ids[2]).await.expect("revoked");
        world.clock.advance(TimeDelta::days(2));
        let expected = [ids[3], ids[0], ids[4], ids[2], ids[1]];
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = keys.list(&ada, PageRequest { after, limit: 2 }).await.expect("a page");
            seen.extend(page.items.iter().map(|k| k.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, expected);
        let quota = keys.quota(&ada).await.expect("a quota");
        assert_eq!((quota.used, quota.limit), (2, 20), "expired and revoked keys do not count");
        let foreign = PageRequest { after: Some(KeyId::from_uuid(uuid::Uuid::nil())), limit: 2 };
        assert!(matches!(keys.list(&ada, foreign).await, Err(Error::Malformed(_))));
    }

    #[tokio::test]
    async fn common_12_of_fifty_creates_at_one_place_left_one_succeeds() {
        let (world, ada) = World::owned("lodol", "pro").await;
        for label in ["one", "two"] {
            world.services.keys.create(&ada, &key_form(label, READ)).await.expect("a key");
        }
        let tasks: Vec<_> = (0..50)
            .map(|i| {
                let (keys, ada) = (world.services.keys.clone(), ada.clone());
                tokio::spawn(async move { keys.create(&ada, &key_form(&format!("{i}"), READ)).await })
            })
            .collect();
        let mut made = 0;
        for task in tasks {
            match task.await.expect("no panic") {
                Ok(_) => made += 1,
                Err(error) => assert_eq!(error, Error::KeyLimitReached { limit: 3, plan: "Pro".into() }),
            }
        }
        assert_eq!(made, 1);
        assert_eq!(world.services.keys.count(&ada).await, Ok(3));
    }

    #[tokio::test]
    async fn a_key_is_revoked_once_and_the_second_is_told() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let keys = &world.services.keys;
        let id = keys.create(&ada, &key_form("ci", READ)).await.expect("a key").key.id;
        let (one, two) = tokio::join!(keys.revoke(&ada, id), keys.revoke(&ada, id));
        assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|ok| **ok).count(), 1);
        assert!(matches!(keys.revoke(&ada, id).await, Err(Error::Conflict(_))));
    }

    #[tokio::test]
    async fn common_14_another_workspaces_key_is_as_unknown_as_none() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let eve = world.neighbour("Eve", "pro").await;
        let keys = &world.services.keys;
        let id = keys.create(&ada, &key_form("ci", READ)).await.expect("a key").key.id;
        let nobodys = KeyId::from_uuid(uuid::Uuid::nil());
        for id in [id, nobodys] {
            assert_eq!(keys.get(&eve, id).await, Err(Error::NotFound("key")));
            assert_eq!(keys.revoke(&eve, id).await, Err(Error::NotFound("key")));
        }
        assert_eq!(keys.list(&eve, PageRequest::first()).await.expect("a list").items, vec![]);
        assert_eq!(keys.same_label(&eve, "ci").await, Ok(None));
        assert!(keys.get(&ada, id).await.is_ok_and(|key| key.revoked_at.is_none()));
    }

    #[tokio::test]
    async fn common_01_only_roles_that_manage_keys_make_or_end_them() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let keys = &world.services.keys;
        let id = keys.create(&ada, &key_form("ci", READ)).await.expect("a key").key.id;
        let bob = world.member(&ada.workspace, "Bob", "member").await;
        assert!(matches!(keys.create(&bob, &key_form("mine", READ)).await, Err(Error::Forbidden(_))));
        assert!(matches!(keys.revoke(&bob, id).await, Err(Error::Forbidden(_))));
        let admin = world.member(&ada.workspace, "Grace", "admin").await;
        assert!(keys.create(&admin, &key_form("hers", READ)).await.is_ok());
        assert!(keys.revoke(&admin, id).await.is_ok());
    }

    #[tokio::test]
    async fn a_label_may_repeat_and_is_pointed_out() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let keys = &world.services.keys;
        assert_eq!(keys.same_label(&ada, "ci").await, Ok(None));
        let first = keys.create(&ada, &key_form("ci", READ)).await.expect("a key").key;
        assert_eq!(keys.same_label(&ada, " ci ").await, Ok(Some(first)));
        assert_eq!(keys.same_label(&ada, "c\0i").await, Ok(None));
        assert!(keys.create(&ada, &key_form("ci", READ)).await.is_ok());
    }

    #[tokio::test]
    async fn common_13_reaching_beyond_ones_role_is_written_down() {
        let text = Profile::built_in("default").expect("the profile");
        let world = World::of(Profile::parse("default", text).expect("a good profile")).await;
        let ada = world.claim("growth").await;
        let bob = world.member(&ada.workspace, "Bob", "developer").await;
        let beyond = world.services.keys.create(&bob, &key_form("mine", &["workflows:write"])).await;
        assert!(matches!(beyond, Err(Error::Invalid(_))));
        let log = world.services.audit.list(&ada, PageRequest::first()).await.expect("a log").items;
        assert!(
            log.iter().any(|e| e.refused.as_deref() == Some("insufficient_scope") && e.actor.as_deref() == Some("Bob"))
        );
    }

    #[tokio::test]
    async fn keys_on_a_plan_that_the_profile_dropped_can_still_be_seen_and_revoked() {
        let (world, mut ada) = World::owned("lodol", "pro").await;
        let keys = &world.services.keys;
        let id = keys.create(&ada, &key_form("ci", READ)).await.expect("a key").key.id;
        ada.workspace.plan = "gone".into();
        let quota = keys.quota(&ada).await.expect("a quota");
        assert_eq!((quota.limit, quota.plan.as_str(), quota.api), (0, "gone", false));
        assert!(keys.revoke(&ada, id).await.is_ok());
    }

    #[tokio::test]
    async fn a_plan_without_keys_says_so() {
        let (world, ada) = World::owned("lodol", "free").await;
        let refused = world.services.keys.create(&ada, &key_form("ci", READ)).await.map(|c| c.key);
        assert_eq!(refused, Err(Error::PlanRequired { plan: "Free".into() }));
    }

    #[tokio::test]
    async fn common_13_changes_and_refused_attempts_are_in_the_log() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let (keys, audit) = (&world.services.keys, &world.services.audit);
        let key = keys.create(&ada, &key_form("ci", READ)).await.expect("a key").key;
        let bob = world.member(&ada.workspace, "Bob", "member").await;
        world.clock.advance(TimeDelta::seconds(1));
        keys.revoke(&bob, key.id).await.expect_err("not allowed");
        world.clock.advance(TimeDelta::seconds(1));
        keys.revoke(&ada, key.id).await.expect("revoked");

        let log = audit.of_key(&ada, key.id).await.expect("a log");
        let said: Vec<_> = log
            .iter()
            .map(|e| (e.actor.as_deref(), e.action.as_str(), e.refused.as_deref(), e.address.as_deref()))
            .collect();
        assert_eq!(
            said,
            [
                (Some("Ada Lovelace"), "key.revoked", None, Some("203.0.113.7")),
                (Some("Bob"), "key.revoked", Some("forbidden"), Some("203.0.113.7")),
                (Some("Ada Lovelace"), "key.created", None, Some("203.0.113.7")),
            ]
        );
        let change = Change::of("status", "active", "revoked");
        assert_eq!(log[0].changes, [change]);
        assert!(audit.list(&bob, PageRequest::first()).await.is_err(), "members do not read the log");
    }
}
