//! What apps are handed besides access tokens: 256 random bits each, in a form that tells what it is. Only their
//! SHA-256 is kept.

use crate::{
    profile::{Alphabet, KeyFormat},
    random::Random,
    secret::{Secret, SecretHash},
};
use ring::hmac;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a secret is for; the prefix says it, so that none can be taken for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An authorization code.
    Code,
    /// A refresh token.
    RefreshToken,
    /// A device code.
    DeviceCode,
}

impl Kind {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Code => "kc_",
            Self::RefreshToken => "kr_",
            Self::DeviceCode => "kd_",
        }
    }

    fn format(self) -> KeyFormat {
        let prefix = self.prefix().to_owned();
        KeyFormat { prefix, alphabet: Alphabet::Base62, visible: 0, environments: Vec::new() }
    }

    /// A new one.
    pub(super) fn generate(self, random: &dyn Random) -> Secret {
        Secret::generate(&self.format(), random)
    }

    /// The hash of one that somebody presents; none for what is not one, which is never looked up.
    pub(super) fn hash_of(self, text: &str) -> Option<SecretHash> {
        Secret::parse(&self.format(), text).ok().map(|secret| secret.hash())
    }
}

/// Derives secrets from secrets with a key of the instance's own (HKDF, RFC 5869, of the sealing key). Who knows a
/// refresh token but not this key cannot compute the next one; and a request that is sent again finds the same next one,
/// though only its hash is kept.
#[derive(Clone)]
pub(super) struct Derivation(hmac::Key);

impl Derivation {
    pub(super) fn new(sealing_key: &[u8]) -> Self {
        let pseudorandom = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &[0; 32]), sealing_key);
        let of_sealing_key = hmac::Key::new(hmac::HMAC_SHA256, pseudorandom.as_ref());
        let derived = hmac::sign(&of_sealing_key, b"keywright oauth\x01");
        Self(hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()))
    }

    /// The refresh token that follows this one.
    pub(super) fn successor(&self, parent: &str) -> Secret {
        Kind::RefreshToken.generate(&Stream { key: self.0.clone(), of: parent.to_owned(), drawn: AtomicU64::new(0) })
    }

    /// What is kept of a user code: too short for a plain hash, which could be tried out.
    pub(super) fn user_code_hash(&self, code: &str) -> SecretHash {
        SecretHash::of(hmac::sign(&self.0, format!("user code {code}").as_bytes()).as_ref())
    }
}

/// As many bits as are drawn, always the same for one secret.
struct Stream {
    key: hmac::Key,
    of: String,
    drawn: AtomicU64,
}

impl Random for Stream {
    fn fill(&self, buffer: &mut [u8]) {
        for piece in buffer.chunks_mut(32) {
            let n = self.drawn.fetch_add(1, Ordering::Relaxed);
            let bits = hmac::sign(&self.key, format!("successor {n} {}", self.of).as_bytes());
            piece.copy_from_slice(&bits.as_ref()[..piece.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::OsRandom;

    #[test]
    fn each_kind_knows_its_own_alone() {
        let code = Kind::Code.generate(&OsRandom);
        assert!(code.expose().starts_with("kc_") && code.expose().len() == 52);
        assert_eq!(Kind::Code.hash_of(code.expose()), Some(code.hash()));
        assert_eq!(Kind::RefreshToken.hash_of(code.expose()), None);
        assert_eq!(Kind::Code.hash_of(&code.expose()[..51]), None);
    }

    #[test]
    fn a_successor_is_always_the_same_and_only_this_instance_knows_it() {
        let (own, other) = (Derivation::new(&[7; 32]), Derivation::new(&[8; 32]));
        let parent = Kind::RefreshToken.generate(&OsRandom);
        let next = own.successor(parent.expose());
        assert_eq!(next.hash(), own.successor(parent.expose()).hash());
        assert_ne!(next.hash(), other.successor(parent.expose()).hash());
        assert_ne!(next.hash(), own.successor(next.expose()).hash());
        assert_eq!(Kind::RefreshToken.hash_of(next.expose()), Some(next.hash()));
    }
}
