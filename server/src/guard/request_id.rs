//! A name for every request, on the answer and in the log, so that a caller's complaint finds its line.

use crate::peer::Caller;
use http::{HeaderMap, HeaderName, HeaderValue};
use keywright_core::{
    clock::Clock,
    random::{self, Random},
};
use std::fmt;

/// The header, on requests and on answers.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest name that is taken over from a proxy.
const LONGEST: usize = 64;

/// The name of one request: a `UUIDv7` of ours, or what a trusted proxy called it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// Takes over the name that a trusted proxy gave, or makes one. A stranger's is ignored: it could imitate
    /// another request in the log.
    #[must_use]
    pub fn of(headers: &HeaderMap, caller: Caller, clock: &dyn Clock, random: &dyn Random) -> Self {
        let given = if caller.via_trusted_proxy { headers.get(X_REQUEST_ID).filter(|id| is_sane(id)) } else { None };
        given.cloned().map_or_else(|| Self::make(clock, random), Self)
    }

    fn make(clock: &dyn Clock, random: &dyn Random) -> Self {
        let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
        let id = random::uuid(clock.now(), random);
        let text = id.hyphenated().encode_lower(&mut text);
        // A UUID is always a legal header value; the fallback only spares us a panic.
        Self(HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static("unknown")))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    /// Writes the name on an answer, in place of one that an upstream may have written.
    pub(super) fn announce(&self, headers: &mut HeaderMap) {
        headers.insert(X_REQUEST_ID, self.0.clone());
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Letters, digits and `-_.` only: nothing that could break a log line, a page or a query.
fn is_sane(id: &HeaderValue) -> bool {
    let bytes = id.as_bytes();
    (8..=LONGEST).contains(&bytes.len()) && bytes.iter().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b))
}
