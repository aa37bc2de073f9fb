//! Who is asking: extractors from "somebody" to "a member of this workspace". A handler names in its
//! arguments what it needs.

use crate::{
    peer::Caller,
    problem::Problem,
    sessions::{member, token_hash},
    state::{App, Shared},
};
use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::{StatusCode, header::USER_AGENT, request::Parts},
};
use chrono::TimeDelta;
use keywright_core::{
    accounts::{Proven, User},
    actor::{Actor, Origin, Via},
    error::Error,
    ids::{SessionId, UserId},
    secret::SecretHash,
    workspaces::Workspace,
};
use tower_sessions::Session;

/// How often "last seen" is written down.
const SEEN_EVERY: TimeDelta = TimeDelta::minutes(5);
/// How much of a user agent's name is kept.
const LONGEST_USER_AGENT: usize = 300;

/// Anybody, signed in or not.
#[derive(Clone)]
pub struct Visitor {
    /// Where the request comes from.
    pub origin: Origin,
    /// Their session; empty for a stranger.
    pub session: Session,
}

/// Somebody who is signed in.
#[derive(Clone)]
pub struct SignedIn {
    /// Who.
    pub user: User,
    /// In which session.
    pub visitor: Visitor,
}

/// A member of the workspace that the path names: `{slug}` in pages, `{workspace}` in REST.
#[derive(Clone)]
pub struct Member(pub Actor);

/// Somebody for whom a program manages, with an access token. It stands beside a request to the management API, and
/// nowhere else.
#[derive(Clone)]
pub struct Manager(pub Actor);

impl Visitor {
    /// Signs a person in, in a session with a new id: one that was planted before is worth nothing.
    pub async fn sign_in(&self, app: &App, proven: &Proven) -> Result<(), Problem> {
        let now = app.now().timestamp_micros();
        let session = &self.session;
        let start = async {
            session.cycle_id().await?;
            session.insert(member::USER, proven.user.id).await?;
            session.insert(member::PASSWORD_VERSION, proven.password_version).await?;
            session.insert(member::SINCE, now).await?;
            session.insert(member::SEEN, now).await?;
            session.insert(member::ADDRESS, self.origin.address).await?;
            session.insert(member::USER_AGENT, &self.origin.user_agent).await?;
            session.save().await
        };
        start.await.map_err(|error| unavailable(&error))
    }

    /// Ends the session.
    pub async fn sign_out(&self) -> Result<(), Problem> {
        self.session.flush().await.map_err(|error| unavailable(&error))
    }

    /// The hash of the session's id, under which it is stored.
    #[must_use]
    pub fn token(&self) -> SecretHash {
        self.session.id().map_or_else(|| SecretHash::of(b""), token_hash)
    }

    /// Who is signed in; from here on the request is theirs.
    async fn known(&mut self, app: &App) -> Result<Option<UserId>, Problem> {
        let session = &self.session;
        let read = async {
            let user = session.get::<UserId>(member::USER).await?;
            let id = session.get::<SessionId>(member::ID).await?;
            if user.is_some() {
                self.seen(app).await?;
            }
            Ok((user, id))
        };
        let (user, id) = read.await.map_err(|error| unavailable(&error))?;
        self.origin.via = Via::Browser(id);
        Ok(user)
    }

    /// Being seen moves the session's idle end; it is written down every few minutes only.
    async fn seen(&self, app: &App) -> Result<(), tower_sessions::session::Error> {
        let now = app.now().timestamp_micros();
        let seen = self.session.get::<i64>(member::SEEN).await?.unwrap_or_default();
        if now - seen > SEEN_EVERY.num_microseconds().unwrap_or_default() {
            self.session.insert(member::SEEN, now).await?;
        }
        Ok(())
    }
}

fn unavailable(error: &tower_sessions::session::Error) -> Problem {
    tracing::warn!(%error, "The session could not be read or written");
    Error::Unavailable.into()
}

/// The answer to a stranger where somebody is needed. On a page it becomes a redirect to sign in.
fn stranger(parts: &Parts) -> Problem {
    let message = if parts.headers.contains_key(http::header::AUTHORIZATION) {
        "Keys are managed with a dashboard session. An API key cannot create, change or list keys."
    } else {
        "Sign in first."
    };
    Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", message)
}

/// Where a request comes from, for the audit log.
pub fn origin(parts: &Parts) -> Origin {
    let user_agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
    Origin {
        address: parts.extensions.get::<Caller>().map(|caller| caller.address),
        user_agent: user_agent.map(|text| text.chars().take(LONGEST_USER_AGENT).collect()),
        via: Via::default(),
    }
}

impl FromRequestParts<Shared> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &Shared) -> Result<Self, Problem> {
        let session = parts.extensions.get::<Session>().cloned().ok_or(Error::Internal)?;
        Ok(Self { origin: origin(parts), session })
    }
}

impl FromRequestParts<Shared> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Problem> {
        let mut visitor = Visitor::from_request_parts(parts, app).await?;
        let id = visitor.known(app).await?.ok_or_else(|| stranger(parts))?;
        let user = app.services.accounts.get(id).await?.ok_or_else(|| stranger(parts))?;
        Ok(Self { user, visitor })
    }
}

impl FromRequestParts<Shared> for Member {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Problem> {
        if let Some(Manager(actor)) = parts.extensions.get::<Manager>().cloned() {
            // A token is good in one workspace; of the others it does not even tell whether they are there.
            let elsewhere = named_workspace(parts, app).await?.is_some_and(|slug| slug != actor.workspace.slug);
            return if elsewhere { Err(Problem::not_found("workspace")) } else { Ok(Self(actor)) };
        }
        let mut visitor = Visitor::from_request_parts(parts, app).await?;
        let user = visitor.known(app).await?.ok_or_else(|| stranger(parts))?;
        let slug = match named_workspace(parts, app).await? {
            Some(slug) => slug,
            None => current_workspace(app, user).await?.slug,
        };
        Ok(Self(app.services.workspaces.enter(user, &slug, visitor.origin).await?))
    }
}

/// The workspace that the path names, if it names one.
async fn named_workspace(parts: &mut Parts, app: &Shared) -> Result<Option<String>, Problem> {
    let params = RawPathParams::from_request_parts(parts, app).await;
    let params = params.map_err(|_| Problem::not_found("workspace"))?;
    let named = params.iter().find(|(name, _)| matches!(*name, "slug" | "workspace"));
    Ok(named.map(|(_, value)| value.to_owned()))
}

/// The workspace of a request whose path names none: the person's only one.
async fn current_workspace(app: &App, user: UserId) -> Result<Workspace, Problem> {
    let mut all = app.services.workspaces.list(user).await?;
    match (all.pop(), all.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(_), false) => Err(Problem::malformed(
            "You are a member of several workspaces: name one, as in /api/v1/workspaces/{workspace}/api-keys.",
        )),
        (None, _) => Err(Problem::not_found("workspace")),
    }
}
