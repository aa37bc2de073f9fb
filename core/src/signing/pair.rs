//! One key of each algorithm: how it is made, what it signs, and how that is verified.

use super::{Algorithm, Material};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use ring::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
        RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents, UnparsedPublicKey,
    },
};
use rsa::pkcs8::EncodePrivateKey as _;

/// 112 bits of strength, and the least that RFC 7518 §3.3 allows: more would make each signature dearer, for keys that
/// sign for three months.
const RSA_BITS: usize = 2048;
/// 65,537, which every RSA key of ours has.
const RSA_EXPONENT: &[u8] = &[1, 0, 1];

/// A private key that can sign.
pub(super) enum Pair {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Rs256(Box<RsaKeyPair>),
}

impl Pair {
    /// A new private key, in PKCS #8. The libraries make keys of the system's randomness alone. None if the system has
    /// none. An RSA key takes its time.
    pub(super) fn generate(algorithm: Algorithm) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match algorithm {
            Algorithm::Es256 => {
                let private = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).ok()?;
                Some(private.as_ref().to_vec())
            }
            Algorithm::EdDsa => Some(Ed25519KeyPair::generate_pkcs8(&random).ok()?.as_ref().to_vec()),
            Algorithm::Rs256 => {
                let private = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, RSA_BITS).ok()?;
                Some(private.to_pkcs8_der().ok()?.as_bytes().to_vec())
            }
        }
    }

    /// Reads what [`Pair::generate`] made.
    pub(super) fn read(algorithm: Algorithm, private: &[u8]) -> Option<Self> {
        match algorithm {
            Algorithm::Es256 => {
                let signing = &ECDSA_P256_SHA256_FIXED_SIGNING;
                EcdsaKeyPair::from_pkcs8(signing, private, &SystemRandom::new()).ok().map(Self::Es256)
            }
            Algorithm::EdDsa => Ed25519KeyPair::from_pkcs8(private).ok().map(Self::EdDsa),
            Algorithm::Rs256 => RsaKeyPair::from_pkcs8(private).ok().map(|pair| Self::Rs256(Box::new(pair))),
        }
    }

    /// What it is verified by: a point that is written uncompressed, the key, or the modulus.
    pub(super) fn public(&self) -> Vec<u8> {
        match self {
            Self::Es256(pair) => pair.public_key().as_ref().to_vec(),
            Self::EdDsa(pair) => pair.public_key().as_ref().to_vec(),
            Self::Rs256(pair) => ring::rsa::PublicKeyComponents::<Vec<u8>>::from(pair.public()).n,
        }
    }

    /// Each signature of ECDSA needs a number of its own that nobody can guess. The library takes it from the system.
    pub(super) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Es256(pair) => Some(pair.sign(&SystemRandom::new(), message).ok()?.as_ref().to_vec()),
            Self::EdDsa(pair) => Some(pair.sign(message).as_ref().to_vec()),
            Self::Rs256(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).ok()?;
                Some(signature)
            }
        }
    }
}

/// Whether the private half of this public key has signed this message.
pub(super) fn verify(algorithm: Algorithm, public: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let verified = match algorithm {
        Algorithm::Es256 => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public).verify(message, signature),
        Algorithm::EdDsa => UnparsedPublicKey::new(&ED25519, public).verify(message, signature),
        Algorithm::Rs256 => RsaPublicKeyComponents { n: public, e: RSA_EXPONENT }.verify(
            &RSA_PKCS1_2048_8192_SHA256,
            message,
            signature,
        ),
    };
    verified.is_ok()
}

/// A public key as others read it.
pub(super) fn material(algorithm: Algorithm, public: &[u8]) -> Option<Material> {
    let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    Some(match algorithm {
        Algorithm::Es256 => {
            // 4, then both coordinates (SEC 1 §2.3.3).
            let (x, y) = public.strip_prefix(&[4]).filter(|rest| rest.len() == 64)?.split_at(32);
            Material::Point { crv: "P-256", kty: "EC", x: text(x), y: text(y) }
        }
        Algorithm::EdDsa => Material::Octets { crv: "Ed25519", kty: "OKP", x: text(public) },
        Algorithm::Rs256 => Material::Rsa { e: text(RSA_EXPONENT), kty: "RSA", n: text(public) },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_key_of_each_algorithm_signs_is_verified_by_its_public_half_alone() {
        for algorithm in Algorithm::ALL {
            let make = || {
                let private = Pair::generate(algorithm).expect("a key");
                Pair::read(algorithm, &private).expect("the same key")
            };
            let (own, other) = (make(), make());
            let signature = own.sign(b"a message").expect("a signature");
            assert!(verify(algorithm, &own.public(), b"a message", &signature), "{algorithm:?}");
            assert!(!verify(algorithm, &own.public(), b"another message", &signature), "{algorithm:?}");
            assert!(!verify(algorithm, &other.public(), b"a message", &signature), "{algorithm:?}");
            for wrong in Algorithm::ALL.into_iter().filter(|wrong| *wrong != algorithm) {
                assert!(!verify(wrong, &own.public(), b"a message", &signature), "{algorithm:?} as {wrong:?}");
            }
            assert!(material(algorithm, &own.public()).is_some());
            assert_eq!(Algorithm::parse(algorithm.code()), Some(algorithm));
        }
    }
}
