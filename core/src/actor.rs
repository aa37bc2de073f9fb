//! Who is asking. The first argument of every service method; its first line says what the actor
//! must be allowed.

use crate::{
    accounts::User,
    error::{Error, Result},
    ids::{GrantId, SessionId},
    profile::{Profile, Right, Role, ScopeSet},
    workspaces::Workspace,
};
use std::net::IpAddr;

/// Where a request came from, for the audit log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The caller's address, as far as trusted proxies vouch for it.
    pub address: Option<IpAddr>,
    /// What the caller calls itself, cut to a sensible length.
    pub user_agent: Option<String>,
    /// By what the actor came.
    pub via: Via,
}

/// By what an actor came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// The dashboard or REST, in this session; in none before they have signed in.
    Browser(Option<SessionId>),
    /// REST, with a token of this grant: the command line.
    Grant(GrantId),
    /// The operator's token or command line.
    Operator,
    /// Nobody: the program itself, in time.
    System,
}

impl Default for Via {
    fn default() -> Self {
        Self::Browser(None)
    }
}

impl Via {
    /// The word that is stored and shown to programs; none for a stranger.
    #[must_use]
    pub fn code(self) -> Option<String> {
        match self {
            Self::Browser(session) => session.map(|id| format!("session:{id}")),
            Self::Grant(id) => Some(format!("grant:{id}")),
            Self::Operator => Some("operator".to_owned()),
            Self::System => Some("system".to_owned()),
        }
    }
}

/// A member of a workspace who asks for something.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The person.
    pub user: User,
    /// Where they act. Everything that they can reach is in here.
    pub workspace: Workspace,
    /// What they may do there, now.
    pub role: Role,
    /// Whether they are a member of other workspaces too: pages then show the way there.
    pub elsewhere: bool,
    /// Where the request came from.
    pub origin: Origin,
}

impl Actor {
    /// Refuses if the actor's role does not cover these scopes: whoever holds a key's secret, or says whose
    /// it is, can do all that it can.
    pub fn require_scopes(&self, profile: &Profile, scopes: ScopeSet) -> Result<()> {
        let beyond = scopes.without(self.role.scopes);
        if beyond.is_empty() {
            return Ok(());
        }
        let beyond = profile.scope_names(beyond).join(", ");
        Err(Error::Forbidden(format!("Your role ({}) does not include {beyond}. Ask an owner.", self.role.title)))
    }

    /// Refuses with the reason if the actor's role does not carry `right`, or if the right is one to
    /// change things and the workspace is suspended.
    pub fn require(&self, right: Right) -> Result<()> {
        let changes = matches!(right, Right::KeysManage | Right::MembersManage | Right::AppsManage);
        if self.role.may(right) {
            return if changes && self.workspace.suspended_at.is_some() { Err(Error::Suspended) } else { Ok(()) };
        }
        let what = match right {
            Right::KeysRead => "see API keys",
            Right::KeysManage => "create, change or revoke API keys",
            Right::MembersRead => "see the members",
            Right::MembersManage => "invite, change or remove members",
            Right::AppsRead => "see apps",
            Right::AppsManage => "register, change or delete apps",
            Right::AuditRead => "read the audit log",
        };
        Err(Error::Forbidden(format!("Your role ({}) may not {what}. Ask an owner.", self.role.title)))
    }
}
