//! Letting in a device that has no browser (RFC 8628): it shows a short code, and a person types that elsewhere.
//!
//! 1. The device asks for a pair of codes (§3.1, §3.2). Each is one more short code that a guess could hit, so an address
//!    gets so many in an hour.
//! 2. The person signs in and types the short one (§3.3). It is short, so wrong ones are counted (§5.1).
//! 3. From then on the code belongs to the session in which it was typed: nobody else can answer it.
//! 4. The page says which app asks, from where and since when, also where the code came in a link: whoever was sent that
//!    link by somebody else sees that it is not their device (§5.4).
//! 5. The person decides; the device learns it at its next poll (`grants/device_code.rs`).

use super::{
    Code, Decision, DeviceAnswer, DeviceRequest, GrantKind, OAuthError, OAuthResult, Parameters, UserCode, requests,
    resources, scopes,
    secrets::Kind,
    service::OAuth,
    store::{self, UserCodeRow},
};
use crate::{
    accounts::{Buckets, User},
    actor::Origin,
    apps::{App, GrantType},
    error::{Error, Result},
    ids::GrantId,
    random,
    secret::SecretHash,
};
use chrono::TimeDelta;

/// Within this time an address can begin as many devices as the profile says.
const WINDOW: TimeDelta = TimeDelta::hours(1);
/// For how long a device waits.
const LIFE: TimeDelta = TimeDelta::minutes(10);
/// How many seconds a device leaves between two polls (§3.2).
const INTERVAL: i64 = 5;
/// How often another short code is drawn because the first one is taken.
const DRAWS: u32 = 5;
/// How long a grant waits for the device to fetch it.
const FETCHED_WITHIN: TimeDelta = LIFE;

/// A short code, and whoever typed it.
pub struct Typed<'a> {
    /// As it was typed.
    pub code: &'a str,
    /// The person.
    pub user: &'a User,
    /// In which session.
    pub session: SecretHash,
    /// From where.
    pub origin: &'a Origin,
}

impl OAuth {
    /// Codes for a device of an app that has said who it is.
    pub async fn begin_device(&self, app: &App, parameters: &Parameters, origin: &Origin) -> OAuthResult<DeviceAnswer> {
        let begun = self.try_begin_device(app, parameters, origin).await;
        if let Err(error) = &begun {
            self.trace(app, origin, "device", error);
        }
        begun
    }

    async fn try_begin_device(&self, app: &App, parameters: &Parameters, origin: &Origin) -> OAuthResult<DeviceAnswer> {
        if !app.may(GrantType::DeviceCode) {
            return Err(OAuthError::new(Code::UnauthorizedClient, "The app is not registered for the device grant."));
        }
        let scopes = scopes::asked_by(app, parameters, &self.profile)?;
        let resources = resources::asked(parameters, &self.gateway)?;
        let bucket = Buckets::of_devices(origin.address);
        self.throttle.admit(bucket, self.profile.oauth.devices_per_hour, WINDOW).await?;
        let now = self.clock.now();
        let device_code = Kind::DeviceCode.generate(self.random.as_ref());
        for _ in 0..DRAWS {
            let user_code = UserCode::generate(self.random.as_ref());
            let new = store::NewDevice {
                hash: device_code.hash(),
                user_code: self.derivation.user_code_hash(user_code.as_str()),
                app: app.id,
                scopes: self.profile.scope_names(scopes),
                resources: &resources,
                address: origin.address.map(|address| address.to_canonical().to_string()),
                interval: INTERVAL,
                created_at: now,
                expires_at: now + LIFE,
            };
            if store::insert_device_code(&self.db, &new).await? {
                return Ok(self.device_answer(device_code.expose(), &user_code));
            }
        }
        Err(Error::Unavailable.into())
    }

    fn device_answer(&self, device_code: &str, user_code: &UserCode) -> DeviceAnswer {
        let verification_uri = format!("{}/device", self.issuer);
        DeviceAnswer {
            device_code: device_code.to_owned(),
            user_code: user_code.to_string(),
            verification_uri_complete: format!("{verification_uri}?user_code={user_code}"),
            verification_uri,
            expires_in: LIFE.num_seconds(),
            interval: INTERVAL,
        }
    }

    /// What somebody is asked who types a code. From now on it is theirs. `place` is the workspace where they were last.
    pub async fn look_at_device(&self, typed: &Typed<'_>, place: Option<&str>) -> Result<DeviceRequest> {
        let (code, hash, row) = self.find_typed(typed).await?;
        let now = self.clock.now();
        if !store::claim_user_code(&self.db, hash, typed.session, typed.user.id, now).await? {
            return Err(Error::Forbidden(
                "This code was entered in another browser. Begin again on the device.".into(),
            ));
        }
        let app = self.device_app(&row).await?;
        let asked = self.profile.known_scopes(&row.scopes.0);
        Ok(DeviceRequest {
            user_code: code.to_string(),
            candidates: self.candidates(typed.user.id, &app, asked, place).await?,
            app,
            address: row.address,
            created_at: row.created_at,
            expires_at: row.expires_at,
            user: typed.user.clone(),
            resources: row.resources.0,
        })
    }

    /// Takes the decision of whoever typed the code. Gives the app that it was about.
    pub async fn decide_device(&self, typed: &Typed<'_>, decision: &Decision) -> Result<App> {
        let (_, hash, row) = self.find_typed(typed).await?;
        let app = self.device_app(&row).await?;
        match decision {
            Decision::Allow(slug) => self.allow_device(typed, (hash, &row), &app, slug).await?,
            Decision::Deny => {
                let mut tx = self.db.begin().await?;
                self.take_device(&mut tx, hash, typed, None).await?;
                tx.commit().await?;
            }
        }
        Ok(app)
    }

    async fn allow_device(
        &self,
        typed: &Typed<'_>,
        (hash, row): (SecretHash, &UserCodeRow),
        app: &App,
        slug: &str,
    ) -> Result<()> {
        let actor = self.workspaces.enter(typed.user.id, slug, typed.origin.clone()).await?;
        let granted = self.granted(app, self.profile.known_scopes(&row.scopes.0), &actor).await?;
        let now = self.clock.now();
        let grant = store::NewGrant {
            id: GrantId::from_uuid(random::uuid(now, self.random.as_ref())),
            app: app.id,
            user: Some(typed.user.id),
            workspace: actor.workspace.id,
            kind: GrantKind::Device,
            scopes: granted,
            resources: &row.resources.0,
            destination: "",
            ends_at: now + FETCHED_WITHIN,
        };
        self.apps.ask(&actor, app).await?;
        let mut tx = self.db.begin().await?;
        store::insert_grant(&mut tx, &grant, now).await?;
        self.take_device(&mut tx, hash, typed, Some(grant.id)).await?;
        self.audit.record(&mut tx, requests::given(&actor, app, &grant)).await?;
        Ok(tx.commit().await?)
    }

    async fn take_device(
        &self,
        tx: &mut crate::db::Tx,
        hash: SecretHash,
        typed: &Typed<'_>,
        grant: Option<GrantId>,
    ) -> Result<()> {
        if store::decide_user_code(tx, hash, typed.session, grant, self.clock.now()).await? {
            return Ok(());
        }
        Err(Error::Forbidden("Enter the code in this browser first.".to_owned()))
    }

    /// The code that was typed, if it waits for somebody and no other session has it. Each is counted as a guess until
    /// it turns out to be none.
    async fn find_typed(&self, typed: &Typed<'_>) -> Result<(UserCode, SecretHash, UserCodeRow)> {
        let buckets = Buckets::of_user_codes(typed.user.id, typed.origin.address);
        self.throttle.hit(&buckets).await?;
        let found = self.find_counted(typed).await?;
        self.throttle.forgive(&buckets).await?;
        Ok(found)
    }

    async fn find_counted(&self, typed: &Typed<'_>) -> Result<(UserCode, SecretHash, UserCodeRow)> {
        let unknown = || Error::field("user_code", "There is no such code. Compare it with what the device shows.");
        let code = UserCode::parse(typed.code).ok_or_else(unknown)?;
        let hash = self.derivation.user_code_hash(code.as_str());
        let row = store::find_user_code(&self.db, hash).await?.ok_or_else(unknown)?;
        if row.is_anothers(typed.session) {
            return Err(Error::Forbidden(
                "This code was entered in another browser. Begin again on the device.".into(),
            ));
        }
        if row.state != "pending" || row.expires_at <= self.clock.now() {
            return Err(Error::field("user_code", "This code is over. Begin again on the device."));
        }
        Ok((code, hash, row))
    }

    async fn device_app(&self, row: &UserCodeRow) -> Result<App> {
        let app = self.apps.find(&row.client_id).await?.filter(|app| app.disabled_at.is_none());
        app.ok_or_else(|| Error::Conflict("This app is disabled.".to_owned()))
    }
}
