//! What everybody may know: where the doors are (RFC 8414), which API stands behind the gate (RFC 9728), and the keys
//! that tokens are verified by (RFC 7517). All of it may be kept for a while, and is told apart by its tag.

use crate::{config::BaseUrl, problem::Problem, state::Shared};
use axum::{
    body::{Body, Bytes},
    extract::{OriginalUri, State},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH},
    },
    response::{IntoResponse as _, Response},
};
use keywright_core::{
    oauth::{ResourceMetadata, ServerMetadata},
    profile::Profile,
    secret::{SecretHash, to_hex},
    signing::JwkSet,
};
use serde::Serialize;
use std::sync::{Arc, PoisonError, RwLock};

/// Where the API behind the gate says who gives tokens for it (RFC 9728 §3).
pub const RESOURCE: &str = "/.well-known/oauth-protected-resource";

/// As many as the answer with a document has: room for them is made once.
const HEADERS: usize = 8;

/// What hardly ever changes while the instance runs.
pub struct Documents {
    server: Document,
    signing: RwLock<Option<(Arc<JwkSet>, Document)>>,
}

/// A document as it is sent.
#[derive(Clone)]
struct Document {
    body: Bytes,
    tag: HeaderValue,
}

impl Documents {
    /// Of the instance at this address.
    pub fn new(issuer: &BaseUrl, profile: &Profile) -> serde_json::Result<Self> {
        Ok(Self { server: Document::of(&ServerMetadata::new(issuer.as_str(), profile))?, signing: RwLock::default() })
    }

    /// The document of these keys, made once for as long as they are the ones.
    fn of_keys(&self, keys: Arc<JwkSet>) -> serde_json::Result<Document> {
        let made = self.signing.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, document)) = made.as_ref().filter(|(of, _)| Arc::ptr_eq(of, &keys)) {
            return Ok(document.clone());
        }
        drop(made);
        let document = Document::of(&*keys)?;
        *self.signing.write().unwrap_or_else(PoisonError::into_inner) = Some((keys, document.clone()));
        Ok(document)
    }
}

impl Document {
    fn of(content: &impl Serialize) -> serde_json::Result<Self> {
        let body = Bytes::from(serde_json::to_vec(content)?);
        let hash = to_hex(&SecretHash::of(&body).as_bytes()[..8]);
        let tag = HeaderValue::try_from(format!("\"{hash}\"")).unwrap_or(const { HeaderValue::from_static("\"\"") });
        Ok(Self { body, tag })
    }

    /// The document, or that the caller has it already (RFC 9110 §13.1.2).
    fn answer(&self, asked: &HeaderMap) -> Response {
        let known = asked.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        let known = known.flat_map(|value| value.split(',')).map(|tag| tag.trim().trim_start_matches("W/"));
        let status = match known.into_iter().any(|tag| tag == "*" || self.tag == tag) {
            true => StatusCode::NOT_MODIFIED,
            false => StatusCode::OK,
        };
        let body = if status == StatusCode::OK { Body::from(self.body.clone()) } else { Body::empty() };
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.reserve(HEADERS);
        headers.insert(CONTENT_TYPE, const { HeaderValue::from_static("application/json") });
        headers.insert(CACHE_CONTROL, const { HeaderValue::from_static("public, max-age=300") });
        headers.insert(ETAG, self.tag.clone());
        response
    }
}

/// `GET /.well-known/oauth-authorization-server`
pub async fn server(State(app): State<Shared>, headers: HeaderMap) -> Response {
    app.documents.server.answer(&headers)
}

/// `GET /.well-known/oauth-protected-resource[/{path}]`: the API, or what is at this path of it (RFC 9728 §3.1).
pub async fn resource(
    State(app): State<Shared>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let path = uri.path().strip_prefix(RESOURCE).unwrap_or_default();
    let (gateway, issuer) = (app.gateway_url.as_str(), app.public_url.as_str());
    // The path of the gateway's own address comes first in either.
    let path = path.strip_prefix(app.gateway_url.path()).unwrap_or(path);
    // A slash at the end is part of an address, but for that of the whole site.
    let path = if path == "/" { "" } else { path };
    let metadata = ResourceMetadata::new(gateway, path, issuer, &app.services.profile);
    document(&metadata, &headers)
}

/// `GET /.well-known/jwks.json`. A new key is there for days before it signs.
pub async fn jwks(State(app): State<Shared>, headers: HeaderMap) -> Result<Response, Problem> {
    let keys = app.services.signing.published().await?;
    let document = app.documents.of_keys(keys).map_err(|_| keywright_core::error::Error::Internal)?;
    Ok(document.answer(&headers))
}

/// There is no OpenID provider here, and no server below a path (RFC 8414 §3.1). Clients ask, go on to look elsewhere, and
/// read what they get: it must not be a page.
pub async fn none(headers: HeaderMap) -> Response {
    Problem::not_found("address").json(&headers)
}

fn document(content: &impl Serialize, asked: &HeaderMap) -> Result<Response, Problem> {
    let document = Document::of(content).map_err(|_| keywright_core::error::Error::Internal)?;
    Ok(document.answer(asked))
}
