//! A sender's key, and what becomes of a request that carries one.

/// The sender's own name for one request, as it came in `Idempotency-Key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(String);

/// The text is no such key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("An Idempotency-Key is 1 to {} visible ASCII characters.", IdempotencyKey::LONGEST)]
pub struct NotAKey;

impl IdempotencyKey {
    /// The most characters that one has.
    pub const LONGEST: usize = 255;

    /// Reads the header's value.
    pub fn parse(text: &[u8]) -> Result<Self, NotAKey> {
        let visible = text.iter().all(|byte| matches!(byte, b'!'..=b'~'));
        if text.is_empty() || text.len() > Self::LONGEST || !visible {
            return Err(NotAKey);
        }
        Ok(Self(text.iter().copied().map(char::from).collect()))
    }

    /// The key as it was sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An answer that is given again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its status.
    pub status: u16,
    /// What is given again of it.
    pub content: KeptContent,
}

/// What is kept of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeptContent {
    /// All of it: it held no secret.
    Whole {
        /// The body, as it was sent.
        body: String,
        /// Its entity tag, if it had one.
        etag: Option<String>,
    },
    /// Only what it was about: it held a secret, which is shown once.
    Subject(Option<String>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_word_of_visible_characters() {
        let longest = "k".repeat(IdempotencyKey::LONGEST);
        for good in ["a", "0198c0de-7f3a-7000-8000-000000000001", "!~", &longest] {
            assert_eq!(IdempotencyKey::parse(good.as_bytes()).map(|key| key.0), Ok(good.to_owned()));
        }
        for bad in ["", " ", "a b", "a\tb", "é", "a\u{7f}", &format!("{longest}k")] {
            assert_eq!(IdempotencyKey::parse(bad.as_bytes()), Err(NotAKey), "{bad:?}");
        }
    }
}
