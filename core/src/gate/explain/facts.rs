//! What the gate saw.

use crate::{Time, ids::UserId};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Where a key must not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In the URL.
    Query,
    /// In `X-API-Key`, where the product reads `Authorization`.
    XApiKey,
    /// In `Authorization`, without `Bearer` or where the product reads `X-API-Key`.
    Authorization,
    /// Beside another key.
    Beside,
}

/// What the gate saw of a request and its key at that moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// As the profile spells it; none if no route fits, or only scopes were asked about.
    #[serde(skip)]
    pub route: Option<String>,
    /// From where the request came.
    #[serde(skip)]
    pub address: Option<IpAddr>,
    /// Where the key was, if not where keys are read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Whether what came cannot be a key at all.
    #[serde(skip)]
    pub malformed: bool,
    /// When the secret ends, if another one has taken its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retires_at: Option<Time>,
    /// When the key ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
    /// Whose key it is; none if it is the workspace's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<UserId>,
    /// From where it may be used; empty: from anywhere.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub networks: Vec<IpNet>,
    /// The scopes that the request needed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needed: Vec<String>,
    /// What the key could do: its scopes ∩ its owner's role ∩ the plan.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub effective: Vec<String>,
    /// What of it was missing, and whose fault that was.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lacking: Vec<Lacking>,
    /// How the plan's windows stood.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<LimitSeen>,
}

/// A scope that was missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lacking {
    /// Its name.
    pub scope: String,
    /// Who does not have it.
    pub from: Source,
}

/// What bounds a key. The first that lacks a scope is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The key was not given it.
    Key,
    /// The role of its owner does not include it.
    Role,
    /// The plan does not.
    Plan,
}

/// A window of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitSeen {
    /// `minute`.
    pub name: String,
    /// How many requests fit into it.
    pub limit: u64,
    /// `minute`, `30 seconds`: what follows "requests per".
    pub per: String,
    /// How many still did.
    pub remaining: u64,
    /// In how many seconds all of it was free again.
    pub resets_in: u64,
    /// In how many seconds there was room, if there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<u64>,
}

impl Place {
    /// What was wrong.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Query => "The key stood in the URL, where it ends up in logs.",
            Self::XApiKey => "The key came in X-API-Key, which is not read here.",
            Self::Authorization => "The key came in Authorization, but not as it is read here.",
            Self::Beside => "The key came beside another one, and nobody can know which was meant.",
        }
    }
}

impl Facts {
    /// From where the request came, for people.
    pub(super) fn origin(&self) -> String {
        self.address.map_or_else(|| "an unknown address".to_owned(), |address| address.to_canonical().to_string())
    }
}
