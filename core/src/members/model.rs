//! What a member and an invitation are, and what people send to get one.

use crate::{
    Time,
    accounts::{Email, User},
    error::FieldError,
    ids::{InvitationId, KeyId, UserId},
    keys::ApiKey,
    profile::{Profile, Role, ScopeSet},
    usage,
    workspaces::Workspace,
};
use chrono::TimeDelta;

/// A person in a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberInfo {
    /// Who.
    pub user: User,
    /// The name of their role.
    pub role: String,
    /// Since when they are a member.
    pub since: Time,
    /// How many keys are theirs that work or could be switched on.
    pub live_keys: u32,
    /// Whether nobody else is an owner: they can then be neither removed nor demoted.
    pub last_owner: bool,
}

/// An invitation that nobody has used yet.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(sqlx::FromRow))]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// For whom: lower case.
    pub email: String,
    /// The name of the role that it gives.
    pub role: String,
    /// The name of whoever invited.
    pub inviter: String,
    /// When it was made.
    pub created_at: Time,
    /// When it ends.
    pub expires_at: Time,
}

impl Invitation {
    /// How long an invitation can be used.
    pub const LIFE: TimeDelta = TimeDelta::days(7);

    /// Whether its time is over.
    #[must_use]
    pub fn is_over(&self, now: Time) -> bool {
        self.expires_at <= now
    }
}

/// How an invitation stands for whoever holds its link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationState {
    /// It can be used.
    Open,
    /// Somebody has used it.
    Used,
    /// Its time is over.
    Expired,
    /// It was withdrawn.
    Revoked,
}

/// What an invitation's link opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// How it stands.
    pub state: InvitationState,
    /// For whom.
    pub email: String,
    /// What they will be.
    pub role: Role,
    /// Where.
    pub workspace: Workspace,
    /// The name of whoever invited.
    pub inviter: String,
    /// When it ends.
    pub expires_at: Time,
    /// Whether that person has an account here already.
    pub has_account: bool,
    /// Whether they are a member there already.
    pub is_member: bool,
}

/// What the form and the REST call send, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InviteForm {
    /// The address.
    pub email: String,
    /// The name of the role.
    pub role: String,
}

/// An invitation that may be made: everything in it has been checked, except whether this actor may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewInvitation {
    /// For whom.
    pub email: Email,
    /// What they will be.
    pub role: Role,
}

impl NewInvitation {
    /// Reads a form against the profile; every wrong field is reported.
    pub fn parse(form: &InviteForm, profile: &Profile) -> Result<Self, Vec<FieldError>> {
        match (Email::parse(&form.email), parse_role(&form.role, profile)) {
            (Ok(email), Ok(role)) => Ok(Self { email, role }),
            (email, role) => Err([email.err(), role.err()].into_iter().flatten().collect()),
        }
    }
}

/// Reads the name of a role from the field `role`.
pub fn parse_role(name: &str, profile: &Profile) -> Result<Role, FieldError> {
    profile.role(name).cloned().ok_or_else(|| FieldError::new("role", "Choose one of the roles."))
}

/// What somebody who is new here sends with the link's token.
#[derive(Clone, Default)]
pub struct JoinForm {
    /// The token of the link.
    pub token: String,
    /// What to call them.
    pub name: String,
    /// Their password. Never sent back.
    pub password: String,
}

/// What becomes of the keys of a member who goes, or whose new role no longer covers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeysFate {
    /// They stay theirs: the gate refuses them, or lets them do only what the new role allows.
    Stop,
    /// They become this member's, and work on.
    HandOver(UserId),
}

/// A member's key, as far as it matters for who shall have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldKey {
    /// The key.
    pub id: KeyId,
    /// What people call it.
    pub label: String,
    /// What it was given.
    pub scopes: Vec<String>,
    /// The last request that it was let through for.
    pub used_at: Option<Time>,
}

impl From<ApiKey> for HeldKey {
    fn from(key: ApiKey) -> Self {
        Self { id: key.id, label: key.label, scopes: key.scopes, used_at: key.last_use.map(|last| last.at) }
    }
}

impl HeldKey {
    /// Whether something used it in the last seven days.
    #[must_use]
    pub fn used_lately(&self, now: Time) -> bool {
        self.used_at.is_some_and(|at| usage::is_lately(at, now))
    }
}

/// A member to whom keys can be handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heir {
    /// Their id.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// The title of their role.
    pub role: String,
}

/// What removing or demoting a member means for their keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtStake {
    /// The member, as they are now.
    pub member: MemberInfo,
    /// The keys that would stop, or do less.
    pub keys: Vec<HeldKey>,
    /// Who could take all of them.
    pub heirs: Vec<Heir>,
}

/// What the page asks that gives a key to somebody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyHandover {
    /// The key.
    pub key: HeldKey,
    /// The name of the member whose it is.
    pub owner: String,
    /// Whether they have left, so that the gate refuses the key.
    pub owner_left: bool,
    /// Who could take it.
    pub heirs: Vec<Heir>,
}

/// What was done with a member and their keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberChange {
    /// The member: as they are now; if they were removed, as they were.
    pub member: MemberInfo,
    /// How many of their keys belong to somebody else now.
    pub handed_over: u32,
    /// How many stopped, or do less.
    pub stopped: u32,
}

/// Whether a member whose role is `own` may give the role `other`, or change somebody who has it:
/// nobody reaches above themselves.
#[must_use]
pub fn reaches(profile: &Profile, own: &str, other: &str) -> bool {
    profile.rank(own) <= profile.rank(other)
}

/// All that these keys may do together.
#[must_use]
pub fn scopes_of(profile: &Profile, keys: &[HeldKey]) -> ScopeSet {
    keys.iter().map(|key| profile.known_scopes(&key.scopes)).fold(ScopeSet::NONE, ScopeSet::with)
}
