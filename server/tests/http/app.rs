//! A running instance without a network, and clients by identity.

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header},
};
use http_body_util::BodyExt as _;
use keywright::{
    config::Config,
    router::{self, Doors},
    serve::Site as _,
    state::App,
};
use keywright_core::{actor::Actor, clock::Clock as _, keys::CreatedKey, testing::World, testing::key_form};
use serde_json::Value;
use std::{collections::BTreeMap, io, net::SocketAddr, sync::Arc};

/// What callers of `/gate/verify` present in tests.
pub const GATE_TOKEN: &str = "gate-token-of-the-tests";
/// The one proxy that is trusted in tests.
pub const PROXY: &str = "10.0.0.1";

pub struct TestApp {
    pub world: World,
    pub router: Doors,
}

impl TestApp {
    /// An instance that nobody owns, with these settings besides the defaults.
    pub async fn empty(profile: &str, settings: &[(&str, &str)]) -> Self {
        Self::over(World::empty(profile).await, settings)
    }

    /// An instance over these services.
    pub fn over(world: World, settings: &[(&str, &str)]) -> Self {
        let mut variables =
            vec![("KEYWRIGHT_TRUSTED_PROXIES", PROXY), ("KEYWRIGHT_GATEWAY_URL", "http://127.0.0.1:3000")];
        variables.extend_from_slice(settings);
        let variables = variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        let config = Config::load(None, variables, |_| Err(io::ErrorKind::NotFound.into()));
        let config = config.unwrap_or_else(|faults| panic!("{faults}"));
        let app = App::new(&config, world.services.clone(), &[7; 64], GATE_TOKEN).expect("an instance");
        Self { router: router::build(Arc::new(app)), world }
    }

    /// Lodol's instance, owned by Ada on the Pro plan.
    pub async fn lodol() -> (Self, Actor) {
        Self::owned("lodol", "pro", &[]).await
    }

    pub async fn owned(profile: &str, plan: &str, settings: &[(&str, &str)]) -> (Self, Actor) {
        let app = Self::empty(profile, settings).await;
        let ada = app.world.claim(plan).await;
        (app, ada)
    }

    /// Nobody in particular.
    pub fn anonymous(&self) -> Client {
        Client {
            router: self.router.clone(),
            peer: [203, 0, 113, 7].into(),
            headers: HeaderMap::new(),
            cookies: BTreeMap::new(),
        }
    }

    /// This person, signed in through the real form.
    pub async fn session(&self, actor: &Actor) -> Client {
        let mut client = self.anonymous();
        let password = keywright_core::testing::PASSWORD;
        let answer = client.form("/login", &[("email", &actor.user.email), ("password", password)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        client
    }

    /// The holder of a key.
    pub fn key(&self, secret: &str) -> Client {
        self.anonymous().with("authorization", &format!("Bearer {secret}"))
    }

    /// A proxy of the operator's, asking about a request with these headers.
    pub fn proxy(&self) -> Client {
        Client { peer: PROXY.parse().expect("an address"), ..self.anonymous() }
    }

    /// A key of this member's, made through the service.
    pub async fn make_key(&self, actor: &Actor, label: &str, scopes: &[&str]) -> CreatedKey {
        self.world.services.keys.create(actor, &key_form(label, scopes)).await.expect("a key")
    }

    /// Where this workspace can have more.
    pub fn plan_url(&self, slug: &str) -> String {
        let own = format!("http://127.0.0.1:3000/w/{slug}/plan");
        self.world.services.profile.billing_url.clone().unwrap_or(own)
    }

    pub fn now(&self) -> keywright_core::Time {
        self.world.clock.now()
    }

    pub fn advance(&self, by: chrono::TimeDelta) {
        self.world.clock.advance(by);
    }
}

/// Somebody who sends requests, and keeps cookies as a browser does.
#[derive(Clone)]
pub struct Client {
    router: Doors,
    pub peer: std::net::IpAddr,
    headers: HeaderMap,
    pub cookies: BTreeMap<String, String>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {} {}", self.status, self.text))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a header of text"))
    }

    pub fn set_cookie(&self, name: &str) -> Option<&str> {
        let cookies = self.headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        cookies.into_iter().find(|cookie| cookie.starts_with(&format!("{name}=")))
    }
}

impl Client {
    /// With this header on every request.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::try_from(name).expect("a header's name");
        self.headers.append(name, HeaderValue::try_from(value).expect("a header's value"));
        self
    }

    /// With this header, which need not be text.
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, None, Body::empty()).await
    }

    pub async fn delete(&mut self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None, Body::empty()).await
    }

    pub async fn post_json(&mut self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some("application/json"), Body::from(body.to_string())).await
    }

    /// A POST without a body.
    pub async fn post(&mut self, path: &str) -> Answer {
        self.send(Method::POST, path, None, Body::empty()).await
    }

    pub async fn patch_json(&mut self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, Some("application/json"), Body::from(body.to_string())).await
    }

    pub async fn form(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(Method::POST, path, Some("application/x-www-form-urlencoded"), Body::from(body)).await
    }

    pub async fn send(&mut self, method: Method, path: &str, content_type: Option<&str>, body: Body) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        *request.headers_mut().expect("a request") = self.headers.clone();
        if let Some(content_type) = content_type {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        if !self.cookies.is_empty() {
            let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let mut request = request.body(body).expect("a request");
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(self.peer, 40_000)));
        let response = self.router.respond(request).await;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        self.keep_cookies(&parts.headers);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, text }
    }

    fn keep_cookies(&mut self, headers: &HeaderMap) {
        for value in headers.get_all(header::SET_COOKIE) {
            let text = value.to_str().expect("a cookie of text");
            let (pair, attributes) = text.split_once(';').unwrap_or((text, ""));
            let (name, value) = pair.split_once('=').expect("a cookie");
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}
