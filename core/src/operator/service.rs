//! What the operator may do. The first argument is the proof that it is the operator; nothing else is asked.

use super::{Customer, CustomerChange, CustomerFilter, NewCustomer, Operator, store};
use crate::{
    accounts::{Accounts, Buckets, Email, SignInLink, User},
    actor::Origin,
    audit::{Action, Audit, Change, Event},
    clock::SharedClock,
    db::{Db, Tx},
    error::{Error, FieldError, Result},
    gate::{Changed, Gate},
    ids::WorkspaceId,
    page::{Page, PageRequest},
    profile::{Plan, Profile},
    secret::SecretHash,
    signing::{SigningKey, SigningKeys},
    text,
    workspaces::{Workspace, WorkspaceName, Workspaces},
};
use std::sync::Arc;

/// The operator's doors to the instance.
#[derive(Clone)]
pub struct Operations {
    pub(crate) db: Db,
    pub(crate) clock: SharedClock,
    pub(crate) profile: Arc<Profile>,
    pub(crate) audit: Audit,
    pub(crate) accounts: Accounts,
    pub(crate) workspaces: Workspaces,
    pub(crate) signing: SigningKeys,
    pub(crate) gate: Gate,
}

/// A workspace to be made, checked.
struct Checked {
    name: WorkspaceName,
    plan: Plan,
    owner_email: Email,
    owner_name: String,
}

impl Operations {
    /// The operator, if `token` is the one whose hash is `expected`. Whoever guesses has five tries in a quarter
    /// of an hour; calls with the right token are not counted.
    pub async fn admit(&self, token: Option<&str>, expected: SecretHash, origin: Origin) -> Result<Operator> {
        let wrong = |message: &str| Error::Unauthenticated(message.to_owned());
        let Some(token) = token else {
            return Err(wrong("Send the instance's operator token as “Authorization: Bearer <token>”."));
        };
        let (buckets, throttle) = (Buckets::of_operator(origin.address), self.accounts.throttle());
        // Both sides are hashes: how long the comparison takes tells nothing about the token.
        if SecretHash::of(token.as_bytes()) == expected {
            throttle.require_open(&buckets).await?;
            return Ok(Operator::new(origin));
        }
        throttle.hit(&buckets).await?;
        let event = Event::about_nobody(&origin, Action::OperatorCalled);
        self.audit.refused(event, wrong("This is not the instance's operator token.")).await
    }

    /// Makes a workspace and, if there is none of this address, its owner's account; and a link with which the
    /// owner enters. The account has no password until its owner sets one.
    pub async fn create(&self, by: &Operator, new: &NewCustomer) -> Result<(Customer, SignInLink)> {
        let created = self.try_create(by, new).await;
        self.or_refused(by, Action::WorkspaceCreated, &new.name, created).await
    }

    async fn try_create(&self, by: &Operator, new: &NewCustomer) -> Result<(Customer, SignInLink)> {
        let new = self.check(new)?;
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let owner = self.accounts.find_or_make(&mut tx, new.owner_name, &new.owner_email).await?;
        let workspace = self.workspaces.create(&mut tx, &new.name, &new.plan, owner.id, now).await?;
        let link = self.accounts.make_link(&mut tx, owner.id, Some(workspace.id)).await?;
        let changes = vec![
            Change::set("name", &workspace.name),
            Change::set("plan", &workspace.plan),
            Change::set("owner", &owner.name),
        ];
        self.record(&mut tx, by, Action::WorkspaceCreated, &workspace, changes).await?;
        let customer = self.read(&mut tx, &workspace.slug).await?;
        self.gate.commit(tx, Changed::Workspace(workspace.id)).await?;
        Ok((customer, link))
    }

    fn check(&self, new: &NewCustomer) -> Result<Checked> {
        let parts = (
            customer_name(&new.name),
            self.plan(&new.plan),
            Email::parse(&new.owner_email).map_err(|e| FieldError::new("owner.email", e.message)),
            text::line(&new.owner_name, 80).map_err(|f| FieldError::new("owner.name", f.message("The owner's name"))),
        );
        match parts {
            (Ok(name), Ok(plan), Ok(owner_email), Ok(owner_name)) => {
                Ok(Checked { name, plan: plan.clone(), owner_email, owner_name })
            }
            (name, plan, email, owner) => {
                let faults = [name.err(), plan.err(), email.err(), owner.err()];
                Err(Error::Invalid(faults.into_iter().flatten().collect()))
            }
        }
    }

    /// What this instance signs with, has signed with, and will.
    pub async fn signing_keys(&self, _by: &Operator) -> Result<Vec<SigningKey>> {
        self.signing.list().await
    }

    /// Makes the next signing key, and gives it its turn: see [`SigningKeys::replace`].
    pub async fn rotate_signing_key(&self, by: &Operator, compromised: bool) -> Result<Vec<SigningKey>> {
        let mut tx = self.db.begin().await?;
        self.signing.replace(&mut tx, compromised).await?;
        self.gate.commit(tx, Changed::SigningKeys).await?;
        tracing::info!(compromised, "The operator has had a new signing key made");
        self.signing_keys(by).await
    }

    /// The workspaces, the latest first.
    pub async fn list(
        &self,
        _by: &Operator,
        filter: &CustomerFilter,
        page: PageRequest<WorkspaceId>,
    ) -> Result<Page<Customer, WorkspaceId>> {
        // What neither a name nor a plan can hold, none has; PostgreSQL would refuse even to compare a NUL.
        if filter.text.contains('\0') || filter.plan.contains('\0') {
            return Ok(Page { items: Vec::new(), next: None });
        }
        let rows = store::list(&self.db, filter, page, self.clock.now()).await?;
        let customers = rows.into_iter().map(|row| self.customer(row)).collect();
        Ok(Page::of(customers, page.limit, |customer: &Customer| customer.workspace.id))
    }

    /// One workspace.
    pub async fn get(&self, _by: &Operator, slug: &str) -> Result<Customer> {
        let slug = checked_slug(slug)?;
        let row = store::find(&self.db, slug, self.clock.now()).await?;
        row.map(|row| self.customer(row)).ok_or(Error::NotFound("workspace"))
    }

    /// Gives the workspace another plan or name. A smaller plan leaves its keys as they are: they go on, and no
    /// new one is made until there is room.
    pub async fn change(&self, by: &Operator, slug: &str, change: &CustomerChange) -> Result<Customer> {
        let changed = self.try_change(by, slug, change).await;
        self.or_refused(by, Action::WorkspaceChanged, slug, changed).await
    }

    async fn try_change(&self, by: &Operator, slug: &str, change: &CustomerChange) -> Result<Customer> {
        if change.name.is_none() && change.plan.is_none() {
            return Err(Error::field("body", "Say what to change: plan, name or both."));
        }
        let name = change.name.as_deref().map(customer_name).transpose();
        let plan = change.plan.as_deref().map(|plan| self.plan(plan)).transpose();
        let (name, plan) = match (name, plan) {
            (Ok(name), Ok(plan)) => (name, plan),
            (name, plan) => return Err(Error::Invalid([name.err(), plan.err()].into_iter().flatten().collect())),
        };
        let (mut tx, old) = self.begin(slug).await?;
        let mut new = old.clone();
        new.name = name.map_or(new.name, |name| name.as_str().to_owned());
        new.plan = plan.map_or(new.plan, |plan| plan.name.clone());
        let changes: Vec<_> =
            [moved("name", &old.name, &new.name), moved("plan", &old.plan, &new.plan)].into_iter().flatten().collect();
        if !changes.is_empty() {
            store::update(&mut tx, &new).await?;
            self.record(&mut tx, by, Action::WorkspaceChanged, &new, changes).await?;
        }
        self.finish(tx, &new).await
    }

    /// Stops the workspace: its keys are refused and nothing in it can be changed, until it is resumed. One that
    /// is suspended stays so, since when it was.
    pub async fn suspend(&self, by: &Operator, slug: &str, reason: &str) -> Result<Customer> {
        let suspended = self.try_suspend(by, slug, reason).await;
        self.or_refused(by, Action::WorkspaceSuspended, slug, suspended).await
    }

    async fn try_suspend(&self, by: &Operator, slug: &str, reason: &str) -> Result<Customer> {
        let reason = text::note(reason, 500).map_err(|f| Error::field("reason", f.message("The reason")))?;
        let (mut tx, old) = self.begin(slug).await?;
        if old.suspended_at.is_some() {
            return self.finish(tx, &old).await;
        }
        let new = Workspace { suspended_at: Some(self.clock.now()), ..old };
        store::update(&mut tx, &new).await?;
        let reason = (!reason.is_empty()).then(|| Change::set("reason", reason));
        let changes = reason.into_iter().collect();
        self.record(&mut tx, by, Action::WorkspaceSuspended, &new, changes).await?;
        self.finish(tx, &new).await
    }

    /// Ends the suspension; its keys work again at once.
    pub async fn resume(&self, by: &Operator, slug: &str) -> Result<Customer> {
        let resumed = self.try_resume(by, slug).await;
        self.or_refused(by, Action::WorkspaceResumed, slug, resumed).await
    }

    async fn try_resume(&self, by: &Operator, slug: &str) -> Result<Customer> {
        let (mut tx, old) = self.begin(slug).await?;
        if old.suspended_at.is_none() {
            return self.finish(tx, &old).await;
        }
        let new = Workspace { suspended_at: None, ..old };
        store::update(&mut tx, &new).await?;
        self.record(&mut tx, by, Action::WorkspaceResumed, &new, Vec::new()).await?;
        self.finish(tx, &new).await
    }

    /// Removes a workspace with all that is in it. Its lines in the log stay, and its members keep their accounts.
    pub async fn delete(&self, by: &Operator, slug: &str, confirm: &str) -> Result<()> {
        let deleted = self.try_delete(by, slug, confirm).await;
        self.or_refused(by, Action::WorkspaceDeleted, slug, deleted).await
    }

    async fn try_delete(&self, by: &Operator, slug: &str, confirm: &str) -> Result<()> {
        let (mut tx, workspace) = self.begin(slug).await?;
        if confirm != workspace.slug {
            let message = format!("To delete this workspace for good, repeat its slug here: {}", workspace.slug);
            return Err(Error::field("confirm", message));
        }
        store::delete(&mut tx, workspace.id).await?;
        self.record(&mut tx, by, Action::WorkspaceDeleted, &workspace, Vec::new()).await?;
        self.gate.commit(tx, Changed::Workspace(workspace.id)).await
    }

    /// A link that signs this person in once, and leads to a workspace of theirs.
    pub async fn sign_in_link(&self, by: &Operator, email: &str, slug: Option<&str>) -> Result<SignInLink> {
        let made = self.try_sign_in_link(by, email, slug).await;
        self.or_refused(by, Action::SignInLinkCreated, slug.unwrap_or_default(), made).await
    }

    async fn try_sign_in_link(&self, by: &Operator, email: &str, slug: Option<&str>) -> Result<SignInLink> {
        let email = Email::parse(email).map_err(|error| Error::Invalid(vec![error]))?;
        let mut tx = self.db.begin().await?;
        let user = self.accounts.find_by_email(&mut tx, &email).await?.ok_or(Error::NotFound("person"))?;
        let mut places = self.workspaces.list_in(&mut tx, user.id).await?;
        if let Some(slug) = slug {
            places.retain(|place| place.slug == slug);
            // To the operator it makes no difference whether there is no such workspace or they are not in it.
            if places.is_empty() {
                return Err(Error::NotFound("workspace of this person"));
            }
        }
        let target = slug.and_then(|_| places.first()).map(|place| place.id);
        let link = self.accounts.make_link(&mut tx, user.id, target).await?;
        self.record_link(&mut tx, by, &user, &places).await?;
        tx.commit().await?;
        Ok(link)
    }

    /// Whose door was opened concerns the workspace that the link leads to, else each that they can reach.
    async fn record_link(&self, tx: &mut Tx, by: &Operator, user: &User, places: &[Workspace]) -> Result<()> {
        let everywhere = places.iter().map(|place| Some(place.id));
        let nowhere = places.is_empty().then_some(None);
        for workspace in everywhere.chain(nowhere) {
            let event = Event {
                workspace,
                subject: Some((user.id.to_string(), user.name.clone())),
                ..Event::by_operator(by.origin(), Action::SignInLinkCreated)
            };
            self.audit.record(tx, event).await?;
        }
        Ok(())
    }

    /// A transaction in which nobody else changes this workspace.
    async fn begin(&self, slug: &str) -> Result<(Tx, Workspace)> {
        let slug = checked_slug(slug)?;
        let mut tx = self.db.begin().await?;
        let workspace = store::lock(&mut tx, slug).await?.ok_or(Error::NotFound("workspace"))?;
        Ok((tx, workspace))
    }

    /// Commits, so that the next request on any node sees it, and shows the workspace as it is now.
    async fn finish(&self, mut tx: Tx, workspace: &Workspace) -> Result<Customer> {
        let customer = self.read(&mut tx, &workspace.slug).await?;
        self.gate.commit(tx, Changed::Workspace(workspace.id)).await?;
        Ok(customer)
    }

    async fn read(&self, tx: &mut Tx, slug: &str) -> Result<Customer> {
        let row = store::find_in(tx, slug, self.clock.now()).await?;
        row.map(|row| self.customer(row)).ok_or(Error::NotFound("workspace"))
    }

    async fn record(
        &self,
        tx: &mut Tx,
        by: &Operator,
        action: Action,
        workspace: &Workspace,
        changes: Vec<Change>,
    ) -> Result<()> {
        let event = Event {
            workspace: Some(workspace.id),
            subject: Some((workspace.id.to_string(), workspace.name.clone())),
            changes,
            ..Event::by_operator(by.origin(), action)
        };
        self.audit.record(tx, event).await
    }

    /// Writes down what the operator tried in vain.
    async fn or_refused<T>(&self, by: &Operator, action: Action, what: &str, result: Result<T>) -> Result<T> {
        match result {
            Ok(done) => Ok(done),
            Err(error) => {
                let what = what.chars().filter(|c| !c.is_control()).take(80).collect();
                let event = Event { subject: Some((String::new(), what)), ..Event::by_operator(by.origin(), action) };
                self.audit.refused(event, error).await
            }
        }
    }

    fn plan(&self, name: &str) -> Result<&Plan, FieldError> {
        self.profile.plan(name).ok_or_else(|| {
            let names: Vec<_> = self.profile.plans.iter().map(|plan| plan.name.as_str()).collect();
            FieldError::new("plan", format!("There is no such plan. The plans are: {}.", names.join(", ")))
        })
    }

    fn customer(&self, row: store::Row) -> Customer {
        let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
        Customer {
            keys_limit: self.profile.plan(&row.workspace.plan).map_or(0, |plan| plan.keys),
            created_at: row.created_at,
            members: count(row.members),
            keys_used: count(row.keys),
            workspace: row.workspace,
        }
    }
}

fn customer_name(name: &str) -> Result<WorkspaceName, FieldError> {
    WorkspaceName::parse(name).map_err(|e| FieldError::new("name", e.message))
}

fn checked_slug(slug: &str) -> Result<&str> {
    if Workspace::is_slug(slug) { Ok(slug) } else { Err(Error::NotFound("workspace")) }
}

fn moved(what: &str, from: &str, to: &str) -> Option<Change> {
    let change = || Change { what: what.to_owned(), from: Some(from.to_owned()), to: Some(to.to_owned()) };
    (from != to).then(change)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        db::testing::postgres_url,
        gate::{Call, Needs, Verdict},
        services::Services,
        testing::{World, key_form, origin},
    };
    use chrono::TimeDelta;
    use std::{net::IpAddr, time::Duration};

    const TOKEN: &str = "operator-token-of-the-tests-012345678";

    async fn operator(world: &World) -> Operator {
        let expected = SecretHash::of(TOKEN.as_bytes());
        world.services.operations.admit(Some(TOKEN), expected, origin()).await.expect("the operator")
    }

    /// What the gate says to a request, which counts.
    async fn verdict(services: &Services, key: &str) -> Verdict {
        ask(services, key, 1).await
    }

    async fn ask(services: &Services, key: &str, cost: u64) -> Verdict {
        let needs = Needs::Request { method: "GET", path: "/api/v1/workflows" };
        let address = IpAddr::from([203, 0, 113, 7]);
        let call = Call { key: Some(key), needs, address, user_agent: None, cost, from_stranger: true, member: None };
        services.gate.check(call).await.expect("a decision").decision.verdict
    }

    fn plan(name: &str) -> CustomerChange {
        CustomerChange { plan: Some(name.to_owned()), name: None }
    }

    #[tokio::test]
    async fn only_the_token_makes_an_operator_and_guessing_is_throttled() {
        let (world, _) = World::owned("lodol", "pro").await;
        let operations = &world.services.operations;
        let expected = SecretHash::of(TOKEN.as_bytes());
        let admit = async |token, from| operations.admit(token, expected, from).await.map(drop);
        assert!(matches!(admit(None, origin()).await, Err(Error::Unauthenticated(_))));
        for _ in 0..20 {
            assert_eq!(admit(Some(TOKEN), origin()).await, Ok(()), "good calls are not counted");
        }
        for _ in 0..5 {
            assert!(matches!(admit(Some("guess"), origin()).await, Err(Error::Unauthenticated(_))));
        }
        for token in ["guess", TOKEN] {
            assert!(matches!(admit(Some(token), origin()).await, Err(Error::Throttled { .. })), "{token}");
        }
        let elsewhere = Origin { address: Some([198, 51, 100, 9].into()), ..origin() };
        assert_eq!(admit(Some(TOKEN), elsewhere).await, Ok(()));
        world.clock.advance(TimeDelta::minutes(15));
        assert_eq!(admit(Some(TOKEN), origin()).await, Ok(()));
        let refused = world.test_db.dump().await.matches("operator.called").count();
        assert_eq!(refused, 5, "what the throttle turns away is not written");
    }

    #[tokio::test]
    async fn a_deleted_workspace_takes_everything_along_but_its_log() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let eve = world.neighbour("Eve", "pro").await;
        let keys = &world.services.keys;
        let gone = keys.create(&ada, &key_form("gone", &["workflows:read"])).await.expect("a key");
        let kept = keys.create(&eve, &key_form("kept", &["workflows:read"])).await.expect("a key");
        for key in [&gone, &kept] {
            assert_eq!(verdict(&world.services, key.secret.expose()).await, Verdict::Allowed);
        }
        let (by, operations) = (operator(&world).await, &world.services.operations);
        assert!(matches!(operations.delete(&by, "acme", "Acme").await, Err(Error::Invalid(_))));
        assert_eq!(operations.delete(&by, "acme", "acme").await, Ok(()));
        assert_eq!(verdict(&world.services, gone.secret.expose()).await, Verdict::Unknown);
        assert_eq!(verdict(&world.services, kept.secret.expose()).await, Verdict::Allowed);
        world.services.usage.flush().await.expect("marks of the dead key keep nobody's from being written");
        let last = keys.get(&eve, kept.key.id).await.expect("the key").last_use;
        assert!(last.is_some());
        assert_eq!(operations.get(&by, "acme").await, Err(Error::NotFound("workspace")));
        let rows = world.test_db.dump().await;
        assert!(rows.contains("workspace.deleted") && rows.contains("key.created"));
        assert!(world.services.accounts.get(ada.user.id).await.is_ok_and(|user| user.is_some()));
    }

    #[tokio::test]
    async fn lodol_06_a_plan_without_the_api_stops_the_keys_and_a_better_one_lets_them_on() {
        let (world, ada) = World::owned("lodol", "pro").await;
        let key = world.services.keys.create(&ada, &key_form("a", &["workflows:read"])).await.expect("a key");
        let (by, operations) = (operator(&world).await, &world.services.operations);
        for (name, expected) in [("free", Verdict::PlanWithoutApi), ("team", Verdict::Allowed)] {
            operations.change(&by, "acme", &plan(name)).await.expect("changed");
            assert_eq!(verdict(&world.services, key.secret.expose()).await, expected);
        }
    }

    #[tokio::test]
    async fn common_05_a_change_on_one_node_is_seen_on_the_other() {
        // SQLite serves one node.
        if postgres_url().is_none() {
            return;
        }
        let (world, ada) = World::owned("lodol", "pro").await;
        let other = world.second_node().await;
        let following = [world.services.gate.clone(), other.gate.clone()]
            .map(|gate| tokio::spawn(async move { gate.follow_other_nodes().await }));
        let key = world.services.keys.create(&ada, &key_form("a", &["workflows:read"])).await.expect("a key");
        for _ in 0..20 {
            assert_eq!(ask(&other, key.secret.expose(), 0).await, Verdict::Allowed);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let by = operator(&world).await;
        world.services.operations.change(&by, "acme", &plan("free")).await.expect("changed");
        let refused = async {
            while ask(&other, key.secret.expose(), 0).await == Verdict::Allowed {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        assert!(tokio::time::timeout(Duration::from_secs(2), refused).await.is_ok());
        for task in following {
            task.abort();
        }
    }

    #[tokio::test]
    async fn two_who_make_workspaces_for_one_new_owner_make_one_account() {
        let world = World::empty("lodol").await;
        let (by, operations) = (operator(&world).await, &world.services.operations);
        let new = |name: &str| NewCustomer {
            name: name.to_owned(),
            plan: "pro".to_owned(),
            owner_email: "Grace@Example.com".to_owned(),
            owner_name: "Grace".to_owned(),
        };
        let (one, two) = (new("One"), new("Two"));
        let (one, two) = tokio::join!(operations.create(&by, &one), operations.create(&by, &two));
        let holder = async |link: &SignInLink| world.services.accounts.link_is_for(link.token()).await;
        let (one, two) = (one.expect("made").1, two.expect("made").1);
        assert_eq!(holder(&one).await, holder(&two).await);
    }
}
