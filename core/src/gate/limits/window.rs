//! One window: how much of it is used, and when it is empty again. Pure arithmetic on the moments that are passed in.

use crate::{
    Time,
    profile::{Algorithm, Limit, Per},
};
use chrono::{Days, NaiveDate, NaiveTime};
use std::time::Duration;

/// The present, by both clocks. Windows are measured by the steady one, which nobody can set; the other only says how
/// far the next midnight is.
#[derive(Clone, Copy, Debug)]
pub(in crate::gate) struct Moment {
    pub wall: Time,
    pub tick: Duration,
}

/// How a window stands after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// How much more fits.
    pub remaining: u64,
    /// When all of it is free again; zero if it is.
    pub resets_in: Duration,
    /// How long the request that did not fit has to wait; none if it did.
    pub wait: Option<Duration>,
}

impl Room {
    /// How long a request has to wait that costs more than the window ever has.
    pub const NEVER: Duration = Duration::MAX;
}

/// What has been let through of late, for one limit of one workspace or key.
#[derive(Clone, Debug)]
pub(super) struct Window {
    /// With the algorithm: what tells it from the other windows of the same workspace or key.
    per: Per,
    algorithm: Algorithm,
    /// With the length in microseconds: there are as many windows as keys in use.
    start: u64,
    length: u64,
    used: u64,
    /// A sliding window's last cell.
    before: u64,
    /// The day for which a window to midnight was opened last.
    day: Option<NaiveDate>,
}

/// A window as another server has it.
#[derive(Clone, Copy, Debug)]
pub(in crate::gate) struct Cell {
    used: u64,
    before: u64,
    /// How long ago it began.
    past: Duration,
    length: Duration,
    day: Option<NaiveDate>,
}

impl From<&[i64; 5]> for Cell {
    /// Used, before, milliseconds since it began, its length, the number of its day.
    fn from(&[used, before, past, length, day]: &[i64; 5]) -> Self {
        let [used, before, past, length] = [used, before, past, length].map(|n| u64::try_from(n).unwrap_or_default());
        let day = i32::try_from(day).ok().filter(|day| *day > 0).and_then(NaiveDate::from_num_days_from_ce_opt);
        Self { used, before, past: Duration::from_millis(past), length: Duration::from_millis(length), day }
    }
}

impl Window {
    /// The window as another server has it.
    pub(super) fn of_cell(limit: &Limit, cell: Cell, now: Moment) -> Self {
        let Cell { used, before, past, length, day } = cell;
        let (start, length) = (micros(now.tick.saturating_sub(past)), micros(length));
        Self { per: limit.per, algorithm: limit.algorithm, start, length, used, before, day }
    }

    /// Takes over what another server says, unless that is older: answers may cross on their way. Of one limit no
    /// window begins before the last one is over, so that what begins at nearly the same time is the same window.
    pub(super) fn learn(&mut self, said: Self) {
        // A day that was begun here by what the database knew is the same one, whenever its first request came.
        if self.per == Per::Day && self.day == said.day {
            self.used = self.used.max(said.used);
        } else if self.is_empty() || said.start >= self.start + self.length / 2 {
            *self = said;
        } else if said.start + self.length / 2 > self.start {
            self.used = self.used.max(said.used);
        }
    }

    pub(super) const fn used(&self) -> u64 {
        self.used
    }

    pub(super) const fn new(limit: &Limit) -> Self {
        Self { per: limit.per, algorithm: limit.algorithm, start: 0, length: 0, used: 0, before: 0, day: None }
    }

    pub(super) fn is_of(&self, limit: &Limit) -> bool {
        (self.per, self.algorithm) == (limit.per, limit.algorithm)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.used == 0 && self.before == 0
    }

    /// Lets go of what is over.
    pub(super) fn pass_to(&mut self, now: Moment) {
        let past = micros(now.tick).saturating_sub(self.start);
        if self.is_empty() || past < self.length {
            return;
        }
        match self.algorithm {
            Algorithm::Sliding if past < self.length * 2 => {
                self.before = std::mem::take(&mut self.used);
                self.start += self.length;
            }
            Algorithm::Fixed | Algorithm::Sliding => (self.used, self.before) = (0, 0),
        }
    }

    /// Counts what is let through. An empty window begins with it.
    pub(super) fn take(&mut self, cost: u64, now: Moment) {
        if cost == 0 {
            return;
        }
        if self.is_empty() {
            self.start = micros(now.tick);
            self.length = micros(self.per.length().unwrap_or_else(|| self.open_day(now.wall)));
        }
        self.used = self.used.saturating_add(cost);
    }

    /// How the window stands for a request of this cost.
    pub(super) fn room(&self, most: u64, cost: u64, now: Moment) -> Room {
        let past = micros(now.tick).saturating_sub(self.start);
        let rest = if self.is_empty() { 0 } else { self.length.saturating_sub(past) };
        let counted = self.used.saturating_add(weighted(self.before, rest, self.length));
        let resets_in = match self.algorithm {
            Algorithm::Sliding if self.used > 0 => rest + self.length,
            Algorithm::Fixed | Algorithm::Sliding => rest,
        };
        let fits = counted.saturating_add(cost) <= most;
        let wait = (!fits).then(|| self.wait(most, cost, rest));
        Room { remaining: most.saturating_sub(counted), resets_in: Duration::from_micros(resets_in), wait }
    }

    /// How long the day is from now on: to its midnight; if it has been counted already and the clock was put back
    /// since, to the next one's.
    fn open_day(&mut self, now: Time) -> Duration {
        let day = if self.day == Some(now.date_naive()) { 2 } else { 1 };
        self.day = Some(now.date_naive());
        let end = now.date_naive().checked_add_days(Days::new(day)).unwrap_or(now.date_naive());
        (end.and_time(NaiveTime::MIN).and_utc() - now).to_std().unwrap_or_default()
    }

    /// How long a request has to wait that does not fit. `rest` is what is left of the window, or of the cell.
    fn wait(&self, most: u64, cost: u64, rest: u64) -> Duration {
        let Some(free) = most.checked_sub(cost) else { return Room::NEVER };
        Duration::from_micros(match self.algorithm {
            Algorithm::Fixed => rest,
            // What slid out of this cell makes room soon enough; or else what this cell leaves behind does in the next.
            Algorithm::Sliding => match free.checked_sub(self.used) {
                Some(free) => rest.saturating_sub(share(self.length, free, self.before)),
                None => rest + self.length.saturating_sub(share(self.length, free, self.used)),
            },
        })
    }
}

/// The last cell's part of a sliding window, rounded up: what is let through is never too much.
fn weighted(before: u64, rest: u64, length: u64) -> u64 {
    if before == 0 {
        return 0;
    }
    let part = u128::from(before) * u128::from(rest);
    u64::try_from(part.div_ceil(u128::from(length.max(1)))).unwrap_or(u64::MAX)
}

/// `length · part / whole`, rounded down.
fn share(length: u64, part: u64, whole: u64) -> u64 {
    let share = u128::from(length) * u128::from(part.min(whole)) / u128::from(whole.max(1));
    u64::try_from(share).unwrap_or(u64::MAX)
}

/// Half a million years of them fit.
fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Each;
    use chrono::Datelike as _;
    use proptest::prelude::*;

    fn limit(requests: u64, per: Per, algorithm: Algorithm) -> Limit {
        Limit { name: "a".into(), requests, per, each: Each::Key, algorithm }
    }

    /// So many seconds after 11:00 UTC.
    fn at(seconds: f64) -> Moment {
        let tick = Duration::from_secs_f64(seconds);
        let eleven = Time::from_timestamp(1_795_258_800, 0).unwrap_or_default();
        Moment { wall: eleven + tick, tick: Duration::from_secs(1_000) + tick }
    }

    fn ask(window: &mut Window, limit: &Limit, now: Moment) -> Option<Duration> {
        window.pass_to(now);
        let wait = window.room(limit.requests, 1, now).wait;
        if wait.is_none() {
            window.take(1, now);
        }
        wait
    }

    #[test]
    fn a_fixed_window_begins_with_its_first_request_and_is_whole_again_at_its_end() {
        let limit = limit(2, Per::Minute, Algorithm::Fixed);
        let mut window = Window::new(&limit);
        let room = window.room(2, 0, at(0.0));
        assert_eq!(room, Room { remaining: 2, resets_in: Duration::ZERO, wait: None });
        assert_eq!(ask(&mut window, &limit, at(30.0)), None);
        assert_eq!(ask(&mut window, &limit, at(80.0)), None);
        assert_eq!(ask(&mut window, &limit, at(80.0)), Some(Duration::from_secs(10)));
        assert_eq!(window.room(2, 0, at(80.0)).resets_in, Duration::from_secs(10));
        assert_eq!(ask(&mut window, &limit, at(90.0)), None);
        assert_eq!(window.room(2, 0, at(90.0)), Room { remaining: 1, resets_in: Duration::from_secs(60), wait: None });
    }

    #[test]
    fn skillett_05_a_day_ends_at_midnight_utc() {
        let limit = limit(1, Per::Day, Algorithm::Fixed);
        let mut window = Window::new(&limit);
        assert_eq!(ask(&mut window, &limit, at(0.0)), None);
        let to_midnight = Duration::from_secs(13 * 3600);
        assert_eq!(ask(&mut window, &limit, at(0.0)), Some(to_midnight));
        assert!(ask(&mut window, &limit, at(13.0 * 3600.0 - 0.5)).is_some());
        assert_eq!(ask(&mut window, &limit, at(13.0 * 3600.0)), None);
        assert_eq!(ask(&mut window, &limit, at(13.0 * 3600.0)), Some(Duration::from_secs(86_400)));
    }

    #[test]
    fn a_clock_that_is_set_gives_no_quota_and_takes_none() {
        let limit = limit(1, Per::Day, Algorithm::Fixed);
        let mut window = Window::new(&limit);
        assert_eq!(ask(&mut window, &limit, at(0.0)), None);
        for step in [chrono::TimeDelta::days(2), chrono::TimeDelta::hours(-1)] {
            let stepped = Moment { wall: at(60.0).wall + step, ..at(60.0) };
            let wait = ask(&mut window, &limit, stepped);
            assert_eq!(wait, Some(Duration::from_secs(13 * 3600 - 60)), "a step by {step}");
        }
    }

    #[test]
    fn a_day_that_comes_twice_because_the_clock_was_put_back_is_counted_once() {
        let limit = limit(1, Per::Day, Algorithm::Fixed);
        let mut window = Window::new(&limit);
        assert_eq!(ask(&mut window, &limit, at(0.0)), None);
        let back = |hours: f64| Moment { wall: at((hours - 1.0) * 3600.0).wall, ..at(hours * 3600.0) };
        // The steady clock has come to the old midnight; the other says 23:00.
        assert_eq!(ask(&mut window, &limit, back(13.0)), None);
        assert_eq!(ask(&mut window, &limit, back(14.5)), Some(Duration::from_secs(23 * 3600 + 1800)));
        assert_eq!(ask(&mut window, &limit, back(38.0)), None);
    }

    #[test]
    fn of_answers_that_cross_the_later_one_is_kept() {
        let limit = limit(10, Per::Minute, Algorithm::Fixed);
        let said = |used: i64, past: i64, now| Window::of_cell(&limit, (&[used, 0, past, 60_000, 0]).into(), now);
        let mut window = Window::new(&limit);
        for (used, past, seconds, kept) in [
            (1, 0, 100.0, 1),
            (3, 2_010, 102.0, 3),
            (2, 1_000, 101.01, 3),
            // The next window, and an answer from the last one that was long on its way.
            (1, 5, 160.0, 1),
            (9, 59_990, 159.99, 1),
        ] {
            window.learn(said(used, past, at(seconds)));
            assert_eq!(window.used(), kept, "{used} at {seconds}");
        }
        assert_eq!(window.room(10, 0, at(161.0)).resets_in, Duration::from_millis(58_995));
    }

    #[test]
    fn skillett_06_a_day_that_began_with_what_the_database_knew_learns_what_all_nodes_have_let_through() {
        let limit = limit(10_000, Per::Day, Algorithm::Fixed);
        let two_o_clock = at(3.0 * 3600.0);
        let mut window = Window::new(&limit);
        window.take(3_000, two_o_clock);
        // For all of them the day's first request came at five past midnight.
        let (past, length) = (13 * 3_600_000 + 3_300_000, 86_100_000);
        let day = i64::from(two_o_clock.wall.date_naive().num_days_from_ce());
        let learn = |window: &mut Window, used: i64| {
            window.learn(Window::of_cell(&limit, (&[used, 0, past, length, day]).into(), two_o_clock));
            window.used()
        };
        assert_eq!(learn(&mut window, 9_000), 9_000);
        assert_eq!(learn(&mut window, 8_999), 9_000, "an answer that was long on its way");
    }

    #[test]
    fn what_costs_more_than_the_window_has_never_fits() {
        for algorithm in [Algorithm::Fixed, Algorithm::Sliding] {
            let limit = limit(15, Per::Minute, algorithm);
            let mut window = Window::new(&limit);
            assert_eq!(window.room(15, 16, at(0.0)).wait, Some(Room::NEVER));
            window.take(1, at(0.0));
            assert_eq!(window.room(15, 16, at(0.0)).wait, Some(Room::NEVER));
            assert_eq!(window.room(15, 14, at(0.0)).wait, None);
        }
    }

    #[test]
    fn a_sliding_window_counts_what_is_still_within_its_length() {
        let limit = limit(10, Per::Minute, Algorithm::Sliding);
        let mut window = Window::new(&limit);
        for _ in 0..10 {
            assert_eq!(ask(&mut window, &limit, at(0.0)), None);
        }
        // All ten have to slide for 6 s into the next cell before one is out.
        assert_eq!(ask(&mut window, &limit, at(0.0)), Some(Duration::from_secs(66)));
        assert!(ask(&mut window, &limit, at(65.9)).is_some());
        assert_eq!(ask(&mut window, &limit, at(66.0)), None);
        assert_eq!(ask(&mut window, &limit, at(66.0)), Some(Duration::from_secs(6)));
        window.pass_to(at(200.0));
        assert_eq!(window.room(10, 0, at(200.0)), Room { remaining: 10, resets_in: Duration::ZERO, wait: None });
    }

    proptest! {
        #[test]
        fn whoever_waits_as_told_is_let_through(
            most in 1_u64..40,
            sliding: bool,
            steps in prop::collection::vec(0_u32..90, 1..200),
        ) {
            let algorithm = if sliding { Algorithm::Sliding } else { Algorithm::Fixed };
            let limit = limit(most, Per::Minute, algorithm);
            let (mut window, mut seconds) = (Window::new(&limit), 0.0);
            for step in steps {
                seconds += f64::from(step) / 3.0;
                if let Some(wait) = ask(&mut window, &limit, at(seconds)) {
                    // As `Retry-After` says it: whole seconds, rounded up.
                    seconds += wait.as_secs_f64().ceil();
                    prop_assert_eq!(ask(&mut window, &limit, at(seconds)), None);
                }
                prop_assert!(window.used + window.before <= most * 2);
            }
        }
    }
}
