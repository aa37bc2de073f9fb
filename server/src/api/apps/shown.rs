//! An app as REST shows it.

use crate::api::{answer, etag, paging::ListBody};
use axum::{
    http::{StatusCode, header::ETAG},
    response::{IntoResponse as _, Response},
};
use keywright_core::{
    Time,
    apps::{App, AppEvent, AppPolicy, AppSecret, ForeignApp, RegisteredApp, Registrant},
    ids::{AppEventId, AppId, UserId},
    keys,
    secret::Secret,
};
use serde::Serialize;
use utoipa::ToSchema;

/// An app, as everyone but itself knows it.
#[derive(Serialize, ToSchema)]
#[schema(as = App)]
pub struct AppBody {
    /// Its id.
    #[schema(value_type = String, example = "<app-id>")]
    id: AppId,
    /// What it calls itself when it asks for tokens.
    #[schema(example = "app_4fT9a1b2c3d4e5f6g7h8i9")]
    client_id: String,
    /// What people call it. One that registered itself says this of itself.
    #[schema(example = "CRM sync")]
    name: String,
    /// Where it runs: `server`, `public`, `device` or `machine`.
    #[schema(example = "server")]
    kind: &'static str,
    /// Where people are sent back to.
    #[schema(example = json!(["https://crm.example.com/callback"]))]
    redirect_uris: Vec<String>,
    /// The most that it may ask for.
    #[schema(example = json!(["<scope>"]))]
    scopes: Vec<String>,
    /// By which grants it gets tokens.
    #[schema(example = json!(["authorization_code", "refresh_token"]))]
    grant_types: Vec<&'static str>,
    /// How it proves who it is: `none`, `client_secret_basic`, `client_secret_post`, or `client_secret`, either of both.
    #[schema(example = "client_secret")]
    auth_method: &'static str,
    /// Whether it may leave out PKCE.
    #[schema(example = false)]
    pkce_optional: bool,
    /// Its website, as it says.
    #[schema(example = "https://crm.example.com")]
    client_uri: Option<String>,
    /// Its secret, as far as it is visible; `null`: it has none.
    secret: Option<VisibleSecret>,
    /// Who registered it; `null`: it registered itself, and nobody has vouched for it.
    registered_by: Option<AppPerson>,
    /// When it was registered.
    #[schema(value_type = String, format = DateTime, example = "2026-11-02T09:30:00Z")]
    created_at: Time,
    /// When it was last given a token; `null`: never.
    #[schema(value_type = Option<String>, format = DateTime, example = json!(null))]
    last_used_at: Option<Time>,
    /// When it was switched off, if it is.
    #[schema(value_type = Option<String>, format = DateTime, example = json!(null))]
    disabled_at: Option<Time>,
    /// Raised with each change; the `ETag` is made of it.
    #[schema(example = 1)]
    version: i64,
}

/// The secret of an app, and the one before while it still works.
#[derive(Serialize, ToSchema)]
#[schema(as = AppSecret)]
pub struct VisibleSecret {
    /// Its last four characters.
    #[schema(example = "x2Qp")]
    last4: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime, example = "2026-11-02T09:30:00Z")]
    created_at: Time,
    /// The last four characters of the one before, while it works.
    #[schema(example = json!(null))]
    old_last4: Option<String>,
    /// When that stops working.
    #[schema(value_type = Option<String>, format = DateTime, example = json!(null))]
    old_ends_at: Option<Time>,
}

/// Somebody, by name.
#[derive(Serialize, ToSchema)]
pub struct AppPerson {
    /// Their id.
    #[schema(value_type = String, example = "<member-id>")]
    id: UserId,
    /// Their name.
    #[schema(example = "Ada Lovelace")]
    name: String,
}

/// An app with its new secret: the only answers that ever hold one.
#[derive(Serialize, ToSchema)]
#[schema(as = AppWithSecret)]
pub struct SecretBody<'a> {
    #[serde(flatten)]
    shown: AppBody,
    /// The secret. It is shown this once, and kept nowhere; absent: the app has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "ks_4fT9…")]
    client_secret: Option<&'a str>,
}

/// An app from elsewhere, as the workspace knows it.
#[derive(Serialize, ToSchema)]
#[schema(as = ForeignApp)]
pub struct ForeignBody {
    /// Its id.
    #[schema(value_type = String, example = "<app-id>")]
    id: AppId,
    /// What it calls itself when it asks for tokens.
    #[schema(example = "app_4fT9a1b2c3d4e5f6g7h8i9")]
    client_id: String,
    /// What it says that it is called.
    #[schema(example = "Inspector")]
    name: String,
    /// Where it runs: `server`, `public`, `device` or `machine`.
    #[schema(example = "public")]
    kind: &'static str,
    /// Where people are sent back to.
    #[schema(example = json!(["http://127.0.0.1/callback"]))]
    redirect_uris: Vec<String>,
    /// The most that it may ask for.
    #[schema(example = json!(["<scope>"]))]
    scopes: Vec<String>,
    /// Its website, as it says.
    #[schema(example = json!(null))]
    client_uri: Option<String>,
    /// What the workspace is called that registered it; `null`: it registered itself, and nobody has vouched for it.
    #[schema(example = json!(null))]
    registered_by: Option<String>,
    /// Who of the workspace wanted to use it first.
    asked_by: Option<AppPerson>,
    /// When.
    #[schema(value_type = String, format = DateTime, example = "2026-11-02T09:30:00Z")]
    asked_at: Time,
    /// Who approved it, if somebody did.
    approved_by: Option<AppPerson>,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime, example = json!(null))]
    approved_at: Option<Time>,
}

/// One thing that was refused to an app.
#[derive(Serialize, ToSchema)]
#[schema(as = AppRefusal)]
pub struct EventBody {
    /// Its id.
    #[schema(value_type = String, example = "<event-id>")]
    id: AppEventId,
    /// When.
    #[schema(value_type = String, format = DateTime, example = "2026-11-20T14:03:11Z")]
    at: Time,
    /// Where it asked.
    #[schema(example = "token")]
    door: String,
    /// What it was told.
    #[schema(example = "invalid_grant")]
    error: String,
    /// Why, in one sentence.
    #[schema(example = "The redirect_uri is not the one of the request.")]
    message: String,
    /// What would have been right, if that can be said.
    #[schema(example = "https://crm.example.com/callback")]
    expected: Option<String>,
    /// What came instead.
    #[schema(example = "https://crm.example.com/callback/")]
    received: Option<String>,
    /// From where; `null`: not known.
    #[schema(example = "203.0.113.7")]
    address: Option<String>,
}

/// A page of apps.
pub type AppList = ListBody<AppBody>;
/// A page of apps from elsewhere.
pub type ForeignList = ListBody<ForeignBody>;
/// A page of what was refused to an app.
pub type EventList = ListBody<EventBody>;

/// The rule for apps from elsewhere.
#[derive(Serialize, ToSchema)]
#[schema(as = AppPolicy)]
pub struct PolicyBody {
    /// Whether they may be used: `off`, `approval` or `open`.
    #[schema(example = "approval")]
    mode: &'static str,
    /// The most that they get.
    #[schema(example = json!(["<scope>"]))]
    scopes: Vec<String>,
}

/// The answer with one app.
pub fn one(app: App) -> Response {
    let tag = etag::tag(app.version);
    ([(ETAG, tag)], answer::plain(StatusCode::OK, &AppBody::from(app))).into_response()
}

/// The answer with one app and its new secret.
pub fn with_secret(status: StatusCode, registered: RegisteredApp) -> Response {
    let RegisteredApp { app, secret } = registered;
    let (id, tag) = (app.id, etag::tag(app.version));
    let body = SecretBody { shown: app.into(), client_secret: secret.as_ref().map(Secret::expose) };
    ([(ETAG, tag)], answer::secret(status, id, &body)).into_response()
}

impl From<App> for AppBody {
    fn from(app: App) -> Self {
        let registered_by = match app.registrant {
            Registrant::Member { person, .. } => Some(person.into()),
            Registrant::Itself { .. } | Registrant::BuiltIn => None,
        };
        Self {
            id: app.id,
            client_id: app.client_id.to_string(),
            name: app.name,
            kind: app.kind.code(),
            redirect_uris: app.redirect_uris.iter().map(ToString::to_string).collect(),
            scopes: app.scopes,
            grant_types: app.grant_types.into_iter().map(|grant| grant.code()).collect(),
            auth_method: app.auth_method.code(),
            pkce_optional: app.pkce_optional,
            client_uri: app.client_uri,
            secret: app.secret.map(VisibleSecret::from),
            registered_by,
            created_at: app.created_at,
            last_used_at: app.last_used_at,
            disabled_at: app.disabled_at,
            version: app.version,
        }
    }
}

impl From<AppSecret> for VisibleSecret {
    fn from(secret: AppSecret) -> Self {
        let (old_last4, old_ends_at) = secret.retiring.unzip();
        Self { last4: secret.last4, created_at: secret.created_at, old_last4, old_ends_at }
    }
}

impl From<keys::Person> for AppPerson {
    fn from(person: keys::Person) -> Self {
        Self { id: person.id, name: person.name }
    }
}

impl From<ForeignApp> for ForeignBody {
    fn from(foreign: ForeignApp) -> Self {
        let (approved_by, approved_at) = foreign.approved.unzip();
        let app = foreign.app;
        Self {
            id: app.id,
            client_id: app.client_id.to_string(),
            name: app.name,
            kind: app.kind.code(),
            redirect_uris: app.redirect_uris.iter().map(ToString::to_string).collect(),
            scopes: app.scopes,
            client_uri: app.client_uri,
            registered_by: match app.registrant {
                Registrant::Member { workspace_name, .. } => Some(workspace_name),
                Registrant::Itself { .. } | Registrant::BuiltIn => None,
            },
            asked_by: foreign.asked_by.map(AppPerson::from),
            asked_at: foreign.asked_at,
            approved_by: approved_by.map(AppPerson::from),
            approved_at,
        }
    }
}

impl From<AppEvent> for EventBody {
    fn from(event: AppEvent) -> Self {
        Self {
            id: event.id,
            at: event.at,
            door: event.what.door,
            error: event.what.error,
            message: event.what.message,
            expected: event.what.expected,
            received: event.what.received,
            address: Some(event.address).filter(|address| !address.is_empty()),
        }
    }
}

impl From<AppPolicy> for PolicyBody {
    fn from(policy: AppPolicy) -> Self {
        Self { mode: policy.mode.code(), scopes: policy.scopes }
    }
}
