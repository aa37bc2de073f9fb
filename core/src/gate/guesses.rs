//! Who tries keys that nobody has. Such a key costs a look into the database each time; who brings many in a minute
//! has to wait before another is looked up. Keys that are in memory pass meanwhile, so that neighbours behind one
//! address go on.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// So many keys that nobody has are looked up for an address …
const MOST: u32 = 60;
/// … within this time.
const WINDOW: Duration = Duration::from_secs(60);
/// How many addresses are watched. Beyond it nobody new is: memory stays bounded, and lookups go on as without this.
const ADDRESSES: usize = 50_000;

/// The addresses that have tried such keys of late.
#[derive(Debug, Default)]
pub(super) struct Guesses(Mutex<Watched>);

#[derive(Debug, Default)]
struct Watched {
    tries: HashMap<IpAddr, Tries>,
    /// When room was last made.
    swept: Duration,
}

#[derive(Debug)]
struct Tries {
    start: Duration,
    count: u32,
}

impl Guesses {
    /// How long this address has to wait before another of its keys is looked up.
    pub(super) fn wait(&self, address: IpAddr, tick: Duration) -> Option<Duration> {
        let watched = self.hold();
        let tries = watched.tries.get(&network(address)).filter(|tries| tries.count >= MOST)?;
        (tries.start + WINDOW).checked_sub(tick).filter(|wait| !wait.is_zero())
    }

    /// Notes a key that nobody has.
    pub(super) fn note(&self, address: IpAddr, tick: Duration) {
        let mut watched = self.hold();
        let is_over = |tries: &Tries| tick.saturating_sub(tries.start) >= WINDOW;
        let is_full = |watched: &Watched| watched.tries.len() >= ADDRESSES;
        // To look through all of them is work: once in a window is enough.
        if is_full(&watched) && tick.saturating_sub(watched.swept) >= WINDOW {
            watched.tries.retain(|_, tries| !is_over(tries));
            watched.swept = tick;
        }
        let network = network(address);
        if is_full(&watched) && !watched.tries.contains_key(&network) {
            return;
        }
        let tries = watched.tries.entry(network).or_insert(Tries { start: tick, count: 0 });
        if is_over(tries) {
            *tries = Tries { start: tick, count: 0 };
        }
        tries.count = tries.count.saturating_add(1);
    }

    fn hold(&self) -> MutexGuard<'_, Watched> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whoever has one address of IPv6 has the whole network of 64 bits (RFC 4291 §2.5.4).
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(1_000 + seconds)
    }

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn who_tries_many_keys_waits_and_nobody_else_does() {
        let guesses = Guesses::default();
        for _ in 0..MOST {
            assert_eq!(guesses.wait(address("2001:db8::1"), at(0)), None);
            guesses.note(address("2001:db8::1"), at(0));
        }
        assert_eq!(guesses.wait(address("2001:db8::1"), at(20)), Some(Duration::from_secs(40)));
        assert_eq!(guesses.wait(address("2001:db8::ffff:2"), at(20)), Some(Duration::from_secs(40)), "their neighbour");
        assert_eq!(guesses.wait(address("2001:db8:0:1::1"), at(20)), None);
        assert_eq!(guesses.wait(address("2001:db8::1"), at(60)), None);
        guesses.note(address("2001:db8::1"), at(60));
        assert_eq!(guesses.wait(address("2001:db8::1"), at(60)), None, "from the beginning");
    }

    #[test]
    fn memory_is_bounded_and_what_is_over_makes_room() {
        let guesses = Guesses::default();
        for n in 0..u32::try_from(ADDRESSES).expect("a number") + 100 {
            guesses.note(IpAddr::V4(n.into()), at(0));
        }
        assert_eq!(guesses.hold().tries.len(), ADDRESSES);
        guesses.note(address("203.0.113.7"), at(60));
        assert_eq!(guesses.hold().tries.len(), 1);
    }
}
