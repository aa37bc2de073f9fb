//! The authorization endpoint (OAuth 2.1 §3.1, §4.1): a request is read, shown to a person, decided by them, and
//! answered at the app's redirect address.
//!
//! 1. The app and its redirect address are looked at first. While either is in doubt nobody is sent anywhere
//!    (§4.1.2.1): whatever is wrong is said here.
//! 2. Everything else that is wrong is told to the app, with `state` as it came and `iss` (RFC 9207).
//! 3. The request is stored, bound to the browser session that opened it. What the page's form says afterwards is only
//!    which request is meant and what was decided.
//! 4. The decision is taken once. A yes makes the grant and its code in one transaction.

use super::{
    Answerable, Candidate, Code, ConsentRequest, Decision, GrantKind, OAuthError, OAuthResult, Parameters,
    invalid_request, pkce::Challenge, resources, scopes, secrets::Kind, service::OAuth, store,
};
use crate::{
    accounts::User,
    actor::{Actor, Origin},
    apps::{App, GrantType, RedirectUri},
    audit::{Action, Change, Event},
    db::Tx,
    error::{Error, Result},
    ids::{ConsentId, GrantId},
    profile::ScopeSet,
    random,
    secret::SecretHash,
    workspaces::Membership,
};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// For how long a person may think.
const PATIENCE: TimeDelta = TimeDelta::minutes(30);
/// How long a code works: a program redeems it at once.
const CODE_LIFE: TimeDelta = TimeDelta::seconds(60);
/// The longest `state` that is sent back.
const LONGEST_STATE: usize = 8_000;

/// A request without faults.
#[derive(Debug)]
pub struct Asking {
    /// Which app asks.
    pub app: App,
    /// Whether somebody may be, or must be, asked.
    pub prompt: Prompt,
    redirect: RedirectUri,
    state: Option<String>,
    scopes: ScopeSet,
    resources: Vec<String>,
    challenge: Option<Challenge>,
}

/// What the app wishes the person to see (OpenID Connect Core §3.1.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// Whatever is needed.
    Usual,
    /// Nothing.
    Nothing,
    /// The question, also where it was answered before.
    Question,
}

/// A request that cannot be granted.
#[derive(Debug)]
pub enum Turned {
    /// It is said here, to the person: nobody knows where else it could be.
    Here(OAuthError),
    /// It is told to the app.
    Back(Box<Back>),
}

/// Where the person is sent back to.
#[derive(Debug)]
pub struct Back {
    /// Which app asked.
    pub app: App,
    /// The whole address, with the answer in it.
    pub url: String,
    /// The part of it that people read.
    pub destination: String,
    /// What is wrong.
    pub error: OAuthError,
}

/// What becomes of a request when the person is known.
#[derive(Debug)]
pub enum Opened {
    /// They are asked.
    Ask(Box<ConsentRequest>),
    /// They are sent to this address at once.
    Answered(String),
}

impl From<OAuthError> for Turned {
    fn from(error: OAuthError) -> Self {
        Self::Here(error)
    }
}

impl From<Error> for Turned {
    fn from(error: Error) -> Self {
        Self::Here(error.into())
    }
}

/// What is kept of a request while the person thinks.
#[derive(Serialize, Deserialize)]
struct Kept {
    redirect: String,
    state: Option<String>,
    scopes: Vec<String>,
    resources: Vec<String>,
    challenge: Option<Challenge>,
}

impl OAuth {
    /// Reads a request.
    pub async fn read_request(&self, pairs: Vec<(String, String)>, address: Option<IpAddr>) -> Result<Asking, Turned> {
        let repeated = Parameters::repeated(&pairs).map(str::to_owned);
        let parameters = Parameters::lenient(pairs);
        if let Some(name) = repeated.as_deref().filter(|name| matches!(*name, "client_id" | "redirect_uri")) {
            return Err(invalid_request(format!("The parameter '{name}' is sent twice.")).into());
        }
        let app = self.asking_app(&parameters).await?;
        let redirect = self.redirect_of(&app, &parameters, address)?;
        // Which of two is meant nobody knows, so neither is sent back.
        let state = parameters.one("state").filter(|_| repeated.as_deref() != Some("state")).map(str::to_owned);
        match self.read_rest(&app, &parameters, repeated) {
            Ok((prompt, scopes, resources, challenge)) => {
                Ok(Asking { app, prompt, redirect, state, scopes, resources, challenge })
            }
            Err(error) => {
                self.apps.trace(app.id, address, error.traced("authorize"));
                let (url, destination) = (self.refusal(&redirect, state.as_deref(), &error), redirect.destination());
                Err(Turned::Back(Box::new(Back { app, url, destination, error })))
            }
        }
    }

    /// The answer to a request that is refused for another reason than its form.
    #[must_use]
    pub fn turn_back(&self, asking: Asking, error: OAuthError) -> Back {
        let url = self.refusal(&asking.redirect, asking.state.as_deref(), &error);
        Back { destination: asking.redirect.destination(), url, app: asking.app, error }
    }

    /// What becomes of a request of this person's, in this session. `place` is the workspace where they were last.
    pub async fn open(
        &self,
        asking: Asking,
        user: &User,
        session: SecretHash,
        place: Option<&str>,
        origin: &Origin,
    ) -> Result<Opened> {
        let candidates = self.candidates(user.id, &asking.app, asking.scopes, place).await?;
        if let Some(slug) = self.remembered(&asking, user, &candidates).await? {
            let actor = self.workspaces.enter(user.id, &slug, origin.clone()).await?;
            let kept = asking.kept(&self.profile.scope_names(asking.scopes));
            return Ok(Opened::Answered(self.allow(&asking.app, (&asking.redirect, &kept), &actor, None).await?));
        }
        if asking.prompt == Prompt::Nothing {
            let error = OAuthError::new(Code::ConsentRequired, "The person has to be asked.");
            return Ok(Opened::Answered(self.refusal(&asking.redirect, asking.state.as_deref(), &error)));
        }
        let now = self.clock.now();
        let id = ConsentId::from_uuid(random::uuid(now, self.random.as_ref()));
        let kept = asking.kept(&self.profile.scope_names(asking.scopes));
        let kept = serde_json::to_value(&kept).map_err(|_| Error::Internal)?;
        store::insert_request(&self.db, id, session, user.id, asking.app.id, &kept, (now, now + PATIENCE)).await?;
        Ok(Opened::Ask(Box::new(ConsentRequest {
            id,
            destination: asking.redirect.destination(),
            is_loopback: asking.redirect.is_loopback(),
            user: user.clone(),
            candidates,
            resources: asking.resources,
            app: asking.app,
        })))
    }

    /// Takes the decision of a person, in the session in which they were asked. Gives the address that they are sent to.
    pub async fn decide(
        &self,
        id: ConsentId,
        user: &User,
        session: SecretHash,
        decision: &Decision,
        origin: &Origin,
    ) -> Result<String> {
        let row = store::find_request(&self.db, id).await?.ok_or(Error::NotFound("request"))?;
        if !row.is_of(session) || row.user_id != user.id {
            return Err(Error::Forbidden("This request was opened in another browser. Begin again in the app.".into()));
        }
        if row.decided_at.is_some() || row.expires_at <= self.clock.now() {
            return Err(over());
        }
        let kept: Kept = serde_json::from_value(row.asked.0).map_err(|_| Error::Internal)?;
        let app = self.apps.find(&row.client_id).await?.filter(|app| app.disabled_at.is_none()).ok_or_else(over)?;
        // The app may have been changed while the person thought.
        let redirect = app.redirect(Some(&kept.redirect)).ok_or_else(over)?;
        match decision {
            Decision::Allow(slug) => {
                let actor = self.workspaces.enter(user.id, slug, origin.clone()).await?;
                self.allow(&app, (&redirect, &kept), &actor, Some((id, session))).await
            }
            Decision::Deny => {
                let mut tx = self.db.begin().await?;
                self.take(&mut tx, Some((id, session))).await?;
                tx.commit().await?;
                let error = OAuthError::new(Code::AccessDenied, "The person said no.");
                Ok(self.refusal(&redirect, kept.state.as_deref(), &error))
            }
        }
    }

    async fn asking_app(&self, parameters: &Parameters) -> Result<App, Turned> {
        let unknown = || OAuthError::new(Code::InvalidClient, "There is no app with this client_id.");
        let app = self.apps.find(parameters.required("client_id")?).await?.ok_or_else(unknown)?;
        match app.disabled_at {
            None => Ok(app),
            Some(_) => Err(OAuthError::new(Code::InvalidClient, "This app is disabled.").into()),
        }
    }

    fn redirect_of(&self, app: &App, parameters: &Parameters, address: Option<IpAddr>) -> OAuthResult<RedirectUri> {
        let asked = parameters.one("redirect_uri");
        app.redirect(asked).ok_or_else(|| {
            let known = app.redirect_uris.iter().map(RedirectUri::as_str).collect::<Vec<_>>().join(" ");
            let error = match asked {
                Some(asked) => {
                    invalid_request("The redirect_uri is not one that the app has registered.").instead(known, asked)
                }
                None => invalid_request("The redirect_uri is missing: the app has registered several, or none."),
            };
            self.apps.trace(app.id, address, error.traced("authorize"));
            error
        })
    }

    fn read_rest(
        &self,
        app: &App,
        parameters: &Parameters,
        repeated: Option<String>,
    ) -> OAuthResult<(Prompt, ScopeSet, Vec<String>, Option<Challenge>)> {
        if let Some(name) = repeated {
            return Err(invalid_request(format!("The parameter '{name}' is sent twice.")));
        }
        if parameters.required("response_type")? != "code" {
            return Err(OAuthError::new(Code::UnsupportedResponseType, "The response_type must be code."));
        }
        if parameters.one("response_mode").is_some_and(|mode| mode != "query") {
            return Err(invalid_request("The response_mode must be query."));
        }
        if parameters.one("state").is_some_and(|state| state.len() > LONGEST_STATE || state.contains('\0')) {
            return Err(invalid_request("The state is too long, or has a NUL in it."));
        }
        if !app.may(GrantType::AuthorizationCode) {
            return Err(OAuthError::new(Code::UnauthorizedClient, "The app is not registered for authorization_code."));
        }
        let challenge = Challenge::of(parameters)?;
        if challenge.is_none() && !(app.pkce_optional && app.is_confidential() && !app.is_unverified()) {
            return Err(invalid_request("The code_challenge is missing (PKCE, S256)."));
        }
        let scopes = scopes::asked_by(app, parameters, &self.profile)?;
        let resources = resources::asked(parameters, &self.gateway)?;
        Ok((prompt(parameters)?, scopes, resources, challenge))
    }

    /// Where the person has let this app in before, with all that it would get now, to go to the same place. Only an app
    /// that can prove who it is: anybody may pretend to be one that cannot (RFC 8252 §8.6).
    async fn remembered(&self, asking: &Asking, user: &User, candidates: &[Candidate]) -> Result<Option<String>> {
        if !asking.app.is_confidential() || asking.prompt == Prompt::Question {
            return Ok(None);
        }
        let (destination, now) = (asking.redirect.destination(), self.clock.now());
        for consent in store::find_consents(&self.db, asking.app.id, user.id, &destination, now).await? {
            let covers = |candidate: &&Candidate| match &candidate.answer {
                Answerable::Yes { granted, .. } => {
                    candidate.workspace.id == consent.workspace_id
                        && !granted.is_empty()
                        && self.profile.known_scopes(&consent.scopes.0).covers(*granted)
                        && consent.resources.0 == asking.resources
                }
                Answerable::NeedsApproval | Answerable::Refused | Answerable::Suspended | Answerable::NoPlan => false,
            };
            if let Some(candidate) = candidates.iter().find(covers) {
                return Ok(Some(candidate.workspace.slug.clone()));
            }
        }
        Ok(None)
    }

    /// Makes the grant and its code; with a request, takes that for it.
    async fn allow(
        &self,
        app: &App,
        (redirect, kept): (&RedirectUri, &Kept),
        actor: &Actor,
        request: Option<(ConsentId, SecretHash)>,
    ) -> Result<String> {
        let asked = self.profile.known_scopes(&kept.scopes);
        let granted = self.granted(app, asked, actor).await?;
        let now = self.clock.now();
        let grant = store::NewGrant {
            id: GrantId::from_uuid(random::uuid(now, self.random.as_ref())),
            app: app.id,
            user: Some(actor.user.id),
            workspace: actor.workspace.id,
            kind: GrantKind::Consent,
            scopes: granted,
            resources: &kept.resources,
            destination: &redirect.destination(),
            ends_at: now + CODE_LIFE,
        };
        let code = Kind::Code.generate(self.random.as_ref());
        self.apps.ask(actor, app).await?;
        let mut tx = self.db.begin().await?;
        self.take(&mut tx, request).await?;
        store::insert_grant(&mut tx, &grant, now).await?;
        let (redirect, challenge) = (redirect.as_str(), kept.challenge.as_ref());
        store::insert_code(&mut tx, code.hash(), grant.id, redirect, challenge, now + CODE_LIFE).await?;
        self.audit.record(&mut tx, given(actor, app, &grant)).await?;
        tx.commit().await?;
        let answer = [("code", Some(code.expose())), ("state", kept.state.as_deref()), ("iss", Some(&*self.issuer))];
        Ok(with_query(redirect, &answer))
    }

    /// What an app gets in the actor's workspace now, by name; refused if that is nothing.
    pub(super) async fn granted(&self, app: &App, asked: ScopeSet, actor: &Actor) -> Result<Vec<String>> {
        let (workspace, role) = (actor.workspace.clone(), actor.role.clone());
        match self.answerable(app, asked, &Membership { workspace, role, last_owner: false }).await? {
            Answerable::Yes { scopes, .. } => {
                let given = scopes.into_iter().filter(|scope| scope.missing.is_none()).map(|scope| scope.name);
                let given: Vec<_> = given.collect();
                let nothing = "Your role and the plan include nothing of what the app asks for.";
                if given.is_empty() { Err(Error::Forbidden(nothing.to_owned())) } else { Ok(given) }
            }
            Answerable::NeedsApproval => {
                self.apps.ask(actor, app).await?;
                let message =
                    "Not yet: somebody who manages apps has to approve this one first. They see that you asked.";
                Err(Error::Forbidden(message.to_owned()))
            }
            Answerable::Refused => {
                Err(Error::Forbidden("Apps from elsewhere may not be used in this workspace.".to_owned()))
            }
            Answerable::Suspended => Err(Error::Suspended),
            Answerable::NoPlan => {
                let plan = self.profile.plan(&actor.workspace.plan).map(|plan| plan.title.clone());
                Err(Error::PlanRequired { plan: plan.unwrap_or_default() })
            }
        }
    }

    async fn take(&self, tx: &mut Tx, request: Option<(ConsentId, SecretHash)>) -> Result<()> {
        let Some((id, session)) = request else { return Ok(()) };
        if store::decide_request(tx, id, session, self.clock.now()).await? { Ok(()) } else { Err(over()) }
    }

    /// RFC 6749 §4.1.2.1 with RFC 9207 §2.
    fn refusal(&self, redirect: &RedirectUri, state: Option<&str>, error: &OAuthError) -> String {
        let answer = [
            ("error", Some(error.code.as_str())),
            ("error_description", Some(&*error.description)),
            ("state", state),
            ("iss", Some(&*self.issuer)),
        ];
        with_query(redirect.as_str(), &answer)
    }
}

impl Asking {
    fn kept(&self, scopes: &[String]) -> Kept {
        Kept {
            redirect: self.redirect.to_string(),
            state: self.state.clone(),
            scopes: scopes.to_vec(),
            resources: self.resources.clone(),
            challenge: self.challenge.clone(),
        }
    }
}

/// The line in the log that says what was given to whom.
pub(super) fn given<'a>(actor: &'a Actor, app: &App, grant: &store::NewGrant<'_>) -> Event<'a> {
    let changes = vec![Change::set("app", app.client_id.as_str()), Change::set("scopes", grant.scopes.join(", "))];
    let subject = Some((grant.id.to_string(), app.name.clone()));
    Event { subject, changes, ..Event::by(actor, Action::GrantGiven) }
}

/// Of the words of OpenID Connect those that change what is shown; others ask for what is done anyway.
fn prompt(parameters: &Parameters) -> OAuthResult<Prompt> {
    let words: Vec<_> = parameters.one("prompt").unwrap_or_default().split(' ').collect();
    match (words.contains(&"none"), words.len(), words.iter().any(|word| matches!(*word, "consent" | "select_account")))
    {
        (true, 1, _) => Ok(Prompt::Nothing),
        (true, _, _) => Err(invalid_request("The prompt 'none' stands alone.")),
        (false, _, true) => Ok(Prompt::Question),
        (false, _, false) => Ok(Prompt::Usual),
    }
}

fn over() -> Error {
    Error::Conflict("This request was answered already, or has waited too long. Begin again in the app.".to_owned())
}

/// The address with these parameters added to its own query (RFC 6749 §3.1.2).
fn with_query(address: &str, parameters: &[(&str, Option<&str>)]) -> String {
    let mut text = address.to_owned();
    let mut separator = match address.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some((_, query)) if query.ends_with('&') => "",
        Some(_) => "&",
    };
    for (name, value) in parameters.iter().filter_map(|(name, value)| value.map(|value| (name, value))) {
        text.push_str(separator);
        text.push_str(name);
        text.push('=');
        value.bytes().for_each(|byte| push_encoded(&mut text, byte));
        separator = "&";
    }
    text
}

/// RFC 3986 §2.1 and §2.3: what needs no escape in any reading of a query.
fn push_encoded(text: &mut String, byte: u8) {
    if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
        text.push(char::from(byte));
    } else {
        text.push_str(&format!("%{byte:02X}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_keeps_the_query_of_its_address_and_every_byte_of_the_state() {
        let with = |address| with_query(address, &[("code", Some("a b")), ("state", None), ("iss", Some("https://h"))]);
        assert_eq!(with("https://app/cb"), "https://app/cb?code=a%20b&iss=https%3A%2F%2Fh");
        assert_eq!(with("https://app/cb?x=1"), "https://app/cb?x=1&code=a%20b&iss=https%3A%2F%2Fh");
        assert_eq!(with("https://app/cb?"), "https://app/cb?code=a%20b&iss=https%3A%2F%2Fh");
        let state = with_query("app.example:/cb", &[("state", Some("+%&#\"<ü\u{1f600}"))]);
        assert_eq!(state, "app.example:/cb?state=%2B%25%26%23%22%3C%C3%BC%F0%9F%98%80");
    }

    #[test]
    fn prompts_that_contradict_each_other_are_refused() {
        let of = |text: &str| prompt(&Parameters::lenient(vec![("prompt".to_owned(), text.to_owned())]));
        assert_eq!(of(""), Ok(Prompt::Usual));
        assert_eq!(of("none"), Ok(Prompt::Nothing));
        assert_eq!(of("login consent"), Ok(Prompt::Question));
        assert!(of("none consent").is_err());
    }
}
