//! What the gate reads of a key: one row, once, on the key's first request.

use super::{Credential, Standing};
use crate::{
    Time,
    db::{Db, on_db, statements},
    ids::{KeyId, UserId, WorkspaceId},
    profile::{Profile, ScopeSet},
    secret::SecretHash,
};
use ipnet::IpNet;
use sqlx::types::Json;

statements! {
    FIND = "
        select k.id, k.workspace_id, k.owner_kind, k.owner_id, k.scopes, k.environment, k.networks,
            k.expires_at, k.disabled_at, k.revoked_at, s.retires_at, w.plan, w.suspended_at, m.role
        from key_secrets s
        join api_keys k on k.id = s.key_id
        join workspaces w on w.id = k.workspace_id
        left join members m on m.workspace_id = k.workspace_id and m.user_id = k.owner_id
        where s.hash = $1";
    FIND_PLAN = "
        select plan, suspended_at
        from workspaces
        where id = $1";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: KeyId,
    workspace_id: WorkspaceId,
    owner_kind: String,
    owner_id: UserId,
    scopes: Json<Vec<String>>,
    environment: String,
    networks: Json<Vec<IpNet>>,
    expires_at: Option<Time>,
    disabled_at: Option<Time>,
    revoked_at: Option<Time>,
    retires_at: Option<Time>,
    plan: String,
    suspended_at: Option<Time>,
    role: Option<String>,
}

pub(super) async fn find(db: &Db, hash: SecretHash, profile: &Profile) -> sqlx::Result<Option<Found>> {
    let row: Option<Row> = on_db!(db, c => sqlx::query_as(FIND).bind(&hash.as_bytes()[..]).fetch_optional(c).await)?;
    Ok(row.map(|row| found(row, profile)))
}

pub(super) async fn find_plan(db: &Db, workspace: WorkspaceId) -> sqlx::Result<Option<(String, Option<Time>)>> {
    on_db!(db, c => sqlx::query_as(FIND_PLAN).bind(workspace).fetch_optional(c).await)
}

/// A key, and the place of its plan in the profile.
pub(super) struct Found {
    pub key: KeyId,
    pub standing: Standing,
    pub plan: Option<usize>,
}

fn found(row: Row, profile: &Profile) -> Found {
    let plan = profile.plans.iter().position(|plan| plan.name == row.plan);
    Found { key: row.id, standing: standing(row, profile), plan }
}

fn standing(row: Row, profile: &Profile) -> Standing {
    let of_workspace = row.owner_kind == "workspace";
    // A role or a plan that the profile has dropped grants nothing.
    let role = row.role.and_then(|name| profile.role(&name)).map(|role| role.scopes);
    let plan = profile.plan(&row.plan).filter(|plan| plan.api);
    Standing {
        by: Credential::Key(row.id),
        workspace: row.workspace_id,
        owner: Some(row.owner_id).filter(|_| !of_workspace),
        environment: row.environment.into(),
        scopes: profile.known_scopes(&row.scopes.0),
        role: if of_workspace { Some(ScopeSet::ALL) } else { role },
        plan: plan.map(|plan| plan.scopes),
        networks: row.networks.0.into(),
        expires_at: row.expires_at,
        retires_at: row.retires_at,
        suspended: row.suspended_at.is_some(),
        disabled: row.disabled_at.is_some(),
        revoked: row.revoked_at.is_some(),
    }
}
