//! Rows of keys and of their secrets.

use super::{ApiKey, KeyOwner, Person, Rotation};
use crate::{
    Time,
    ids::{KeyId, UserId},
    usage::{Agent, LastUse, RefusedUses},
};
use ipnet::IpNet;
use sqlx::types::Json;
use uuid::Uuid;

/// A key with all that is shown of it. `$1` is the workspace, `$2` the present moment.
macro_rules! key {
    ($rest:literal) => {
        concat!("select ", key_columns!(), key_tables!(), $rest)
    };
}

macro_rules! key_columns {
    () => {
        "
            k.id, k.label, k.note, k.scopes, k.environment, k.networks, s.start, s.last4,
            k.owner_kind, k.owner_id, u.name as owner_name, m.role as owner_role,
            k.creator_id, c.name as creator_name,
            k.created_at, k.expires_at, k.disabled_at, k.revoked_at, k.revoked_reason, k.version,
            o.start as old_start, o.last4 as old_last4, o.retires_at, s.created_at as began_at,
            ou.at as old_used_at, ou.route as old_used_route, ou.address as old_used_address, ou.agent as old_used_agent,
            ou.status as old_used_status,
            su.at as new_used_at, su.route as new_used_route, su.address as new_used_address, su.agent as new_used_agent,
            su.status as new_used_status,
            l.at as used_at, l.route as used_route, l.address as used_address, l.agent as used_agent, l.status as used_status,
            r.tries, r.at as tried_at, r.address as tried_address"
    };
}

macro_rules! key_tables {
    () => {
        "
        from api_keys k
        join key_secrets s on s.key_id = k.id and s.retires_at is null
        join users u on u.id = k.owner_id
        join users c on c.id = k.creator_id
        left join members m on m.workspace_id = k.workspace_id and m.user_id = k.owner_id
        left join key_secrets o on o.key_id = k.id and o.retires_at > $2
        left join secret_uses ou on ou.hash = o.hash
        left join secret_uses su on su.hash = s.hash
        left join last_uses l on l.key_id = k.id
        left join refused_uses r on r.key_id = k.id"
    };
}

// Below the macros, which they use.
mod counting;
mod finding;
mod listing;
mod secrets;
mod writing;

pub(super) use counting::*;
pub(super) use finding::*;
pub(super) use listing::*;
pub(super) use secrets::*;
pub(super) use writing::*;

#[cfg(test)]
pub(crate) const ALL: &[&[(&str, &str)]] = &[counting::ALL, finding::ALL, listing::ALL, secrets::ALL, writing::ALL];

#[derive(serde::Deserialize, sqlx::FromRow)]
struct Row {
    id: Uuid,
    label: String,
    note: String,
    scopes: Json<Vec<String>>,
    environment: String,
    networks: Json<Vec<IpNet>>,
    start: String,
    last4: String,
    owner_kind: String,
    owner_id: Uuid,
    owner_name: String,
    owner_role: Option<String>,
    creator_id: Uuid,
    creator_name: String,
    created_at: Time,
    expires_at: Option<Time>,
    disabled_at: Option<Time>,
    revoked_at: Option<Time>,
    revoked_reason: Option<String>,
    version: i64,
    old_start: Option<String>,
    old_last4: Option<String>,
    retires_at: Option<Time>,
    began_at: Time,
    old_used_at: Option<Time>,
    old_used_route: Option<String>,
    old_used_address: Option<String>,
    old_used_agent: Option<String>,
    old_used_status: Option<i64>,
    new_used_at: Option<Time>,
    new_used_route: Option<String>,
    new_used_address: Option<String>,
    new_used_agent: Option<String>,
    new_used_status: Option<i64>,
    used_at: Option<Time>,
    used_route: Option<String>,
    used_address: Option<String>,
    used_agent: Option<String>,
    used_status: Option<i64>,
    tries: Option<i64>,
    tried_at: Option<Time>,
    tried_address: Option<String>,
}

fn last_use(
    at: Option<Time>,
    route: Option<String>,
    address: Option<String>,
    agent: Option<String>,
    status: Option<i64>,
) -> Option<LastUse> {
    let agent = agent.as_deref().and_then(Agent::from_code);
    let status = status.and_then(|status| u16::try_from(status).ok());
    Some(LastUse { at: at?, route: route?, address: address?, agent, status })
}

impl From<Row> for ApiKey {
    fn from(row: Row) -> Self {
        let owner = match row.owner_kind.as_str() {
            "workspace" => KeyOwner::Workspace,
            _ => {
                let person = Person { id: UserId::from_uuid(row.owner_id), name: row.owner_name };
                KeyOwner::Member { person, role: row.owner_role }
            }
        };
        let rotation = match (row.old_start, row.old_last4, row.retires_at) {
            (Some(start), Some(last4), Some(ends_at)) => Some(Rotation {
                start,
                last4,
                last_use: last_use(
                    row.old_used_at,
                    row.old_used_route,
                    row.old_used_address,
                    row.old_used_agent,
                    row.old_used_status,
                ),
                new_last_use: last_use(
                    row.new_used_at,
                    row.new_used_route,
                    row.new_used_address,
                    row.new_used_agent,
                    row.new_used_status,
                ),
                began_at: row.began_at,
                ends_at,
            }),
            (..) => None,
        };
        let refused = match (row.tries, row.tried_at, row.tried_address) {
            (Some(tries), Some(at), Some(address)) => {
                Some(RefusedUses { tries: tries.try_into().unwrap_or_default(), at, address })
            }
            (..) => None,
        };
        Self {
            id: KeyId::from_uuid(row.id),
            label: row.label,
            note: row.note,
            scopes: row.scopes.0,
            environment: row.environment,
            networks: row.networks.0,
            start: row.start,
            last4: row.last4,
            owner,
            creator: Person { id: UserId::from_uuid(row.creator_id), name: row.creator_name },
            created_at: row.created_at,
            expires_at: row.expires_at,
            disabled_at: row.disabled_at,
            revoked_at: row.revoked_at,
            revoked_reason: row.revoked_reason,
            rotation,
            last_use: last_use(row.used_at, row.used_route, row.used_address, row.used_agent, row.used_status),
            refused,
            version: row.version,
        }
    }
}

/// What `like` would read as a sign stands for itself.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
