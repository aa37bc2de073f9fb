//! The requests of an hour: who sends how many, for what. Everything follows from the hour, so that two runs at one
//! moment send the same.

use chrono::{Datelike as _, TimeDelta, Timelike as _, Weekday};
use keywright_core::{
    Time,
    profile::{Profile, RouteNeeds, ScopeSet},
    secret::Secret,
};
use std::net::{IpAddr, Ipv4Addr};

/// When somebody works.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rhythm {
    /// So many requests in the busiest hour of a working day, few at night and on Sundays.
    Office(u32),
    /// So many every hour.
    Always(u32),
    /// So many each night; and on Mondays a crowd at once.
    Nightly(u32),
    /// A request every so many hours.
    Rarely(u32),
}

/// A program that holds a key.
pub(crate) struct Caller {
    pub(crate) secret: Secret,
    pub(crate) rhythm: Rhythm,
    pub(crate) address: IpAddr,
    pub(crate) program: &'static str,
    /// Requests for which its scopes are enough, what is read before what is written.
    own: Vec<Wanted>,
    /// Requests for which they are not.
    beyond: Vec<Wanted>,
}

/// A request for one of the profile's routes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) method: String,
    pub(crate) path: String,
}

/// A request at its moment, of one of the callers.
#[derive(Clone, Copy)]
pub(crate) struct Sent<'a> {
    pub(crate) at: Time,
    pub(crate) caller: &'a Caller,
    pub(crate) wanted: &'a Wanted,
}

/// What callers call themselves.
const PROGRAMS: [&str; 4] = ["python-requests/2.32.3", "node", "curl/8.14.1", "Go-http-client/2.0"];

impl Caller {
    /// The holder of this secret, whose key has these scopes. Each has an address (RFC 5737) and a program of their
    /// own.
    pub(crate) fn new(profile: &Profile, secret: Secret, scopes: &[String], rhythm: Rhythm, place: u8) -> Self {
        let held = profile.known_scopes(scopes);
        let (own, beyond): (Vec<_>, Vec<_>) =
            requests(profile).into_iter().partition(|(_, needed)| held.covers(*needed));
        let wanted = |requests: Vec<(Wanted, ScopeSet)>| requests.into_iter().map(|(wanted, _)| wanted).collect();
        let (own, beyond) = (wanted(own), wanted(beyond));
        let address = Ipv4Addr::new(203, 0, 113, place).into();
        Self { secret, rhythm, address, program: PROGRAMS[usize::from(place) % PROGRAMS.len()], own, beyond }
    }

    /// What this caller sends in the hour that begins then, the `place`th of all. On Mondays the nightly one sends a
    /// few more at once than `crowd`, which is all that the plan allows in a minute.
    pub(crate) fn hour(&self, hour: Time, place: u32, crowd: u32) -> Vec<Sent<'_>> {
        let dice = Dice::of(hour, place);
        let many = self.rhythm.requests(hour, &dice);
        // A few requests together, then a pause: what is long ago needs no row for each of its minutes.
        let together = |n: u32| TimeDelta::minutes(i64::from(n * 6 / many.max(1) * 10 + place % 10));
        let spread = |n: u32| hour + together(n) + TimeDelta::seconds(i64::from(dice.roll(n, 50)));
        let mut sent: Vec<_> = (0..many).filter_map(|n| self.send(spread(n), &dice, n)).collect();
        if matches!(self.rhythm, Rhythm::Nightly(_)) && hour.weekday() == Weekday::Mon && hour.hour() == 4 {
            let rush = hour + TimeDelta::minutes(55);
            sent.extend((0..crowd + 12).filter_map(|n| self.send(rush, &dice, n)));
        }
        sent
    }

    fn send(&self, at: Time, dice: &Dice, n: u32) -> Option<Sent<'_>> {
        let astray = matches!(self.rhythm, Rhythm::Always(_)) && dice.roll(n + 7_000, 40) == 0;
        let wanted = match self.beyond.first().filter(|_| astray) {
            Some(wanted) => wanted,
            // The earlier a route is listed, the more often it is called.
            None => {
                let last = u32::try_from(self.own.len()).ok()?.checked_sub(1)?;
                let place = dice.roll(n + 1_000, last + 1).min(dice.roll(n + 2_000, last + 1));
                self.own.get(usize::try_from(place).ok()?)?
            }
        };
        Some(Sent { at, caller: self, wanted })
    }
}

impl Rhythm {
    fn requests(self, hour: Time, dice: &Dice) -> u32 {
        let day = match hour.weekday() {
            Weekday::Mon | Weekday::Tue | Weekday::Wed | Weekday::Thu => 100,
            Weekday::Fri => 80,
            Weekday::Sat => 30,
            Weekday::Sun => 15,
        };
        let about = |many: u32| many * (75 + dice.roll(1, 51)) / 100;
        match self {
            Self::Office(most) => about(most * day * OFFICE[usize::try_from(hour.hour()).unwrap_or_default()] / 10_000),
            Self::Always(many) => about(many),
            Self::Nightly(many) => about(if (2..4).contains(&hour.hour()) { many / 2 } else { 0 }),
            Self::Rarely(hours) => u32::from(dice.roll(2, hours) == 0),
        }
    }
}

/// How busy an office is by the hour (UTC), of a hundred.
const OFFICE: [u32; 24] = [4, 3, 2, 2, 3, 8, 25, 55, 85, 100, 95, 80, 60, 75, 90, 85, 70, 50, 30, 20, 15, 12, 8, 6];

/// One request for each route; for each integration one, where a route is for many.
fn requests(profile: &Profile) -> Vec<(Wanted, ScopeSet)> {
    let mut requests = Vec::new();
    for route in &profile.routes {
        let wanted = |path: String| Wanted { method: route.method.clone(), path: filled(&path) };
        match &route.needs {
            RouteNeeds::Nothing => requests.push((wanted(route.path.clone()), ScopeSet::NONE)),
            RouteNeeds::Scopes(needed) => requests.push((wanted(route.path.clone()), *needed)),
            RouteNeeds::Segment(name) => {
                requests.extend(profile.scopes.iter().enumerate().map(|(i, scope)| {
                    (wanted(route.path.replace(&format!("{{{name}}}"), &scope.name)), ScopeSet::one(i))
                }))
            }
        }
    }
    requests.sort_by_key(|(wanted, _)| wanted.method != "GET");
    requests
}

/// The path with an id in place of each variable segment.
fn filled(path: &str) -> String {
    let segments = path.split('/').map(|segment| if segment.starts_with('{') { "1001" } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

/// Chance that repeats itself.
struct Dice(u64);

impl Dice {
    fn of(hour: Time, place: u32) -> Self {
        Self(hour.timestamp().unsigned_abs().wrapping_mul(31).wrapping_add(place.into()))
    }

    /// The `n`th throw: 0 to `sides` - 1. (The mixing function is SplitMix64's.)
    fn roll(&self, n: u32, sides: u32) -> u32 {
        let mut mixed = (self.0 ^ (u64::from(n) << 32)).wrapping_add(0x9E37_79B9_7F4A_7C15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        u32::try_from(mixed % u64::from(sides.max(1))).unwrap_or_default()
    }
}
