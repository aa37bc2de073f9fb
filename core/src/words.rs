//! Times in words: "3 minutes ago", "in 12 days". The exact time stands beside them, on hover.

use crate::Time;
use chrono::NaiveDate;
use std::time::Duration;

/// "just now", "5 minutes ago", "3 days ago", "2 years ago".
#[must_use]
pub fn ago(then: Time, now: Time) -> String {
    let seconds = (now - then).num_seconds();
    if seconds < 60 {
        return "just now".to_owned();
    }
    format!("{} ago", span(seconds, |seconds, unit| seconds / unit))
}

/// "in 12 days", "in 40 minutes"; "now" when it is past. To the nearest: a link that was given 7 days a moment ago does
/// not work for 6.
#[must_use]
pub fn until(then: Time, now: Time) -> String {
    let seconds = (then - now).num_seconds();
    if seconds <= 0 {
        return "now".to_owned();
    }
    format!("in {}", span(seconds, |seconds, unit| (seconds + unit / 2) / unit))
}

/// "a minute", "15 minutes": how long to wait.
#[must_use]
pub fn duration(length: Duration) -> String {
    let seconds = i64::try_from(length.as_secs()).unwrap_or(i64::MAX);
    // A wait that is said too short is a wait that fails once more.
    if seconds < 60 { plural(seconds.max(1), "second") } else { plural(seconds.saturating_add(59) / 60, "minute") }
}

/// "21 November 2026".
#[must_use]
pub fn date(time: Time) -> String {
    day(time.date_naive())
}

/// The same for a day.
#[must_use]
pub fn day(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

/// "2026-11-21 22:47:34 UTC", for hovering and for tables.
#[must_use]
pub fn exact(time: Time) -> String {
    time.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// "1 key", "3 keys".
#[must_use]
pub fn plural(n: i64, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

fn span(seconds: i64, in_units: impl Fn(i64, i64) -> i64) -> String {
    const MINUTE: i64 = 60;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    // A whole unit is said from its first second; the next larger one only when there are two of it.
    let (unit, name) = match seconds {
        s if s < MINUTE => (1, "second"),
        s if s < HOUR => (MINUTE, "minute"),
        s if s < 2 * DAY => (HOUR, "hour"),
        s if s < 60 * DAY => (DAY, "day"),
        s if s < 730 * DAY => (30 * DAY, "month"),
        _ => (365 * DAY, "year"),
    };
    plural(in_units(seconds, unit), name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Time {
        Time::from_timestamp(1_800_000_000 + seconds, 0).unwrap_or_default()
    }

    #[test]
    fn past_times_are_said_in_words() {
        for (back, words) in [
            (0, "just now"),
            (59, "just now"),
            (60, "1 minute ago"),
            (3_599, "59 minutes ago"),
            (3_600, "1 hour ago"),
            (47 * 3_600, "47 hours ago"),
            (3 * 86_400, "3 days ago"),
            (90 * 86_400, "3 months ago"),
            (800 * 86_400, "2 years ago"),
        ] {
            assert_eq!(ago(at(-back), at(0)), words);
        }
        assert_eq!(ago(at(5), at(0)), "just now", "a clock that runs ahead says nothing silly");
    }

    #[test]
    fn future_times_are_said_in_words() {
        assert_eq!(until(at(12 * 86_400 + 5), at(0)), "in 12 days");
        assert_eq!(until(at(7 * 86_400 - 1), at(0)), "in 7 days");
        assert_eq!(until(at(86_400 - 1), at(0)), "in 24 hours");
        assert_eq!(until(at(40), at(0)), "in 40 seconds");
        assert_eq!(until(at(-1), at(0)), "now");
    }

    #[test]
    fn a_wait_is_never_said_too_short() {
        assert_eq!(duration(Duration::from_secs(61)), "2 minutes");
        assert_eq!(duration(Duration::from_secs(60)), "1 minute");
        assert_eq!(duration(Duration::from_millis(10)), "1 second");
    }
}
