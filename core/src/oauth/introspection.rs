//! What a token is worth now (RFC 7662), for its own app and for the operator's servers. To everybody else each token is
//! like none (§2.2, §4).

use super::{Audience, GrantStanding, Introspection, OAuthResult, secrets::Kind, service::OAuth, store};
use crate::{apps::App, profile::ScopeSet, secret::SecretHash};

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub enum Asker<'a> {
    /// An app that has proved who it is with a secret.
    App(&'a App),
    /// A server of the operator's, which gets requests with access tokens.
    Operator,
}

impl Asker<'_> {
    fn may_know(self, standing: &GrantStanding) -> bool {
        match self {
            Self::App(app) => app.id == standing.app,
            Self::Operator => true,
        }
    }
}

impl OAuth {
    /// What this token is worth. What kind it is it says itself, so that no hint is needed.
    pub async fn introspect(&self, asker: Asker<'_>, token: &str) -> OAuthResult<Introspection> {
        let found = match Kind::RefreshToken.hash_of(token) {
            Some(hash) => self.introspect_refresh_token(asker, hash).await?,
            None => self.introspect_access_token(asker, token).await?,
        };
        Ok(found.unwrap_or_default())
    }

    async fn introspect_access_token(&self, asker: Asker<'_>, token: &str) -> OAuthResult<Option<Introspection>> {
        let hash = SecretHash::of(token.as_bytes());
        let claims = self.gate.memory().claims.get_or_load(hash, || self.tokens.read(token)).await?;
        let Some(claims) = claims.filter(|claims| claims.ends_at() > self.clock.now()) else { return Ok(None) };
        let Some(standing) = self.known_to(asker, claims.gid).await? else { return Ok(None) };
        let named: Vec<_> = claims.scope.split(' ').collect();
        Ok(Some(Introspection {
            token_type: Some("Bearer"),
            exp: Some(claims.exp),
            iat: Some(claims.iat),
            aud: Some(claims.aud.clone()),
            jti: Some(claims.jti.clone()),
            ..self.told(&standing, self.profile.known_scopes(&named))
        }))
    }

    /// A refresh token is its own app's alone: no server has any use for it.
    async fn introspect_refresh_token(&self, asker: Asker<'_>, hash: SecretHash) -> OAuthResult<Option<Introspection>> {
        let Asker::App(_) = asker else { return Ok(None) };
        let row = store::find_refresh_token(&self.db, hash).await?;
        let now = self.clock.now();
        let Some(row) = row.filter(|row| row.superseded_at.is_none() && row.expires_at > now) else { return Ok(None) };
        let Some(standing) = self.known_to(asker, row.grant_id).await? else { return Ok(None) };
        let aud = Audience::of(standing.resources.clone());
        Ok(Some(Introspection {
            exp: Some(row.expires_at.timestamp()),
            iat: Some(row.created_at.timestamp()),
            aud: Some(aud).filter(|aud| !aud.all().is_empty()),
            ..self.told(&standing, ScopeSet::ALL)
        }))
    }

    async fn known_to(&self, asker: Asker<'_>, grant: crate::ids::GrantId) -> OAuthResult<Option<GrantStanding>> {
        let standing = self.standing(grant).await?;
        Ok(standing.filter(|standing| standing.is_live() && !standing.suspended && asker.may_know(standing)))
    }

    fn told(&self, standing: &GrantStanding, named: ScopeSet) -> Introspection {
        Introspection {
            active: true,
            scope: Some(standing.effective_names(&self.profile, named).join(" ")),
            client_id: Some(standing.client_id.clone()),
            sub: Some(standing.subject()),
            iss: Some(self.issuer.to_string()),
            ..Introspection::default()
        }
    }
}
