//! What an app is.

use super::RedirectUri;
use crate::{
    Time, codes,
    ids::{AppEventId, AppId, WorkspaceId},
    keys::Person,
    profile::{Profile, ScopeSet, SelfRegistration},
};
use std::fmt;

/// What an app calls itself when it asks for something: `app_` and 22 characters. Public, and never another's.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ClientId(String);

/// Text that no app of ours is called by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a client_id")]
pub struct NotAClientId;

impl ClientId {
    /// What each begins with.
    pub const PREFIX: &str = "app_";
    /// How many characters follow: 22 of 62 carry 128 bits.
    pub const LENGTH: usize = 22;
    /// What the command line calls itself, the one app that is part of the program. Every instance knows it.
    pub const COMMAND_LINE: &str = "keywright-cli";

    /// Recognises one that somebody sends.
    pub fn parse(text: &str) -> Result<Self, NotAClientId> {
        if text == Self::COMMAND_LINE {
            return Ok(Self(text.to_owned()));
        }
        let rest = text.strip_prefix(Self::PREFIX).ok_or(NotAClientId)?;
        let shaped = rest.len() == Self::LENGTH && rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if shaped { Ok(Self(text.to_owned())) } else { Err(NotAClientId) }
    }

    /// The one that ends in these characters.
    #[cfg(feature = "server")]
    pub(super) fn made_of(characters: &str) -> Self {
        Self(format!("{}{characters}", Self::PREFIX))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where an app runs. It decides whether it can keep a secret, and which grants it may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppKind {
    /// On a server: it keeps a secret, and people allow it.
    Server,
    /// In a browser or on a device: everybody who has it can read it, so it has no secret; people allow it.
    Public,
    /// Where no browser is: a person allows it with a code on another device.
    Device,
    /// On a server, without any person: it acts for itself.
    Machine,
}

impl AppKind {
    /// Each, with the word that forms, programs and the database have for it.
    pub const ALL: &[(Self, &'static str)] =
        &[(Self::Server, "server"), (Self::Public, "public"), (Self::Device, "device"), (Self::Machine, "machine")];

    /// The word.
    #[must_use]
    pub fn code(self) -> &'static str {
        codes::code(Self::ALL, self)
    }

    /// What the word means.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        codes::parse(Self::ALL, code)
    }

    /// As people read it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Server => "Server",
            Self::Public => "Browser or native",
            Self::Device => "Device",
            Self::Machine => "Machine",
        }
    }

    /// Whether it is given a secret.
    #[must_use]
    pub const fn has_secret(self) -> bool {
        matches!(self, Self::Server | Self::Machine)
    }

    /// Whether people are sent back to it from the consent page.
    #[must_use]
    pub const fn has_redirects(self) -> bool {
        matches!(self, Self::Server | Self::Public)
    }

    /// What it may use.
    #[must_use]
    pub fn grant_types(self) -> Vec<GrantType> {
        match self {
            Self::Server | Self::Public => vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
            Self::Device => vec![GrantType::DeviceCode, GrantType::RefreshToken],
            Self::Machine => vec![GrantType::ClientCredentials],
        }
    }

    /// How it proves who it is where a person registered it: by either way of sending a secret, or by none.
    #[must_use]
    pub const fn auth_method(self) -> AuthMethod {
        if self.has_secret() { AuthMethod::AnySecret } else { AuthMethod::None }
    }
}

/// A way to get tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantType {
    /// A person allows it in a browser (RFC 6749 §4.1).
    AuthorizationCode,
    /// A refresh token is changed for the next (§6).
    RefreshToken,
    /// The app acts for itself (§4.4).
    ClientCredentials,
    /// A person allows it on another device (RFC 8628).
    DeviceCode,
}

impl GrantType {
    /// Each, with its registered name.
    pub const ALL: &[(Self, &'static str)] = &[
        (Self::AuthorizationCode, "authorization_code"),
        (Self::RefreshToken, "refresh_token"),
        (Self::ClientCredentials, "client_credentials"),
        (Self::DeviceCode, "urn:ietf:params:oauth:grant-type:device_code"),
    ];

    /// The registered name.
    #[must_use]
    pub fn code(self) -> &'static str {
        codes::code(Self::ALL, self)
    }

    /// What the name means.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        codes::parse(Self::ALL, code)
    }
}

/// How an app proves who it is at the token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthMethod {
    /// By nothing: it has no secret.
    None,
    /// With its secret in the header `Authorization: Basic …`.
    SecretBasic,
    /// With its secret in the body.
    SecretPost,
    /// With its secret in either: people who register an app need not know how their library sends it.
    AnySecret,
}

impl AuthMethod {
    /// Each, with its registered name; the last has none of its own.
    pub const ALL: &[(Self, &'static str)] = &[
        (Self::None, "none"),
        (Self::SecretBasic, "client_secret_basic"),
        (Self::SecretPost, "client_secret_post"),
        (Self::AnySecret, "client_secret"),
    ];

    /// The name.
    #[must_use]
    pub fn code(self) -> &'static str {
        codes::code(Self::ALL, self)
    }

    /// What the name means.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        codes::parse(Self::ALL, code)
    }

    /// In words, for whoever builds the app.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::None => "client_id in the body, no secret",
            Self::SecretBasic => "client_secret in Authorization: Basic",
            Self::SecretPost => "client_secret in the body",
            Self::AnySecret => "client_secret in Authorization: Basic or in the body",
        }
    }

    /// Whether it needs a secret.
    #[must_use]
    pub const fn is_confidential(self) -> bool {
        match self {
            Self::None => false,
            Self::SecretBasic | Self::SecretPost | Self::AnySecret => true,
        }
    }
}

/// An app as everyone but itself knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct App {
    /// Its id.
    pub id: AppId,
    /// What it calls itself.
    pub client_id: ClientId,
    /// What people call it. Where it registered itself, this is what it says of itself.
    pub name: String,
    /// Where it runs.
    pub kind: AppKind,
    /// Where people may be sent back to.
    pub redirect_uris: Vec<RedirectUri>,
    /// What it may ask for at most, in the profile's order.
    pub scopes: Vec<String>,
    /// By which grants.
    pub grant_types: Vec<GrantType>,
    /// How it proves who it is.
    pub auth_method: AuthMethod,
    /// Whether it may leave out PKCE: only for one with a secret, and only where an owner said so (RFC 9700 §2.1.1).
    pub pkce_optional: bool,
    /// Its website, as it says.
    pub client_uri: Option<String>,
    /// Who registered it.
    pub registrant: Registrant,
    /// Its secret, as far as it is visible; none for one without.
    pub secret: Option<AppSecret>,
    /// When it was registered.
    pub created_at: Time,
    /// When it was last given a token; none if never.
    pub last_used_at: Option<Time>,
    /// When it was disabled, if it is.
    pub disabled_at: Option<Time>,
    /// Raised with each change.
    pub version: i64,
}

/// Who registered an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Registrant {
    /// A member of a workspace, in the dashboard.
    Member {
        /// Whose app it is.
        workspace: WorkspaceId,
        /// What the workspace is called.
        workspace_name: String,
        /// Who.
        person: Person,
        /// The name of their role now; none if they have left.
        role: Option<String>,
    },
    /// Nobody who is known: the app itself (RFC 7591).
    Itself {
        /// From where, as far as it is known.
        address: Option<String>,
    },
    /// Nobody: it is part of the program, and the same everywhere. It cannot be changed.
    BuiltIn,
}

/// The secret of an app, and the one before while it still works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppSecret {
    /// Its last four characters.
    pub last4: String,
    /// When it was made.
    pub created_at: Time,
    /// The one before: its last four characters, and when it stops working.
    pub retiring: Option<(String, Time)>,
}

impl App {
    /// Whose app it is; none for one that registered itself.
    #[must_use]
    pub const fn workspace(&self) -> Option<WorkspaceId> {
        match &self.registrant {
            Registrant::Member { workspace, .. } => Some(*workspace),
            Registrant::Itself { .. } | Registrant::BuiltIn => None,
        }
    }

    /// Whether nobody has vouched for it: what it says of itself may be untrue.
    #[must_use]
    pub const fn is_unverified(&self) -> bool {
        matches!(self.registrant, Registrant::Itself { .. })
    }

    /// Whether it is part of the program: the command line. It alone can be given the right to manage.
    #[must_use]
    pub const fn is_built_in(&self) -> bool {
        matches!(self.registrant, Registrant::BuiltIn)
    }

    /// Whether it proves who it is with a secret.
    #[must_use]
    pub const fn is_confidential(&self) -> bool {
        self.auth_method.is_confidential()
    }

    /// Whether it may use this grant.
    #[must_use]
    pub fn may(&self, grant: GrantType) -> bool {
        self.grant_types.contains(&grant)
    }

    /// The registered address that `asked` is, if it is one. With none asked for, the only one that there is
    /// (OAuth 2.1 §2.3.2).
    #[must_use]
    pub fn redirect(&self, asked: Option<&str>) -> Option<RedirectUri> {
        match (asked, self.redirect_uris.as_slice()) {
            (None, [only]) => Some(only.clone()),
            (None, _) => None,
            (Some(asked), known) => {
                known.iter().any(|uri| uri.admits(asked)).then(|| RedirectUri::parse(asked).ok()).flatten()
            }
        }
    }

    /// What it may ask for at most, as things are in the profile now.
    #[must_use]
    pub fn scope_set(&self, profile: &Profile) -> ScopeSet {
        let own = profile.known_scopes(&self.scopes);
        if self.is_unverified() { own.and(profile.oauth.self_registration_scopes) } else { own }
    }
}

/// What a workspace says of apps from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppPolicy {
    /// Whether they may be used.
    pub mode: SelfRegistration,
    /// The most that they get, in the profile's order.
    pub scopes: Vec<String>,
}

/// Whether an app may be used in a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It may, with these scopes at most.
    Admitted(ScopeSet),
    /// Somebody who manages apps has to approve it first.
    NeedsApproval,
    /// The workspace wants no apps from elsewhere.
    Refused,
}

/// An app from elsewhere as a workspace knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignApp {
    /// The app.
    pub app: App,
    /// Who of the workspace wanted to use it first.
    pub asked_by: Option<Person>,
    /// When.
    pub asked_at: Time,
    /// Who approved it, and when.
    pub approved: Option<(Person, Time)>,
}

/// One thing that was refused to an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppEvent {
    /// Its id; ids rise with time.
    pub id: AppEventId,
    /// When.
    pub at: Time,
    /// What was refused, and why.
    pub what: Refused,
    /// From where, as far as it is known.
    pub address: String,
}

/// What was refused to an app, in words that say what to change. Never a secret, a code or a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Where it asked: `token`, `authorize`.
    pub door: String,
    /// What it was told: `invalid_grant`.
    pub error: String,
    /// Why, in one sentence.
    pub message: String,
    /// What would have been right, if that can be said.
    pub expected: Option<String>,
    /// What came instead.
    pub received: Option<String>,
}

impl Refused {
    /// A refusal at this door, with this code, for this reason.
    #[must_use]
    pub fn new(door: &str, error: &str, message: impl Into<String>) -> Self {
        let (door, error) = (door.to_owned(), error.to_owned());
        Self { door, error, message: message.into(), expected: None, received: None }
    }

    /// The same, with what would have been right and what came instead.
    #[must_use]
    pub fn instead(self, expected: impl Into<String>, received: impl Into<String>) -> Self {
        Self { expected: Some(expected.into()), received: Some(received.into()), ..self }
    }
}
