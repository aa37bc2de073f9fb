//! Who called, as the gate says.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};
use serde::Serialize;
use std::convert::Infallible;

/// The caller that the gate let through. Absent where nobody stands in front of this API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Caller {
    key_id: String,
    pub(crate) workspace_id: Option<String>,
    pub(crate) scopes: Vec<String>,
}

/// The same for handlers: it never refuses.
pub(crate) struct Called(pub(crate) Option<Caller>);

impl<S: Sync> FromRequestParts<S> for Called {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(read(&parts.headers)))
    }
}

fn read(headers: &HeaderMap) -> Option<Caller> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).filter(|text| !text.is_empty());
    Some(Caller {
        key_id: text("x-keywright-key-id")?.to_owned(),
        workspace_id: text("x-keywright-workspace-id").map(str::to_owned),
        scopes: text("x-keywright-scopes").unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
    })
}
