//! What all of OAuth shares: where an app can be let in, and how tokens of a grant are made.

use super::{
    Answerable, AskedScope, Candidate, GrantStanding, Issued, OAuthResult, invalid_grant, model,
    rotations::Rotations,
    secrets::{Derivation, Kind},
    store,
    tokens::{NewToken, Tokens},
};
use crate::{
    Time,
    accounts::Throttle,
    actor::Origin,
    apps::{Admission, App, Apps, GrantType},
    audit::Audit,
    clock::SharedClock,
    db::{Db, Tx},
    error::Result,
    gate::Gate,
    ids::{GrantId, UserId},
    profile::{Profile, ScopeSet},
    random::SharedRandom,
    secret::{Secret, SecretHash},
    signing::Algorithm,
    workspaces::{Membership, Workspaces},
};
use chrono::TimeDelta;
use std::sync::Arc;

/// For how long rows stay that are over: a code that comes a second time is still known, and so is a refresh token.
const REMEMBERED: TimeDelta = TimeDelta::days(1);
/// The same for grants: whoever looks sees for a while that one was ended, and why.
const GRANTS_REMEMBERED: TimeDelta = TimeDelta::days(30);

/// Where this instance is, and what it alone knows.
#[derive(Clone)]
pub struct Site {
    /// Where people find it, without a slash at the end: `iss`, byte by byte the same everywhere.
    pub issuer: String,
    /// Where programs find the API behind the gate: the usual audience of tokens.
    pub gateway: String,
    /// What its secrets are sealed with, and derived of; 32 bytes or more.
    pub sealing_key: Vec<u8>,
    /// With what it signs.
    pub algorithm: Algorithm,
}

/// What apps get.
#[derive(Clone)]
pub struct OAuth {
    pub(super) db: Db,
    pub(super) clock: SharedClock,
    pub(super) random: SharedRandom,
    pub(super) profile: Arc<Profile>,
    pub(super) audit: Audit,
    pub(super) apps: Apps,
    pub(super) workspaces: Workspaces,
    pub(super) throttle: Throttle,
    pub(super) gate: Gate,
    pub(super) tokens: Tokens,
    pub(super) derivation: Derivation,
    pub(super) rotations: Rotations,
    pub(super) issuer: Arc<str>,
    pub(super) gateway: Arc<str>,
}

/// What [`OAuth`] is made of.
pub(crate) struct Parts {
    pub db: Db,
    pub clock: SharedClock,
    pub random: SharedRandom,
    pub profile: Arc<Profile>,
    pub audit: Audit,
    pub apps: Apps,
    pub workspaces: Workspaces,
    pub throttle: Throttle,
    pub gate: Gate,
    pub tokens: Tokens,
}

impl OAuth {
    pub(crate) fn new(parts: Parts, site: &Site) -> Self {
        Self {
            throttle: parts.throttle,
            gate: parts.gate,
            tokens: parts.tokens,
            derivation: Derivation::new(&site.sealing_key),
            rotations: Rotations::new(parts.db.clone()),
            issuer: site.issuer.as_str().into(),
            gateway: site.gateway.as_str().into(),
            db: parts.db,
            clock: parts.clock,
            random: parts.random,
            profile: parts.profile,
            audit: parts.audit,
            apps: parts.apps,
            workspaces: parts.workspaces,
        }
    }

    /// Where this instance is: `iss`.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Where the API behind the gate is: the audience of tokens that name no resource.
    #[must_use]
    pub fn gateway(&self) -> &str {
        &self.gateway
    }

    /// Reads access tokens.
    #[must_use]
    pub const fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// How a grant stands; none if there is no such.
    pub async fn standing(&self, grant: GrantId) -> Result<Option<GrantStanding>> {
        let read = || async { Ok(store::standing_of(&self.db, &self.profile, grant).await?) };
        let known = self.gate.memory().grants.get_or_load(SecretHash::of(grant.uuid().as_bytes()), read).await?;
        Ok(known.map(|standing| GrantStanding::clone(&standing)))
    }

    /// Reads a grant anew: only its end has moved, which concerns nobody else.
    pub(super) fn forget_standing(&self, grant: GrantId) {
        self.gate.memory().grants.forget(SecretHash::of(grant.uuid().as_bytes()));
    }

    /// Forgets what is long over.
    pub async fn sweep(&self) -> Result<()> {
        let now = self.clock.now();
        Ok(store::forget(&self.db, now - REMEMBERED, now - GRANTS_REMEMBERED).await?)
    }

    /// Where a person could let an app in: first where they can, and of these the place where they were last.
    pub(super) async fn candidates(
        &self,
        user: UserId,
        app: &App,
        asked: ScopeSet,
        place: Option<&str>,
    ) -> Result<Vec<Candidate>> {
        let mut all = Vec::new();
        for membership in self.workspaces.memberships(user).await? {
            let answer = self.answerable(app, asked, &membership).await?;
            all.push(Candidate { workspace: membership.workspace, role: membership.role.title, answer });
        }
        all.sort_by_key(|candidate| (!candidate.is_possible(), place != Some(candidate.workspace.slug.as_str())));
        Ok(all)
    }

    /// What can become of a request in one workspace.
    pub(super) async fn answerable(&self, app: &App, asked: ScopeSet, at: &Membership) -> Result<Answerable> {
        if at.workspace.suspended_at.is_some() {
            return Ok(Answerable::Suspended);
        }
        // Whoever may come into the dashboard may come with the command line.
        if app.is_built_in() {
            return Ok(Answerable::Yes { scopes: vec![AskedScope::manage()], granted: ScopeSet::NONE });
        }
        let Some(plan) = self.profile.plan(&at.workspace.plan).filter(|plan| plan.api) else {
            return Ok(Answerable::NoPlan);
        };
        let admitted = match self.apps.admission(app, at.workspace.id).await? {
            Admission::Admitted(most) => most,
            Admission::NeedsApproval => return Ok(Answerable::NeedsApproval),
            Admission::Refused => return Ok(Answerable::Refused),
        };
        let (role, plan) = ((at.role.title.as_str(), at.role.scopes), (plan.title.as_str(), plan.scopes));
        Ok(Answerable::Yes {
            scopes: model::asked_scopes(&self.profile, asked, admitted, role, plan),
            granted: asked.and(admitted).and(role.1).and(plan.1),
        })
    }

    /// The grant, if tokens may be given of it.
    pub(super) async fn live(&self, grant: GrantId) -> OAuthResult<GrantStanding> {
        let standing = self.standing(grant).await?.filter(GrantStanding::is_live);
        standing.ok_or_else(|| invalid_grant("The authorization was revoked, or whoever gave it has left."))
    }

    /// An access token of a grant, for this part of it.
    pub(super) async fn access_token(
        &self,
        standing: &GrantStanding,
        scopes: ScopeSet,
        resources: Vec<String>,
    ) -> OAuthResult<Issued> {
        let usual = if standing.manages { &self.issuer } else { &self.gateway };
        let resources = if resources.is_empty() { vec![usual.to_string()] } else { resources };
        let scopes = standing.effective_names(&self.profile, scopes);
        let new = NewToken {
            grant: standing.grant,
            workspace: standing.workspace,
            subject: standing.subject(),
            client_id: &standing.client_id,
            scopes: &scopes,
            resources,
            life: self.token_life(),
        };
        self.tokens.issue(new).await
    }

    /// Writes the first refresh token of a grant, if the app may have one, and how long the grant lasts now.
    pub(super) async fn begin_refreshing(
        &self,
        tx: &mut Tx,
        app: &App,
        standing: &GrantStanding,
        origin: &Origin,
    ) -> OAuthResult<Option<Secret>> {
        let now = self.clock.now();
        let token = app.may(GrantType::RefreshToken).then(|| Kind::RefreshToken.generate(self.random.as_ref()));
        let refreshable_until = self.refreshable_until(standing, now);
        let until = if token.is_some() { refreshable_until } else { now + self.token_life() };
        self.renew(tx, standing.grant, until, origin).await?;
        if let Some(token) = &token {
            store::insert_refresh_token(tx, token.hash(), standing.grant, now, refreshable_until).await?;
        }
        Ok(token)
    }

    /// Notes that a grant was used, and how long it lasts now. Refused if it was ended meanwhile.
    pub(super) async fn renew(&self, tx: &mut Tx, grant: GrantId, until: Time, origin: &Origin) -> OAuthResult<()> {
        let now = self.clock.now();
        let address = origin.address.map(|address| address.to_canonical().to_string());
        if store::renew_grant(tx, grant, until.max(now + self.token_life()), now, address).await? {
            return Ok(());
        }
        Err(invalid_grant("The authorization was revoked."))
    }

    /// When a refresh token that is made now ends: unused after a while, and in any case with its family.
    pub(super) fn refreshable_until(&self, standing: &GrantStanding, now: Time) -> Time {
        let oauth = &self.profile.oauth;
        let idle = now + TimeDelta::days(oauth.refresh_idle_days.into());
        idle.min(standing.created_at + TimeDelta::days(oauth.refresh_absolute_days.into()))
    }

    pub(super) fn token_life(&self) -> TimeDelta {
        TimeDelta::minutes(self.profile.oauth.access_token_minutes.into())
    }
}
