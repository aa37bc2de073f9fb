//! Counting in Redis, with other nodes.
//!
//! What it answers is kept in memory as well. When it is gone, every node goes on from the last that it has heard: a
//! window that was nearly full does not become empty for each of them, nor does a day begin anew. It costs a lock and a
//! copy, next to a call over the network.

use super::{Cell, Counter, Limited, Limits, Moment, Room, Whose, Window, count_here, window};
use crate::{
    error::Result,
    gate::redis::{
        Redis,
        windows::{Answer, Counted, Question},
    },
    profile::{Each, Limit, Per},
    usage,
};

impl Limits {
    /// [`Limits::count`] in Redis; here if it does not answer.
    pub(super) async fn count_together(
        &self,
        redis: &Redis,
        limited: &Limited,
        whose: Whose,
        cost: u64,
        now: Moment,
    ) -> Vec<Room> {
        match self.ask(redis, limited, whose, cost, now).await {
            Some(counted) => limited.learn(&counted, cost, now),
            None => count_here(limited, cost, self.now()),
        }
    }

    async fn ask(&self, redis: &Redis, limited: &Limited, whose: Whose, cost: u64, now: Moment) -> Option<Counted> {
        let era = redis.era();
        let question = Question { limits: &limited.limits, whose, cost, now, days: &[] };
        if limited.counters().all(|counter| counter.was_told(era)) {
            match redis.count(&question).await {
                Answer::Counted(counted) => return Some(counted),
                Answer::None => return None,
                // It was started anew, or has thrown the day away.
                Answer::WhatOfTheDay => {}
            }
        }
        let days = self.days(limited, whose, now).await.ok()?;
        let Answer::Counted(counted) = redis.count(&Question { days: &days, ..question }).await else { return None };
        limited.counters().for_each(|counter| counter.tell(era));
        Some(counted)
    }

    /// What each window has had at least: what this node knows, and of a day what the database knows of all nodes.
    async fn days(&self, limited: &Limited, whose: Whose, now: Moment) -> Result<Vec<u64>> {
        let mut days = Vec::with_capacity(limited.limits.len());
        for limit in limited.limits.iter() {
            days.push(match (limit.per, whose.subject(limit.each)) {
                (Per::Day, Some(subject)) => {
                    let stored = usage::store::units_of_day(&self.db, subject, now.wall).await?;
                    u64::try_from(stored).unwrap_or_default().max(limited.used(limit, now))
                }
                (Per::Day, None) | (Per::Seconds(_) | Per::Minute | Per::Hour, _) => limited.used(limit, now),
            });
        }
        Ok(days)
    }
}

impl Limited {
    fn counters(&self) -> impl Iterator<Item = &Counter> {
        self.workspace.as_deref().into_iter().chain(self.key.as_deref())
    }

    fn counter(&self, each: Each) -> Option<&Counter> {
        match each {
            Each::Workspace => self.workspace.as_deref(),
            Each::Key => self.key.as_deref(),
        }
    }

    fn used(&self, limit: &Limit, now: Moment) -> u64 {
        self.counter(limit.each).map_or(0, |counter| window(&mut counter.lock(), limit, now).used())
    }

    /// Keeps how the windows stand, and tells it in the order of the limits.
    fn learn(&self, counted: &Counted, cost: u64, now: Moment) -> Vec<Room> {
        let cost = if counted.counted { 0 } else { cost };
        let learn = |(limit, cell): (&Limit, &Cell)| {
            let learned = Window::of_cell(limit, *cell, now);
            let room = learned.room(limit.requests, cost, now);
            if let Some(counter) = self.counter(limit.each) {
                window(&mut counter.lock(), limit, now).learn(learned);
            }
            room
        };
        self.limits.iter().zip(&counted.cells).map(learn).collect()
    }
}
