//! What every handler can reach.

use crate::{
    config::{BaseUrl, Config},
    gate::{principal::Principals, upstream::Upstream},
    mail::Mailer,
    oauth::Documents,
    peer::TrustedProxies,
    seal::Sealer,
};
use keywright_app::Assets;
use keywright_core::{Time, secret::SecretHash, services::Services};
use std::{sync::Arc, time::Duration};
use tokio::runtime::Handle;

/// The state, as axum hands it to handlers.
pub type Shared = Arc<App>;

/// One running instance.
pub struct App {
    /// Where the rules are.
    pub services: Services,
    /// Where pages are made: beside the threads that connections are served on.
    pub home: Handle,
    /// Where the site's files are.
    pub assets: Arc<Assets>,
    /// Seals what travels in cookies.
    pub sealer: Sealer,
    /// Writes to people, where a mail server is configured.
    pub mailer: Mailer,
    /// Where people find this instance.
    pub public_url: BaseUrl,
    /// Where programs find the API behind the gate.
    pub gateway_url: BaseUrl,
    /// Who may tell the gate about other requests.
    pub proxies: TrustedProxies,
    /// What callers of `/gate/verify` must know, hashed: comparing hashes tells nothing by its time.
    pub gate_token: SecretHash,
    /// What the operator's own systems must know, hashed likewise; without one they have no door.
    pub operator_token: Option<SecretHash>,
    /// Where the built-in gateway sends what may pass.
    pub upstream: Upstream,
    /// What everybody may know of this instance.
    pub documents: Documents,
    /// Says signed who a request is from.
    pub principals: Principals,
    /// Whether it is said with every request that may pass.
    pub signs_principals: bool,
    /// When an unused session ends.
    pub session_idle: Duration,
    /// When every session ends.
    pub session_absolute: Duration,
}

impl App {
    /// An instance of `config` over these services. Its pages are made on the runtime that this is called on.
    pub fn new(config: &Config, services: Services, sealing_key: &[u8], gate_token: &str) -> anyhow::Result<Self> {
        let mailer = Mailer::new(config, &services)?;
        let (signing, documents) = (services.signing.clone(), Documents::new(&config.public_url, &services.profile)?);
        Ok(Self {
            services,
            home: Handle::current(),
            documents,
            mailer,
            assets: crate::assets::assets(),
            sealer: Sealer::new(sealing_key, config.public_url.is_https())?,
            public_url: config.public_url.clone(),
            gateway_url: config.gateway_url.clone(),
            proxies: config.trusted_proxies.clone(),
            gate_token: SecretHash::of(gate_token.as_bytes()),
            operator_token: config.operator_token.as_ref().map(|token| SecretHash::of(token.expose().as_bytes())),
            upstream: Upstream::new(config.upstream.clone(), config.upstream_timeout),
            principals: Principals::new(signing, &config.public_url),
            signs_principals: config.signed_principal,
            session_idle: config.session_idle,
            session_absolute: config.session_absolute,
        })
    }

    /// The present moment, by the clock that the services go by.
    #[must_use]
    pub fn now(&self) -> Time {
        self.services.clock.now()
    }

    /// Where a customer changes what it pays for: the company's own page, else the workspace's plan page, else the
    /// address that knows the way there.
    #[must_use]
    pub fn plan_url(&self, slug: Option<&str>) -> Box<str> {
        match (&self.services.profile.billing_url, slug) {
            (Some(url), _) => url.as_str().into(),
            (None, Some(slug)) => format!("{}/w/{slug}/plan", self.public_url.as_str()).into(),
            (None, None) => format!("{}/plan", self.public_url.as_str()).into(),
        }
    }
}
