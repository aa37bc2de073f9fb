//! Randomness is passed in, so that tests can repeat it. In the product it is the operating system's.

use crate::Time;
use std::sync::{Arc, Mutex, PoisonError};

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

/// Draws a good deal at once and hands it out in small pieces. The gate names every request, and a call of the
/// operating system for each name would cost more than its decision. What was drawn lies in memory for a while: not
/// for secrets.
pub struct Reserve {
    source: SharedRandom,
    left: Mutex<Drawn>,
}

struct Drawn {
    bytes: [u8; 4096],
    used: usize,
}

impl Reserve {
    /// An empty reserve of this source.
    #[must_use]
    pub fn new(source: SharedRandom) -> Self {
        let bytes = [0; 4096];
        Self { source, left: Mutex::new(Drawn { used: bytes.len(), bytes }) }
    }
}

impl Random for Reserve {
    fn fill(&self, buffer: &mut [u8]) {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let Drawn { bytes, used } = &mut *left;
        if bytes.len() - *used < buffer.len() {
            self.source.fill(bytes);
            *used = 0;
        }
        match bytes.get_mut(*used..*used + buffer.len()) {
            Some(piece) => {
                buffer.copy_from_slice(piece);
                // Nobody gets it a second time.
                piece.fill(0);
                *used += buffer.len();
            }
            None => self.source.fill(buffer),
        }
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

    #[test]
    fn a_reserve_gives_nothing_twice_and_fills_what_is_larger_than_itself() {
        let reserve = Reserve::new(Arc::new(OsRandom));
        let mut given = std::collections::HashSet::new();
        for _ in 0..2_000 {
            let mut piece = [0; 10];
            reserve.fill(&mut piece);
            assert!(given.insert(piece));
        }
        let mut large = vec![0; 10_000];
        reserve.fill(&mut large);
        assert!(large.chunks(100).all(|part| part.iter().any(|byte| *byte != 0)));
    }
}
