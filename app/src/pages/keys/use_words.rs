//! What a key's use, or the lack of it, means for somebody about to change it.

use keywright_core::{
    Time,
    keys::ApiKey,
    usage::{self, LastUse, RefusedUses},
    words,
};

/// "Used 3 minutes ago from 203.0.113.7, for GET /api/v1/workflows."
pub(super) fn last_use_sentence(key: &ApiKey, now: Time) -> String {
    match &key.last_use {
        Some(last) => format!("Used {} from {}, for {}.", words::ago(last.at, now), last.address, last.route),
        None => "Never used: as far as is known, nothing depends on it.".to_owned(),
    }
}

/// "used 3 minutes ago from 203.0.113.7", "never used".
pub(super) fn use_in_short(last: Option<&LastUse>, now: Time) -> String {
    match last {
        Some(last) => format!("used {} from {}", words::ago(last.at, now), last.address),
        None => "never used".to_owned(),
    }
}

/// Whether something is likely to depend on it.
pub(super) fn is_in_use(last: Option<&LastUse>, now: Time) -> bool {
    last.is_some_and(|last| usage::is_lately(last.at, now))
}

/// "Tried 14 times since, last from 203.0.113.7, 3 minutes ago."
pub(super) fn tries_sentence(tries: &RefusedUses, now: Time) -> String {
    let RefusedUses { tries: count, at, address } = tries;
    let when = words::ago(*at, now);
    match count {
        1 => format!("Tried once since, from {address}, {when}."),
        count => format!("Tried {count} times since, last from {address}, {when}."),
    }
}
