//! What callers send about apps.

use crate::problem::Problem;
use keywright_core::{
    apps::{AppForm, AppKind, AppPatch, PolicyForm},
    error::{Error, FieldError},
    keys::RotateForm,
    profile::SelfRegistration,
};
use serde::Deserialize;
use utoipa::ToSchema;

/// An app to be registered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewApp, example = json!({
    "name": "CRM sync", "kind": "server", "redirect_uris": ["https://crm.example.com/callback"], "scopes": ["<scope>"],
}))]
pub struct Create {
    /// What people call it: 1 to 80 characters.
    name: String,
    /// Where it runs. It stays what it is.
    kind: Kind,
    /// Where people are sent back to: up to 10. None for devices and machines.
    #[serde(default)]
    redirect_uris: Vec<String>,
    /// The most that it may ask for.
    scopes: Vec<String>,
    /// Its website.
    #[serde(default)]
    client_uri: String,
    /// With `server`: whether it may leave out PKCE. Leave it unless its library cannot do it.
    #[serde(default)]
    pkce_optional: bool,
}

/// Where an app runs.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AppKind)]
pub enum Kind {
    /// On a server: it keeps a secret, and people allow it.
    Server,
    /// In a browser or on a device, without a secret; people allow it.
    Public,
    /// Where no browser is; people allow it with a code on another device.
    Device,
    /// On a server, without any person: it acts for itself.
    Machine,
}

/// What is to be changed; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AppChanges, example = json!({"name": "CRM sync, Frankfurt"}))]
pub struct Change {
    /// What people call it: 1 to 80 characters.
    name: Option<String>,
    /// All addresses to which people are sent back from now on.
    redirect_uris: Option<Vec<String>>,
    /// All that it may ask for from now on.
    scopes: Option<Vec<String>>,
    /// Its website; empty: none.
    client_uri: Option<String>,
    /// Whether it may leave out PKCE.
    pkce_optional: Option<bool>,
}

/// How long the old secret goes on working.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AppGrace, example = json!({"grace_seconds": 86400}))]
pub struct Grace {
    /// Seconds from now; `0`: not at all. Absent: a day.
    #[schema(minimum = 0)]
    grace_seconds: Option<i64>,
}

/// The rule for apps from elsewhere.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewAppPolicy, example = json!({"mode": "approval", "scopes": ["<scope>"]}))]
pub struct Policy {
    /// Whether they may be used.
    mode: Mode,
    /// The most that they get.
    #[serde(default)]
    scopes: Vec<String>,
}

/// Whether apps from elsewhere may be used.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AppPolicyMode)]
pub enum Mode {
    /// They may not.
    Off,
    /// Each has to be approved first.
    Approval,
    /// Members may allow them.
    Open,
}

impl Create {
    /// As the page's form would send it.
    pub fn form(self) -> AppForm {
        let kind = match self.kind {
            Kind::Server => AppKind::Server,
            Kind::Public => AppKind::Public,
            Kind::Device => AppKind::Device,
            Kind::Machine => AppKind::Machine,
        };
        AppForm {
            name: self.name,
            kind: kind.code().to_owned(),
            redirect_uris: lines(&self.redirect_uris),
            scopes: self.scopes,
            client_uri: self.client_uri,
            pkce_optional: self.pkce_optional,
        }
    }
}

impl Change {
    /// As the page's form would send it.
    pub fn patch(self, version: Option<i64>) -> AppPatch {
        AppPatch {
            name: self.name,
            redirect_uris: self.redirect_uris.as_deref().map(lines),
            scopes: self.scopes,
            client_uri: self.client_uri,
            pkce_optional: self.pkce_optional,
            version,
        }
    }
}

impl Grace {
    /// As the page's form would send it.
    pub fn form(&self, version: Option<i64>) -> RotateForm {
        let grace = self.grace_seconds.map(|seconds| seconds.to_string()).unwrap_or_default();
        RotateForm { grace, hours: String::new(), version }
    }
}

impl From<Policy> for PolicyForm {
    fn from(policy: Policy) -> Self {
        let mode = match policy.mode {
            Mode::Off => SelfRegistration::Off,
            Mode::Approval => SelfRegistration::Approval,
            Mode::Open => SelfRegistration::Open,
        };
        Self { mode: mode.code().to_owned(), scopes: policy.scopes }
    }
}

/// One address a line. What has a line break in it is none: it becomes two that are wrong.
fn lines(uris: &[String]) -> String {
    uris.join("\n")
}

/// Names the members as the body does.
pub fn in_json_names(error: Error) -> Problem {
    let mut problem = Problem::from(error);
    for field in &mut problem.fields {
        if matches!(&*field.field, "grace" | "hours") {
            *field = FieldError::new("grace_seconds", std::mem::take(&mut field.message));
        }
    }
    problem
}
