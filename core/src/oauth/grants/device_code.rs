//! `urn:ietf:params:oauth:grant-type:device_code` (RFC 8628 §3.4 and §3.5): a device asks whether somebody has let it in.
//!
//! 1. The code is one that was given to this app, and has not run out.
//! 2. Once somebody has decided, it is told at once, however early it asks. Of several polls at once one gets tokens.
//! 3. While nobody has, it is told to wait, and to wait longer if it asks too soon: five seconds more each time (§3.5).
//!    A poll that came too soon does not begin the wait anew, else a device that asks at a fixed pace would be told
//!    nothing else for ever. It is never told so with 429, which makes many clients give up.

use crate::{
    accounts::Buckets,
    actor::Origin,
    apps::App,
    oauth::{
        Code, Issued, OAuthError, OAuthResult, Parameters, invalid_grant,
        secrets::Kind,
        service::OAuth,
        store::{self, DeviceRow},
    },
    secret::SecretHash,
};
use chrono::TimeDelta;

/// What is added to the interval of a device that asks too soon (§3.5).
const SLOWER: i64 = 5;
/// The longest interval that a device is driven to.
const SLOWEST: i64 = 60;
/// Clocks and networks are not exact.
const TOLERANCE: TimeDelta = TimeDelta::seconds(1);
/// How many codes that nobody has may come from one address before it is told to slow down.
const MOST_UNKNOWN: i64 = 20;

impl OAuth {
    pub(super) async fn poll(&self, app: &App, parameters: &Parameters, origin: &Origin) -> OAuthResult<Issued> {
        let code = Kind::DeviceCode.hash_of(parameters.required("device_code")?);
        let row = match code {
            Some(hash) => store::find_device_code(&self.db, hash).await?.map(|row| (hash, row)),
            None => None,
        };
        let Some((hash, row)) = row.filter(|(_, row)| row.app_id == app.id) else {
            return Err(self.unknown_device(origin).await?);
        };
        if row.expires_at <= self.clock.now() {
            return Err(OAuthError::new(Code::ExpiredToken, "The device_code has expired. Ask for another."));
        }
        match row.state.as_str() {
            "approved" => self.let_in(app, hash, &row, origin).await,
            "pending" => Err(self.waiting(hash, &row).await?),
            "denied" => Err(OAuthError::new(Code::AccessDenied, "The person said no.")),
            _ => Err(invalid_grant("The device_code was redeemed before.")),
        }
    }

    async fn let_in(&self, app: &App, hash: SecretHash, row: &DeviceRow, origin: &Origin) -> OAuthResult<Issued> {
        let grant = row.grant_id.ok_or_else(|| invalid_grant("The authorization was revoked."))?;
        let standing = self.live(grant).await?;
        let mut issued = self.access_token(&standing, standing.scopes, standing.resources.clone()).await?;
        let mut tx = self.db.begin().await?;
        if !store::redeem_device_code(&mut tx, hash, self.clock.now()).await? {
            return Err(invalid_grant("The device_code was redeemed before."));
        }
        let refresh_token = self.begin_refreshing(&mut tx, app, &standing, origin).await?;
        tx.commit().await?;
        issued.refresh_token = refresh_token.map(|token| token.expose().to_owned());
        Ok(issued)
    }

    /// What a device is told that asks while nobody has decided.
    async fn waiting(&self, hash: SecretHash, row: &DeviceRow) -> OAuthResult<OAuthError> {
        let now = self.clock.now();
        let interval = TimeDelta::seconds(row.interval_s);
        if row.polled_at.is_some_and(|polled| now < polled + interval - TOLERANCE) {
            let interval = (row.interval_s + SLOWER).min(SLOWEST);
            store::slow_down(&self.db, hash, interval).await?;
            let description = format!("Wait {interval} seconds between two requests.");
            return Ok(OAuthError::new(Code::SlowDown, description));
        }
        store::polled(&self.db, hash, now).await?;
        Ok(OAuthError::new(Code::AuthorizationPending, "Nobody has decided yet."))
    }

    /// Counts a code that nobody has, or another app (RFC 8628 §5.2).
    async fn unknown_device(&self, origin: &Origin) -> OAuthResult<OAuthError> {
        let bucket = Buckets::of_device_codes(origin.address);
        let (unknown, _) = self.throttle.count(bucket, TimeDelta::minutes(15)).await?;
        Ok(if unknown > MOST_UNKNOWN {
            OAuthError::new(Code::SlowDown, "Too many unknown device codes come from this address.")
        } else {
            invalid_grant("The device_code is not one that was given to this app.")
        })
    }
}
