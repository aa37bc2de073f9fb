//! Versions in headers (RFC 9110 §8.8, §13): what a caller saw, and what it changes.
//!
//! A tag names the version of a key's settings. That a key was used, or ends meanwhile, makes no new version.

use crate::{
    path::{InPath, PathId},
    problem::Problem,
    state::Shared,
    visitor::Member,
};
use axum::{
    extract::FromRequestParts,
    http::{
        HeaderMap, HeaderName, HeaderValue,
        header::{IF_MATCH, IF_NONE_MATCH},
        request::Parts,
    },
};
use keywright_core::actor::Actor;
use utoipa::{
    IntoParams,
    openapi::path::{Parameter, ParameterIn},
};

/// `If-Match`: the version that a change is made on; none if any will do.
struct IfMatch(Option<i64>);

/// What is to be changed, as its caller saw it.
pub struct Seen<Id> {
    /// Who wants to change it.
    pub actor: Actor,
    /// The id in the path.
    pub id: Id,
    /// Which version they saw, if they say.
    pub version: Option<i64>,
}

/// `If-None-Match`: the versions that the caller has already.
pub struct IfNoneMatch(Vec<String>);

/// The entity tag of a version.
pub fn tag(version: i64) -> HeaderValue {
    HeaderValue::try_from(format!("\"{version}\"")).unwrap_or(const { HeaderValue::from_static("\"0\"") })
}

impl IfNoneMatch {
    /// Whether the caller has this version.
    #[must_use]
    pub fn has(&self, version: i64) -> bool {
        let tag = format!("\"{version}\"");
        self.0.iter().any(|known| known == "*" || strong(known) == tag)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let tags = tags(&parts.headers, &IF_MATCH);
        match tags.as_slice() {
            [] if parts.headers.contains_key(IF_MATCH) => Err(garbage()),
            [] => Ok(Self(None)),
            [any] if any == "*" => Ok(Self(None)),
            [one] => {
                let version = strong(one).strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
                // One spelling only: `"+1"` and `"01"` are not what was given out.
                let version = version.and_then(|text| text.parse().ok().filter(|n: &i64| n.to_string() == text));
                Ok(Self(Some(version.ok_or_else(garbage)?)))
            }
            [..] => Err(garbage()),
        }
    }
}

impl<Id: InPath> FromRequestParts<Shared> for Seen<Id> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Problem> {
        let Member(actor) = Member::from_request_parts(parts, app).await?;
        let IfMatch(version) = IfMatch::from_request_parts(parts, app).await?;
        let PathId(id) = PathId::from_request_parts(parts, app).await?;
        Ok(Self { actor, id, version })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(tags(&parts.headers, &IF_NONE_MATCH)))
    }
}

impl IntoParams for IfMatch {
    fn into_params(_place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = "The `ETag` of the version that you saw: if there is a newer one, nothing is changed (412).";
        vec![super::openapi::header(IF_MATCH.as_str(), text, "\"3\"")]
    }
}

impl<Id: InPath> IntoParams for Seen<Id> {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        [PathId::<Id>::into_params(&place), IfMatch::into_params(&place)].concat()
    }
}

impl IntoParams for IfNoneMatch {
    fn into_params(_place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = "The `ETag` of the version that you have: if it is the latest, the answer is an empty 304.";
        vec![super::openapi::header(IF_NONE_MATCH.as_str(), text, "\"3\"")]
    }
}

fn tags(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    // Never a comma inside: our own tags are numbers.
    let sent = headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("?"));
    sent.flat_map(|value| value.split(',')).map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect()
}

/// Proxies that compress answers mark our tags as weak, and callers send them back so. They name the same version.
fn strong(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

fn garbage() -> Problem {
    Problem::malformed("If-Match takes one version, as the ETag of an answer gave it, such as \"3\"; or *.")
}
