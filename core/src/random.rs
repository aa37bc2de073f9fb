//! Randomness is passed in, so that tests can repeat it. In the product it is the operating system's.

use crate::Time;
use std::sync::Arc;

/// Where random bytes come from.
pub trait Random: Send + Sync + 'static {
    /// Fills the whole buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// The source as everybody holds it.
pub type SharedRandom = Arc<dyn Random>;

/// The operating system's generator.
#[derive(Clone, Copy, Debug)]
pub struct OsRandom;

impl Random for OsRandom {
    #[expect(
        clippy::expect_used,
        clippy::disallowed_methods,
        reason = "the one place that asks; without randomness no secret may be made"
    )]
    fn fill(&self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("the operating system's random generator works");
    }
}

/// A new UUIDv7 (RFC 9562 §5.7): milliseconds, their fraction (§6.2 method 3), then random bits. Without
/// the fraction two lines of a log that were written together would be listed in any order.
#[must_use]
pub fn uuid(now: Time, random: &dyn Random) -> uuid::Uuid {
    let mut bits = [0; 10];
    random.fill(&mut bits);
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    let fraction = now.timestamp_subsec_micros() % 1_000 * 4_096 / 1_000;
    [bits[0], bits[1]] = u16::try_from(fraction).unwrap_or_default().to_be_bytes();
    uuid::Builder::from_unix_timestamp_millis(millis, &bits).into_uuid()
}

/// `N` random bytes in lower-case hexadecimal.
#[must_use]
pub fn hex<const N: usize>(random: &dyn Random) -> String {
    let mut bytes = [0; N];
    random.fill(&mut bytes);
    crate::secret::to_hex(&bytes)
}

/// A source that counts: every draw differs, and every run of a test draws the same.
#[cfg(any(test, feature = "testing"))]
#[derive(Debug, Default)]
pub struct CountingRandom(std::sync::atomic::AtomicU64);

#[cfg(any(test, feature = "testing"))]
impl Random for CountingRandom {
    fn fill(&self, buffer: &mut [u8]) {
        use sha2::Digest as _;
        for chunk in buffer.chunks_mut(32) {
            let n = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            chunk.copy_from_slice(&sha2::Sha256::digest(n.to_be_bytes())[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_the_microsecond_of_their_creation() {
        let at = |micros: i64| Time::from_timestamp_micros(1_800_000_000_000_000 + micros).unwrap_or_default();
        let ids: Vec<_> = [0, 1, 2, 998, 999, 1_000].into_iter().map(|micros| uuid(at(micros), &OsRandom)).collect();
        assert!(ids.is_sorted(), "{ids:?}");
        assert!(ids.iter().all(|id| id.get_version_num() == 7));
        assert_ne!(uuid(at(0), &OsRandom), uuid(at(0), &OsRandom));
    }
}
