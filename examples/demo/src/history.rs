//! What happened when.

use crate::{
    cast::{Cast, INVITED, Member, OWNER, PASSWORD, Person},
    clock::MovedClock,
    fate::Fate,
    traffic::{Caller, Rhythm, Sent},
};
use anyhow::{Context as _, Result};
use chrono::{NaiveTime, TimeDelta, Timelike as _};
use keywright_core::{
    Time,
    accounts::{SetupForm, User},
    actor::{Actor, Origin},
    apps::{AppForm, AppKind, RegisteredApp},
    gate::{Call, Needs},
    ids::KeyId,
    keys::{CreatedKey, KeyForm, RotateForm},
    members::{InviteForm, JoinForm},
    oauth::Parameters,
    operator::{CustomerChange, NewCustomer, Operator},
    profile::{Per, Profile, RouteNeeds},
    random,
    secret::{Secret, SecretHash},
    services::Services,
    usage::Retention,
    workspaces::Workspace,
};
use std::{collections::HashMap, net::Ipv4Addr};

/// An hour, the step in which traffic is made.
const HOUR: TimeDelta = TimeDelta::hours(1);

/// A plan with room for more in a minute is not filled up: it would take too long.
const MOST_AT_ONCE: u32 = 1_000;

/// The story under way.
pub(crate) struct History<'a> {
    services: &'a Services,
    clock: &'a MovedClock,
    cast: &'a Cast,
    /// The keys by their labels.
    keys: HashMap<&'static str, KeyId>,
    callers: Vec<Caller>,
    /// Those who manage the workspace: the owner, then whoever else makes keys.
    people: Vec<User>,
    workspace: Option<Workspace>,
    first_call: Option<FirstCall>,
}

/// A request that works, to be tried by hand.
pub(crate) struct FirstCall {
    pub(crate) path: String,
    pub(crate) secret: Secret,
}

/// Something that happened, other than requests.
#[derive(Clone, Copy, Debug)]
enum Step {
    Claim,
    Grow,
    Join(usize),
    Invite,
    Other(usize),
    Create(Fate),
    Revoke,
    Disable,
    Rotate,
    Register(AppKind, &'static str),
}

/// So many days ago, at this hour: the first happened first.
const STEPS: [(i64, u32, Step); 20] = [
    (59, 9, Step::Claim),
    (59, 10, Step::Create(Fate::Main)),
    (58, 8, Step::Join(0)),
    (57, 13, Step::Grow),
    (56, 14, Step::Create(Fate::Nightly)),
    (54, 9, Step::Create(Fate::Revoked)),
    (50, 15, Step::Create(Fate::Ended)),
    (44, 11, Step::Create(Fate::Narrow)),
    (40, 10, Step::Create(Fate::Rotated)),
    (38, 16, Step::Create(Fate::Disabled)),
    (30, 9, Step::Other(0)),
    (25, 12, Step::Create(Fate::Ending)),
    (21, 11, Step::Register(AppKind::Server, "CRM sync")),
    (16, 15, Step::Register(AppKind::Machine, "Warehouse export")),
    (12, 17, Step::Revoke),
    (8, 9, Step::Disable),
    (3, 10, Step::Create(Fate::Unused)),
    (3, 11, Step::Register(AppKind::Device, "Lobby display")),
    (2, 11, Step::Rotate),
    (2, 14, Step::Invite),
];

/// The moment of a step, before `end`.
fn moment(end: Time, days: i64, hour: u32) -> Time {
    let midnight = (end - TimeDelta::days(days)).date_naive().and_time(NaiveTime::MIN).and_utc();
    midnight + HOUR * i32::try_from(hour).unwrap_or_default()
}

impl<'a> History<'a> {
    pub(crate) fn new(services: &'a Services, clock: &'a MovedClock, cast: &'a Cast) -> Self {
        Self {
            services,
            clock,
            cast,
            keys: HashMap::new(),
            callers: Vec::new(),
            people: Vec::new(),
            workspace: None,
            first_call: None,
        }
    }

    /// Lets everything happen, from the first day to this moment.
    pub(crate) async fn play(self) -> Result<FirstCall> {
        // On PostgreSQL the gate believes what it remembers only while it hears of changes elsewhere.
        let gate = self.services.gate.clone();
        let other_nodes = tokio::spawn(async move { gate.follow_other_nodes().await });
        let played = self.play_all().await;
        other_nodes.abort();
        played
    }

    async fn play_all(mut self) -> Result<FirstCall> {
        let mut steps = self.steps().into_iter().peekable();
        let mut hour = moment(self.clock.end, MovedClock::DAYS - 1, 0);
        while hour <= self.clock.end {
            while let Some((_, step)) = steps.next_if(|(at, _)| *at <= hour) {
                self.clock.walk_to(hour);
                self.take(step).await.with_context(|| format!("the story stopped at {step:?}"))?;
            }
            self.send_all(hour).await?;
            if hour.hour() == 23 {
                self.flush().await?;
            }
            hour += HOUR;
        }
        self.clock.walk_to(self.clock.end);
        self.flush().await?;
        self.services.usage.sweep(Retention::default()).await?;
        self.services.refusals.sweep().await?;
        self.first_call.context("no key was made")
    }

    /// The steps with those that depend on how many roles and plans there are.
    fn steps(&self) -> Vec<(Time, Step)> {
        let joins = (1..self.cast.members.len()).map(|n| (i64::try_from(53 - n).unwrap_or(53), 11, Step::Join(n)));
        let others = (1..self.cast.others.len()).map(|n| (i64::try_from(30 - n).unwrap_or(30), 10, Step::Other(n)));
        let all = STEPS.into_iter().chain(joins).chain(others);
        let there = |step: &Step| match step {
            Step::Join(n) => *n < self.cast.members.len(),
            Step::Other(n) => *n < self.cast.others.len(),
            Step::Claim
            | Step::Grow
            | Step::Invite
            | Step::Create(_)
            | Step::Revoke
            | Step::Disable
            | Step::Rotate
            | Step::Register(..) => true,
        };
        let mut steps: Vec<_> = all
            .filter(|(_, _, step)| there(step))
            .map(|(days, hour, step)| (moment(self.clock.end, days, hour), step))
            .collect();
        steps.sort_by_key(|(at, _)| *at);
        steps
    }

    async fn take(&mut self, step: Step) -> Result<()> {
        match step {
            Step::Claim => self.claim().await,
            Step::Grow => self.grow().await,
            Step::Join(n) => self.join(n).await,
            Step::Invite => self.invite().await,
            Step::Other(n) => self.open_other(n).await,
            Step::Create(fate) => self.create(fate).await,
            Step::Revoke => self.revoke().await,
            Step::Disable => self.disable().await,
            Step::Rotate => self.rotate().await,
            Step::Register(kind, name) => self.register(kind, name).await,
        }
    }

    async fn claim(&mut self) -> Result<()> {
        let link = self.services.accounts.setup_link().await?;
        let link = link.context("somebody is in this database already: nothing was written")?;
        let form = SetupForm {
            token: link.token().to_owned(),
            name: OWNER.name.to_owned(),
            email: OWNER.email.to_owned(),
            password: PASSWORD.to_owned(),
            workspace: self.cast.workspace.to_owned(),
            plan: self.cast.plans[0].clone(),
        };
        let (owner, workspace) = self.services.accounts.setup(&form, &origin()).await?;
        self.people.push(owner);
        self.workspace = Some(workspace);
        Ok(())
    }

    /// The workspace needs a larger plan.
    async fn grow(&self) -> Result<()> {
        let [first, larger] = &self.cast.plans;
        if first == larger {
            return Ok(());
        }
        let slug = &self.workspace()?.slug;
        let change = CustomerChange { plan: Some(larger.clone()), name: None };
        self.services.operations.change(&self.operator().await?, slug, &change).await?;
        Ok(())
    }

    async fn join(&mut self, n: usize) -> Result<()> {
        let Member { person, role } = &self.cast.members[n];
        let owner = self.actor(0).await?;
        let form = InviteForm { email: person.email.to_owned(), role: role.name.clone() };
        let (_, link) = self.services.members.invite(&owner, &form).await?;
        let Person { name, .. } = person;
        let form = JoinForm { token: link.token().to_owned(), name: (*name).to_owned(), password: PASSWORD.to_owned() };
        let (user, _) = self.services.members.join(&form, &origin()).await?;
        if self.cast.manager().is_some_and(|manager| manager.person.email == user.email) {
            self.people.push(user);
        }
        Ok(())
    }

    async fn invite(&self) -> Result<()> {
        let Some(Member { role, .. }) = self.cast.members.last() else { return Ok(()) };
        let form = InviteForm { email: INVITED.to_owned(), role: role.name.clone() };
        self.services.members.invite(&self.actor(0).await?, &form).await?;
        Ok(())
    }

    /// Another workspace of the owner, with a key if its plan has any.
    async fn open_other(&self, n: usize) -> Result<()> {
        let (name, plan) = &self.cast.others[n];
        let new = NewCustomer {
            name: (*name).to_owned(),
            plan: plan.clone(),
            owner_email: OWNER.email.to_owned(),
            owner_name: OWNER.name.to_owned(),
        };
        let (customer, _) = self.services.operations.create(&self.operator().await?, &new).await?;
        if customer.keys_limit == 0 {
            return Ok(());
        }
        let owner = self.services.workspaces.enter(self.people[0].id, &customer.workspace.slug, origin()).await?;
        let form = KeyForm {
            label: "First try".to_owned(),
            scopes: Fate::Narrow.scopes(&self.services.profile),
            ..KeyForm::default()
        };
        self.services.keys.create(&owner, &form).await?;
        Ok(())
    }

    async fn create(&mut self, fate: Fate) -> Result<()> {
        let actor = self.actor(fate.maker()).await?;
        let quota = self.services.keys.quota(&actor).await?;
        // A product of somebody's own may have smaller plans than the story needs.
        if quota.used >= quota.limit {
            return Ok(());
        }
        let profile = &self.services.profile;
        let mut scopes = fate.scopes(profile);
        scopes.retain(|name| {
            name == Profile::WILDCARD || profile.known_scopes(&[name]).without(actor.role.scopes).is_empty()
        });
        let label = fate.label(self.cast);
        let form = KeyForm {
            label: label.to_owned(),
            note: fate.note().to_owned(),
            scopes: scopes.clone(),
            expiry: fate.expiry(profile),
            environment: fate.environment(profile),
            owner: fate.owner(profile).to_owned(),
            ..KeyForm::default()
        };
        let CreatedKey { key, secret } = self.services.keys.create(&actor, &form).await?;
        self.keys.insert(label, key.id);
        self.hand_out(fate, secret, &key.scopes);
        Ok(())
    }

    /// A program gets the secret, and begins to work with it.
    fn hand_out(&mut self, fate: Fate, secret: Secret, scopes: &[String]) {
        let profile = &self.services.profile;
        if let (None, Some(path)) = (&self.first_call, first_path(profile, scopes)) {
            self.first_call = Some(FirstCall { path, secret: secret.clone() });
        }
        if let Some(rhythm) = fate.rhythm() {
            let place = u8::try_from(self.callers.len()).unwrap_or_default();
            self.callers.push(Caller::new(profile, secret, scopes, rhythm, 10 + place));
        }
    }

    async fn revoke(&mut self) -> Result<()> {
        let Some(id) = self.keys.get(self.cast.labels.revoked).copied() else { return Ok(()) };
        self.services.keys.revoke(&self.actor(0).await?, id, "Sold, and not wiped before", None).await?;
        self.slow_down(id).await
    }

    async fn disable(&mut self) -> Result<()> {
        let Some(id) = self.keys.get(self.cast.labels.disabled).copied() else { return Ok(()) };
        self.services.keys.disable(&self.actor(0).await?, id, None).await?;
        self.slow_down(id).await
    }

    /// Whoever is refused tries less often.
    async fn slow_down(&mut self, id: KeyId) -> Result<()> {
        let owner = self.actor(0).await?;
        for caller in &mut self.callers {
            let key = self.services.keys.find_by_hash(&owner, caller.secret.hash()).await?;
            if key.is_some_and(|key| key.id == id) {
                caller.rhythm = Rhythm::Rarely(9);
            }
        }
        Ok(())
    }

    /// The old secret has a week, and some still work with it.
    async fn rotate(&mut self) -> Result<()> {
        let Some(id) = self.keys.get(self.cast.labels.rotated).copied() else { return Ok(()) };
        let week = TimeDelta::days(7).min(TimeDelta::days(self.services.profile.longest_grace_days.into()));
        let form = RotateForm { grace: week.num_seconds().to_string(), ..RotateForm::default() };
        let CreatedKey { key, secret } = self.services.keys.rotate(&self.actor(0).await?, id, &form).await?;
        self.hand_out(Fate::Rotated, secret, &key.scopes);
        Ok(())
    }

    /// Somebody builds an app. One that acts for itself begins to at once.
    async fn register(&self, kind: AppKind, name: &str) -> Result<()> {
        let redirect = if kind.has_redirects() { "https://crm.northwind.example/oauth/callback" } else { "" };
        let form = AppForm {
            name: name.to_owned(),
            kind: kind.code().to_owned(),
            redirect_uris: redirect.to_owned(),
            scopes: Fate::Narrow.scopes(&self.services.profile),
            ..AppForm::default()
        };
        let RegisteredApp { app, .. } = self.services.apps.create(&self.actor(0).await?, &form).await?;
        if kind == AppKind::Machine {
            let asked = Parameters::new(vec![("grant_type".to_owned(), "client_credentials".to_owned())])?;
            self.services.oauth.token(&app, &asked, &origin()).await?;
        }
        Ok(())
    }

    /// The requests of an hour, in their order.
    async fn send_all(&self, hour: Time) -> Result<()> {
        let crowd = self.crowd()?;
        let places = self.callers.iter().zip(0..);
        let mut sent: Vec<_> = places.flat_map(|(caller, place)| caller.hour(hour, place, crowd)).collect();
        sent.sort_by_key(|sent| sent.at);
        for Sent { at, caller, wanted } in sent.into_iter().take_while(|sent| sent.at <= self.clock.end) {
            self.clock.walk_to(at);
            let needs = Needs::Request { method: &wanted.method, path: &wanted.path };
            let call = Call {
                key: Some(caller.secret.expose()),
                needs,
                address: caller.address,
                user_agent: Some(caller.program),
                cost: 1,
                from_stranger: true,
                member: None,
            };
            let passage = self.services.gate.check(call).await?;
            let request = random::uuid(at, self.services.random.as_ref()).to_string();
            self.services.gate.note_refused(&request, call, &passage);
        }
        Ok(())
    }

    async fn flush(&self) -> Result<()> {
        self.services.usage.flush().await?;
        self.services.apps.flush().await?;
        Ok(self.services.refusals.flush().await?)
    }

    /// So many requests the workspace's plan has in a minute; none if it does not say, or has room for a crowd.
    fn crowd(&self) -> Result<u32> {
        let [_, larger] = &self.cast.plans;
        let plan = self.services.profile.plan(larger).context("the plan is the profile's")?;
        let minutes = plan.limits.iter().filter(|limit| limit.per == Per::Minute).map(|limit| limit.requests);
        let crowd = minutes.min().and_then(|requests| u32::try_from(requests).ok());
        Ok(crowd.filter(|requests| *requests <= MOST_AT_ONCE).unwrap_or_default())
    }

    async fn actor(&self, place: usize) -> Result<Actor> {
        let user = self.people.get(place).or(self.people.first()).context("nobody is there yet")?;
        Ok(self.services.workspaces.enter(user.id, &self.workspace()?.slug, origin()).await?)
    }

    /// The operator, with a token that exists in here alone.
    async fn operator(&self) -> Result<Operator> {
        let token = "the demonstration's own operator";
        let expected = SecretHash::of(token.as_bytes());
        Ok(self.services.operations.admit(Some(token), expected, Origin::default()).await?)
    }

    fn workspace(&self) -> Result<&Workspace> {
        self.workspace.as_ref().context("there is no workspace yet")
    }
}

/// The first route that can be called as it stands with these scopes.
fn first_path(profile: &Profile, scopes: &[String]) -> Option<String> {
    let held = profile.known_scopes(scopes);
    let plain = profile.routes.iter().filter(|route| route.method == "GET" && !route.path.contains('{'));
    let mut open = plain.filter(|route| match &route.needs {
        RouteNeeds::Nothing => true,
        RouteNeeds::Scopes(needed) => held.covers(*needed),
        RouteNeeds::Segment(_) => false,
    });
    open.next().map(|route| route.path.clone())
}

/// Where people's requests come from (RFC 5737).
fn origin() -> Origin {
    let browser = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    Origin {
        address: Some(Ipv4Addr::new(198, 51, 100, 23).into()),
        user_agent: Some(browser.to_owned()),
        ..Origin::default()
    }
}
