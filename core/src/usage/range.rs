//! Over which time usage is looked at.

use super::Grain;
use crate::{Time, error::FieldError};

/// A time that ends now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Range {
    /// By the minute.
    Hour,
    /// By the hour.
    #[default]
    Day,
    /// By the day, as all longer ones.
    Week,
    /// Thirty days.
    Month,
    /// Ninety days.
    Quarter,
}

impl Range {
    /// The words of the query string, and what they mean.
    pub const ALL: &[(&str, Self)] =
        &[("1h", Self::Hour), ("24h", Self::Day), ("7d", Self::Week), ("30d", Self::Month), ("90d", Self::Quarter)];

    /// Reads the query string; what is absent or empty is the usual one.
    pub fn parse(text: Option<&str>) -> Result<Self, FieldError> {
        let text = text.map(str::trim).unwrap_or_default();
        if text.is_empty() {
            return Ok(Self::default());
        }
        Self::ALL.iter().find(|(word, _)| *word == text).map(|(_, range)| *range).ok_or_else(|| {
            let words: Vec<_> = Self::ALL.iter().map(|(word, _)| *word).collect();
            FieldError::new("range", format!("The range is one of {}.", words.join(", ")))
        })
    }

    /// The word of the query string.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
            Self::Quarter => "90d",
        }
    }

    /// The word for people; it reads after "the last".
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "24 hours",
            Self::Week => "7 days",
            Self::Month => "30 days",
            Self::Quarter => "90 days",
        }
    }

    /// By what its requests are added up.
    #[must_use]
    pub const fn grain(self) -> Grain {
        match self {
            Self::Hour => Grain::Minute,
            Self::Day => Grain::Hour,
            Self::Week | Self::Month | Self::Quarter => Grain::Day,
        }
    }

    /// When each of its minutes, hours or days began, the first first. The last one is not over.
    #[must_use]
    pub fn starts(self, now: Time) -> Vec<Time> {
        let count = match self {
            Self::Hour => 60,
            Self::Day => 24,
            Self::Week => 7,
            Self::Month => 30,
            Self::Quarter => 90,
        };
        self.grain().last(count, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn a_range_ends_with_what_is_not_over() {
        let now = Time::from_timestamp(1_795_262_400 + 12 * 60 + 34, 0).unwrap_or_default();
        for (word, range) in Range::ALL {
            assert_eq!(Range::parse(Some(word)), Ok(*range));
            assert_eq!(range.code(), *word);
            let starts = range.starts(now);
            assert_eq!(starts.last(), Some(&range.grain().start(now)));
            assert!(starts.windows(2).all(|pair| pair[1] - pair[0] == range.grain().length()));
        }
        assert_eq!(Range::Hour.starts(now).len(), 60);
        assert_eq!(now - Range::Quarter.starts(now)[0], TimeDelta::days(89) + TimeDelta::seconds(43_200 + 754));
    }

    #[test]
    fn what_is_no_range_is_told_with_those_there_are() {
        assert_eq!(Range::parse(Some(" ")), Ok(Range::Day));
        let error = Range::parse(Some("1y")).expect_err("no range");
        assert_eq!((&*error.field, error.message.as_str()), ("range", "The range is one of 1h, 24h, 7d, 30d, 90d."));
    }
}
