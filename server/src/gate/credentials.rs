//! Taking the key from its carrier (RFC 6750 §2.1; `X-API-Key` where the profile has it). Credentials in
//! two places that differ, twice in one, or in the query string are refused: somebody on the way may
//! have read another one than we (RFC 6750 §2, §3.1 `invalid_request`).

use crate::{
    problem::Problem,
    state::{App, Shared},
};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header::AUTHORIZATION, request::Parts},
};
use keywright_core::{
    gate::Place,
    profile::{Carrier, Profile},
    secret::{SecretHash, looks_like_key},
};
use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// The other carrier.
pub const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// The key that a request brings, if it brings one.
pub fn key<'h>(profile: &Profile, headers: &'h HeaderMap, query: Option<&str>) -> Result<Option<&'h str>, Problem> {
    if query.is_some_and(|query| query_has_key(profile, query)) {
        return Err(Problem::bad_credentials(
            "Do not put a key into the URL: URLs end up in logs. Send it as “Authorization: Bearer <key>”, and \
             replace this key, which others may have read.",
        ));
    }
    let mut found = None;
    for carrier in &profile.carriers {
        let key = match carrier {
            Carrier::Bearer => bearer(headers)?,
            Carrier::XApiKey => single(headers, &X_API_KEY)?.map(|value| value.to_str().unwrap_or_default().trim()),
        };
        match (found, key) {
            (Some(one), Some(other)) if one != other => {
                return Err(Problem::bad_credentials("The request brings two different keys. Send one."));
            }
            (None, Some(_)) => found = key,
            (..) => {}
        }
    }
    Ok(found)
}

/// A key that came where none is read, and where that was. It is looked for only in requests that are refused.
pub fn misplaced<'h>(profile: &Profile, headers: &'h HeaderMap, query: Option<&str>) -> Option<(Cow<'h, str>, Place)> {
    let is_key = |text: &&str| looks_like_key(&profile.key, text);
    if let Some(key) = query.and_then(|query| key_in(profile, query)) {
        return Some((Cow::Owned(key), Place::Query));
    }
    let values = |name| headers.get_all(name).iter().filter_map(|value: &HeaderValue| value.to_str().ok());
    // Behind another scheme, or behind none.
    let in_authorization = values(AUTHORIZATION).filter_map(|value| value.split_whitespace().last()).find(is_key);
    let in_x_api_key = values(X_API_KEY).map(str::trim).find(is_key);
    match (in_authorization, in_x_api_key) {
        (Some(one), Some(other)) if one != other => Some((one.into(), Place::Beside)),
        (Some(key), _) => Some((key.into(), Place::Authorization)),
        (None, Some(key)) => Some((key.into(), Place::XApiKey)),
        (None, None) => None,
    }
}

/// One of the operator's own programs: it knows the gate token.
pub struct Backend;

impl FromRequestParts<Shared> for Backend {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Problem> {
        Self::prove(app, &parts.headers)
    }
}

impl Backend {
    /// Whether a request with these headers comes from one.
    pub fn prove(app: &App, headers: &HeaderMap) -> Result<Self, Problem> {
        let token = bearer(headers)?.unwrap_or_default();
        if SecretHash::of(token.as_bytes()) == app.gate_token {
            return Ok(Self);
        }
        let message = "Send the instance's gate token as “Authorization: Bearer <token>”.";
        Err(Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", message))
    }
}

fn single<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h HeaderValue>, Problem> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (_, Some(_)) => Err(Problem::bad_credentials(format!("The request has two {name} headers. Send one."))),
        (first, None) => Ok(first),
    }
}

/// The token of `Bearer <token>`; the scheme in any case (RFC 9110 §11.1). Another scheme brings none.
pub fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(value) = single(headers, &AUTHORIZATION)? else { return Ok(None) };
    // What is not ASCII cannot be a key, but it was meant as one: it is unknown, not missing.
    let Ok(text) = value.to_str() else { return Ok(Some("")) };
    let (scheme, token) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Ok(None);
    }
    match token.trim() {
        "" => Err(Problem::bad_credentials("The Authorization header says Bearer, and brings no key.")),
        token => Ok(Some(token)),
    }
}

/// `access_token` is refused by name (RFC 6750 §2.3).
fn query_has_key(profile: &Profile, query: &str) -> bool {
    form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "access_token") || key_in(profile, query).is_some()
}

/// A key in a query string: as a name or a value, behind another word, or encoded once more than it had to be.
fn key_in(profile: &Profile, query: &str) -> Option<String> {
    let decoded = percent_decode_str(query).decode_utf8_lossy();
    let twice = percent_decode_str(&decoded).decode_utf8_lossy();
    let mut words = twice.split(|c: char| !c.is_ascii_alphanumeric() && !"_-.".contains(c));
    words.find(|word| looks_like_key(&profile.key, word)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile() -> Profile {
        let text = Profile::built_in("lodol").expect("the profile");
        let mut profile = Profile::parse("lodol", text).expect("a good profile");
        profile.carriers = vec![Carrier::Bearer, Carrier::XApiKey];
        profile
    }

    fn find(headers: &[(&'static str, &'static str)], query: Option<&str>) -> Result<Option<String>, u16> {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        let found = key(&profile(), &headers, query);
        found.map(|key| key.map(str::to_owned)).map_err(|problem| problem.status.as_u16())
    }

    #[test]
    fn common_06_the_scheme_may_be_written_in_any_case() {
        for value in ["Bearer k", "bearer k", "BEARER  k", "bEaReR k "] {
            assert_eq!(find(&[("authorization", value)], None), Ok(Some("k".to_owned())), "{value}");
        }
        assert_eq!(find(&[("authorization", "Basic a2V5")], None), Ok(None));
        assert_eq!(find(&[], Some("page=2")), Ok(None));
    }

    #[test]
    fn common_06_two_credentials_or_none_after_the_scheme_are_refused() {
        assert_eq!(find(&[("authorization", "Bearer a"), ("authorization", "Bearer a")], None), Err(400));
        assert_eq!(find(&[("authorization", "Bearer a"), ("x-api-key", "b")], None), Err(400));
        assert_eq!(find(&[("authorization", "Bearer a"), ("x-api-key", "a")], None), Ok(Some("a".to_owned())));
        assert_eq!(find(&[("x-api-key", "b")], None), Ok(Some("b".to_owned())));
        assert_eq!(find(&[("authorization", "Bearer")], None), Err(400));
        assert_eq!(find(&[("authorization", "Bearer  ")], None), Err(400));
    }

    #[test]
    fn a_key_in_a_wrong_place_is_recognised() {
        let (key, other) = (format!("sk_live_{}", "a".repeat(49)), format!("sk_live_{}", "b".repeat(49)));
        let find = |headers: &[(&'static str, &str)], query: Option<&str>| {
            let headers: HeaderMap = headers
                .iter()
                .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value")))
                .collect();
            misplaced(&profile(), &headers, query).map(|(key, place)| (key.into_owned(), place))
        };
        let found = |place| Some((key.clone(), place));
        assert_eq!(find(&[], Some(&format!("a=1&key=%20{key}"))), found(Place::Query));
        assert_eq!(find(&[("x-api-key", &key)], None), found(Place::XApiKey));
        assert_eq!(find(&[("authorization", &key)], None), found(Place::Authorization));
        assert_eq!(find(&[("authorization", &format!("Token {key}"))], None), found(Place::Authorization));
        let both = [("authorization", format!("Bearer {key}")), ("x-api-key", other)];
        assert_eq!(find(&both.each_ref().map(|(name, value)| (*name, value.as_str())), None), found(Place::Beside));
        assert_eq!(find(&[("authorization", "Basic a2V5"), ("x-api-key", "sk_live_docs")], Some("page=2")), None);
    }

    #[test]
    fn common_06_a_key_in_the_query_string_is_refused_under_any_name() {
        let mistyped = format!("sk_live_{}", "a".repeat(49));
        let encoded = mistyped.replace('_', "%5F");
        for query in [
            format!("key={mistyped}"),
            format!("a=1&whatever=%20{mistyped}"),
            mistyped.clone(),
            format!("a=1;key={mistyped}"),
            format!("a=Bearer%20{mistyped}"),
            format!("a=Bearer+{mistyped}"),
            format!("a={encoded}"),
            format!("a={}", encoded.replace('%', "%25")),
            format!("a={{\"key\":\"{mistyped}\"}}"),
            "access_token=x".to_owned(),
        ] {
            assert_eq!(find(&[], Some(&query)), Err(400), "{query}");
        }
        assert_eq!(find(&[], Some("key=sk_live_docs")), Ok(None), "too short to be one");
    }
}
