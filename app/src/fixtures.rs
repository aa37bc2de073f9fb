//! What the tests of this crate render.

use crate::{Assets, Frame, Theme};
use keywright_core::profile::{
    Alphabet, ExpiryPolicy, KeyFormat, OAuth, Plan, Profile, RateReset, Refusals, Right, Role, ScopeSet,
    SelfRegistration, Words,
};
use std::sync::Arc;

/// A frame around nobody's page.
pub(crate) fn frame() -> Frame {
    let assets = Assets { css: "/a.css".into(), package: "keywright".into(), favicon: "/f.svg".into() };
    Frame {
        title: "API keys".into(),
        theme: Theme::System,
        assets: Arc::new(assets),
        profile: Arc::new(profile()),
        path: "/w/acme/keys".into(),
        viewer: None,
        flash: None,
    }
}

/// A small product.
pub(crate) fn profile() -> Profile {
    Profile {
        name: "default".into(),
        product: "Acme".into(),
        docs_url: None,
        words: Words { workspace: "team".into(), workspaces: "teams".into(), create_key: "Create key".into() },
        menu: vec!["Settings".into(), "API Keys".into()],
        key: KeyFormat { prefix: "sk_live_".into(), alphabet: Alphabet::Base62, visible: 4, environments: Vec::new() },
        billing_url: None,
        rate_reset: RateReset::Seconds,
        action_urls: false,
        session_cookie: false,
        workspace_keys: false,
        longest_grace_days: 30,
        wildcard: false,
        default_scopes: Vec::new(),
        carriers: Vec::new(),
        refusals: Refusals::Detailed,
        scopes: Vec::new(),
        roles: vec![Role {
            name: "owner".into(),
            title: "Owner".into(),
            rights: vec![Right::KeysManage],
            scopes: ScopeSet::ALL,
        }],
        expiry: policy(),
        plans: vec![Plan {
            name: "pro".into(),
            title: "Pro".into(),
            keys: 3,
            api: true,
            scopes: ScopeSet::ALL,
            limits: Vec::new(),
            concurrent: None,
            concurrent_requests: None,
        }],
        routes: Vec::new(),
        cors: None,
        oauth: OAuth {
            menu: vec!["Settings".into(), "OAuth Apps".into()],
            self_registration: SelfRegistration::Open,
            self_registration_scopes: ScopeSet::ALL,
            registrations_per_hour: 60,
            devices_per_hour: 60,
            access_token_minutes: 10,
            refresh_idle_days: 30,
            refresh_absolute_days: 365,
            refresh_grace_seconds: 30,
            token_endpoint: "/oauth/token".into(),
        },
    }
}

/// Keys must end within a year.
pub(crate) fn policy() -> ExpiryPolicy {
    ExpiryPolicy { presets: vec![30], default_days: Some(30), max_days: Some(365), required: true }
}
