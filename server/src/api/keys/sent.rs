//! What callers send about keys.

use crate::path::parse_id;
use crate::problem::Problem;
use keywright_core::{
    error::{Error, FieldError},
    ids::{KeyId, UserId},
    keys::{Bulk, KeyForm, KeyPatch, RotateForm},
    secret::SecretHash,
};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

/// A key to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewKey, example = json!({
    "label": "CI deploy", "note": "In the vault, under ci/deploy", "scopes": ["<scope>"], "expires_in_days": 90,
    "allowed_ips": ["203.0.113.0/24"],
}))]
pub struct Create {
    /// What people call it: 1 to 80 characters.
    label: String,
    /// Where it is kept, or what for: up to 500 characters.
    #[serde(default)]
    note: String,
    /// What it may do: a list of names, or one text with commas or spaces between them. Absent: the product's default.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Scopes, required = false)]
    scopes: Option<Scopes>,
    /// In how many days it ends. Absent: the product's default. `null`: never, where that is allowed.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>, minimum = 1)]
    expires_in_days: Option<Option<i64>>,
    /// Instead of `expires_in_days`: the last day on which it works (UTC).
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    expires_on: Option<String>,
    /// Where the product has environments: which one. Absent: the usual one.
    #[serde(default)]
    environment: Option<String>,
    /// From where it may be used: addresses and networks, IPv4 and IPv6. Empty: from anywhere.
    #[serde(default)]
    allowed_ips: Vec<String>,
    /// Whose role bounds it: `member` (yours, unless said otherwise), or `workspace` (nobody's), where that is
    /// available.
    #[serde(default)]
    owner: Option<String>,
}

/// A list, or one text with commas or spaces between the names.
#[derive(Deserialize, ToSchema)]
#[serde(untagged, expecting = "scopes must be a list of names")]
pub enum Scopes {
    /// Names.
    List(Vec<String>),
    /// Names with commas or spaces between them.
    Text(String),
}

/// What is to be changed; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = KeyChanges, example = json!({"label": "CI deploy, Frankfurt", "allowed_ips": ["203.0.113.0/24"]}))]
pub struct Change {
    /// What people call it: 1 to 80 characters.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false)]
    label: Option<String>,
    /// Where it is kept, or what for: up to 500 characters.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false)]
    note: Option<String>,
    /// All that it may do from now on. You can add only what your own role and the owner's include.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Scopes, required = false)]
    scopes: Option<Scopes>,
    /// All addresses and networks from which it may be used from now on. Empty: from anywhere.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<String>, required = false)]
    allowed_ips: Option<Vec<String>>,
}

/// Why a key is revoked.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Revocation, example = json!({"reason": "Found in a public repository"}))]
pub struct Revoke {
    /// Up to 200 characters. It is kept in the log.
    #[serde(default)]
    pub reason: String,
}

/// How long the old secret goes on working.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Grace, example = json!({"grace_seconds": 86400}))]
pub struct Grace {
    /// Seconds from now; `0`: not at all. Absent: a day. It never outlives the key.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = i64, required = false, minimum = 0)]
    grace_seconds: Option<i64>,
}

/// A change to many keys.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BulkChange, example = json!({"action": "disable", "ids": ["<key-id>"]}))]
pub struct BulkChange {
    /// What is done to them.
    pub action: BulkAction,
    /// Which: 1 to 100.
    ids: Vec<String>,
    /// With `revoke`: why. Up to 200 characters.
    #[serde(default)]
    pub reason: String,
}

/// What can be done to many keys at once.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BulkAction {
    /// Switch them off.
    Disable,
    /// End them for good.
    Revoke,
}

/// Who gets a key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = KeyHandover, example = json!({"hand_over_to": "<member-id>"}))]
pub struct HandOver {
    /// The id of a member whose role covers what the key may do.
    hand_over_to: String,
}

/// A key that somebody has found.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FoundKey, example = json!({"hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}))]
pub struct Find {
    /// The SHA-256 of the whole key, in hexadecimal: the key itself is not sent.
    #[schema(min_length = 64, max_length = 64)]
    hash: String,
}

impl Scopes {
    fn names(self) -> Vec<String> {
        match self {
            Self::List(names) => names,
            Self::Text(text) => text.split([',', ' ']).filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        }
    }
}

impl Create {
    /// The same as the dashboard's form would send it.
    pub fn form(self) -> Result<KeyForm, Error> {
        let expiry = match (self.expires_in_days, &self.expires_on) {
            (None, None) => String::new(),
            (Some(None), None) => "never".to_owned(),
            (Some(Some(days)), None) => days.to_string(),
            (None, Some(_)) => "custom".to_owned(),
            (Some(_), Some(_)) => {
                return Err(Error::field("expires_on", "Send either expires_in_days or expires_on, not both."));
            }
        };
        let scopes = self.scopes.map(Scopes::names);
        // Said to be none is not the same as not said: the default may be every scope.
        if scopes.as_ref().is_some_and(Vec::is_empty) {
            return Err(Error::field("scopes", "Choose at least one scope."));
        }
        Ok(KeyForm {
            label: self.label,
            note: self.note,
            scopes: scopes.unwrap_or_default(),
            expiry,
            expires_on: self.expires_on.unwrap_or_default(),
            environment: self.environment.unwrap_or_default(),
            networks: self.allowed_ips.join("\n"),
            owner: self.owner.unwrap_or_default(),
        })
    }
}

impl Change {
    /// The change, made on this version of the key.
    pub fn patch(self, version: Option<i64>) -> KeyPatch {
        KeyPatch {
            label: self.label,
            note: self.note,
            scopes: self.scopes.map(Scopes::names),
            networks: self.allowed_ips.map(|networks| networks.join("\n")),
            version,
        }
    }
}

impl Grace {
    /// The same as the dashboard's form would send it.
    pub fn form(self, version: Option<i64>) -> RotateForm {
        let grace = self.grace_seconds.map(|seconds| seconds.to_string()).unwrap_or_default();
        RotateForm { grace, hours: String::new(), version }
    }

    /// The same where the time has to be said.
    pub fn required_form(self, version: Option<i64>) -> Result<RotateForm, Error> {
        if self.grace_seconds.is_none() {
            return Err(Error::field("grace_seconds", "Say how long from now the old secret goes on working."));
        }
        Ok(self.form(version))
    }
}

impl BulkChange {
    /// The ids; one that cannot be an id is as unknown as one that nobody has.
    pub fn ids(&self) -> Result<Vec<KeyId>, Problem> {
        self.ids.iter().map(|id| parse_id(id)).collect()
    }
}

impl From<BulkAction> for Bulk {
    fn from(action: BulkAction) -> Self {
        match action {
            BulkAction::Disable => Self::Disable,
            BulkAction::Revoke => Self::Revoke,
        }
    }
}

impl HandOver {
    /// Who; what cannot be a member's id is nobody's.
    pub fn to(&self) -> Result<UserId, Error> {
        self.hand_over_to.parse().map_err(|_| Error::field("hand_over_to", "Choose one of the members."))
    }
}

impl Find {
    /// The hash, if it is one.
    pub fn hash(&self) -> Result<SecretHash, Error> {
        let wrong = || Error::field("hash", "Send the SHA-256 of the key: 64 hexadecimal digits.");
        let digits: Option<Vec<u32>> = self.hash.chars().map(|digit| digit.to_digit(16)).collect();
        let digits = digits.filter(|digits| digits.len() == 64).ok_or_else(wrong)?;
        let bytes: Vec<u8> = digits
            .chunks(2)
            .filter_map(|pair| u8::try_from(pair.iter().fold(0, |sum, digit| sum * 16 + digit)).ok())
            .collect();
        SecretHash::try_from(bytes.as_slice()).map_err(|_| wrong())
    }
}

/// The form and the body name some members differently.
pub fn in_json_names(error: Error) -> Problem {
    let mut problem = Problem::from(error);
    for field in &mut problem.fields {
        let name = match &*field.field {
            "expiry" => "expires_in_days",
            "networks" => "allowed_ips",
            "grace" | "hours" => "grace_seconds",
            _ => continue,
        };
        *field = FieldError::new(name, std::mem::take(&mut field.message));
    }
    problem
}

/// Tells a member that is `null` from one that is not there.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
