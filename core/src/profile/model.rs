//! What a profile says, after it has been checked: every name in it refers to something that exists. In files as its
//! `sections` are.

mod cors;
mod key;
mod oauth;
mod plans;
mod scopes;

pub use cors::*;
pub use key::*;
pub use oauth::*;
pub use plans::*;
pub use scopes::*;

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
