//! Cookies that only this instance can read or write: what a redirect must carry to the next page, and nowhere else.
//!
//! AES-256-GCM, with the cookie's name as associated data, so that one cookie cannot pose as another. The moment at
//! which the value ends is inside the seal: a browser that keeps a cookie longer gains nothing.

use chrono::TimeDelta;
use cookie::{Cookie, CookieJar, Key, SameSite};
use http::{HeaderMap, header::COOKIE};
use keywright_core::Time;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The longest value that every browser keeps, name and attributes set aside.
const LONGEST: usize = 3800;

/// Why a value could not be put into a cookie.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The instance's key is shorter than 32 bytes.
    #[error("the sealing key has fewer than 32 bytes")]
    ShortKey,
    /// The value has no JSON form.
    #[error("the value cannot be written as JSON")]
    Unwritable(#[from] serde_json::Error),
    /// Browsers would silently drop it.
    #[error("the value is too long for a cookie")]
    TooLong,
}

/// Seals and opens cookies.
#[derive(Clone)]
pub struct Sealer {
    key: Key,
    secure: bool,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealer").field("secure", &self.secure).finish_non_exhaustive()
    }
}

/// What is under the seal.
#[derive(Serialize, Deserialize)]
struct Sealed<T> {
    /// Microseconds since 1970.
    until: i64,
    value: T,
}

impl Sealer {
    /// Seals with `key`. `secure` says whether the public URL is `https`.
    pub fn new(key: &[u8], secure: bool) -> Result<Self, SealError> {
        // The library panics on short keys.
        if key.len() < 32 {
            return Err(SealError::ShortKey);
        }
        Ok(Self { key: Key::derive_from(key), secure })
    }

    /// A cookie with `value` under the seal, good for `lifetime` from `now` on. Never readable by scripts.
    pub fn seal(
        &self,
        name: &str,
        value: &impl Serialize,
        now: Time,
        lifetime: TimeDelta,
        same_site: SameSite,
    ) -> Result<Cookie<'static>, SealError> {
        let until = now.timestamp_micros().saturating_add(lifetime.num_microseconds().unwrap_or(i64::MAX));
        let text = serde_json::to_string(&Sealed { until, value })?;
        let name = cookie_name(name, self.secure);
        let mut jar = CookieJar::new();
        jar.private_mut(&self.key).add(Cookie::new(name.clone(), text));
        let sealed = jar.get(&name).map(|cookie| cookie.value().to_owned()).unwrap_or_default();
        if sealed.len() > LONGEST {
            return Err(SealError::TooLong);
        }
        // Max-Age, not Expires: the browser's clock may be wrong by more than a short lifetime.
        let max_age = time::Duration::seconds(lifetime.num_seconds());
        Ok(self.dress(Cookie::build((name, sealed)).same_site(same_site).max_age(max_age)).build())
    }

    /// What [`Sealer::seal`] put under this name, unless it is missing, ended, changed, or sealed by another key.
    #[must_use]
    pub fn open<T: DeserializeOwned>(&self, name: &str, headers: &HeaderMap, now: Time) -> Option<T> {
        let name = cookie_name(name, self.secure);
        let values = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut cookies = values.flat_map(Cookie::split_parse).filter_map(Result::ok).filter(|c| c.name() == name);
        // A browser may send two of one name; whichever bears our seal counts.
        cookies.find_map(|cookie| self.unseal(cookie.into_owned(), now))
    }

    fn unseal<T: DeserializeOwned>(&self, cookie: Cookie<'static>, now: Time) -> Option<T> {
        let cookie = CookieJar::new().private(&self.key).decrypt(cookie)?;
        let Sealed { until, value } = serde_json::from_str::<Sealed<T>>(cookie.value()).ok()?;
        (now.timestamp_micros() < until).then_some(value)
    }

    /// A cookie that makes the browser forget the one of this name.
    #[must_use]
    pub fn clear(&self, name: &str) -> Cookie<'static> {
        let gone = Cookie::build((cookie_name(name, self.secure), "")).max_age(time::Duration::ZERO);
        self.dress(gone.same_site(SameSite::Lax)).build()
    }

    fn dress<'c>(&self, cookie: cookie::CookieBuilder<'c>) -> cookie::CookieBuilder<'c> {
        cookie.path("/").http_only(true).secure(self.secure)
    }
}

/// The name under which the browser keeps a cookie. `__Host-` makes it refuse one that a subdomain, or a page
/// fetched in the clear, tries to plant; the prefix needs HTTPS, so development goes without.
#[must_use]
pub fn cookie_name(name: &str, secure: bool) -> String {
    if secure { format!("__Host-keywright_{name}") } else { format!("keywright_{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: TimeDelta = TimeDelta::minutes(1);

    fn now() -> Time {
        Time::from_timestamp(1_795_262_400, 0).unwrap_or_default()
    }

    fn sealer(byte: u8, secure: bool) -> Sealer {
        Sealer::new(&[byte; 32], secure).unwrap()
    }

    fn seal(sealer: &Sealer, name: &str) -> Cookie<'static> {
        let sealed = sealer.seal(name, &("sk_live_secret", 7), now(), MINUTE, SameSite::Strict);
        sealed.unwrap()
    }

    /// What a browser sends back for these cookies.
    fn sent(cookies: &[(&str, &str)]) -> HeaderMap {
        let pairs: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, pairs.join("; ").parse().unwrap());
        headers
    }

    fn open(sealer: &Sealer, headers: &HeaderMap, now: Time) -> Option<(String, u8)> {
        sealer.open("reveal", headers, now)
    }

    #[test]
    fn what_was_sealed_opens_and_shows_nothing_on_the_way() {
        let sealer = sealer(1, false);
        let cookie = seal(&sealer, "reveal");
        assert!(!cookie.value().contains("sk_live"));
        let headers = sent(&[("theme", "dark"), (cookie.name(), cookie.value())]);
        assert_eq!(open(&sealer, &headers, now()), Some(("sk_live_secret".to_owned(), 7)));
    }

    #[test]
    fn a_sealed_value_ends_even_if_the_browser_keeps_it() {
        let sealer = sealer(1, false);
        let cookie = seal(&sealer, "reveal");
        let headers = sent(&[(cookie.name(), cookie.value())]);
        assert!(open(&sealer, &headers, now() + MINUTE - TimeDelta::microseconds(1)).is_some());
        assert!(open(&sealer, &headers, now() + MINUTE).is_none());
    }

    #[test]
    fn a_changed_value_does_not_open() {
        let sealer = sealer(1, false);
        let cookie = seal(&sealer, "reveal");
        for at in 0..cookie.value().len() {
            let mut changed = cookie.value().as_bytes().to_vec();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8_lossy(&changed);
            assert!(open(&sealer, &sent(&[(cookie.name(), &changed)]), now()).is_none(), "character {at}");
        }
    }

    #[test]
    fn one_cookie_cannot_pose_as_another() {
        let sealer = sealer(1, false);
        let toast = seal(&sealer, "toast");
        assert!(open(&sealer, &sent(&[("keywright_reveal", toast.value())]), now()).is_none());
    }

    #[test]
    fn another_instances_seal_does_not_open() {
        let cookie = seal(&sealer(1, false), "reveal");
        assert!(open(&sealer(2, false), &sent(&[(cookie.name(), cookie.value())]), now()).is_none());
    }

    #[test]
    fn a_planted_cookie_does_not_hide_the_real_one() {
        let sealer = sealer(1, false);
        let cookie = seal(&sealer, "reveal");
        let headers = sent(&[(cookie.name(), "planted"), (cookie.name(), cookie.value())]);
        assert!(open(&sealer, &headers, now()).is_some());
    }

    #[test]
    fn skode_08_behind_https_a_cookie_is_secure_and_bound_to_the_host() {
        let cookie = seal(&sealer(1, true), "reveal").to_string();
        assert!(cookie.starts_with("__Host-keywright_reveal="), "{cookie}");
        for attribute in ["; HttpOnly", "; SameSite=Strict", "; Secure", "; Path=/", "; Max-Age=60"] {
            assert!(cookie.contains(attribute), "{cookie} lacks {attribute}");
        }
        assert!(!cookie.contains("Domain"));
        let plain = seal(&sealer(1, false), "reveal").to_string();
        assert!(plain.starts_with("keywright_reveal=") && !plain.contains("Secure"), "{plain}");
    }

    #[test]
    fn clearing_takes_the_cookie_that_was_set() {
        let sealer = sealer(1, true);
        let gone = sealer.clear("reveal");
        assert_eq!(gone.name(), seal(&sealer, "reveal").name());
        assert_eq!((gone.value(), gone.max_age(), gone.path()), ("", Some(time::Duration::ZERO), Some("/")));
    }

    #[test]
    fn a_value_that_browsers_would_drop_is_refused() {
        let long = "x".repeat(4000);
        let sealed = sealer(1, false).seal("draft", &long, now(), MINUTE, SameSite::Lax);
        assert!(matches!(sealed, Err(SealError::TooLong)));
    }

    #[test]
    fn a_short_key_is_refused() {
        assert!(matches!(Sealer::new(&[1; 31], true), Err(SealError::ShortKey)));
    }
}
