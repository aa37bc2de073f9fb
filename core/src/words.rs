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
    format!("{} ago", span(seconds))
}

/// "in 12 days", "in 40 minutes"; "now" when it is past. To the nearest minute: a link that was given 7 days a moment
/// ago does not work for 6.
#[must_use]
pub fn until(then: Time, now: Time) -> String {
    let seconds = (then - now).num_seconds();
    match seconds {
        ..=0 => "now".to_owned(),
        1..60 => format!("in {}", span(seconds)),
        60.. => format!("in {}", span((seconds + 30) / 60 * 60)),
    }
}

/// "a minute", "15 minutes": how long to wait.
#[must_use]
pub fn duration(length: Duration) -> String {
    // A wait that is said too short is a wait that fails once more.
    let seconds = i64::try_from(length.as_millis().div_ceil(1_000)).unwrap_or(i64::MAX);
    if seconds < 60 { plural(seconds.max(1), "second") } else { plural(seconds.saturating_add(59) / 60, "minute") }
}

/// "1,000,000".
#[must_use]
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
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

/// "a", "a and b", "a, b and c".
#[must_use]
pub fn list<S: AsRef<str>>(items: &[S]) -> String {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    match items.as_slice() {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// "The key lacks a": a sentence made of parts begins like one.
#[must_use]
pub fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn span(seconds: i64) -> String {
    const MINUTE: i64 = 60;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    // A whole unit is said from its first second; the next larger one only when there are two of it.
    match seconds {
        s if s < 60 => plural(s, "second"),
        s if s < HOUR => plural(s / MINUTE, "minute"),
        s if s < 2 * DAY => plural(s / HOUR, "hour"),
        s if s < 60 * DAY => plural(s / DAY, "day"),
        s if s < 730 * DAY => plural(s / (30 * DAY), "month"),
        s => plural(s / (365 * DAY), "year"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Time {
        Time::from_timestamp(1_800_000_000 + seconds, 0).unwrap_or_default()
    }

    #[test]
    fn long_numbers_are_grouped() {
        for (n, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345_678, "12,345,678")] {
            assert_eq!(number(n), text);
        }
    }

    #[test]
    fn several_things_are_one_list() {
        for (items, text) in [(&[][..], ""), (&["a"], "a"), (&["a", "b"], "a and b"), (&["a", "b", "c"], "a, b and c")]
        {
            assert_eq!(list(items), text);
        }
        assert_eq!((capitalised("the key lacks a"), capitalised("")), ("The key lacks a".into(), String::new()));
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
        assert_eq!(until(at(3_599), at(0)), "in 1 hour");
        assert_eq!(until(at(45 * 86_400 + 60_000), at(0)), "in 45 days");
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
