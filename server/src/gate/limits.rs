//! How much of the plan is left, on every answer to a request whose key could pass somewhere: the three fields that callers have
//! read for years, and the two that are to become the standard (draft-ietf-httpapi-ratelimit-headers).

use crate::{problem::whole_seconds, state::App};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use keywright_core::{
    gate::{Passage, Room},
    profile::RateReset,
};
use std::time::Duration;

/// `X-RateLimit-Limit`: how many requests fit into the window with the least room.
const X_LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
/// `X-RateLimit-Remaining`: how many still do.
const X_REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
/// `X-RateLimit-Reset`: in how many seconds, or at which second since 1970, the window is empty again; with a 429 the
/// number of `Retry-After`.
const X_RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");
/// `RateLimit`: the same window (§4).
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
/// `RateLimit-Policy`: all windows (§3).
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Writes the fields; none where the plan has no limits.
pub fn write(headers: &mut HeaderMap, app: &App, passage: &Passage) {
    let (Some((limit, room)), Some(policy)) = (passage.tightest(), passage.policy()) else { return };
    let Some(at) = passage.counted_at else { return };
    let left = room.wait.filter(|wait| *wait != Room::NEVER).unwrap_or(room.resets_in);
    // The API behind the gateway may have taken its time.
    let since = (app.now() - at).to_std().map_or(0, |since| since.as_secs());
    let wait = whole_seconds(left).saturating_sub(since);
    let reset = match app.services.profile.rate_reset {
        RateReset::Seconds => wait,
        RateReset::Epoch => {
            let at = u64::try_from(at.timestamp_micros()).unwrap_or_default();
            whole_seconds(Duration::from_micros(at).saturating_add(left))
        }
    };
    headers.insert(X_LIMIT, limit.requests.into());
    headers.insert(X_REMAINING, room.remaining.into());
    headers.insert(X_RESET, reset.into());
    headers.insert(RATE_LIMIT, text(&format!("\"{}\";r={};t={wait}", limit.name, room.remaining)));
    headers.insert(RATE_LIMIT_POLICY, text(policy));
}

/// Names are letters, digits, `_` and `-`; what is written can stand in a field.
fn text(value: &str) -> HeaderValue {
    HeaderValue::from_str(value).unwrap_or(const { HeaderValue::from_static("") })
}
