//! Apps that register themselves (RFC 7591) and manage what they registered (RFC 7592).
//!
//! 1. An app says what it is, as JSON. What it leaves out has the defaults of §2; what is not known here is ignored.
//! 2. Whatever it says of itself is the word of a stranger: it is cut, cleaned and shown as unverified.
//! 3. It gets what the profile allows and is told what that is, whatever it asked for (§3.2.1). Grants that act without
//!    a person are for apps that a person registered.
//! 4. It also gets a token of its own (RFC 7592 §3), with which it can read, replace and delete its registration. Only
//!    the token's SHA-256 is kept, so that a later answer repeats what the app itself sent.
//! 5. An app that is gone, or was never there, and a wrong token have one answer (§2.1): nobody learns which apps exist.

use super::{
    App, AppKind, Apps, AuthMethod, ClientId, GrantType, MOST_NAME, MOST_REDIRECTS, RedirectUri, Registrant,
    forms::parse_client_uri,
    manage::{as_registered, differences, is_another, new_row, visible},
    store,
};
use crate::{
    Time,
    accounts::Buckets,
    actor::Origin,
    audit::{Action, Event},
    error::Error,
    gate::Changed,
    ids::AppId,
    oauth::{Code, Members, OAuthError},
    random,
    secret::{self, Secret, SecretHash},
    text,
};
use chrono::TimeDelta;
use serde::Serialize;
use serde_json::{Map, Value};
use std::time::Duration;

/// What a registration's own token begins with.
const TOKEN_PREFIX: &str = "kt_";
/// Within this time an address can register as many apps as the profile says.
const WINDOW: TimeDelta = TimeDelta::hours(1);
/// How long an app may stay that registered itself, was given nothing since, and has nothing that still works.
const UNUSED: TimeDelta = TimeDelta::days(90);
/// What only the server says; an app that sends it back wants something that it cannot have (RFC 7592 §2.2).
const NOT_TO_SEND: [&str; 4] =
    ["registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"];

/// Why a registration was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotRegistered {
    /// An address to which people would be sent back cannot be one (`invalid_redirect_uri`).
    Redirect(String),
    /// Something else of what was sent is wrong (`invalid_client_metadata`).
    Metadata(String),
    /// The token is not that of a registration (401).
    Token,
    /// Too many from one address (429).
    Throttled {
        /// When the next one may come.
        retry_after: Duration,
    },
    /// The database did not answer, or worse.
    Failed(Error),
}

impl From<Error> for NotRegistered {
    fn from(error: Error) -> Self {
        if let Error::Throttled { retry_after } = error { Self::Throttled { retry_after } } else { Self::Failed(error) }
    }
}

impl From<sqlx::Error> for NotRegistered {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<NotRegistered> for OAuthError {
    fn from(refusal: NotRegistered) -> Self {
        match refusal {
            NotRegistered::Redirect(message) => Self::new(Code::InvalidRedirectUri, message),
            NotRegistered::Metadata(message) => Self::new(Code::InvalidClientMetadata, message),
            NotRegistered::Token => {
                Self::new(Code::InvalidToken, "There is no registration with this client_id and this token.")
            }
            NotRegistered::Throttled { retry_after } => Error::Throttled { retry_after }.into(),
            NotRegistered::Failed(error) => error.into(),
        }
    }
}

/// The answer to a registration, and to whoever asks for it later (RFC 7591 §3.2.1).
#[derive(Debug, Serialize)]
pub struct Registration {
    client_id: String,
    client_id_issued_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    /// 0: it does not expire. It stands beside a secret only.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret_expires_at: Option<i64>,
    registration_client_uri: String,
    registration_access_token: String,
    client_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_uri: Option<String>,
    redirect_uris: Vec<RedirectUri>,
    grant_types: Vec<&'static str>,
    response_types: Vec<&'static str>,
    token_endpoint_auth_method: &'static str,
    application_type: &'static str,
    scope: String,
}

/// What an app says of itself, read and bounded.
#[derive(Debug, PartialEq, Eq)]
struct Metadata {
    name: String,
    redirect_uris: Vec<RedirectUri>,
    grant_types: Vec<GrantType>,
    auth_method: AuthMethod,
    client_uri: Option<String>,
    scopes: Vec<String>,
}

impl Apps {
    /// Registers an app that says of itself what it is; `endpoint` is where it asked. What is sent is a JSON object.
    pub async fn register(&self, body: &[u8], endpoint: &str, origin: &Origin) -> Result<Registration, NotRegistered> {
        let metadata = self.read(&object(body)?)?;
        let bucket = Buckets::of_registration(origin.address);
        self.throttle.admit(bucket, self.profile.oauth.registrations_per_hour, WINDOW).await?;
        let now = self.clock.now();
        let secret = metadata.auth_method.is_confidential().then(|| self.new_secret());
        let token = Secret::generate(&secret::own(TOKEN_PREFIX), self.random.as_ref());
        let app = self.self_registered(metadata, secret.as_ref(), origin, now);
        let mut tx = self.db.begin().await?;
        store::insert(&mut tx, &app, Some(token.hash())).await?;
        if let Some(secret) = &secret {
            store::insert_secret(&mut tx, app.id, new_row(secret, now)).await?;
        }
        let event = Event::about_nobody(origin, Action::AppRegistered);
        let subject = Some((app.id.to_string(), app.name.clone()));
        self.audit.record(&mut tx, Event { subject, changes: as_registered(&app), ..event }).await?;
        tx.commit().await?;
        Ok(Registration::of(&app, secret.as_ref(), token.expose(), endpoint))
    }

    /// What is registered of the app that has this token.
    pub async fn read_registration(
        &self,
        client_id: &str,
        token: &str,
        endpoint: &str,
    ) -> Result<Registration, NotRegistered> {
        let app = self.registered(client_id, token).await?;
        Ok(Registration::of(&app, None, token, endpoint))
    }

    /// Replaces all of it: what is left out has its default again (RFC 7592 §2.2). An app that comes to need a secret
    /// gets one; one that needs none any more loses its own.
    pub async fn replace_registration(
        &self,
        client_id: &str,
        token: &str,
        body: &[u8],
        endpoint: &str,
        origin: &Origin,
    ) -> Result<Registration, NotRegistered> {
        let app = self.registered(client_id, token).await?;
        let sent = object(body)?;
        self.check_replacement(&sent, &app).await?;
        let metadata = self.read(&sent)?;
        let now = self.clock.now();
        let (had, has) = (app.is_confidential(), metadata.auth_method.is_confidential());
        let secret = (has && !had).then(|| self.new_secret());
        let after = App {
            kind: metadata.kind(),
            name: metadata.name,
            redirect_uris: metadata.redirect_uris,
            scopes: metadata.scopes,
            grant_types: metadata.grant_types,
            auth_method: metadata.auth_method,
            client_uri: metadata.client_uri,
            version: app.version + 1,
            ..app.clone()
        };
        let mut tx = self.db.begin().await?;
        if !store::replace(&mut tx, &after, app.version).await? {
            return Err(Error::Conflict("The registration has been changed meanwhile.".to_owned()).into());
        }
        if is_another(&app, &after) {
            store::withdraw(&mut tx, app.id).await?;
        }
        if had && !has {
            store::delete_secrets(&mut tx, app.id).await?;
        }
        if let Some(secret) = &secret {
            store::insert_secret(&mut tx, app.id, new_row(secret, now)).await?;
        }
        let event = Event::about_nobody(origin, Action::AppChanged);
        let subject = Some((app.id.to_string(), after.name.clone()));
        self.audit.record(&mut tx, Event { subject, changes: differences(&app, &after), ..event }).await?;
        self.gate.commit(tx, Changed::Tokens).await?;
        Ok(Registration::of(&after, secret.as_ref(), token, endpoint))
    }

    /// Deletes the app that has this token, and with it all that it was given.
    pub async fn delete_registration(
        &self,
        client_id: &str,
        token: &str,
        origin: &Origin,
    ) -> Result<(), NotRegistered> {
        let app = self.registered(client_id, token).await?;
        let mut tx = self.db.begin().await?;
        store::delete_registered(&mut tx, app.id).await?;
        let subject = Some((app.id.to_string(), app.name));
        self.audit.record(&mut tx, Event { subject, ..Event::about_nobody(origin, Action::AppDeleted) }).await?;
        Ok(self.gate.commit(tx, Changed::Tokens).await?)
    }

    /// Deletes apps that registered themselves and are not used: nobody but themselves could.
    pub async fn sweep(&self) -> Result<(), Error> {
        self.forget_events().await?;
        let now = self.clock.now();
        Ok(store::prune(&self.db, now - UNUSED, now).await?)
    }

    async fn registered(&self, client_id: &str, token: &str) -> Result<App, NotRegistered> {
        let client_id = ClientId::parse(client_id).map_err(|_| NotRegistered::Token)?;
        let hash = Secret::parse(&secret::own(TOKEN_PREFIX), token).map_err(|_| NotRegistered::Token)?.hash();
        let app = store::find_by_registration(&self.db, &client_id, hash, self.clock.now()).await?;
        app.ok_or(NotRegistered::Token)
    }

    /// RFC 7592 §2.2: the request names the app, repeats its secret rightly or not at all, and none of what only the
    /// server says.
    async fn check_replacement(&self, sent: &Map<String, Value>, app: &App) -> Result<(), NotRegistered> {
        let wrong = |message: String| Err(NotRegistered::Metadata(message));
        if text_of(sent, "client_id")? != Some(app.client_id.as_str()) {
            return wrong("client_id must be that of the registration.".to_owned());
        }
        if let Some(name) = NOT_TO_SEND.iter().find(|name| sent.contains_key(**name)) {
            return wrong(format!("{name} must not be sent."));
        }
        let Some(secret) = text_of(sent, "client_secret")? else { return Ok(()) };
        let hash = SecretHash::of(secret.as_bytes());
        if store::has_secret(&self.db, app.id, hash).await? {
            return Ok(());
        }
        wrong("client_secret must be the one that the app has.".to_owned())
    }

    fn self_registered(&self, metadata: Metadata, secret: Option<&Secret>, origin: &Origin, now: Time) -> App {
        App {
            id: AppId::from_uuid(random::uuid(now, self.random.as_ref())),
            client_id: ClientId::generate(self.random.as_ref()),
            kind: metadata.kind(),
            name: metadata.name,
            redirect_uris: metadata.redirect_uris,
            scopes: metadata.scopes,
            grant_types: metadata.grant_types,
            auth_method: metadata.auth_method,
            // Whoever nobody has looked at never goes without (RFC 9700 §2.1.1).
            pkce_optional: false,
            client_uri: metadata.client_uri,
            registrant: Registrant::Itself { address: origin.address.map(|a| a.to_canonical().to_string()) },
            secret: secret.map(|secret| visible(secret, now, None)),
            created_at: now,
            last_used_at: None,
            disabled_at: None,
            version: 1,
        }
    }

    /// What was sent, within what the profile allows.
    fn read(&self, sent: &Map<String, Value>) -> Result<Metadata, NotRegistered> {
        let grant_types = grant_types(sent)?;
        let redirect_uris = redirect_uris(sent, &grant_types)?;
        check_response_types(sent, &grant_types)?;
        check_links(sent)?;
        if sent.contains_key("jwks") && sent.contains_key("jwks_uri") {
            return Err(NotRegistered::Metadata("jwks and jwks_uri exclude each other.".to_owned()));
        }
        let client_uri = parse_client_uri(text_of(sent, "client_uri")?.unwrap_or_default())
            .map_err(|error| NotRegistered::Metadata(format!("client_uri: {}", error.message)))?;
        let name = text::plain(text_of(sent, "client_name")?.unwrap_or_default().trim(), MOST_NAME);
        let name = Some(name).filter(|name| !name.trim().is_empty());
        Ok(Metadata {
            name: name.unwrap_or_else(|| name_without(&redirect_uris)),
            auth_method: auth_method(sent)?,
            scopes: self.scopes(sent)?,
            redirect_uris,
            grant_types,
            client_uri,
        })
    }

    /// What it may ask for: of what it names the part that there is and that such apps may have; all of that if it
    /// names nothing.
    fn scopes(&self, sent: &Map<String, Value>) -> Result<Vec<String>, NotRegistered> {
        let most = self.profile.oauth.self_registration_scopes;
        let Some(asked) = text_of(sent, "scope")? else { return Ok(self.profile.scope_names(most)) };
        let asked: Vec<_> = asked.split(' ').filter(|name| !name.is_empty() && *name != "*").collect();
        let scopes = self.profile.scope_names(self.profile.known_scopes(&asked).and(most));
        if scopes.is_empty() && !asked.is_empty() {
            let most = self.profile.scope_names(most).join(" ");
            return Err(NotRegistered::Metadata(format!("None of these scopes can be asked for. These can: {most}")));
        }
        Ok(if asked.is_empty() { self.profile.scope_names(most) } else { scopes })
    }
}

impl Metadata {
    fn kind(&self) -> AppKind {
        if self.auth_method.is_confidential() {
            AppKind::Server
        } else if self.grant_types.contains(&GrantType::AuthorizationCode) {
            AppKind::Public
        } else {
            AppKind::Device
        }
    }
}

impl Registration {
    fn of(app: &App, secret: Option<&Secret>, token: &str, endpoint: &str) -> Self {
        let native = app.redirect_uris.iter().all(RedirectUri::is_native);
        Self {
            client_id: app.client_id.as_str().to_owned(),
            client_id_issued_at: app.created_at.timestamp(),
            client_secret: secret.map(|secret| secret.expose().to_owned()),
            client_secret_expires_at: secret.map(|_| 0),
            registration_client_uri: format!("{endpoint}/{}", app.client_id),
            registration_access_token: token.to_owned(),
            client_name: app.name.clone(),
            client_uri: app.client_uri.clone(),
            redirect_uris: app.redirect_uris.clone(),
            grant_types: app.grant_types.iter().map(|grant| grant.code()).collect(),
            response_types: if app.may(GrantType::AuthorizationCode) { vec!["code"] } else { Vec::new() },
            token_endpoint_auth_method: app.auth_method.code(),
            application_type: if native { "native" } else { "web" },
            scope: app.scopes.join(" "),
        }
    }
}

fn object(body: &[u8]) -> Result<Map<String, Value>, NotRegistered> {
    let wrong = |message: String| NotRegistered::Metadata(message);
    let Members(members) =
        serde_json::from_slice(body).map_err(|_| wrong("The body must be a JSON object.".to_owned()))?;
    let mut sent = Map::new();
    for (name, value) in members {
        if sent.contains_key(&name) {
            return Err(wrong(format!("The member '{name}' is sent twice.")));
        }
        sent.insert(name, value);
    }
    // A member that is null is one that is left out (RFC 7592 §2.2).
    sent.retain(|_, value| !value.is_null());
    Ok(sent)
}

fn text_of<'a>(sent: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, NotRegistered> {
    let wrong = || NotRegistered::Metadata(format!("{name} must be a string."));
    sent.get(name).map(|value| value.as_str().ok_or_else(wrong)).transpose()
}

fn texts_of<'a>(sent: &'a Map<String, Value>, name: &str) -> Result<Option<Vec<&'a str>>, NotRegistered> {
    let wrong = || NotRegistered::Metadata(format!("{name} must be a list of strings."));
    let Some(value) = sent.get(name) else { return Ok(None) };
    let items = value.as_array().ok_or_else(wrong)?;
    items.iter().map(|item| item.as_str().ok_or_else(wrong)).collect::<Result<_, _>>().map(Some)
}

/// Those that there are for apps which registered themselves; others are left out, as libraries list all that they
/// know.
fn grant_types(sent: &Map<String, Value>) -> Result<Vec<GrantType>, NotRegistered> {
    const OFFERED: [GrantType; 3] = [GrantType::AuthorizationCode, GrantType::RefreshToken, GrantType::DeviceCode];
    let Some(asked) = texts_of(sent, "grant_types")? else { return Ok(vec![GrantType::AuthorizationCode]) };
    let grants: Vec<_> = OFFERED.into_iter().filter(|grant| asked.contains(&grant.code())).collect();
    // A refresh token has to come of something.
    if grants.iter().any(|grant| *grant != GrantType::RefreshToken) {
        return Ok(grants);
    }
    let message = "grant_types must have authorization_code or urn:ietf:params:oauth:grant-type:device_code.";
    Err(NotRegistered::Metadata(message.to_owned()))
}

fn redirect_uris(sent: &Map<String, Value>, grants: &[GrantType]) -> Result<Vec<RedirectUri>, NotRegistered> {
    let wrong = |message: String| NotRegistered::Redirect(message);
    let asked = texts_of(sent, "redirect_uris")
        .map_err(|_| wrong("redirect_uris must be a list of strings.".to_owned()))?
        .unwrap_or_default();
    if asked.is_empty() && grants.contains(&GrantType::AuthorizationCode) {
        return Err(wrong("redirect_uris is missing: the grant authorization_code needs at least one.".to_owned()));
    }
    if asked.len() > MOST_REDIRECTS {
        return Err(wrong(format!("redirect_uris can have {MOST_REDIRECTS} items at most.")));
    }
    let mut uris = Vec::with_capacity(asked.len());
    for (i, text) in asked.into_iter().enumerate() {
        let uri = RedirectUri::parse(text).map_err(|fault| wrong(format!("redirect_uris[{i}] {fault}.")))?;
        if !uris.contains(&uri) {
            uris.push(uri);
        }
    }
    let application_type = text_of(sent, "application_type")?;
    let own_scheme = |uri: &&RedirectUri| uri.is_native() && !uri.is_loopback();
    if let Some(uri) = uris.iter().find(own_scheme).filter(|_| application_type == Some("web")) {
        return Err(wrong(format!("A web application is sent back to https, not to {}", uri.destination())));
    }
    Ok(uris)
}

/// RFC 7591 §2.1: who uses the authorization code gets a code, and nothing else.
fn check_response_types(sent: &Map<String, Value>, grants: &[GrantType]) -> Result<(), NotRegistered> {
    let Some(asked) = texts_of(sent, "response_types")? else { return Ok(()) };
    if !grants.contains(&GrantType::AuthorizationCode) || asked.contains(&"code") {
        return Ok(());
    }
    Err(NotRegistered::Metadata("response_types must have code, as grant_types has authorization_code.".to_owned()))
}

/// Nothing of these is kept, and nothing is fetched; but what is no address of a website is a mistake all the same.
fn check_links(sent: &Map<String, Value>) -> Result<(), NotRegistered> {
    for name in ["logo_uri", "tos_uri", "policy_uri", "jwks_uri"] {
        let link = text_of(sent, name)?.unwrap_or_default();
        if parse_client_uri(link).is_err() {
            return Err(NotRegistered::Metadata(format!("{name} must be the address of a website.")));
        }
    }
    Ok(())
}

fn auth_method(sent: &Map<String, Value>) -> Result<AuthMethod, NotRegistered> {
    match text_of(sent, "token_endpoint_auth_method")? {
        None => Ok(AuthMethod::SecretBasic),
        Some(name) => AuthMethod::parse(name).filter(|method| *method != AuthMethod::AnySecret).ok_or_else(|| {
            let message = "token_endpoint_auth_method can be none, client_secret_basic or client_secret_post.";
            NotRegistered::Metadata(message.to_owned())
        }),
    }
}

/// What an app is called that has no name: where it leads.
fn name_without(uris: &[RedirectUri]) -> String {
    uris.first().map_or_else(|| "An app without a name".to_owned(), |uri| text::plain(&uri.destination(), MOST_NAME))
}
