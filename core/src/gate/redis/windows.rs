//! The windows of a request, counted by the script `count.lua`.

use super::Redis;
use crate::{
    gate::{
        Credential,
        limits::{Cell, Moment, Whose},
    },
    profile::{Algorithm, Each, Limit, Per},
};
use chrono::{Datelike as _, Days, NaiveTime};
use redis::Script;
use std::{sync::LazyLock, time::Duration};

static COUNT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("count.lua")));

/// How many numbers the script answers for each window.
const NUMBERS: usize = 5;

/// How the windows stand.
pub(in crate::gate) struct Counted {
    /// Whether the request was counted.
    pub counted: bool,
    /// As the limits are ordered.
    pub cells: Vec<Cell>,
}

/// What came of asking.
pub(in crate::gate) enum Answer {
    Counted(Counted),
    /// It has no count of the day: somebody must say what the day has had.
    WhatOfTheDay,
    /// It does not answer.
    None,
}

/// A request, and the windows that it is to be counted in.
pub(in crate::gate) struct Question<'a> {
    pub limits: &'a [Limit],
    pub whose: Whose,
    pub cost: u64,
    pub now: Moment,
    /// For each limit, what its day has had at least; empty if the server is to know.
    pub days: &'a [u64],
}

impl Redis {
    pub(in crate::gate) async fn count(&self, question: &Question<'_>) -> Answer {
        let mut script = COUNT.prepare_invoke();
        let Moment { wall, tick } = question.now;
        let (today, midnight) = (wall.date_naive(), wall.date_naive().checked_add_days(Days::new(1)));
        let to_midnight = midnight.map_or_else(Duration::default, |midnight| {
            (midnight.and_time(NaiveTime::MIN).and_utc() - wall).to_std().unwrap_or_default()
        });
        // Rounded up: a day that ended early would have had less than a whole one.
        let to_midnight = to_midnight.as_micros().div_ceil(1_000).to_string();
        script.arg(self.time(tick)).arg(question.cost).arg(to_midnight).arg(today.num_days_from_ce());
        for (place, limit) in question.limits.iter().enumerate() {
            let length = limit.per.length().unwrap_or_default().as_millis().to_string();
            let day = question.days.get(place).map_or_else(|| "-1".to_owned(), u64::to_string);
            script.key(self.name_of(limit, question.whose));
            script.arg(limit.requests).arg(length).arg(u8::from(limit.algorithm == Algorithm::Sliding)).arg(day);
        }
        match self.call::<Vec<i64>>(&script).await.as_deref() {
            None => Answer::None,
            Some([]) => Answer::WhatOfTheDay,
            Some([counted, numbers @ ..]) => {
                let (cells, _) = numbers.as_chunks::<NUMBERS>();
                Answer::Counted(Counted { counted: *counted == 1, cells: cells.iter().map(Cell::from).collect() })
            }
        }
    }

    /// Of all names of a workspace the part in braces is the same, so that a cluster keeps them in one place.
    fn name_of(&self, limit: &Limit, whose: Whose) -> String {
        let workspace = whose.workspace.uuid().simple();
        let kind = match limit.algorithm {
            Algorithm::Fixed => "",
            Algorithm::Sliding => ":sliding",
        };
        let per = match limit.per {
            Per::Seconds(seconds) => format!("{seconds}s"),
            Per::Minute => "minute".to_owned(),
            Per::Hour => "hour".to_owned(),
            Per::Day => "day".to_owned(),
        };
        match limit.each {
            Each::Workspace => self.name(format_args!("{{{workspace}}}:{per}{kind}")),
            Each::Key => {
                let by = whose.by.map(Credential::uuid).unwrap_or_default();
                self.name(format_args!("{{{workspace}}}:{}:{per}{kind}", by.simple()))
            }
        }
    }
}
