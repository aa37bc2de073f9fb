//! What the tests of OAuth share: an app, and a person who lets it in through the real pages.

use crate::app::{Answer, Client, TestApp};
use axum::http::StatusCode;
use keywright_core::{
    actor::Actor,
    apps::{App, AppKind},
    testing::AppSpec,
};
use serde_json::Value;

/// RFC 7636 appendix B.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub const CALLBACK: &str = "https://reporter.example/callback";
pub const ISSUER: &str = "http://127.0.0.1:3000";

pub const SERVER: AppSpec<'_> = AppSpec {
    kind: AppKind::Server,
    redirects: &[CALLBACK],
    scopes: &["workflows:read", "executions:read"],
    pkce_optional: false,
    unverified: false,
};
pub const PUBLIC: AppSpec<'_> = AppSpec { kind: AppKind::Public, ..SERVER };
pub const MACHINE: AppSpec<'_> = AppSpec { kind: AppKind::Machine, redirects: &[], ..SERVER };
pub const DEVICE: AppSpec<'_> = AppSpec { kind: AppKind::Device, redirects: &[], ..SERVER };

/// Lodol's instance, Ada's, with an app of hers.
pub struct Scene {
    pub app: TestApp,
    pub ada: Actor,
    pub client: App,
    pub secret: String,
}

impl Scene {
    pub async fn of(spec: AppSpec<'_>) -> Self {
        let (app, ada) = TestApp::lodol().await;
        let (client, secret) = app.world.app(&ada, spec).await;
        Self { app, ada, client, secret }
    }

    pub fn id(&self) -> &str {
        self.client.client_id.as_str()
    }

    /// The address of a request, with these parameters changed or, where empty, left out.
    pub fn request(&self, changes: &[(&str, &str)]) -> String {
        let mut pairs = vec![
            ("response_type", "code"),
            ("client_id", self.id()),
            ("redirect_uri", CALLBACK),
            ("scope", "workflows:read"),
            ("state", "xyz"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        pairs.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        pairs.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        format!("/oauth/authorize?{query}")
    }

    /// A yes of the signed-in person, through the page; gives where they are sent.
    pub async fn allow(&self, person: &mut Client, changes: &[(&str, &str)]) -> String {
        let page = person.get(&self.request(changes)).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        let (request, slug) = (hidden(&page, "request"), self.ada.workspace.slug.clone());
        let form = [("request", request.as_str()), ("workspace", &slug), ("decision", "allow")];
        let done = person.form("/oauth/authorize/decision", &form).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        done.header("location").to_owned()
    }

    pub async fn code(&self, changes: &[(&str, &str)]) -> String {
        let mut ada = self.app.session(&self.ada).await;
        in_query(&self.allow(&mut ada, changes).await, "code").expect("a code")
    }

    /// A request at the token endpoint by the app, which sends its secret in the body if it has one.
    pub async fn token(&self, more: &[(&str, &str)]) -> Answer {
        let mut fields = vec![("client_id", self.id())];
        fields.extend((!self.secret.is_empty()).then_some(("client_secret", self.secret.as_str())));
        fields.extend(more);
        self.app.anonymous().form("/oauth/token", &fields).await
    }

    pub async fn redeem(&self, code: &str) -> Answer {
        let more = [("grant_type", "authorization_code"), ("code", code), ("code_verifier", VERIFIER)];
        self.token(&more).await
    }

    pub async fn tokens(&self) -> Value {
        let code = self.code(&[]).await;
        let answer = self.redeem(&code).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.json()
    }

    /// What the operator's servers are told of a token.
    pub async fn introspect(&self, token: &str) -> Value {
        let operator = self.app.anonymous().with("authorization", &format!("Bearer {}", crate::app::GATE_TOKEN));
        let mut operator = operator;
        operator.form("/oauth/introspect", &[("token", token)]).await.json()
    }
}

/// The value of a form's hidden field.
pub fn hidden(page: &Answer, name: &str) -> String {
    let (_, rest) = page.text.split_once(&format!("name=\"{name}\" value=\"")).expect("the field");
    rest.split('"').next().expect("a value").to_owned()
}

/// A parameter of an address's query.
pub fn in_query(url: &str, name: &str) -> Option<String> {
    let (_, query) = url.split_once('?')?;
    form_urlencoded::parse(query.as_bytes()).find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// Of an error in OAuth's shape: its status and its code. Everything that must be so of each is checked.
pub fn refused(answer: &Answer) -> (u16, String) {
    let body = answer.json();
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(body["error_description"], body["message"]);
    let description = body["error_description"].as_str().expect("a sentence");
    let allowed = |c: char| matches!(c, ' '..='~') && c != '"' && c != '\\';
    assert!(!description.is_empty() && description.chars().all(allowed), "{description}");
    let members: Vec<_> = body.as_object().expect("an object").keys().collect();
    assert_eq!(members, ["error", "error_description", "message"]);
    (answer.status.as_u16(), body["error"].as_str().expect("a code").to_owned())
}
