//! How grants stand.

use crate::{
    Time,
    apps::ClientId,
    db::{Db, on_db, statements},
    ids::{AppId, GrantId, UserId, WorkspaceId},
    oauth::{GrantKind, GrantStanding, MANAGE},
    profile::{Profile, ScopeSet, SelfRegistration},
};
use sqlx::types::Json;

statements! {
    FIND_STANDING = "
        select g.id, g.app_id, g.user_id, g.workspace_id, g.kind, g.scopes, g.resources, g.created_at, g.ends_at,
            g.revoked_at, a.client_id, a.scopes as app_scopes, a.workspace_id as app_workspace_id, a.disabled_at,
            w.plan, w.suspended_at, m.role, p.mode as policy_mode, p.scopes as policy_scopes, y.approved_at
        from oauth_grants g
        join oauth_apps a on a.id = g.app_id
        join workspaces w on w.id = g.workspace_id
        left join members m on m.workspace_id = g.workspace_id and m.user_id = coalesce(g.user_id, a.registered_by)
        left join app_policies p on p.workspace_id = g.workspace_id
        left join app_approvals y on y.workspace_id = g.workspace_id and y.app_id = g.app_id
        where g.id = $1";
}

#[derive(sqlx::FromRow)]
struct StandingRow {
    id: GrantId,
    app_id: AppId,
    user_id: Option<UserId>,
    workspace_id: WorkspaceId,
    kind: String,
    scopes: Json<Vec<String>>,
    resources: Json<Vec<String>>,
    created_at: Time,
    ends_at: Time,
    revoked_at: Option<Time>,
    client_id: String,
    app_scopes: Json<Vec<String>>,
    app_workspace_id: Option<WorkspaceId>,
    disabled_at: Option<Time>,
    plan: String,
    suspended_at: Option<Time>,
    role: Option<String>,
    policy_mode: Option<String>,
    policy_scopes: Option<Json<Vec<String>>>,
    approved_at: Option<Time>,
}

/// How a grant stands: what the gate asks of a token, as it asks of a key.
pub async fn standing_of(db: &Db, profile: &Profile, grant: GrantId) -> sqlx::Result<Option<GrantStanding>> {
    let row: Option<StandingRow> = on_db!(db, c => sqlx::query_as(FIND_STANDING).bind(grant).fetch_optional(c).await)?;
    Ok(row.and_then(|row| standing(row, profile)))
}

fn standing(row: StandingRow, profile: &Profile) -> Option<GrantStanding> {
    let own = profile.known_scopes(&row.app_scopes.0);
    let most = if row.app_workspace_id.is_none() { profile.oauth.self_registration_scopes } else { ScopeSet::ALL };
    let admitted = admitted(&row, profile);
    let plan = profile.plan(&row.plan).filter(|plan| plan.api);
    let manages = row.client_id == ClientId::COMMAND_LINE && row.scopes.0.iter().any(|name| name == MANAGE);
    Some(GrantStanding {
        manages,
        grant: row.id,
        app: row.app_id,
        client_id: row.client_id,
        workspace: row.workspace_id,
        user: row.user_id,
        kind: GrantKind::parse(&row.kind)?,
        scopes: profile.known_scopes(&row.scopes.0),
        resources: row.resources.0,
        app_scopes: own.and(most).and(admitted.unwrap_or(ScopeSet::NONE)),
        // A role or a plan that the profile has dropped grants nothing.
        role: row.role.and_then(|name| profile.role(&name)).map(|role| role.scopes),
        plan: plan.map(|plan| plan.scopes),
        plan_name: row.plan,
        created_at: row.created_at,
        ends_at: row.ends_at,
        suspended: row.suspended_at.is_some(),
        app_disabled: row.disabled_at.is_some() || admitted.is_none(),
        revoked: row.revoked_at.is_some(),
    })
}

/// What the workspace gives to this app at most, as [`Apps::admission`](crate::apps::Apps::admission) has it; none if it
/// does not want the app, or not any more.
fn admitted(row: &StandingRow, profile: &Profile) -> Option<ScopeSet> {
    if row.app_workspace_id == Some(row.workspace_id) || row.client_id == ClientId::COMMAND_LINE {
        return Some(ScopeSet::ALL);
    }
    let mode = row.policy_mode.as_deref().and_then(SelfRegistration::parse);
    let wanted = match mode.unwrap_or(profile.oauth.self_registration) {
        SelfRegistration::Off => false,
        SelfRegistration::Approval => row.approved_at.is_some(),
        SelfRegistration::Open => true,
    };
    let most = row.policy_scopes.as_ref().map(|scopes| profile.known_scopes(&scopes.0));
    wanted.then(|| most.unwrap_or(profile.oauth.self_registration_scopes))
}
