//! `authorization_code` (OAuth 2.1 §4.1.3, RFC 7636 §4.6, RFC 8707 §2.2):
//!
//! 1. The code is one that was given to this app. Another app's code is left as it is: its own may still come.
//! 2. It has not run out.
//! 3. The verifier is what the request committed to.
//! 4. The redirect address, if it is sent, is the one that the code went to; without PKCE it must be sent.
//! 5. The resources are among those that were granted.
//! 6. Only what has come this far redeems the code, in one guarded update: of fifty at once one gets tokens. Whoever
//!    comes second knew everything that the first one knew, so one of the two is a thief, and the grant is over.

use crate::{
    actor::Origin,
    apps::App,
    oauth::{
        EndReason, Issued, OAuthResult, Parameters, invalid_grant, invalid_request, pkce, resources,
        secrets::Kind,
        service::OAuth,
        store::{self, CodeRow},
    },
    secret::SecretHash,
};

impl OAuth {
    pub(super) async fn redeem_code(&self, app: &App, parameters: &Parameters, origin: &Origin) -> OAuthResult<Issued> {
        let unknown = || invalid_grant("The code is not one that was given to this app.");
        let hash = Kind::Code.hash_of(parameters.required("code")?).ok_or_else(unknown)?;
        let row = store::find_code(&self.db, hash).await?.ok_or_else(unknown)?;
        let standing = self.standing(row.grant_id).await?.filter(|standing| standing.app == app.id);
        let standing = standing.ok_or_else(unknown)?;
        if row.redeemed_at.is_none() && row.expires_at <= self.clock.now() {
            return Err(invalid_grant("The code has expired."));
        }
        check_proof(&row, parameters)?;
        let resources = resources::narrowed(&standing.resources, resources::asked(parameters, &self.gateway)?)?;
        if row.redeemed_at.is_some() {
            return self.replayed(&row, origin).await;
        }
        if !standing.is_live() {
            return Err(invalid_grant("The authorization was revoked, or whoever gave it has left."));
        }
        let mut issued = self.access_token(&standing, standing.scopes, resources).await?;
        let mut tx = self.db.begin().await?;
        if !store::redeem_code(&mut tx, hash, self.clock.now()).await? {
            drop(tx);
            return self.lost(hash, origin).await;
        }
        let refresh_token = self.begin_refreshing(&mut tx, app, &standing, origin).await?;
        tx.commit().await?;
        issued.refresh_token = refresh_token.map(|token| token.expose().to_owned());
        Ok(issued)
    }

    /// The code was redeemed, or ran out, between two looks at it.
    async fn lost(&self, hash: SecretHash, origin: &Origin) -> OAuthResult<Issued> {
        match store::find_code(&self.db, hash).await? {
            Some(row) if row.redeemed_at.is_some() => self.replayed(&row, origin).await,
            Some(_) | None => Err(invalid_grant("The code has expired.")),
        }
    }

    async fn replayed(&self, row: &CodeRow, origin: &Origin) -> OAuthResult<Issued> {
        self.end_stolen(row.grant_id, EndReason::CodeReplayed, origin).await?;
        Err(invalid_grant("The code was redeemed before. What was given for it is revoked."))
    }
}

/// Whoever redeems the code is who asked for it.
fn check_proof(row: &CodeRow, parameters: &Parameters) -> OAuthResult<()> {
    let challenge = row.challenge();
    pkce::check(challenge.as_ref(), parameters.one("code_verifier"))?;
    match parameters.one("redirect_uri") {
        Some(sent) if sent == row.redirect_uri => Ok(()),
        Some(sent) => Err(invalid_grant("The redirect_uri is not the one that the code was sent to.")
            .instead(&row.redirect_uri, sent)),
        None if challenge.is_some() => Ok(()),
        None => Err(invalid_request("The redirect_uri is missing: without PKCE it must be sent.")),
    }
}
