//! Who a request is from, for whatever stands behind the gate. Every header is always sent, empty where
//! there is nothing to say, so that a client's own can never be taken for ours.

use crate::{problem::Problem, state::App};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use keywright_core::gate::Passage;
use std::fmt::{self, Write as _};

const PREFIX: &str = "x-keywright-";
/// `X-Keywright-Key-Id`; empty where a token or a session stands for a key.
const KEY_ID: HeaderName = HeaderName::from_static("x-keywright-key-id");
/// `X-Keywright-Workspace-Id`
const WORKSPACE_ID: HeaderName = HeaderName::from_static("x-keywright-workspace-id");
/// `X-Keywright-User-Id`: the member to whom the key belongs.
const USER_ID: HeaderName = HeaderName::from_static("x-keywright-user-id");
/// `X-Keywright-Scopes`: what the key may do now, separated by spaces.
const SCOPES: HeaderName = HeaderName::from_static("x-keywright-scopes");
/// `X-Keywright-Principal`: all of it, signed; empty where the instance does not sign.
const PRINCIPAL: HeaderName = HeaderName::from_static("x-keywright-principal");

/// Writes all identity headers.
pub async fn write(headers: &mut HeaderMap, app: &App, passage: &Passage) -> Result<(), Problem> {
    let (profile, standing) = (&app.services.profile, passage.standing());
    let mut buffer = String::with_capacity(64);
    headers.insert(KEY_ID, written(&mut buffer, standing.and_then(|s| s.by.key())));
    headers.insert(WORKSPACE_ID, written(&mut buffer, standing.map(|s| s.workspace)));
    headers.insert(USER_ID, written(&mut buffer, standing.and_then(|s| s.owner)));
    headers.insert(SCOPES, text(&profile.scope_list(passage.decision.effective)));
    let principal = match app.signs_principals {
        true => Box::pin(app.principals.of(&app.services, passage)).await?,
        false => None,
    };
    headers.insert(PRINCIPAL, principal.unwrap_or(const { HeaderValue::from_static("") }));
    Ok(())
}

/// Writes all of them for a request that may pass, and is from nobody.
pub fn write_nobody(headers: &mut HeaderMap) {
    for name in [KEY_ID, WORKSPACE_ID, USER_ID, SCOPES, PRINCIPAL] {
        headers.insert(name, const { HeaderValue::from_static("") });
    }
}

/// Removes what a client sent under our names.
pub fn strip(headers: &mut HeaderMap) {
    strip_folded(headers, |name| name.starts_with(PREFIX));
}

/// Removes headers by name, in every spelling that a server may fold into it: some read `_` and `.` as `-`.
pub fn strip_folded(headers: &mut HeaderMap, unwanted: impl Fn(&str) -> bool) {
    let forged: Vec<HeaderName> = headers.keys().filter(|name| is_folded(name, &unwanted)).cloned().collect();
    for name in forged {
        headers.remove(name);
    }
}

/// Whether there is a header of such a name, in any of those spellings.
pub fn any_folded(headers: &HeaderMap, wanted: impl Fn(&str) -> bool) -> bool {
    headers.keys().any(|name| is_folded(name, &wanted))
}

fn is_folded(name: &HeaderName, wanted: impl Fn(&str) -> bool) -> bool {
    let name = name.as_str();
    if name.contains(['_', '.']) { wanted(&name.replace(['_', '.'], "-")) } else { wanted(name) }
}

fn written(buffer: &mut String, id: Option<impl fmt::Display>) -> HeaderValue {
    let Some(id) = id else { return const { HeaderValue::from_static("") } };
    buffer.clear();
    // Writing into a text cannot fail.
    let _ = write!(buffer, "{id}");
    text(buffer)
}

/// Ids and names of scopes: what is written can stand in a field.
fn text(value: &str) -> HeaderValue {
    HeaderValue::from_str(value).unwrap_or(const { HeaderValue::from_static("") })
}
