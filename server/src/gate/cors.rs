//! Pages of other sites that call the API from a browser (the Fetch standard's CORS protocol), by the profile's rule.
//! A browser asks before it sends a key from such a page, and cannot bring the key when it asks.

use crate::problem::Problem;
use axum::{
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{
            ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
            ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
        },
    },
    response::{IntoResponse as _, Response},
};
use keywright_core::{
    gate::Gate,
    profile::{Carrier, Cors, Origins, Profile},
    services::Services,
};

/// What a page may read of an answer besides what every page may.
const EXPOSED: &str = "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, RateLimit, RateLimit-Policy, \
                       Retry-After, WWW-Authenticate, X-Request-Id";

/// A browser's question whether a page may send a request.
pub struct Preflight<'a> {
    profile: &'a Profile,
    rule: &'a Cors,
    origin: &'a HeaderValue,
}

impl<'a> Preflight<'a> {
    /// The question that this request is, if it is one and the profile has a rule for it. Where the profile has a route
    /// for it, it is a request like any other.
    pub fn of(services: &'a Services, method: &str, path: &str, headers: &'a HeaderMap) -> Option<Self> {
        let profile = &*services.profile;
        let rule = profile.cors.as_ref().filter(|_| method == "OPTIONS")?;
        let origin = headers.get(ORIGIN)?;
        let is_question = headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD) && !services.gate.has_route(method, path);
        is_question.then_some(Self { profile, rule, origin })
    }

    /// The methods that pages of this origin may use with this path.
    pub fn check<'g>(&self, gate: &'g Gate, path: &str) -> Result<Vec<&'g str>, Problem> {
        if !admits(self.rule, self.origin) {
            let message = "Pages of this origin may not call the API.";
            return Err(Problem::new(StatusCode::FORBIDDEN, "origin_not_allowed", message));
        }
        let methods = gate.methods_of(path);
        if methods.is_empty() { Err(Problem::not_found("address")) } else { Ok(methods) }
    }

    /// The answer to it, where nobody else gives one.
    pub fn answer(&self, methods: &[&str]) -> Response {
        let mut response = StatusCode::NO_CONTENT.into_response();
        let headers = response.headers_mut();
        write_origin(headers, self.rule, Some(self.origin));
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, text(&methods.join(", ")));
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, text(&self.sendable().join(", ")));
        headers.insert(ACCESS_CONTROL_MAX_AGE, self.rule.max_age.into());
        response
    }

    /// The headers that a page may send.
    fn sendable(&self) -> Vec<&str> {
        let carriers = self.profile.carriers.iter().map(|carrier| match carrier {
            Carrier::Bearer => "authorization",
            Carrier::XApiKey => "x-api-key",
        });
        carriers.chain(["content-type"]).chain(self.rule.headers.iter().map(String::as_str)).collect()
    }
}

/// Lets the page that asked read the answer, if the profile's rule does; then its word stands, and not the upstream's.
pub fn write(headers: &mut HeaderMap, profile: &Profile, asked: &HeaderMap) {
    let Some(rule) = &profile.cors else { return };
    headers.remove(ACCESS_CONTROL_ALLOW_ORIGIN);
    let origin = asked.get(ORIGIN).filter(|origin| admits(rule, origin));
    write_origin(headers, rule, origin);
    if origin.is_some() {
        headers.append(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    }
}

fn write_origin(headers: &mut HeaderMap, rule: &Cors, origin: Option<&HeaderValue>) {
    let value = match &rule.origins {
        Origins::Any => origin.map(|_| const { HeaderValue::from_static("*") }),
        Origins::These(_) => {
            // Another origin gets another answer: no cache may give it this one.
            headers.append(VARY, HeaderValue::from_static("Origin"));
            origin.cloned()
        }
    };
    if let Some(value) = value {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, value);
    }
}

fn admits(rule: &Cors, origin: &HeaderValue) -> bool {
    origin.to_str().is_ok_and(|origin| rule.admits(origin))
}

/// Names of methods and headers: what is written can stand in a field.
fn text(value: &str) -> HeaderValue {
    HeaderValue::from_str(value).unwrap_or(const { HeaderValue::from_static("") })
}
