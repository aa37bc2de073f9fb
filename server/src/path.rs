//! Ids in paths.

use crate::{api::openapi::in_path, problem::Problem};
use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::request::Parts,
};
use keywright_core::ids::{AppEventId, AppId, GrantId, InvitationId, KeyId, LeaseId, UserId};
use std::str::FromStr;
use utoipa::{
    IntoParams,
    openapi::path::{Parameter, ParameterIn},
};

/// The id in the path. What cannot be one is as unknown as one that nobody has.
pub struct PathId<Id>(pub Id);

/// Reads an id that was sent.
pub fn parse_id<Id: InPath>(text: &str) -> Result<Id, Problem> {
    text.parse().map_err(|_| Problem::not_found(Id::NOUN))
}

/// What is found in paths by its id.
pub trait InPath: FromStr {
    /// What the route calls it.
    const NAME: &'static str;
    /// What people call it.
    const NOUN: &'static str;
}

impl InPath for KeyId {
    const NAME: &'static str = "id";
    const NOUN: &'static str = "key";
}

impl InPath for AppId {
    const NAME: &'static str = "id";
    const NOUN: &'static str = "app";
}

impl InPath for AppEventId {
    const NAME: &'static str = "cursor";
    const NOUN: &'static str = "entry";
}

impl InPath for InvitationId {
    const NAME: &'static str = "id";
    const NOUN: &'static str = "invitation";
}

impl InPath for GrantId {
    const NAME: &'static str = "id";
    const NOUN: &'static str = "connected app";
}

impl InPath for LeaseId {
    const NAME: &'static str = "id";
    const NOUN: &'static str = "lease";
}

impl InPath for UserId {
    const NAME: &'static str = "user";
    const NOUN: &'static str = "member";
}

/// What a request was called, in the path. Any text may be: one that nobody called so is not found.
pub struct PathRequestId(pub String);

impl<S: Send + Sync> FromRequestParts<S> for PathRequestId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        let params = params.map_err(|_| Problem::not_found("refused request"))?;
        let id = params.iter().find(|(name, _)| *name == "request_id").map(|(_, value)| value.to_owned());
        Ok(Self(id.unwrap_or_default()))
    }
}

impl IntoParams for PathRequestId {
    fn into_params(_place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = "What the request is called: the `X-Request-Id` of its answer.";
        vec![in_path("request_id", text, "0198c0de-7f3a-7000-8000-000000000006")]
    }
}

impl<Id: InPath, S: Send + Sync> FromRequestParts<S> for PathId<Id> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        let params = params.map_err(|_| Problem::not_found(Id::NOUN))?;
        let text = params.iter().find(|(name, _)| *name == Id::NAME).map(|(_, value)| value);
        parse_id(text.unwrap_or_default()).map(Self)
    }
}

impl<Id: InPath> IntoParams for PathId<Id> {
    fn into_params(_place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![in_path(Id::NAME, &format!("The {}.", Id::NOUN), &format!("<{}-id>", Id::NOUN))]
    }
}
