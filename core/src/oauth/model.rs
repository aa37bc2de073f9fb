//! What apps are given, as it is shown and told.

#[cfg(feature = "server")]
use crate::profile::Profile;
use crate::{
    Time,
    accounts::User,
    apps::App,
    codes,
    ids::{AppId, ConsentId, GrantId, UserId, WorkspaceId},
    profile::ScopeSet,
    workspaces::Workspace,
};
use serde::Serialize;
use std::fmt;

/// The right to manage over REST, as a person does in the dashboard. It is no scope of the profile, which cannot name one
/// in this namespace: no key can carry it, and no app but the command line (skillett_02).
pub const MANAGE: &str = "keywright:manage";

/// How a grant came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantKind {
    /// A person allowed it in the browser.
    Consent,
    /// A person let a device in.
    Device,
    /// The app came for itself.
    Machine,
}

impl GrantKind {
    /// Each, with its stored word.
    pub const ALL: &[(Self, &'static str)] =
        &[(Self::Consent, "consent"), (Self::Device, "device"), (Self::Machine, "machine")];

    /// The stored word.
    #[must_use]
    pub fn code(self) -> &'static str {
        codes::code(Self::ALL, self)
    }

    /// What the word means.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        codes::parse(Self::ALL, code)
    }
}

/// Why a grant is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// Whoever gave it, or somebody who manages apps, took it back.
    Revoked,
    /// The app itself gave it back (RFC 7009).
    GivenBack,
    /// Its code was redeemed a second time (OAuth 2.1 §4.1.3): one of the two was a thief.
    CodeReplayed,
    /// A refresh token was used again that had been replaced (RFC 9700 §4.14.2): likewise.
    RefreshReused,
    /// The person left the workspace.
    MemberRemoved,
    /// The workspace does not want the app any more.
    AppRefused,
    /// The person has another password, or signed out everywhere.
    SignedOut,
}

impl EndReason {
    /// Each, with its stored word.
    pub const ALL: &[(Self, &'static str)] = &[
        (Self::Revoked, "revoked"),
        (Self::GivenBack, "given_back"),
        (Self::CodeReplayed, "code_replayed"),
        (Self::RefreshReused, "refresh_reused"),
        (Self::MemberRemoved, "member_removed"),
        (Self::AppRefused, "app_refused"),
        (Self::SignedOut, "signed_out"),
    ];

    /// The stored word.
    #[must_use]
    pub fn code(self) -> &'static str {
        codes::code(Self::ALL, self)
    }

    /// What the word means.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        codes::parse(Self::ALL, code)
    }
}

/// What the token endpoint answers (RFC 6749 §5.1). What is absent is left out: many clients refuse a null.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Issued {
    /// The access token.
    pub access_token: String,
    /// How it is sent: always `Bearer`.
    pub token_type: &'static str,
    /// For how many seconds it works.
    pub expires_in: i64,
    /// What it may do, also where that is what was asked for.
    pub scope: String,
    /// What the next one is got with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
}

impl fmt::Debug for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issued").field("scope", &self.scope).finish_non_exhaustive()
    }
}

/// A grant, and everything that bounds it now: the app, the person's role, the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantStanding {
    /// The grant.
    pub grant: GrantId,
    /// Whose tokens they are.
    pub app: AppId,
    /// What the app calls itself.
    pub client_id: String,
    /// Where they are good.
    pub workspace: WorkspaceId,
    /// Who gave it; none if the app came for itself.
    pub user: Option<UserId>,
    /// How it came about.
    pub kind: GrantKind,
    /// What was granted.
    pub scopes: ScopeSet,
    /// Whether it was granted the right to manage ([`MANAGE`]), and with it nothing else.
    pub manages: bool,
    /// For which resources; empty: the gateway.
    pub resources: Vec<String>,
    /// What the app may ask for now.
    pub app_scopes: ScopeSet,
    /// What the role of the person allows now, or of whoever registered an app that came for itself; none if they are no
    /// member any more.
    pub role: Option<ScopeSet>,
    /// What the plan allows now; none if it lets no request through at all.
    pub plan: Option<ScopeSet>,
    /// What the plan is called.
    pub plan_name: String,
    /// When it was given.
    pub created_at: Time,
    /// When the last of it ends by itself.
    pub ends_at: Time,
    /// Whether the operator has suspended the workspace.
    pub suspended: bool,
    /// Whether the app is switched off, or the workspace does not want it (any more).
    pub app_disabled: bool,
    /// Whether it was ended.
    pub revoked: bool,
}

impl GrantStanding {
    /// What its tokens may do now: granted ∩ app ∩ role ∩ plan.
    #[must_use]
    pub fn effective(&self) -> ScopeSet {
        let role = self.role.unwrap_or(ScopeSet::NONE);
        let plan = self.plan.unwrap_or(ScopeSet::NONE);
        self.scopes.and(self.app_scopes).and(role).and(plan)
    }

    /// The same by name, as far as these scopes name it too.
    #[cfg(feature = "server")]
    pub(super) fn effective_names(&self, profile: &Profile, named: ScopeSet) -> Vec<String> {
        if self.manages { vec![MANAGE.to_owned()] } else { profile.scope_names(self.effective().and(named)) }
    }

    /// Whether tokens of it are good at all.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        !self.revoked && !self.app_disabled && self.role.is_some()
    }

    /// Who stands in its tokens as `sub`: a `client_id` can never equal a person's id.
    #[must_use]
    pub fn subject(&self) -> String {
        self.user.map_or_else(|| self.client_id.clone(), |user| user.to_string())
    }
}

/// A scope that an app asks for, and whether it would get it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedScope {
    /// Its name.
    pub name: String,
    /// What it allows, in words.
    pub description: String,
    /// Why it would not be in effect, if it would not.
    pub missing: Option<Withheld>,
}

/// Why an app does not get what it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Withheld {
    /// The person's role does not include it.
    Role(String),
    /// The plan does not.
    Plan(String),
    /// The workspace gives it to no app from elsewhere.
    Policy,
}

/// A workspace in which an app could be let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The workspace.
    pub workspace: Workspace,
    /// The person's role there.
    pub role: String,
    /// Whether the app can be let in there, and with what.
    pub answer: Answerable,
}

/// What can become of a request in a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answerable {
    /// The person may allow it.
    Yes {
        /// What the app asks for, with what it would not get marked.
        scopes: Vec<AskedScope>,
        /// What it would get.
        granted: ScopeSet,
    },
    /// Somebody who manages apps has to approve the app first.
    NeedsApproval,
    /// The workspace wants no apps from elsewhere.
    Refused,
    /// The operator has suspended the workspace.
    Suspended,
    /// The plan has no API.
    NoPlan,
}

impl Candidate {
    /// Whether the person may allow it here: there must be something to allow.
    #[must_use]
    pub fn is_possible(&self) -> bool {
        matches!(&self.answer, Answerable::Yes { scopes, .. } if scopes.iter().any(|scope| scope.missing.is_none()))
    }
}

impl AskedScope {
    /// The right to manage: nothing withholds it, since what can be done with it is asked of the role each time.
    #[cfg(feature = "server")]
    pub(super) fn manage() -> Self {
        let description = "Manage for you what the dashboard manages: API keys, members and invitations, and read usage and \
                           the audit log, as far as your role allows";
        Self { name: MANAGE.to_owned(), description: description.to_owned(), missing: None }
    }
}

/// What a person is asked on the consent page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentRequest {
    /// Which request it is about; good in one session, once.
    pub id: ConsentId,
    /// Which app asks.
    pub app: App,
    /// Where the person is sent afterwards: a host, or the scheme of an app on the device.
    pub destination: String,
    /// Whether that is this very machine, where any program may listen.
    pub is_loopback: bool,
    /// The person.
    pub user: User,
    /// Where it can be allowed; the likeliest first.
    pub candidates: Vec<Candidate>,
    /// For what the tokens are; empty: the product's API.
    pub resources: Vec<String>,
}

/// What a person is asked on the device page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceRequest {
    /// The code as it is shown.
    pub user_code: String,
    /// Which app asks.
    pub app: App,
    /// From which address the device asks, as far as it is known.
    pub address: Option<String>,
    /// When it began to.
    pub created_at: Time,
    /// Until when it can be answered.
    pub expires_at: Time,
    /// The person.
    pub user: User,
    /// Where it can be allowed.
    pub candidates: Vec<Candidate>,
    /// For what the tokens are; empty: the product's API.
    pub resources: Vec<String>,
}

/// What a person decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Let the app in, in the workspace with this slug.
    Allow(String),
    /// Do not.
    Deny,
}

/// What the device authorization endpoint answers (RFC 8628 §3.2).
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct DeviceAnswer {
    /// What the device polls with.
    pub device_code: String,
    /// What the person types.
    pub user_code: String,
    /// Where.
    pub verification_uri: String,
    /// The same with the code in it, for a link or a QR code.
    pub verification_uri_complete: String,
    /// For how many seconds both are good.
    pub expires_in: i64,
    /// How many seconds the device waits between two polls.
    pub interval: i64,
}

impl fmt::Debug for DeviceAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceAnswer").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

/// What the introspection endpoint answers (RFC 7662 §2.2). Of what is not good nothing else is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Default)]
pub struct Introspection {
    /// Whether the token is good, for the one who asks.
    pub active: bool,
    /// What it may do now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Whose app has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// `Bearer`; none for a refresh token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<&'static str>,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    /// When it was issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    /// Who it speaks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// For what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aud: Option<Audience>,
    /// Who issued it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
}

/// One resource, or several (RFC 7519 §4.1.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

impl Audience {
    /// Of these resources.
    #[must_use]
    pub fn of(mut resources: Vec<String>) -> Self {
        if resources.len() == 1 { Self::One(resources.remove(0)) } else { Self::Several(resources) }
    }

    /// The resources.
    #[must_use]
    pub fn all(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Several(all) => all,
        }
    }

    /// Which paths of the API at this address are meant, none of them with a slash at its end: none if it is not meant
    /// at all, no path if all of it is.
    #[must_use]
    pub fn paths_behind(&self, gateway: &str) -> Option<Box<[Box<str>]>> {
        let here = self.all().iter().filter_map(|resource| resource.strip_prefix(gateway));
        let paths = here.map(|rest| rest.split('?').next().unwrap_or_default().trim_end_matches('/'));
        let paths: Vec<_> = paths.filter(|path| path.is_empty() || path.starts_with('/')).collect();
        match (paths.is_empty(), paths.contains(&"")) {
            (true, _) => None,
            (false, true) => Some(Box::default()),
            (false, false) => Some(paths.into_iter().map(Box::from).collect()),
        }
    }
}

/// What somebody has let an app do, as the pages of connected apps show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// The grant.
    pub id: GrantId,
    /// How it came about.
    pub kind: GrantKind,
    /// Of which app.
    pub app_id: AppId,
    /// What the app is called.
    pub app: String,
    /// Whether nobody has vouched for the app.
    pub unverified: bool,
    /// Where the person was sent back to; empty for a device or a machine.
    pub destination: String,
    /// In which workspace.
    pub workspace: Workspace,
    /// Who let it in; none if it came for itself.
    pub person: Option<User>,
    /// What was granted, by name.
    pub scopes: Vec<String>,
    /// When.
    pub created_at: Time,
    /// When it was last used, if it was.
    pub last_used_at: Option<Time>,
    /// From which address.
    pub last_used_address: Option<String>,
    /// When it was ended, and why; none while it stands.
    pub ended: Option<(Time, EndReason)>,
}

impl Connection {
    /// Whether it was ended because a thief was seen.
    #[must_use]
    pub fn is_alarming(&self) -> bool {
        self.ended.is_some_and(|(_, reason)| match reason {
            EndReason::CodeReplayed | EndReason::RefreshReused => true,
            EndReason::Revoked
            | EndReason::GivenBack
            | EndReason::MemberRemoved
            | EndReason::AppRefused
            | EndReason::SignedOut => false,
        })
    }
}

/// What an app asks for in a workspace, with what it would not get marked.
#[cfg(feature = "server")]
#[must_use]
pub(super) fn asked_scopes(
    profile: &Profile,
    asked: ScopeSet,
    admitted: ScopeSet,
    role: (&str, ScopeSet),
    plan: (&str, ScopeSet),
) -> Vec<AskedScope> {
    let listed = profile.scopes.iter().enumerate().filter(|(i, _)| asked.has(*i));
    let shown = listed.map(|(i, spec)| AskedScope {
        name: spec.name.clone(),
        description: spec.description.clone(),
        missing: if !admitted.has(i) {
            Some(Withheld::Policy)
        } else if !plan.1.has(i) {
            Some(Withheld::Plan(plan.0.to_owned()))
        } else if !role.1.has(i) {
            Some(Withheld::Role(role.0.to_owned()))
        } else {
            None
        },
    });
    shown.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audience_is_written_as_one_text_or_as_a_list() {
        let of = |all: &[&str]| Audience::of(all.iter().map(|&one| one.to_owned()).collect());
        assert_eq!(of(&["https://a"]), Audience::One("https://a".to_owned()));
        assert_eq!(of(&["https://a", "https://b"]).all(), ["https://a", "https://b"]);
    }

    #[test]
    fn every_stored_word_reads_back() {
        for (kind, code) in GrantKind::ALL {
            assert_eq!((GrantKind::parse(code), kind.code()), (Some(*kind), *code));
        }
        for (reason, code) in EndReason::ALL {
            assert_eq!((EndReason::parse(code), reason.code()), (Some(*reason), *code));
        }
    }
}
