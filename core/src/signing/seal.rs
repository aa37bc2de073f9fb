//! Private keys as they are stored: encrypted with AES-256-GCM, by a key that HKDF (RFC 5869) makes of the instance's
//! sealing key. The key's own name is authenticated with it, so that one row's secret cannot be put into another.

use crate::random::Random;
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, Salt},
};

/// What tells this use of the sealing key from every other.
const PURPOSE: &[u8] = b"keywright signing keys";

/// Seals and opens private keys.
pub(super) struct Seal(LessSafeKey);

impl Seal {
    /// With the instance's sealing key. Fails never, says the library's type; if it did, nothing could be signed.
    pub(super) fn new(sealing_key: &[u8]) -> Option<Self> {
        let derived = Salt::new(HKDF_SHA256, &[]).extract(sealing_key);
        let key = derived.expand(&[PURPOSE], &AES_256_GCM).ok().map(UnboundKey::from)?;
        Some(Self(LessSafeKey::new(key)))
    }

    pub(super) fn seal(&self, kid: &str, private: &[u8], random: &dyn Random) -> Option<Vec<u8>> {
        let mut nonce = [0; NONCE_LEN];
        random.fill(&mut nonce);
        let mut sealed = private.to_vec();
        let nonce_used = Nonce::assume_unique_for_key(nonce);
        self.0.seal_in_place_append_tag(nonce_used, Aad::from(kid.as_bytes()), &mut sealed).ok()?;
        Some([&nonce[..], &sealed].concat())
    }

    /// What was sealed; none if the sealing key is another one, or the bytes were changed.
    pub(super) fn open(&self, kid: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut private = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let length = self.0.open_in_place(nonce, Aad::from(kid.as_bytes()), &mut private).ok()?.len();
        private.truncate(length);
        Some(private)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::CountingRandom;

    #[test]
    fn only_the_same_instance_opens_what_it_sealed_under_the_same_name() {
        let (own, other) = (Seal::new(&[7; 32]).expect("a seal"), Seal::new(&[8; 32]).expect("a seal"));
        let mut sealed = own.seal("a", b"private", &CountingRandom::default()).expect("sealed");
        assert!(!sealed.windows(7).any(|bytes| bytes == b"private"));
        assert_eq!(own.open("a", &sealed).as_deref(), Some(&b"private"[..]));
        assert_eq!((other.open("a", &sealed), own.open("b", &sealed), own.open("a", b"short")), (None, None, None));
        sealed[20] ^= 1;
        assert_eq!(own.open("a", &sealed), None);
    }
}
