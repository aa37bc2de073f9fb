//! What a profile says, after it has been checked: every name in it refers to something that exists.

use crate::{codes, words};
use std::{fmt, time::Duration};

/// Everything that differs between one product and the next.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// The file's name without `.toml`.
    pub name: String,
    /// The product as its customers call it.
    pub product: String,
    /// Where the product's own documentation of its API is, if anywhere.
    pub docs_url: Option<String>,
    /// The product's nouns.
    pub words: Words,
    /// Where the keys page is found, as the documents of the product print it: `["Settings", "API Keys"]`.
    pub menu: Vec<String>,
    /// Where a customer changes what it pays for; none: the dashboard's own plan page is all there is.
    pub billing_url: Option<String>,
    /// What `X-RateLimit-Reset` says.
    pub rate_reset: RateReset,
    /// Whether every refusal of the gate says where it can be mended, and not only those that the plan is the reason of.
    pub action_urls: bool,
    /// Whether the dashboard's session of a member opens the API as well, from a browser.
    pub session_cookie: bool,
    /// What a key looks like.
    pub key: KeyFormat,
    /// Whether a key may belong to the workspace itself, and so outlive the person who made it.
    pub workspace_keys: bool,
    /// The longest time for which a rotated key's old secret may go on working, in days.
    pub longest_grace_days: u32,
    /// Whether a key may be given `*`: every scope, those to come as well.
    pub wildcard: bool,
    /// What a key gets when none is named; empty where one must be.
    pub default_scopes: Vec<String>,
    /// In which headers a key may come.
    pub carriers: Vec<Carrier>,
    /// How much a caller is told about why its key is refused.
    pub refusals: Refusals,
    /// The scopes, in the order in which they are shown; at most [`ScopeSet::MOST`].
    pub scopes: Vec<ScopeSpec>,
    /// The roles, from the most to the least powerful. The first is the owner's.
    pub roles: Vec<Role>,
    /// When keys end.
    pub expiry: ExpiryPolicy,
    /// The plans, from the smallest to the largest.
    pub plans: Vec<Plan>,
    /// The requests that the gate lets through, and what each needs.
    pub routes: Vec<Route>,
    /// Which pages of other sites may call the API from a browser; none: what its preflights are answered is the API's
    /// own affair.
    pub cors: Option<Cors>,
    /// What apps may do that people did not write here, and for how long what they are given works.
    pub oauth: OAuth,
}

/// What the product says of apps and of their tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuth {
    /// Where the apps page is found, as the documents of the product print it.
    pub menu: Vec<String>,
    /// What a workspace says of apps from elsewhere until its owner says otherwise.
    pub self_registration: SelfRegistration,
    /// The most that an app which registered itself may ever ask for.
    pub self_registration_scopes: ScopeSet,
    /// How many apps may register themselves from one address in an hour.
    pub registrations_per_hour: u32,
    /// How many devices may ask from one address in an hour to be let in.
    pub devices_per_hour: u32,
    /// For how long an access token works.
    pub access_token_minutes: u32,
    /// For how long a refresh token works that nobody uses.
    pub refresh_idle_days: u32,
    /// For how long a grant can be refreshed at all.
    pub refresh_absolute_days: u32,
    /// For how long a refresh token that was used gives the same successor once more; 0: never.
    pub refresh_grace_seconds: u32,
    /// Which of the two addresses of the token endpoint the metadata names. Both work.
    pub token_endpoint: String,
}

/// What becomes of an app from elsewhere when a member wants to use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelfRegistration {
    /// It may not be used.
    Off,
    /// It may be once somebody who manages apps has approved it.
    Approval,
    /// It may be used.
    Open,
}

impl SelfRegistration {
    /// Each, with the word that profiles, forms and the database have for it.
    pub const ALL: &[(Self, &'static str)] = &[(Self::Off, "off"), (Self::Approval, "approval"), (Self::Open, "open")];

    /// The word.
    #[must_use]
    pub fn code(self) -> &'static str {
        codes::code(Self::ALL, self)
    }

    /// What the word means.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        codes::parse(Self::ALL, code)
    }
}

/// Which pages of other sites may call the API from a browser, and with what (the Fetch standard's CORS protocol).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cors {
    /// Whose pages.
    pub origins: Origins,
    /// Which headers they may send besides those that carry a key and `Content-Type`.
    pub headers: Vec<String>,
    /// For how many seconds a browser need not ask again.
    pub max_age: u32,
}

/// Whose pages may call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origins {
    /// Anybody's.
    Any,
    /// Those of these: `https://app.example.com`.
    These(Vec<String>),
}

impl Cors {
    /// Whether pages of this origin may call. Browsers write origins in one way (RFC 6454 §6.2).
    #[must_use]
    pub fn admits(&self, origin: &str) -> bool {
        match &self.origins {
            Origins::Any => true,
            Origins::These(origins) => origins.iter().any(|known| known == origin),
        }
    }
}

/// What the product calls things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// "workspace", "team", "agency".
    pub workspace: String,
    /// "workspaces", "teams", "agencies".
    pub workspaces: String,
    /// What the button says that makes a key: "Create key", "Generate Key".
    pub create_key: String,
}

/// What a key looks like: `prefix` + random characters + checksum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFormat {
    /// `sk_live_`, `sk_`, `sked_live_`: lower-case letters, digits and underscores, ending in one.
    pub prefix: String,
    /// Which characters follow.
    pub alphabet: Alphabet,
    /// How many characters after the prefix stay visible in the dashboard.
    pub visible: usize,
    /// Where keys of one workspace are told apart by their prefix: live and test. Empty where all are
    /// alike; else the first is the usual one, and `prefix` is its prefix.
    pub environments: Vec<Environment>,
}

/// A world of its own for some of a workspace's keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// `live`.
    pub name: String,
    /// `Live`.
    pub title: String,
    /// `sk_live_`.
    pub prefix: String,
}

impl KeyFormat {
    /// Every prefix that a key may have, the usual one first.
    pub fn prefixes(&self) -> impl Iterator<Item = &str> {
        let others = self.environments.iter().map(|environment| environment.prefix.as_str());
        std::iter::once(self.prefix.as_str()).chain(others.skip(1))
    }

    /// The environment of this name.
    #[must_use]
    pub fn environment(&self, name: &str) -> Option<&Environment> {
        self.environments.iter().find(|environment| environment.name == name)
    }
}

/// The characters of the random part and of the checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// Digits, upper-case and lower-case letters: 43 characters carry 256 bits.
    Base62,
    /// Lower-case hexadecimal: 64 characters carry 256 bits.
    Hex,
}

/// A header that can carry a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// `Authorization: Bearer <key>` (RFC 6750 §2.1).
    Bearer,
    /// `X-API-Key: <key>`.
    XApiKey,
}

impl Carrier {
    /// How a key is sent in it.
    #[must_use]
    pub const fn example(self) -> &'static str {
        match self {
            Self::Bearer => "Authorization: Bearer <key>",
            Self::XApiKey => "X-API-Key: <key>",
        }
    }
}

/// What a caller is told when its key is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusals {
    /// Revoked, expired and disabled keys are told apart from unknown ones. Who knows the key may know that.
    Detailed,
    /// One sentence for all of them; the reason is for the dashboard alone.
    Uniform,
}

/// A named right over the operator's API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeSpec {
    /// `workflows:read`.
    pub name: String,
    /// The heading that it is shown under: `Workflows`.
    pub group: String,
    /// What it allows, in words: "List workflows and read their details".
    pub description: String,
    /// Whether it only lets things be seen: the preset "read only" is made of these.
    pub read_only: bool,
}

/// What a member may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// `owner`.
    pub name: String,
    /// `Owner`.
    pub title: String,
    /// What it may do in the dashboard and over REST.
    pub rights: Vec<Right>,
    /// The scopes that keys of a member with this role can carry.
    pub scopes: ScopeSet,
}

impl Role {
    /// Whether the role carries `right`.
    #[must_use]
    pub fn may(&self, right: Right) -> bool {
        self.rights.contains(&right)
    }
}

/// What a role may allow in the dashboard and over REST. No key can carry any of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// See the list of keys (never a secret).
    KeysRead,
    /// Create, change and revoke keys.
    KeysManage,
    /// See who the members are.
    MembersRead,
    /// Invite members, change their roles, remove them.
    MembersManage,
    /// See the apps (never a secret), and what went wrong with them.
    AppsRead,
    /// Register, change and delete apps; say which apps from elsewhere may be used.
    AppsManage,
    /// Read the audit log.
    AuditRead,
}

impl Right {
    /// Every right, with the name that a profile gives it.
    pub const ALL: &[(Self, &'static str)] = &[
        (Self::KeysRead, "keys:read"),
        (Self::KeysManage, "keys:manage"),
        (Self::MembersRead, "members:read"),
        (Self::MembersManage, "members:manage"),
        (Self::AppsRead, "apps:read"),
        (Self::AppsManage, "apps:manage"),
        (Self::AuditRead, "audit:read"),
    ];
}

/// When keys end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpiryPolicy {
    /// The choices that the form offers, in days, ascending.
    pub presets: Vec<u32>,
    /// The choice that is made already; none means "never", which `required` excludes.
    pub default_days: Option<u32>,
    /// The longest life that a key may have.
    pub max_days: Option<u32>,
    /// Whether every key must end.
    pub required: bool,
}

impl ExpiryPolicy {
    /// The longest life that any profile may grant, in days: a hundred years, so that dates stay dates.
    pub const MOST_DAYS: u32 = 36_500;
}

/// What a workspace pays for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// `pro`.
    pub name: String,
    /// `Pro`.
    pub title: String,
    /// How many usable keys a workspace may have; 0 means that keys are not available.
    pub keys: u32,
    /// Whether requests pass the gate at all.
    pub api: bool,
    /// The scopes that keys can use on this plan.
    pub scopes: ScopeSet,
    /// How many requests fit into which windows; none: as many as come.
    pub limits: Vec<Limit>,
    /// How many executions of a workspace may run at once.
    pub concurrent: Option<u32>,
    /// How many of its requests may be under way at once through the built-in gateway.
    pub concurrent_requests: Option<u32>,
}

/// What `X-RateLimit-Reset` says of the moment at which a window is empty again: products differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateReset {
    /// In how many seconds it comes.
    Seconds,
    /// Which second since 1970 it is.
    Epoch,
}

/// How many requests fit into a window of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// What it is called in headers: `minute`. Each of a plan's has a name of its own.
    pub name: String,
    /// So many.
    pub requests: u64,
    /// The window.
    pub per: Per,
    /// What has a window of its own.
    pub each: Each,
    /// How they are counted.
    pub algorithm: Algorithm,
}

impl Limit {
    /// "1,000 per minute, for each key".
    #[must_use]
    pub fn words(&self) -> String {
        let whose = match self.each {
            Each::Workspace => "shared by all keys",
            Each::Key => "for each key",
        };
        format!("{} per {}, {whose}", words::number(self.requests), self.per.words())
    }
}

/// How the requests of a window are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// The window begins with its first request; at its end all is free again.
    Fixed,
    /// What was let through becomes free again bit by bit: no two windows' requests can meet at their border.
    Sliding,
}

/// The length of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// So many seconds.
    Seconds(u32),
    /// Sixty seconds.
    Minute,
    /// Sixty minutes.
    Hour,
    /// From midnight to midnight, UTC.
    Day,
}

impl Per {
    /// How long a window is; none for a day, which ends when it ends.
    #[must_use]
    pub const fn length(self) -> Option<Duration> {
        match self {
            Self::Seconds(seconds) => Some(Duration::from_secs(seconds as u64)),
            Self::Minute => Some(Duration::from_secs(60)),
            Self::Hour => Some(Duration::from_secs(3_600)),
            Self::Day => None,
        }
    }

    /// `minute`, `30 seconds`: what follows "requests per".
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Seconds(1) => "second".to_owned(),
            Self::Seconds(seconds) => words::plural(seconds.into(), "second"),
            Self::Minute => "minute".to_owned(),
            Self::Hour => "hour".to_owned(),
            Self::Day => "day".to_owned(),
        }
    }
}

/// What has a window of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Each {
    /// The workspace: all its keys share the window.
    Workspace,
    /// Every key.
    Key,
}

/// A request that the gate knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Upper case: `GET`.
    pub method: String,
    /// A path with `{name}` for one segment: `/api/v1/workflows/{id}`.
    pub path: String,
    /// What it needs.
    pub needs: RouteNeeds,
}

/// What a key must carry for a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RouteNeeds {
    /// Any working key: `scope = "none"`.
    Nothing,
    /// All of these.
    Scopes(ScopeSet),
    /// The scope that the path itself names in this variable segment: `scope = "{integration}"`. A request
    /// whose segment is no scope has no route.
    Segment(String),
}

/// A set of the profile's scopes: one bit each, in the order of [`Profile::scopes`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ScopeSet(u128);

impl ScopeSet {
    /// How many scopes a profile may have.
    pub const MOST: usize = 128;
    /// No scope.
    pub const NONE: Self = Self(0);
    /// Every scope that there may ever be.
    pub const ALL: Self = Self(u128::MAX);

    /// The set of one scope, by its place in the profile.
    #[must_use]
    pub const fn one(index: usize) -> Self {
        Self(1 << index)
    }
    /// Both sets together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// What is in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
    /// What is in this one and not in `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
    /// Whether all of `other` is in this one.
    #[must_use]
    pub const fn covers(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }
    /// Whether the set has nothing.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
    /// Whether the scope at this place is in the set.
    #[must_use]
    pub const fn has(self, index: usize) -> bool {
        self.0 >> index & 1 == 1
    }
}

impl fmt::Debug for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ScopeSet({:b})", self.0)
    }
}

impl Profile {
    /// The word for every scope.
    pub const WILDCARD: &'static str = "*";

    /// Every scope of the profile.
    #[must_use]
    pub fn all_scopes(&self) -> ScopeSet {
        (0..self.scopes.len()).map(ScopeSet::one).fold(ScopeSet::NONE, ScopeSet::with)
    }

    /// How far down the list of roles this one stands: 0 is the owner's. One that the profile does not
    /// have stands below all.
    #[must_use]
    pub fn rank(&self, role: &str) -> usize {
        self.roles.iter().position(|r| r.name == role).unwrap_or(usize::MAX)
    }

    /// The names of a set, in the profile's order.
    #[must_use]
    pub fn scope_names(&self, set: ScopeSet) -> Vec<String> {
        self.names_of(set).map(str::to_owned).collect()
    }

    /// The same, one after the other.
    pub fn names_of(&self, set: ScopeSet) -> impl Iterator<Item = &str> {
        self.scopes.iter().enumerate().filter(move |(i, _)| set.has(*i)).map(|(_, scope)| scope.name.as_str())
    }

    /// The same as one text, as headers and tokens have it (RFC 6749 §3.3).
    #[must_use]
    pub fn scope_list(&self, set: ScopeSet) -> String {
        let mut list = String::new();
        for name in self.names_of(set) {
            if !list.is_empty() {
                list.push(' ');
            }
            list.push_str(name);
        }
        list
    }

    /// The set of these names; a name that the profile does not have is an error.
    pub fn scope_set<S: AsRef<str>>(&self, names: &[S]) -> Result<ScopeSet, String> {
        names.iter().try_fold(ScopeSet::NONE, |set, name| {
            let name = name.as_ref();
            if name == Self::WILDCARD && self.wildcard {
                return Ok(self.all_scopes());
            }
            let found = self.scopes.iter().position(|s| s.name == name);
            found.map(|i| set.with(ScopeSet::one(i))).ok_or_else(|| name.to_owned())
        })
    }

    /// The set of names that were stored; one that the profile has since dropped grants nothing.
    #[must_use]
    pub fn known_scopes<S: AsRef<str>>(&self, names: &[S]) -> ScopeSet {
        names.iter().filter_map(|n| self.scope_set(&[n]).ok()).fold(ScopeSet::NONE, ScopeSet::with)
    }

    /// The plan of this name.
    #[must_use]
    pub fn plan(&self, name: &str) -> Option<&Plan> {
        self.plans.iter().find(|p| p.name == name)
    }

    /// The role of this name.
    #[must_use]
    pub fn role(&self, name: &str) -> Option<&Role> {
        self.roles.iter().find(|r| r.name == name)
    }

    /// The role of whoever creates a workspace: the first of the profile, which always has one.
    #[must_use]
    pub fn owner_role(&self) -> &Role {
        &self.roles[0]
    }
}
