//! What an app sends: a form (RFC 6749 appendix B), or the same members as JSON, which no standard has and many expect.
//! Both are read by one set of rules: each member once, and a text. What stands in the query string is not read at all,
//! since it stands in logs as well (OAuth 2.1 §2.4.1).

use super::Refusal;
use crate::{body, peer::Caller, state::App, visitor};
use axum::{
    body::Body,
    extract::Request,
    http::{
        HeaderMap,
        header::{AUTHORIZATION, CONTENT_TYPE},
        request::Parts,
    },
};
use keywright_core::{
    actor::Origin,
    apps::{App as Client, Presented},
    oauth::{Members, OAuthResult, Parameters, invalid_request},
};
use serde_json::Value;

/// What was sent, and from where.
pub struct Asked {
    /// The members of the body.
    pub parameters: Parameters,
    /// From where it came.
    pub origin: Origin,
    authorization: Option<String>,
}

/// Reads a request.
pub async fn read(request: Request) -> Result<Asked, Refusal> {
    let (parts, body) = request.into_parts();
    let parameters = read_parameters(&parts.headers, body).await?;
    Ok(Asked { parameters, origin: visitor::origin(&parts), authorization: authorization(&parts) })
}

/// The members of a body, each once.
async fn read_parameters(headers: &HeaderMap, body: Body) -> OAuthResult<Parameters> {
    Parameters::new(read_pairs(headers, body).await?)
}

/// The members of a body as they were sent.
pub async fn read_pairs(headers: &HeaderMap, body: Body) -> OAuthResult<Vec<(String, String)>> {
    let kind = kind(headers)?;
    let bytes = body::read(body).await.map_err(|problem| invalid_request(problem.message))?;
    match kind {
        Kind::Form => Ok(form_urlencoded::parse(&bytes).into_owned().collect()),
        Kind::Json => members(&bytes),
        Kind::None if bytes.is_empty() => Ok(Vec::new()),
        Kind::None => Err(wrong_kind()),
    }
}

impl Asked {
    /// The app that sent it.
    pub async fn client(&self, app: &App) -> Result<Client, Refusal> {
        let presented = Presented {
            authorization: self.authorization.as_deref(),
            client_id: self.parameters.one("client_id"),
            client_secret: self.parameters.one("client_secret"),
            assertion: self.parameters.one("client_assertion").is_some(),
        };
        Ok(app.services.apps.authenticate(&presented, self.origin.address).await?)
    }

    /// What it presents in `Authorization: Bearer`, if it does (RFC 6750 §2.1).
    pub fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.authorization.as_deref()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }
}

enum Kind {
    Form,
    Json,
    None,
}

/// One media type, exactly.
fn kind(headers: &HeaderMap) -> OAuthResult<Kind> {
    let mut sent = headers.get_all(CONTENT_TYPE).iter();
    let (Some(value), None) = (sent.next(), sent.next()) else {
        return if headers.contains_key(CONTENT_TYPE) { Err(wrong_kind()) } else { Ok(Kind::None) };
    };
    let media = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if media.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        Ok(Kind::Form)
    } else if media.eq_ignore_ascii_case("application/json") {
        Ok(Kind::Json)
    } else {
        Err(wrong_kind())
    }
}

fn wrong_kind() -> keywright_core::oauth::OAuthError {
    invalid_request("Send the body as application/x-www-form-urlencoded or as application/json.")
}

/// Two headers of this name are as good as none of ours.
fn authorization(parts: &Parts) -> Option<String> {
    let mut sent = parts.headers.get_all(AUTHORIZATION).iter();
    match (sent.next(), sent.next()) {
        (None, _) => None,
        (Some(one), None) => Some(one.to_str().unwrap_or_default().to_owned()),
        (Some(_), Some(_)) => Some(String::new()),
    }
}

fn members(bytes: &[u8]) -> OAuthResult<Vec<(String, String)>> {
    let Members(members) =
        serde_json::from_slice(bytes).map_err(|_| invalid_request("The body is not a JSON object."))?;
    let text = |(name, value)| match value {
        Value::String(text) => Ok((name, text)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            Err(invalid_request(format!("The member '{name}' must be a string.")))
        }
    };
    members.into_iter().map(text).collect()
}

/// Where a request comes from, for doors that read nothing else.
pub fn address(parts: &Parts) -> Option<std::net::IpAddr> {
    parts.extensions.get::<Caller>().map(|caller| caller.address)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(kind: Option<&str>, body: &'static str) -> Result<Vec<(String, String)>, String> {
        let mut headers = HeaderMap::new();
        if let Some(kind) = kind {
            headers.insert(CONTENT_TYPE, kind.parse().unwrap());
        }
        let read = read_parameters(&headers, Body::from(body)).await;
        read.map(|parameters| parameters.pairs().to_vec()).map_err(|error| error.code.as_str().to_owned())
    }

    #[tokio::test]
    async fn a_form_and_json_are_read_by_the_same_rules() {
        let expected = vec![("a".to_owned(), "1 2".to_owned()), ("b".to_owned(), "ü".to_owned())];
        let form = read(Some("Application/X-WWW-Form-URLencoded; charset=utf-8"), "a=1+2&b=%C3%BC&c=").await;
        assert_eq!(form, Ok(expected.clone()));
        assert_eq!(read(Some("application/json"), r#"{"a":"1 2","b":"ü","c":""}"#).await, Ok(expected));
        assert_eq!(read(None, "").await, Ok(Vec::new()));
    }

    #[tokio::test]
    async fn what_is_sent_twice_or_is_no_text_or_is_of_another_kind_is_refused_alike() {
        let (form, json) = (Some("application/x-www-form-urlencoded"), Some("application/json"));
        for (kind, body) in [
            (form, "a=1&a=2"),
            (json, r#"{"a":"1","a":"2"}"#),
            (json, r#"{"a":1}"#),
            (json, r#"{"a":null}"#),
            (json, r#"{"a":["1"]}"#),
            (json, r#"["a"]"#),
            (json, r#"{"a":"1""#),
            (json, ""),
            (Some("text/plain"), "a=1"),
            (Some("application/json, application/x-www-form-urlencoded"), "{}"),
            (Some("multipart/form-data; boundary=x"), ""),
            (None, "a=1"),
        ] {
            assert_eq!(read(kind, body).await, Err("invalid_request".to_owned()), "{kind:?} {body}");
        }
    }
}
