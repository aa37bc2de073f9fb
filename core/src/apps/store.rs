//! Rows of apps, of their secrets, of what workspaces say of them, and of their traces.

use super::{App, AppKind, AppSecret, AuthMethod, ClientId, GrantType, RedirectUri, Registrant};
use crate::{
    Time,
    ids::{AppId, UserId, WorkspaceId},
    keys::Person,
};
use sqlx::types::Json;

/// An app with all that is shown of it. `$1` is the present moment.
macro_rules! app {
    ($rest:literal) => {
        app!("", $rest)
    };
    ($more:literal, $rest:literal) => {
        concat!(
            "
        select a.id, a.client_id, a.workspace_id, w.name as workspace_name, a.name, a.kind, a.redirect_uris, a.scopes,
            a.grant_types, a.auth_method, a.pkce_optional, a.client_uri, a.registered_by, u.name as registrant_name,
            m.role as registrant_role, a.registered_from, a.created_at, a.last_used_at, a.disabled_at, a.version,
            s.last4, s.created_at as secret_made_at, o.last4 as old_last4, o.retires_at",
            $more,
            "
        from oauth_apps a
        left join workspaces w on w.id = a.workspace_id
        left join users u on u.id = a.registered_by
        left join members m on m.workspace_id = a.workspace_id and m.user_id = a.registered_by
        left join app_secrets s on s.app_id = a.id and s.retires_at is null
        left join app_secrets o on o.app_id = a.id and o.retires_at > $1",
            $rest
        )
    };
}

// Below the macro, which they use.
mod events;
mod finding;
mod foreign;
mod secrets;
mod writing;

pub(super) use events::*;
pub(super) use finding::*;
pub(super) use foreign::*;
pub(super) use secrets::*;
pub(super) use writing::*;

#[cfg(test)]
pub(crate) const ALL: &[&[(&str, &str)]] = &[events::ALL, finding::ALL, foreign::ALL, secrets::ALL, writing::ALL];

#[derive(sqlx::FromRow)]
struct Row {
    id: AppId,
    client_id: String,
    workspace_id: Option<WorkspaceId>,
    workspace_name: Option<String>,
    name: String,
    kind: String,
    redirect_uris: Json<Vec<String>>,
    scopes: Json<Vec<String>>,
    grant_types: Json<Vec<String>>,
    auth_method: String,
    pkce_optional: bool,
    client_uri: Option<String>,
    registered_by: Option<UserId>,
    registrant_name: Option<String>,
    registrant_role: Option<String>,
    registered_from: Option<String>,
    created_at: Time,
    last_used_at: Option<Time>,
    disabled_at: Option<Time>,
    version: i64,
    last4: Option<String>,
    secret_made_at: Option<Time>,
    old_last4: Option<String>,
    retires_at: Option<Time>,
}

impl Row {
    /// None for a kind or method that this version does not know: a later one wrote it.
    fn app(self) -> Option<App> {
        let secret = self.last4.zip(self.secret_made_at).map(|(last4, created_at)| AppSecret {
            last4,
            created_at,
            retiring: self.old_last4.zip(self.retires_at),
        });
        let registrant = match (self.workspace_id, self.registered_by) {
            (None, None) if self.client_id == ClientId::COMMAND_LINE => Registrant::BuiltIn,
            (Some(workspace), Some(id)) => Registrant::Member {
                workspace,
                workspace_name: self.workspace_name.unwrap_or_default(),
                person: Person { id, name: self.registrant_name.unwrap_or_default() },
                role: self.registrant_role,
            },
            (_, _) => Registrant::Itself { address: self.registered_from },
        };
        Some(App {
            id: self.id,
            client_id: ClientId::parse(&self.client_id).ok()?,
            name: self.name,
            kind: AppKind::parse(&self.kind)?,
            // An address that would not be registered any more is not gone to.
            redirect_uris: self.redirect_uris.iter().filter_map(|uri| RedirectUri::parse(uri).ok()).collect(),
            scopes: self.scopes.0,
            grant_types: self.grant_types.iter().filter_map(|grant| GrantType::parse(grant)).collect(),
            auth_method: AuthMethod::parse(&self.auth_method)?,
            pkce_optional: self.pkce_optional,
            client_uri: self.client_uri,
            registrant,
            secret,
            created_at: self.created_at,
            last_used_at: self.last_used_at,
            disabled_at: self.disabled_at,
            version: self.version,
        })
    }
}
