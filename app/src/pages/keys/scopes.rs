//! Scopes as forms offer them: which can be chosen, and why the others cannot.

use keywright_core::{
    keys::{ApiKey, KeyOwner},
    profile::{Profile, Role, ScopeSet, ScopeSpec},
};

/// Scopes under one heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ScopeGroup {
    /// The heading: "Workflows".
    pub title: String,
    /// The scopes, in the profile's order.
    pub scopes: Vec<ScopeChoice>,
}

/// One scope to tick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ScopeChoice {
    /// `workflows:read`.
    pub name: String,
    /// What it is called for people, where that is not its name.
    pub title: Option<&'static str>,
    /// What it allows, in words.
    pub description: String,
    /// Whether it only lets things be seen.
    pub read_only: bool,
    /// What a person should know before choosing: why it cannot be, or what taking it away means.
    pub remark: Option<String>,
    /// Whether it cannot be chosen.
    pub barred: bool,
}

/// All that a form offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ScopeOffer {
    /// `*`, where the profile has it.
    pub wildcard: Option<ScopeChoice>,
    /// The rest, each heading where its first scope stands.
    pub groups: Vec<ScopeGroup>,
}

/// A choice that is made by one click.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// What only lets things be seen.
    Read,
    /// All that the member's role covers.
    All,
    /// Nothing.
    None,
}

impl Preset {
    /// Every preset with its word in links and its title.
    pub const ALL: &[(Self, &'static str, &'static str)] =
        &[(Self::Read, "read", "Read only"), (Self::All, "all", "Everything I may"), (Self::None, "none", "None")];

    /// Reads a link's word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, w, _)| *w == word).map(|(preset, ..)| *preset)
    }

    /// The names of the scopes that it stands for.
    #[must_use]
    pub fn scopes(self, profile: &Profile, role: &Role) -> Vec<String> {
        let chosen = |spec: &ScopeSpec| match self {
            Self::Read => spec.read_only,
            Self::All => true,
            Self::None => false,
        };
        let covered = profile.scopes.iter().enumerate().filter(|(i, _)| role.scopes.has(*i)).map(|(_, spec)| spec);
        covered.filter(|spec| chosen(spec)).map(|spec| spec.name.clone()).collect()
    }
}

impl ScopeOffer {
    /// For a new key: what the role covers.
    pub(crate) fn new(profile: &Profile, role: &Role) -> Self {
        Self::of(profile, |scopes| {
            let beyond = !role.scopes.covers(scopes);
            (beyond, beyond.then(|| format!("Your role ({}) does not include this.", role.title)))
        })
    }

    /// For an app: what the role covers, and what the app has already. It is never given `*`: whoever allows it must be
    /// able to read what it gets.
    pub(crate) fn of_app(profile: &Profile, role: &Role, has: &[String]) -> Self {
        let has = profile.known_scopes(has);
        let offer = Self::of(profile, |scopes| {
            let beyond = !role.scopes.with(has).covers(scopes);
            (beyond, beyond.then(|| format!("Your role ({}) does not include this.", role.title)))
        });
        Self { wildcard: None, ..offer }
    }

    /// For a rule about apps: every scope that there is.
    pub(crate) fn of_rule(profile: &Profile) -> Self {
        Self { wildcard: None, ..Self::of(profile, |_| (false, None)) }
    }

    /// For a key that is there: what it has may stay, whatever the role; what is added must be within the
    /// editor's role and its owner's.
    pub(crate) fn change(profile: &Profile, role: &Role, key: &ApiKey) -> Self {
        let given = profile.known_scopes(&key.scopes);
        let has_all = key.scopes.iter().any(|name| name == Profile::WILDCARD);
        let all = profile.all_scopes();
        let mut offer = Self::of(profile, |scopes| {
            // Only the wildcard asks for all of several.
            let given = if scopes == all { has_all } else { !has_all && given.covers(scopes) };
            let why = if !role.scopes.covers(scopes) {
                Some(format!("Your role ({}) does not include this.", role.title))
            } else if !key.role_scopes(profile).is_some_and(|owners| owners.covers(scopes)) {
                Some(beyond_owner(&key.owner, profile))
            } else {
                None
            };
            match (why, given) {
                (Some(why), true) => {
                    (false, Some(format!("{why} It may stay; once removed, it cannot be added again.")))
                }
                (Some(why), false) => (true, Some(why)),
                (None, _) => (false, None),
            }
        });
        let dropped: Vec<_> = key.scopes.iter().filter(|name| profile.scope_set(&[name]).is_err()).collect();
        if !dropped.is_empty() {
            let choice = |name: &&String| ScopeChoice {
                name: (*name).clone(),
                title: None,
                description: format!("{} has no such scope any more: it does nothing.", profile.product),
                read_only: false,
                remark: None,
                barred: false,
            };
            let scopes = dropped.iter().map(choice).collect();
            offer.groups.push(ScopeGroup { title: "No longer offered".to_owned(), scopes });
        }
        offer
    }

    /// `judge` says of a scope, or of all of them, whether it is barred and what is to be remarked.
    fn of(profile: &Profile, judge: impl Fn(ScopeSet) -> (bool, Option<String>)) -> Self {
        let mut groups = Vec::<ScopeGroup>::new();
        for (i, spec) in profile.scopes.iter().enumerate() {
            let (barred, remark) = judge(ScopeSet::one(i));
            let choice = ScopeChoice {
                name: spec.name.clone(),
                title: None,
                description: spec.description.clone(),
                read_only: spec.read_only,
                remark,
                barred,
            };
            match groups.iter_mut().find(|group| group.title == spec.group) {
                Some(group) => group.scopes.push(choice),
                None => groups.push(ScopeGroup { title: spec.group.clone(), scopes: vec![choice] }),
            }
        }
        let wildcard = profile.wildcard.then(|| {
            let (barred, remark) = judge(profile.all_scopes());
            ScopeChoice {
                name: Profile::WILDCARD.to_owned(),
                title: Some("Everything"),
                description: format!("All that {} offers, what comes later too", profile.product),
                read_only: false,
                remark,
                barred,
            }
        });
        Self { wildcard, groups }
    }

    /// Every scope of the offer, the wildcard excepted.
    pub(crate) fn scopes(&self) -> impl Iterator<Item = &ScopeChoice> {
        self.groups.iter().flat_map(|group| &group.scopes)
    }
}

fn beyond_owner(owner: &KeyOwner, profile: &Profile) -> String {
    match owner {
        KeyOwner::Member { person, role: Some(role) } => {
            let title = profile.role(role).map_or(role.as_str(), |role| role.title.as_str());
            format!("The role of {} ({title}), whose key it is, does not include this.", person.name)
        }
        KeyOwner::Member { person, role: None } => format!("{}, whose key it is, has left.", person.name),
        KeyOwner::Workspace => format!("The {} itself does not have this.", profile.words.workspace),
    }
}
