//! What a key's use, or the lack of it, means for somebody about to end it.

use keywright_core::{Time, keys::ApiKey, words};

/// "Used 3 minutes ago from 203.0.113.7, for GET /api/v1/workflows."
pub(super) fn last_use_sentence(key: &ApiKey, now: Time) -> String {
    match &key.last_use {
        Some(last) => format!("Used {} from {}, for {}.", words::ago(last.at, now), last.address, last.route),
        None => "Never used: as far as is known, nothing depends on it.".to_owned(),
    }
}
