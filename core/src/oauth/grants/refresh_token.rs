//! `refresh_token` (OAuth 2.1 §4.3, RFC 9700 §4.14): each is changed for the next, in one guarded update.
//!
//! 1. The token is one that was given to this app. Another app's is left as it is.
//! 2. Its grant stands, and neither the token nor its family has run out.
//! 3. What is asked for is part of what was granted; the next token keeps all of it (§4.3.3).
//! 4. The next token is derived of this one. The first request supersedes this one and stores the hash of the next, in one
//!    transaction with others that came at the same time (`rotations`).
//! 5. A request that comes again with a superseded token, within the profile's grace and before the next one has been
//!    used, gets the same next one: an answer may have been lost on its way, and two windows of one app may have come
//!    together.
//! 6. Any other use of a superseded token is a theft, or follows one: the grant is over, with all that came of it and
//!    with nothing else. It is in the log, and the pages of connected apps say so.

use crate::{
    Time,
    actor::Origin,
    apps::App,
    oauth::{
        EndReason, Issued, OAuthResult, Parameters, invalid_grant, resources,
        rotations::{Prolonging, Rotated, Rotation},
        scopes,
        secrets::Kind,
        service::OAuth,
        store,
    },
    secret::{Secret, SecretHash},
};
use chrono::TimeDelta;

/// How far beyond its tokens a grant's end is moved.
const PROLONGED: TimeDelta = TimeDelta::days(1);

impl OAuth {
    pub(super) async fn refresh(&self, app: &App, parameters: &Parameters, origin: &Origin) -> OAuthResult<Issued> {
        let unknown = || invalid_grant("The refresh_token is not one that was given to this app, or it has expired.");
        let text = parameters.required("refresh_token")?;
        let hash = Kind::RefreshToken.hash_of(text).ok_or_else(unknown)?;
        let row = store::find_refresh_token(&self.db, hash).await?.ok_or_else(unknown)?;
        let standing = self.standing(row.grant_id).await?.filter(|standing| standing.app == app.id);
        let standing = standing.ok_or_else(unknown)?;
        if !standing.is_live() {
            return Err(invalid_grant("The authorization was revoked, or whoever gave it has left."));
        }
        let now = self.clock.now();
        if row.expires_at <= now {
            return Err(unknown());
        }
        let asked = scopes::narrowed_of(&standing, parameters, &self.profile)?;
        let resources = resources::narrowed(&standing.resources, resources::asked(parameters, &self.gateway)?)?;
        let next = self.derivation.successor(text);
        let mut issued = self.access_token(&standing, asked, resources).await?;
        let until = self.refreshable_until(&standing, now);
        // Not with each token: a grant's end is dear to move.
        let prolong = (standing.ends_at < until).then(|| Prolonging {
            ends_at: (until + PROLONGED).max(now + self.token_life()),
            address: origin.address.map(|address| address.to_canonical().to_string()),
        });
        let (grant, prolonged) = (standing.grant, prolong.is_some());
        let rotation = Rotation { used: hash, next: next.hash(), grant, at: now, until, prolong };
        match self.rotations.rotate(rotation).await? {
            Rotated::Done if prolonged => self.forget_standing(grant),
            Rotated::Done => {}
            Rotated::Ended => return Err(invalid_grant("The authorization was revoked.")),
            Rotated::UsedBefore => {
                if !self.is_retry(hash, &next, now).await? {
                    self.end_stolen(grant, EndReason::RefreshReused, origin).await?;
                    return Err(invalid_grant("The refresh_token was used before. The authorization is revoked."));
                }
            }
        }
        issued.refresh_token = Some(next.expose().to_owned());
        Ok(issued)
    }

    /// Whether a superseded token comes again soon enough, and nobody has gone on from its successor.
    async fn is_retry(&self, used: SecretHash, next: &Secret, now: Time) -> OAuthResult<bool> {
        let used = store::find_refresh_token(&self.db, used).await?;
        let next = store::find_refresh_token(&self.db, next.hash()).await?;
        let grace = TimeDelta::seconds(self.profile.oauth.refresh_grace_seconds.into());
        let soon = used.and_then(|row| row.superseded_at).is_some_and(|at| now < at + grace);
        Ok(soon && next.is_some_and(|row| row.superseded_at.is_none()))
    }
}
