//! What a key can do now: its scopes ∩ its owner's role ∩ the plan, and what is missing and why.

use super::{ApiKey, KeyOwner};
use crate::profile::{Plan, Profile, ScopeSet};

/// One scope that a key was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffectiveScope {
    /// Its name.
    pub name: String,
    /// What it allows; empty if the profile has dropped it.
    pub description: String,
    /// Why it is not in effect, if it is not.
    pub missing: Option<Missing>,
}

/// Why a scope that a key was given does nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The owner's role does not include it.
    Role {
        /// The role's title.
        role: String,
    },
    /// The plan does not include it, or not the API at all.
    Plan {
        /// The plan's title.
        plan: String,
    },
    /// The owner has left.
    OwnerLeft,
    /// The product has no such scope any more.
    Dropped,
}

impl ApiKey {
    /// What the role of the key's owner allows; of a key of the workspace itself, everything; none if the
    /// owner has left.
    #[must_use]
    pub fn role_scopes(&self, profile: &Profile) -> Option<ScopeSet> {
        match &self.owner {
            KeyOwner::Workspace => Some(ScopeSet::ALL),
            KeyOwner::Member { role, .. } => {
                role.as_deref().and_then(|role| profile.role(role)).map(|role| role.scopes)
            }
        }
    }

    /// Each scope that the key was given, in the profile's order, with what becomes of it on this plan.
    #[must_use]
    pub fn effective(&self, profile: &Profile, plan: Option<&Plan>) -> Vec<EffectiveScope> {
        let given = profile.known_scopes(&self.scopes);
        let known = profile.scopes.iter().enumerate().filter(|(i, _)| given.has(*i)).map(|(i, spec)| EffectiveScope {
            name: spec.name.clone(),
            description: spec.description.clone(),
            missing: self.missing(ScopeSet::one(i), profile, plan),
        });
        let dropped = self.scopes.iter().filter(|name| profile.scope_set(&[name]).is_err());
        let dropped = dropped.map(|name| EffectiveScope {
            name: name.clone(),
            description: String::new(),
            missing: Some(Missing::Dropped),
        });
        known.chain(dropped).collect()
    }

    fn missing(&self, scope: ScopeSet, profile: &Profile, plan: Option<&Plan>) -> Option<Missing> {
        let Some(role) = self.role_scopes(profile) else { return Some(Missing::OwnerLeft) };
        if !plan.is_some_and(|plan| plan.api && plan.scopes.covers(scope)) {
            let title = plan.map_or_else(|| "current".to_owned(), |plan| plan.title.clone());
            return Some(Missing::Plan { plan: title });
        }
        if role.covers(scope) {
            return None;
        }
        let role = match &self.owner {
            KeyOwner::Member { role, .. } => role.as_deref().and_then(|role| profile.role(role)),
            KeyOwner::Workspace => None,
        };
        Some(Missing::Role { role: role.map(|role| role.title.clone()).unwrap_or_default() })
    }
}
