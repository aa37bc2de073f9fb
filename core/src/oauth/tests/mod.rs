//! An app, its owner, and what they do to each other.

mod authorizing;
mod devices;
mod ending;
mod machines;
mod managing;
mod redeeming;
mod refreshing;

use super::{Asking, Claims, ConsentRequest, Decision, Issued, OAuthError, OAuthResult, Opened, Parameters, Turned};
use crate::{
    actor::Actor,
    apps::{App, AppKind},
    secret::SecretHash,
    testing::{AppSpec, World, origin},
};

/// RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const CALLBACK: &str = "https://reporter.example/callback";
const SCOPES: &[&str] = &["workflows:read", "executions:read"];

const SERVER: AppSpec<'_> =
    AppSpec { kind: AppKind::Server, redirects: &[CALLBACK], scopes: SCOPES, pkce_optional: false, unverified: false };
const PUBLIC: AppSpec<'_> = AppSpec { kind: AppKind::Public, ..SERVER };
const DEVICE: AppSpec<'_> = AppSpec { kind: AppKind::Device, redirects: &[], ..SERVER };
const MACHINE: AppSpec<'_> = AppSpec { kind: AppKind::Machine, redirects: &[], ..SERVER };

/// Ada's workspace, and an app of hers.
struct Scene {
    world: World,
    ada: Actor,
    app: App,
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn parameters(list: &[(&str, &str)]) -> Parameters {
    Parameters::new(pairs(list)).expect("no parameter twice")
}

/// The session of a browser.
fn session(name: &str) -> SecretHash {
    SecretHash::of(name.as_bytes())
}

/// A parameter of an address's query, decoded.
fn in_query(url: &str, name: &str) -> Option<String> {
    let (_, query) = url.split_once('?')?;
    let value = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")))?;
    let mut bytes = Vec::new();
    let mut rest = value.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte == b'%' {
            let digits = std::str::from_utf8(&after[..2]).expect("digits");
            bytes.push(u8::from_str_radix(digits, 16).expect("a byte"));
            rest = &after[2..];
        } else {
            bytes.push(*byte);
        }
    }
    Some(String::from_utf8(bytes).expect("text"))
}

impl Scene {
    async fn of(spec: AppSpec<'_>) -> Self {
        let (world, ada) = World::owned("lodol", "pro").await;
        let (app, _) = world.app(&ada, spec).await;
        Self { world, ada, app }
    }

    /// A request with these parameters changed, added or, where empty, left out.
    fn request(&self, changes: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut all = pairs(&[
            ("response_type", "code"),
            ("client_id", self.app.client_id.as_str()),
            ("redirect_uri", CALLBACK),
            ("scope", "workflows:read"),
            ("state", "s"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]);
        all.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        all.extend(pairs(changes));
        all
    }

    async fn ask(&self, changes: &[(&str, &str)]) -> Result<Asking, Turned> {
        self.world.services.oauth.read_request(self.request(changes), None).await
    }

    async fn open_for(&self, actor: &Actor, browser: &str, changes: &[(&str, &str)]) -> Opened {
        let asking = self.ask(changes).await.expect("a good request");
        let oauth = &self.world.services.oauth;
        oauth.open(asking, &actor.user, session(browser), None, &origin()).await.expect("a database")
    }

    async fn consent_page(&self, actor: &Actor, browser: &str, changes: &[(&str, &str)]) -> ConsentRequest {
        match self.open_for(actor, browser, changes).await {
            Opened::Ask(request) => *request,
            Opened::Answered(url) => panic!("nobody was asked: {url}"),
        }
    }

    /// Where a person who says yes in their workspace is sent.
    async fn allowed_by(&self, actor: &Actor, changes: &[(&str, &str)]) -> String {
        let request = self.consent_page(actor, "browser", changes).await;
        let decision = Decision::Allow(actor.workspace.slug.clone());
        let oauth = &self.world.services.oauth;
        oauth.decide(request.id, &actor.user, session("browser"), &decision, &origin()).await.expect("a decision")
    }

    /// The code that a yes of Ada's brings.
    async fn code(&self, changes: &[(&str, &str)]) -> String {
        in_query(&self.allowed_by(&self.ada, changes).await, "code").expect("a code")
    }

    async fn token(&self, list: &[(&str, &str)]) -> OAuthResult<Issued> {
        self.world.services.oauth.token(&self.app, &parameters(list), &origin()).await
    }

    async fn redeem(&self, code: &str) -> OAuthResult<Issued> {
        self.token(&[("grant_type", "authorization_code"), ("code", code), ("code_verifier", VERIFIER)]).await
    }

    async fn refresh(&self, token: &str) -> OAuthResult<Issued> {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    /// The tokens that a yes of Ada's brings.
    async fn tokens(&self) -> Issued {
        let code = self.code(&[]).await;
        self.redeem(&code).await.expect("tokens")
    }

    async fn claims(&self, issued: &Issued) -> Claims {
        let read = self.world.services.oauth.tokens().read(&issued.access_token).await;
        read.expect("a database").expect("a good token")
    }

    /// Whether the tokens still are good for anything.
    async fn is_live(&self, issued: &Issued) -> bool {
        let claims = self.claims(issued).await;
        let standing = self.world.services.oauth.standing(claims.gid).await.expect("a database");
        standing.is_some_and(|standing| standing.is_live())
    }

    async fn log(&self) -> Vec<String> {
        let page = crate::page::PageRequest::first();
        let entries = self.world.services.audit.list(&self.ada, page).await.expect("the log");
        entries.items.into_iter().map(|entry| entry.action).collect()
    }
}

fn code_of<T>(result: Result<T, OAuthError>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(error) => error.code.as_str(),
    }
}

fn next(issued: &Issued) -> &str {
    issued.refresh_token.as_deref().expect("a refresh token")
}
