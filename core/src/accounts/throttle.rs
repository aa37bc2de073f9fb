//! Five tries in a quarter of an hour, per account and per address. A count begins anew by itself, so
//! nobody is locked out for ever; and a browser in which the owner has signed in before has a count of
//! its own, so that a stranger who keeps guessing cannot keep the owner out.

use super::{Email, store};
use crate::{
    clock::SharedClock,
    db::Db,
    error::{Error, Result},
    ids::UserId,
    secret::{SecretHash, to_hex},
};
use chrono::TimeDelta;
use std::{net::IpAddr, time::Duration};

/// How many tries a bucket holds.
pub const TRIES: i64 = 5;
/// How long a bucket lasts from its first try.
pub const WINDOW: TimeDelta = TimeDelta::minutes(15);

#[derive(Clone)]
pub(crate) struct Throttle {
    pub(super) db: Db,
    pub(super) clock: SharedClock,
}

/// What a try at signing in is counted under.
pub(crate) struct Buckets {
    address: Option<SecretHash>,
    account: SecretHash,
}

impl Buckets {
    /// `device` is what a browser proves in which this account was signed in before.
    pub(super) fn of(email: &Email, device: Option<&str>, address: Option<IpAddr>) -> Self {
        match device {
            Some(device) => Self { address: None, account: bucket("device", device) },
            None => Self {
                account: bucket("account", email.as_str()),
                address: address.map(|a| bucket("address", &network(a))),
            },
        }
    }
}

impl Buckets {
    /// For somebody who is signed in and proves it once more: strangers who guess at their account must
    /// not keep them from changing the password.
    pub(super) fn of_session(session: SecretHash) -> Self {
        Self { address: None, account: bucket("session", &to_hex(session.as_bytes())) }
    }

    /// For a sign-in link that has been used or is over: trying it again is written down, a few times.
    pub(super) fn of_link(token: SecretHash) -> Self {
        Self { address: None, account: bucket("link", &to_hex(token.as_bytes())) }
    }

    /// For whoever guesses at the secret of an app.
    pub(crate) fn of_app(client_id: &str, address: Option<IpAddr>) -> SecretHash {
        bucket("app", &format!("{client_id} {}", address.map(network).unwrap_or_default()))
    }

    /// For whoever registers apps.
    pub(crate) fn of_registration(address: Option<IpAddr>) -> SecretHash {
        bucket("registration", &address.map(network).unwrap_or_default())
    }

    /// For whoever asks for codes for devices.
    pub(crate) fn of_devices(address: Option<IpAddr>) -> SecretHash {
        bucket("device begun", &address.map(network).unwrap_or_default())
    }

    /// For whoever guesses at the short codes that devices show.
    pub(crate) fn of_user_codes(user: UserId, address: Option<IpAddr>) -> Self {
        Self {
            address: address.map(|a| bucket("user code address", &network(a))),
            account: bucket("user code", &user.to_string()),
        }
    }

    /// For whoever polls with device codes that nobody has.
    pub(crate) fn of_device_codes(address: Option<IpAddr>) -> SecretHash {
        bucket("device code", &address.map(network).unwrap_or_default())
    }

    /// For whoever guesses at the operator's token.
    pub(crate) fn of_operator(address: Option<IpAddr>) -> Self {
        Self { address: None, account: bucket("operator", &address.map(network).unwrap_or_default()) }
    }
}

impl Throttle {
    /// Counts a try before it is made. Beyond the fifth, says when the next one may be. The address is
    /// counted first: one that is spent cannot spend the accounts of others.
    pub(crate) async fn hit(&self, buckets: &Buckets) -> Result<()> {
        let now = self.clock.now();
        for bucket in [buckets.address, Some(buckets.account)].into_iter().flatten() {
            let (tries, resets_at) = store::hit_throttle(&self.db, bucket, now + WINDOW, now).await?;
            if tries > TRIES {
                return Err(Error::Throttled { retry_after: (resets_at - now).to_std().unwrap_or_default() });
            }
        }
        Ok(())
    }

    /// Says when the next try may be, without counting one.
    pub(crate) async fn require_open(&self, buckets: &Buckets) -> Result<()> {
        let now = self.clock.now();
        match store::find_throttle(&self.db, buckets.account).await? {
            Some((tries, resets_at)) if tries >= TRIES && resets_at > now => {
                Err(Error::Throttled { retry_after: (resets_at - now).to_std().unwrap_or_default() })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Counts one more under a bucket whose limit the caller knows: how many there are, and in how long they are
    /// forgotten.
    pub(crate) async fn count(&self, bucket: SecretHash, window: TimeDelta) -> Result<(i64, Duration)> {
        let now = self.clock.now();
        let (tries, resets_at) = store::hit_throttle(&self.db, bucket, now + window, now).await?;
        Ok((tries, (resets_at - now).to_std().unwrap_or_default()))
    }

    /// Counts one more of what there may be so many of within a window; beyond that, says when the next one may be.
    pub(crate) async fn admit(&self, bucket: SecretHash, most: u32, window: TimeDelta) -> Result<()> {
        let (count, retry_after) = self.count(bucket, window).await?;
        if count > i64::from(most) { Err(Error::Throttled { retry_after }) } else { Ok(()) }
    }

    /// The try was good: the account starts afresh. The address only gets this one try back; else
    /// whoever has an account of their own could guess at others without end.
    pub(crate) async fn forgive(&self, buckets: &Buckets) -> Result<()> {
        store::delete_throttle(&self.db, buckets.account).await?;
        if let Some(address) = buckets.address {
            store::refund_throttle(&self.db, address).await?;
        }
        Ok(())
    }
}

fn bucket(kind: &str, value: &str) -> SecretHash {
    SecretHash::of(format!("sign-in {kind} {value}").as_bytes())
}

/// An IPv6 customer has a whole /64 to choose addresses from.
fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}
