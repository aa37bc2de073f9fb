//! Proof that whoever redeems a code is who asked for it (RFC 7636). Only S256: `plain` proves nothing to somebody who
//! has seen the request.

use super::{OAuthResult, Parameters, invalid_grant, invalid_request};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

/// What a request for a code commits to.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Challenge(String);

impl Challenge {
    /// Of a request for a code; none where it has none. A method that is not named is `plain` (§4.3).
    pub(super) fn of(parameters: &Parameters) -> OAuthResult<Option<Self>> {
        let method = parameters.one("code_challenge_method");
        let Some(challenge) = parameters.one("code_challenge") else {
            return match method {
                None => Ok(None),
                Some(_) => Err(invalid_request("A code_challenge_method is sent without a code_challenge.")),
            };
        };
        if method != Some("S256") {
            return Err(invalid_request("The code_challenge_method must be S256."));
        }
        if !is_unreserved(challenge) {
            return Err(invalid_request("The code_challenge must be 43 to 128 unreserved characters."));
        }
        Ok(Some(Self(challenge.to_owned())))
    }

    /// As it was kept.
    pub(super) const fn kept(text: String) -> Self {
        Self(text)
    }

    /// To keep it.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this verifier is what was committed to (§4.6).
    fn is_of(&self, verifier: &str) -> bool {
        let of_verifier = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
        // No early end, whose time would tell how much of it is right.
        let differences = of_verifier.bytes().zip(self.0.bytes()).fold(0, |all, (one, other)| all | (one ^ other));
        of_verifier.len() == self.0.len() && differences == 0
    }
}

/// Checks the verifier of a code's redemption. One that comes without a challenge is refused as well: somebody may have
/// taken the challenge out of the request on its way (RFC 9700 §4.8.2).
pub(super) fn check(challenge: Option<&Challenge>, verifier: Option<&str>) -> OAuthResult<()> {
    match (challenge, verifier) {
        (None, None) => Ok(()),
        (None, Some(_)) => {
            Err(invalid_request("A code_verifier is sent, but the request for the code had no code_challenge."))
        }
        (Some(_), None) => Err(invalid_grant("The code_verifier is missing.")),
        (Some(_), Some(verifier)) if !is_unreserved(verifier) => {
            Err(invalid_grant("The code_verifier must be 43 to 128 unreserved characters."))
        }
        (Some(challenge), Some(verifier)) if challenge.is_of(verifier) => Ok(()),
        (Some(_), Some(_)) => Err(invalid_grant("The code_verifier does not fit the code_challenge.")),
    }
}

/// §4.1 and §4.2: 43 to 128 of `ALPHA / DIGIT / "-" / "." / "_" / "~"`.
fn is_unreserved(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::Code;

    /// RFC 7636 appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn of(challenge: &str, method: Option<&str>) -> OAuthResult<Option<Challenge>> {
        let mut pairs = vec![("code_challenge".to_owned(), challenge.to_owned())];
        pairs.extend(method.map(|method| ("code_challenge_method".to_owned(), method.to_owned())));
        Challenge::of(&Parameters::new(pairs)?)
    }

    #[test]
    fn the_example_of_the_standard_fits_and_nothing_else_does() {
        let challenge = of(CHALLENGE, Some("S256")).unwrap();
        assert_eq!(check(challenge.as_ref(), Some(VERIFIER)), Ok(()));
        let long = "a".repeat(129);
        for wrong in [CHALLENGE, &VERIFIER[1..], "", &long, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjX+"] {
            let refused = check(challenge.as_ref(), Some(wrong)).map_err(|error| error.code);
            assert_eq!(refused, Err(Code::InvalidGrant), "{wrong}");
        }
        assert_eq!(check(challenge.as_ref(), None).map_err(|error| error.code), Err(Code::InvalidGrant));
    }

    #[test]
    fn plain_unnamed_and_unknown_methods_are_refused() {
        for method in [None, Some("plain"), Some("s256"), Some("S512")] {
            assert!(of(CHALLENGE, method).is_err(), "{method:?}");
        }
        assert!(of(&CHALLENGE[1..], Some("S256")).is_err());
        assert!(of("", Some("S256")).is_err(), "a method without a challenge");
        assert_eq!(of("", None), Ok(None));
    }

    #[test]
    fn a_verifier_without_a_challenge_is_a_downgrade() {
        assert_eq!(check(None, Some(VERIFIER)).map_err(|error| error.code), Err(Code::InvalidRequest));
        assert_eq!(check(None, None), Ok(()));
    }
}
