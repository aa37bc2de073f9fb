//! A key as others see it.

use serde::Serialize;

/// The public part of a signing key, as a JSON Web Key (RFC 7517; RFC 7518 §6.2.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Jwk {
    /// Always `EC`.
    pub kty: &'static str,
    /// Always `P-256`.
    pub crv: &'static str,
    /// Always `sig`: it verifies, and encrypts nothing.
    #[serde(rename = "use")]
    pub purpose: &'static str,
    /// Always `ES256`, which every library knows.
    pub alg: &'static str,
    /// Its thumbprint (RFC 7638).
    pub kid: String,
    /// The point's coordinates, in base64url.
    pub x: String,
    /// The other one.
    pub y: String,
}

/// All of them, as `jwks.json` has them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JwkSet {
    /// Those that sign now, will sign soon, or have signed what may still be good.
    pub keys: Vec<Jwk>,
}
