//! An app gives back what it has (RFC 7009). Whatever it gives back, the whole grant is over: of an access token alone
//! nothing could be taken that the refresh token would not bring again.
//!
//! 1. Only its own. Of another app's token, of one that is over and of no token at all it is told the same, that all is
//!    well (§2.2); nothing happens to them.
//! 2. What kind a token is it says itself; the hint is not needed.

use super::{EndReason, OAuthResult, Parameters, secrets::Kind, service::OAuth, store};
use crate::{actor::Origin, apps::App};

impl OAuth {
    /// Ends the grant that the token came of, if it is this app's.
    pub async fn give_back(&self, app: &App, parameters: &Parameters, origin: &Origin) -> OAuthResult<()> {
        let token = parameters.required("token")?;
        let grant = match Kind::RefreshToken.hash_of(token) {
            Some(hash) => store::find_refresh_token(&self.db, hash).await?.map(|row| row.grant_id),
            None => self.tokens.read(token).await?.map(|claims| claims.gid),
        };
        let Some(grant) = grant else { return Ok(()) };
        let standing = self.standing(grant).await?.filter(|standing| standing.app == app.id && !standing.revoked);
        match standing {
            Some(_) => Ok(self.end(grant, EndReason::GivenBack, None, origin).await?),
            None => Ok(()),
        }
    }
}
