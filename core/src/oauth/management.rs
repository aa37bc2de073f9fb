//! Managing over REST with a token: what a person does in the dashboard, the command line does for them (skillett_02).
//!
//! 1. The token is one of ours, good now, and meant for this server itself and not for the API behind the gate.
//! 2. Its grant stands. That is read from the database: what was revoked is over with the next request.
//! 3. The grant is the command line's, and so is the scope. No other app can be given it, and no key can carry it.
//! 4. Whoever gave it is a member of its workspace still. They can do what their role allows now, there and nowhere else.

use super::{GrantStanding, MANAGE, service::OAuth};
use crate::{
    actor::{Actor, Origin, Via},
    error::Error,
};

/// Why nothing is managed with a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotManaging {
    /// It is no token, or it has ended, or its grant has (`invalid_token`).
    NotGood,
    /// It is good for something else (`insufficient_scope`).
    Beyond,
    /// The database did not answer, or worse.
    Failed(Error),
}

impl NotManaging {
    /// What is wrong, for whoever sent the token.
    #[must_use]
    pub const fn message(&self) -> &'static str {
        match self {
            Self::NotGood => "The access token has ended or was revoked. Sign in again: keywright login.",
            Self::Beyond => "This access token is for the API alone. Only the command line manages: keywright login.",
            Self::Failed(_) => "The token could not be looked up. Try again in a moment.",
        }
    }
}

impl From<Error> for NotManaging {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl OAuth {
    /// The person for whom whoever sends this token manages, in the workspace for which they allowed it.
    pub async fn manager(&self, token: &str, origin: Origin) -> Result<Actor, NotManaging> {
        let claims = self.tokens.read(token).await?.ok_or(NotManaging::NotGood)?;
        let standing = self.standing(claims.gid).await?.filter(GrantStanding::is_live).ok_or(NotManaging::NotGood)?;
        if !standing.manages || !claims.scope.split(' ').any(|name| name == MANAGE) {
            return Err(NotManaging::Beyond);
        }
        let is_for_us = claims.aud.all().iter().any(|resource| **resource == *self.issuer);
        let user = standing.user.filter(|_| is_for_us).ok_or(NotManaging::NotGood)?;
        let memberships = self.workspaces.memberships(user).await?;
        let place = memberships.into_iter().find(|membership| membership.workspace.id == standing.workspace);
        let place = place.ok_or(NotManaging::NotGood)?;
        let origin = Origin { via: Via::Grant(standing.grant), ..origin };
        Ok(self.workspaces.enter(user, &place.workspace.slug, origin).await?)
    }
}
