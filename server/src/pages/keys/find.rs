//! `/w/{slug}/keys/find`: a key that turned up somewhere.

use super::{
    key_path,
    list::{Listed, list_found, list_page},
};
use crate::{
    body::Fields,
    pages::{Look, look::see_other},
    problem::Problem,
    state::{App, Shared},
    visitor::Member,
};
use axum::{extract::State, http::StatusCode, response::Response};
use keywright_app::pages::keys::Found;
use keywright_core::{actor::Actor, profile::KeyFormat, secret::SecretHash};

const FIELDS: &[&str] = &["hash", "start"];

/// `POST /w/{slug}/keys/find`: by the hash that the browser made, or by a visible beginning. It is a POST, so that
/// neither stands in an address; and nothing of a whole key is said again.
pub async fn find(
    State(app): State<Shared>,
    look: Look,
    Member(actor): Member,
    fields: Fields,
) -> Result<Response, Problem> {
    if let Err(error) = fields.only(FIELDS) {
        return list_found(&app, look, &actor, Found::Wrong(error.message)).await;
    }
    let wrong = |message: &str| Found::Wrong(message.to_owned());
    match Pasted::read(&app.services.profile.key, &fields.one("hash"), &fields.one("start")) {
        Pasted::Nothing => list_found(&app, look, &actor, wrong("Paste a key, or type how it begins.")).await,
        Pasted::NoHash => {
            list_found(&app, look, &actor, wrong("That is no hash of a key: 64 hexadecimal digits.")).await
        }
        Pasted::Whole(hash) => by_hash(&app, look, &actor, hash).await,
        Pasted::Start(start) => by_start(&app, look, &actor, &start).await,
    }
}

/// What was pasted, to find a key by.
pub enum Pasted {
    /// Nothing.
    Nothing,
    /// What should be a hash, and is none.
    NoHash,
    /// A whole key.
    Whole(SecretHash),
    /// How a key begins.
    Start(String),
}

impl Pasted {
    /// Reads the hash that the browser made, or what was typed.
    #[must_use]
    pub fn read(format: &KeyFormat, hash: &str, typed: &str) -> Self {
        // As the list shows it, a key is its visible beginning, an ellipsis, and its end.
        let start = typed.trim().split('…').next().unwrap_or_default();
        let longest = format.prefixes().map(str::len).max().unwrap_or_default().saturating_add(format.visible);
        match (hash, start) {
            ("", "") => Self::Nothing,
            // Only a browser without scripts, or without the field's limit, sends a whole key; it is forgotten at once.
            ("", whole) if whole.chars().count() > longest => Self::Whole(SecretHash::of(whole.as_bytes())),
            ("", start) => Self::Start(start.to_owned()),
            (hash, _) => read_hash(hash).map_or(Self::NoHash, Self::Whole),
        }
    }
}

async fn by_hash(app: &App, look: Look, actor: &Actor, hash: SecretHash) -> Result<Response, Problem> {
    match app.services.keys.find_by_hash(actor, hash).await? {
        Some(key) => Ok(see_other(&key_path(actor, key.id))),
        None => list_found(app, look, actor, Found::Nothing(None)).await,
    }
}

async fn by_start(app: &App, look: Look, actor: &Actor, start: &str) -> Result<Response, Problem> {
    // All keys begin so.
    if app.services.profile.key.prefixes().any(|prefix| prefix.starts_with(start)) {
        let message = "Every key begins like this. Add at least one of the characters after it.";
        return list_found(app, look, actor, Found::Wrong(message.to_owned())).await;
    }
    let keys = app.services.keys.find_by_start(actor, start).await?;
    match keys.as_slice() {
        [] => list_found(app, look, actor, Found::Nothing(Some(start.to_owned()))).await,
        [one] => Ok(see_other(&key_path(actor, one.id))),
        [..] => {
            let listed = Listed { keys, found: Some(Found::Several(start.to_owned())), ..Listed::default() };
            list_page(app, look, actor, StatusCode::OK, listed).await
        }
    }
}

/// 64 hexadecimal digits.
fn read_hash(text: &str) -> Option<SecretHash> {
    let digits: Vec<u8> =
        text.trim().chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
    if digits.len() == 64 { SecretHash::try_from(bytes.as_slice()).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_64_digits_and_nothing_else() {
        let hash = SecretHash::of(b"abc");
        let text = keywright_core::secret::to_hex(hash.as_bytes());
        assert_eq!(read_hash(&text), Some(hash));
        assert_eq!(read_hash(&text.to_uppercase()), Some(hash));
        for bad in ["", "ab", &text[1..], &format!("{text}00"), &text.replace('b', "g"), &text.replace('b', "é")] {
            assert_eq!(read_hash(bad), None, "{bad}");
        }
    }
}
