//! What the gate reads of a key: one row, once, on the key's first request.

use super::Standing;
use crate::{
    Time,
    db::{Db, on_db, statements},
    ids::{KeyId, UserId, WorkspaceId},
    profile::Profile,
    secret::SecretHash,
};
use sqlx::types::Json;

statements! {
    FIND = "
        select k.id, k.workspace_id, k.owner_id, k.scopes, k.expires_at, k.disabled_at, k.revoked_at, w.plan, m.role
        from key_secrets s
        join api_keys k on k.id = s.key_id
        join workspaces w on w.id = k.workspace_id
        left join members m on m.workspace_id = k.workspace_id and m.user_id = k.owner_id
        where s.hash = $1";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: KeyId,
    workspace_id: WorkspaceId,
    owner_id: UserId,
    scopes: Json<Vec<String>>,
    expires_at: Option<Time>,
    disabled_at: Option<Time>,
    revoked_at: Option<Time>,
    plan: String,
    role: Option<String>,
}

pub(super) async fn find(db: &Db, hash: SecretHash, profile: &Profile) -> sqlx::Result<Option<Standing>> {
    let row: Option<Row> = on_db!(db, c => sqlx::query_as(FIND).bind(&hash.as_bytes()[..]).fetch_optional(c).await)?;
    Ok(row.map(|row| Standing {
        key: row.id,
        workspace: row.workspace_id,
        owner: row.owner_id,
        scopes: profile.known_scopes(&row.scopes.0),
        // A role or a plan that the profile has dropped grants nothing.
        role: row.role.and_then(|name| profile.role(&name)).map(|role| role.scopes),
        api: profile.plan(&row.plan).is_some_and(|plan| plan.api),
        expires_at: row.expires_at,
        disabled: row.disabled_at.is_some(),
        revoked: row.revoked_at.is_some(),
    }))
}
