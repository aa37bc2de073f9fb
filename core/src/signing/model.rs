//! A key as others see it, and with what it signs.

use crate::Time;
use serde::Serialize;

/// How tokens are signed (RFC 7518 §3.1, RFC 8037 §3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA on P-256: short signatures that every library knows.
    #[default]
    Es256,
    /// Ed25519.
    EdDsa,
    /// RSA with 2,048 bits, for verifiers that know nothing else.
    Rs256,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Es256, Self::EdDsa, Self::Rs256];

    /// As headers, keys and the configuration spell it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
            Self::Rs256 => "RS256",
        }
    }

    /// Reads what [`Algorithm::code`] writes.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.code() == code)
    }
}

/// The public part of a signing key, as a JSON Web Key (RFC 7517).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Jwk {
    /// What it is made of.
    #[serde(flatten)]
    pub material: Material,
    /// Always `sig`: it verifies, and encrypts nothing.
    #[serde(rename = "use")]
    pub purpose: &'static str,
    /// With what it signs, and with nothing else.
    pub alg: &'static str,
    /// Its thumbprint (RFC 7638).
    pub kid: String,
}

/// The members that make a key, each in base64url. In the order of the alphabet: so they are hashed (RFC 7638 §3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Material {
    /// A point on a curve (RFC 7518 §6.2.1).
    Point {
        /// `P-256`.
        crv: &'static str,
        /// `EC`.
        kty: &'static str,
        /// One coordinate.
        x: String,
        /// The other one.
        y: String,
    },
    /// What Ed25519 has in its place (RFC 8037 §2).
    Octets {
        /// `Ed25519`.
        crv: &'static str,
        /// `OKP`.
        kty: &'static str,
        /// The key.
        x: String,
    },
    /// RFC 7518 §6.3.1.
    Rsa {
        /// The exponent.
        e: String,
        /// `RSA`.
        kty: &'static str,
        /// The modulus.
        n: String,
    },
}

/// All of them, as `jwks.json` has them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct JwkSet {
    /// Those that sign now, will sign soon, or have signed what may still be good.
    pub keys: Vec<Jwk>,
}

/// A key as the operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKey {
    /// Its thumbprint.
    pub kid: String,
    /// With what it signs.
    pub algorithm: Algorithm,
    /// From when on.
    pub signs_from: Time,
    /// Until when.
    pub signs_until: Time,
}
