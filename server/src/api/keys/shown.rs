//! A key as REST shows it.

use crate::{
    api::{answer, etag},
    state::App,
};
use axum::{
    http::{StatusCode, header::ETAG},
    response::{IntoResponse as _, Response},
};
use keywright_core::{
    Time,
    actor::Actor,
    ids::{KeyId, UserId},
    keys::{self, ApiKey, CreatedKey, EffectiveScope, KeyOwner, KeyStatus, network_text},
    usage::{Agent, LastUse, RefusedUses},
};
use serde::Serialize;
use utoipa::ToSchema;

/// A key, as everyone but its holder knows it.
#[derive(Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub struct KeyBody {
    /// Its id; it stays the same when the secret is rotated.
    #[schema(value_type = String, example = "<key-id>")]
    id: KeyId,
    /// What people call it.
    #[schema(example = "CI deploy")]
    label: String,
    /// Where it is kept, or what for.
    #[schema(example = "In the vault, under ci/deploy")]
    note: String,
    /// What it was given; `*` alone: everything.
    #[schema(example = json!(["<scope>"]))]
    scopes: Vec<String>,
    /// What of that is in effect now: its scopes ∩ its owner's role ∩ the plan.
    #[schema(example = json!(["<scope>"]))]
    effective_scopes: Vec<String>,
    /// What of that is not, and why.
    #[schema(example = json!([]))]
    missing_scopes: Vec<MissingBody>,
    /// The name of its environment; `null` where the product has none.
    #[schema(example = "<environment>")]
    environment: Option<String>,
    /// From where it may be used; empty: from anywhere.
    #[schema(example = json!(["203.0.113.0/24"]))]
    allowed_ips: Vec<String>,
    /// The secret's prefix and first characters.
    #[schema(example = "<start>")]
    prefix: String,
    /// The secret's last four characters.
    #[schema(example = "x2Qp")]
    last4: String,
    /// The secret with its middle left out.
    #[schema(example = "<masked>")]
    masked: String,
    /// How it stands now.
    status: Status,
    /// Whose role bounds it.
    owner: Owner,
    /// Who made it.
    created_by: Person,
    /// When it was made.
    #[schema(value_type = String, format = DateTime, example = "2026-11-02T09:30:00Z")]
    created_at: Time,
    /// When it ends; `null`: never.
    #[schema(value_type = Option<String>, format = DateTime, example = "2027-01-31T09:30:00Z")]
    expires_at: Option<Time>,
    /// When it was switched off, if it is.
    #[schema(value_type = Option<String>, format = DateTime, example = json!(null))]
    disabled_at: Option<Time>,
    /// When it was ended by hand, if it was.
    #[schema(value_type = Option<String>, format = DateTime, example = json!(null))]
    revoked_at: Option<Time>,
    /// Why, if somebody said.
    #[schema(example = json!(null))]
    revoked_reason: Option<String>,
    /// The old secret, while it still works beside the new one.
    rotation: Option<RotationBody>,
    /// When it was last used; `null`: never.
    #[schema(value_type = Option<String>, format = DateTime, example = json!(null))]
    last_used_at: Option<Time>,
    /// The last request that it was let through for.
    last_used: Option<Use>,
    /// What was tried with it since it stopped working.
    refused: Option<Refused>,
    /// Raised with each change; the `ETag` is made of it.
    #[schema(example = 1)]
    version: i64,
}

/// How a key stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = KeyStatus)]
pub enum Status {
    /// It works.
    Active,
    /// It is switched off, and can be switched on again.
    Disabled,
    /// Its time is over.
    Expired,
    /// It was ended by hand, for good.
    Revoked,
}

/// A scope that a key was given and that does nothing.
#[derive(Serialize, ToSchema)]
#[schema(as = MissingScope)]
pub struct MissingBody {
    /// Its name.
    name: String,
    /// Why.
    reason: Missing,
}

/// Why a scope does nothing.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MissingReason)]
pub enum Missing {
    /// The owner's role does not include it.
    Role,
    /// The plan does not include it, or not the API at all.
    Plan,
    /// The owner is no member any more.
    OwnerLeft,
    /// The product has no such scope any more.
    Dropped,
}

/// Whose role bounds a key.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = KeyOwner, example = json!({"type": "member", "id": "<member-id>", "name": "Ada Lovelace"}))]
pub enum Owner {
    /// A member's.
    Member {
        /// Their id.
        #[schema(value_type = String)]
        id: UserId,
        /// Their name.
        name: String,
    },
    /// Nobody's: the key is the workspace's own.
    Workspace,
}

/// Somebody, by name.
#[derive(Serialize, ToSchema)]
pub struct Person {
    /// Their id.
    #[schema(value_type = String, example = "<member-id>")]
    id: UserId,
    /// Their name.
    #[schema(example = "Ada Lovelace")]
    name: String,
}

/// A request that a secret was let through for.
#[derive(Serialize, ToSchema)]
pub struct Use {
    /// When.
    #[schema(value_type = String, format = DateTime, example = "2026-11-20T14:03:11Z")]
    at: Time,
    /// For what.
    #[schema(example = "<route>")]
    route: String,
    /// From where.
    #[schema(example = "203.0.113.7")]
    address: String,
    /// With what kind of program; `null` if the request did not say.
    #[schema(example = "curl")]
    agent: Option<&'static str>,
    /// What it was answered, if it went through the built-in gateway; `null` where a proxy only asked, or the answer
    /// has not come (yet).
    #[schema(example = 200)]
    status: Option<u16>,
}

/// What was tried with a key that works no more.
#[derive(Serialize, ToSchema)]
#[schema(as = RefusedUses)]
pub struct Refused {
    /// How often.
    tries: u64,
    /// When last.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// From where.
    address: String,
}

/// A secret on its way out. The new one is the key's own `prefix` and `last4`.
#[derive(Serialize, ToSchema)]
#[schema(as = Rotation)]
pub struct RotationBody {
    /// The old secret's prefix and first characters.
    prefix: String,
    /// The old secret's last four characters.
    last4: String,
    /// The old secret with its middle left out.
    masked: String,
    /// When the new secret was made.
    #[schema(value_type = String, format = DateTime)]
    began_at: Time,
    /// When the old secret stops working.
    #[schema(value_type = String, format = DateTime)]
    ends_at: Time,
    /// The last request with the old secret.
    last_used: Option<Use>,
    /// The last request with the new secret.
    new_last_used: Option<Use>,
}

/// A key with its new secret: the only answers that ever hold one.
#[derive(Serialize, ToSchema)]
#[schema(as = ApiKeyWithSecret)]
pub struct SecretBody<'a> {
    #[serde(flatten)]
    shown: KeyBody,
    /// The secret. It is shown this once, and kept nowhere.
    #[serde(rename = "key")]
    #[schema(example = "<secret>")]
    secret: &'a str,
}

/// A page of keys.
#[derive(Serialize, ToSchema)]
#[schema(as = ApiKeyList)]
pub struct ListBody {
    /// The keys, in the order that was asked for.
    pub data: Vec<KeyBody>,
    /// How many there are, and where the next page begins.
    pub meta: Meta,
}

/// How many keys there are.
#[derive(Serialize, ToSchema)]
#[schema(as = ApiKeyListMeta)]
pub struct Meta {
    /// All keys of the workspace, those that are over included, whatever was asked for.
    #[schema(example = 1)]
    pub total: u64,
    /// Keys that count against the plan.
    #[schema(example = 1)]
    pub used: u32,
    /// How many the plan allows.
    #[schema(example = 1)]
    pub limit: u32,
    /// Pass it as `cursor` for the next page; `null`: this was the last.
    #[schema(value_type = Option<String>, example = json!(null))]
    pub next_cursor: Option<KeyId>,
}

/// What became of a change to many keys.
#[derive(Serialize, ToSchema)]
#[schema(as = BulkResult)]
pub struct BulkBody {
    /// It, in the envelope of a list.
    pub data: BulkData,
}

/// The keys of a change to many.
#[derive(Serialize, ToSchema)]
pub struct BulkData {
    /// Those that were changed.
    pub changed: Vec<KeyBody>,
    /// Those that had been so already, or were over.
    #[schema(example = json!([]))]
    pub skipped: Vec<KeyBody>,
}

/// Shows a key to a member.
pub fn key(app: &App, actor: &Actor, key: ApiKey) -> KeyBody {
    let profile = &app.services.profile;
    let scopes = key.effective(profile, profile.plan(&actor.workspace.plan));
    let (effective, missing): (Vec<_>, Vec<_>) = scopes.into_iter().partition(|scope| scope.missing.is_none());
    KeyBody {
        masked: key.masked(),
        status: key.status(app.now()).into(),
        id: key.id,
        label: key.label,
        note: key.note,
        scopes: key.scopes,
        effective_scopes: effective.into_iter().map(|scope| scope.name).collect(),
        missing_scopes: missing.into_iter().filter_map(MissingBody::of).collect(),
        environment: Some(key.environment).filter(|name| !name.is_empty()),
        allowed_ips: key.networks.iter().map(network_text).collect(),
        prefix: key.start,
        last4: key.last4,
        owner: key.owner.into(),
        created_by: key.creator.into(),
        created_at: key.created_at,
        expires_at: key.expires_at,
        disabled_at: key.disabled_at,
        revoked_at: key.revoked_at,
        revoked_reason: key.revoked_reason,
        rotation: key.rotation.map(RotationBody::from),
        last_used_at: key.last_use.as_ref().map(|last| last.at),
        last_used: key.last_use.map(Use::from),
        refused: key.refused.map(Refused::from),
        version: key.version,
    }
}

/// The answer with one key.
pub fn one(app: &App, actor: &Actor, shown: ApiKey) -> Response {
    let tag = etag::tag(shown.version);
    ([(ETAG, tag)], answer::plain(StatusCode::OK, &key(app, actor, shown))).into_response()
}

/// The answer with one key and its new secret.
pub fn with_secret(app: &App, actor: &Actor, status: StatusCode, created: CreatedKey) -> Response {
    let (id, tag) = (created.key.id, etag::tag(created.key.version));
    let body = SecretBody { shown: key(app, actor, created.key), secret: created.secret.expose() };
    ([(ETAG, tag)], answer::secret(status, id, &body)).into_response()
}

impl MissingBody {
    fn of(scope: EffectiveScope) -> Option<Self> {
        let reason = match scope.missing? {
            keys::Missing::Role { .. } => Missing::Role,
            keys::Missing::Plan { .. } => Missing::Plan,
            keys::Missing::OwnerLeft => Missing::OwnerLeft,
            keys::Missing::Dropped => Missing::Dropped,
        };
        Some(Self { name: scope.name, reason })
    }
}

impl From<KeyStatus> for Status {
    fn from(status: KeyStatus) -> Self {
        match status {
            KeyStatus::Active => Self::Active,
            KeyStatus::Disabled => Self::Disabled,
            KeyStatus::Expired => Self::Expired,
            KeyStatus::Revoked => Self::Revoked,
        }
    }
}

impl From<KeyOwner> for Owner {
    fn from(owner: KeyOwner) -> Self {
        match owner {
            KeyOwner::Member { person, .. } => Self::Member { id: person.id, name: person.name },
            KeyOwner::Workspace => Self::Workspace,
        }
    }
}

impl From<keys::Person> for Person {
    fn from(person: keys::Person) -> Self {
        Self { id: person.id, name: person.name }
    }
}

impl From<LastUse> for Use {
    fn from(last: LastUse) -> Self {
        let LastUse { at, route, address, agent, status } = last;
        Self { at, route, address, agent: agent.map(Agent::code), status }
    }
}

impl From<RefusedUses> for Refused {
    fn from(refused: RefusedUses) -> Self {
        Self { tries: refused.tries, at: refused.at, address: refused.address }
    }
}

impl From<keys::Rotation> for RotationBody {
    fn from(rotation: keys::Rotation) -> Self {
        Self {
            masked: rotation.masked(),
            prefix: rotation.start,
            last4: rotation.last4,
            began_at: rotation.began_at,
            ends_at: rotation.ends_at,
            last_used: rotation.last_use.map(Use::from),
            new_last_used: rotation.new_last_use.map(Use::from),
        }
    }
}
