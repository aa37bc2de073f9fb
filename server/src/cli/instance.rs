//! A running Keywright, anywhere, as commands reach it.

use super::{Credentials, Failure, Surroundings, exchange::exchange};
use crate::{
    config::{BaseUrl, parse_public_url},
    gate::upstream::{HttpClient, client},
};
use axum::{
    body::Body,
    http::{
        Method, Request, StatusCode,
        header::{AUTHORIZATION, CONTENT_TYPE},
    },
};
use clap::Args;
use keywright_core::text;
use serde_json::Value;

/// The longest text of a server's that is printed in one place.
const LONGEST_TEXT: usize = 500;

/// Which instance is meant, and how answers are printed.
#[derive(Args, Clone, Debug)]
pub struct At {
    /// Where the server is; without it KEYWRIGHT_URL, or where you signed in last
    #[arg(long, global = true)]
    pub url: Option<String>,
    /// Print what the server answers as JSON
    #[arg(long, global = true)]
    pub json: bool,
}

/// The instance.
pub struct Instance {
    base: BaseUrl,
    client: HttpClient,
}

impl Instance {
    /// The one that is meant. Tokens travel there, so that plain HTTP is for this very machine only.
    pub fn meant(at: &At, around: &Surroundings, credentials: Option<&Credentials>) -> Result<Self, Failure> {
        let parse = |from: &str, text: &str| {
            parse_public_url(text).map_err(|message| Failure::Usage(format!("{from} {message}")))
        };
        let base = match (&at.url, &around.url) {
            (Some(url), _) => parse("--url", url)?,
            (None, Some(url)) => parse(super::surroundings::URL_VARIABLE, url)?,
            (None, None) => {
                let current = credentials.map(Credentials::current).transpose()?.flatten();
                let current = current.ok_or_else(|| {
                    let message =
                        "say where the server is: --url https://keys.example.com, or the variable KEYWRIGHT_URL";
                    Failure::Usage(message.to_owned())
                })?;
                parse("credentials.json:", &current)?
            }
        };
        Ok(Self { base, client: client() })
    }

    /// Its address, by which it is known.
    pub fn url(&self) -> &str {
        self.base.as_str()
    }

    /// A form to one of OAuth's doors.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Result<(StatusCode, Value), Failure> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::builder().method(Method::POST).uri(self.base.join(path));
        self.send(request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(Body::from(body))).await
    }

    /// A request with a token.
    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Option<&Value>,
    ) -> Result<(StatusCode, Value), Failure> {
        let mut request = Request::builder().method(method).uri(self.base.join(path));
        request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        self.send(request.body(body.map_or_else(Body::empty, |body| Body::from(body.to_string())))).await
    }

    async fn send(&self, request: http::Result<Request<Body>>) -> Result<(StatusCode, Value), Failure> {
        let request = request.map_err(|error| Failure::Usage(error.to_string()))?;
        let (status, text) = exchange(&self.client, request).await.map_err(|why| {
            Failure::Fault(format!("no server answers at {} ({why}). Is the address right?", self.base))
        })?;
        Ok((status, serde_json::from_str(&text).unwrap_or(Value::Null)))
    }

    /// What an answer says that is not the one asked for.
    pub fn refusal(&self, status: StatusCode, answer: &Value) -> Failure {
        let mut said = match said(answer, "message") {
            empty if empty.is_empty() => format!("{} answered with status {status}. Is it a Keywright?", self.base),
            message => message,
        };
        for (name, message) in answer["fields"].as_object().into_iter().flatten() {
            said.push_str(&format!("\n  {}: {}", text::plain(name, 60), plain(message)));
        }
        let link = said_link(answer, "action_url");
        said.extend(link.map(|link| format!("\n  {link}")));
        match status.as_u16() {
            401 => Failure::SignedOut(said),
            402 | 403 | 409 | 412 => Failure::Refused(said),
            404 => Failure::NotFound(said),
            400 | 413 | 415 | 422 => Failure::Usage(said),
            _ => Failure::Fault(said),
        }
    }
}

/// A member of an answer as one line that does nothing to a terminal.
pub fn said(answer: &Value, name: &str) -> String {
    plain(&answer[name])
}

/// A member that is a web address, and nothing that a shell or a browser could take for something else.
pub fn said_link(answer: &Value, name: &str) -> Option<String> {
    let link = answer[name].as_str()?;
    let web = link.starts_with("https://") || link.starts_with("http://");
    (web && link.bytes().all(|byte| byte.is_ascii_graphic())).then(|| link.to_owned())
}

/// A value as one line; empty for null.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text::plain(text, LONGEST_TEXT),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => text::plain(&value.to_string(), LONGEST_TEXT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn at(url: &str) -> Result<Instance, Failure> {
        Instance::meant(&At { url: Some(url.to_owned()), json: false }, &Surroundings::of_process(), None)
    }

    #[test]
    fn tokens_do_not_travel_in_the_clear() {
        assert!(matches!(at("http://keys.example.com"), Err(Failure::Usage(message)) if message.contains("https://")));
        for good in ["https://keys.example.com", "http://127.0.0.1:3000", "http://[::1]:3000/", "http://localhost"] {
            assert!(at(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn what_a_server_says_does_nothing_to_the_terminal_and_opens_no_program() {
        let answer = json!({"message": "a\u{1b}[2Jb\nc", "link": "file:///etc/passwd", "other": "https://a b"});
        assert!(!said(&answer, "message").contains(['\u{1b}', '\n']));
        assert_eq!((said_link(&answer, "link"), said_link(&answer, "other")), (None, None));
        assert_eq!(said_link(&json!({"link": "https://a/b?c=d"}), "link").as_deref(), Some("https://a/b?c=d"));
    }

    #[test]
    fn each_status_ends_with_the_code_that_scripts_know() {
        let instance = at("https://keys.example.com").unwrap();
        let of = |status: u16| instance.refusal(StatusCode::from_u16(status).unwrap(), &json!({"message": "m"}));
        let message = || "m".to_owned();
        assert_eq!(of(401), Failure::SignedOut(message()));
        assert_eq!([of(403), of(409)], [Failure::Refused(message()), Failure::Refused(message())]);
        assert_eq!(of(404), Failure::NotFound(message()));
        assert_eq!([of(400), of(422)], [Failure::Usage(message()), Failure::Usage(message())]);
        assert_eq!([of(429), of(500)], [Failure::Fault(message()), Failure::Fault(message())]);
    }
}
