//! What was decided on a request, and what its caller is told.

use crate::{
    Time,
    gate::{Decision, Refusal, Room, Standing, Verdict, index::Entry, under_way::Slots},
    profile::{Limit, Per, Profile, ScopeSet},
    usage::Meter,
    words,
};
use std::{sync::Arc, time::Duration};

/// A request with what was decided on it.
#[derive(Clone, Debug)]
pub struct Passage {
    /// What was decided.
    pub decision: Decision,
    /// The place of its route among the profile's; none if the check named scopes, or there is no such route.
    pub route: Option<usize>,
    /// When the limits were asked, by the clock on the wall; none if they were not.
    pub counted_at: Option<Time>,
    pub(super) entry: Option<Arc<Entry>>,
    pub(super) rooms: Vec<Room>,
}

impl Passage {
    /// The key, if it is one of ours.
    #[must_use]
    pub fn standing(&self) -> Option<&Standing> {
        self.entry.as_deref().map(|entry| &entry.standing)
    }

    /// Each limit of the key's plan, and how it stands now.
    pub fn limits(&self) -> impl Iterator<Item = (&Limit, &Room)> {
        let limits = self.entry.as_deref().and_then(|entry| entry.limited.as_ref()).map(|limited| &**limited.limits);
        limits.unwrap_or_default().iter().zip(&self.rooms)
    }

    /// All limits of the key's plan, as `RateLimit-Policy` tells them (draft-ietf-httpapi-ratelimit-headers §3).
    #[must_use]
    pub fn policy(&self) -> Option<&str> {
        self.entry.as_deref().and_then(|entry| entry.limited.as_ref()).map(|limited| &*limited.limits.policy)
    }

    /// The limit that refuses the request the longest; else the one with the least room.
    #[must_use]
    pub fn tightest(&self) -> Option<(&Limit, &Room)> {
        let rest = |room: &Room| std::cmp::Reverse(room.remaining);
        self.limits().max_by_key(|(_, room)| (room.wait, rest(room), room.resets_in))
    }

    /// What the caller is told, and when to come again; none if the request may pass.
    #[must_use]
    pub fn refusal(&self, profile: &Profile) -> Option<(Refusal, Option<Duration>)> {
        let refusal = self.decision.verdict.refusal(profile, self.standing().map(|standing| &standing.by))?;
        if self.decision.verdict == Verdict::ConcurrencyLimited {
            let most = self.entry.as_deref().and_then(|entry| entry.slots.as_ref()).map_or(0, Slots::most);
            return Some((Refusal { message: all_under_way(most).into(), ..refusal }, Some(SLOT_WAIT)));
        }
        let limited = self.tightest().and_then(|(limit, room)| Some((limit, room.wait?)));
        Some(match limited.filter(|_| refusal.status == 429) {
            Some((limit, Room::NEVER)) => (Refusal { message: never_fits(limit).into(), ..refusal }, None),
            Some((limit, wait)) => (Refusal { message: limit_reached(limit, wait).into(), ..refusal }, Some(wait)),
            None => (refusal, None),
        })
    }

    /// Where its marks go, if there is a key or a token to leave any of.
    pub(super) fn meter(&self) -> Option<&Arc<Meter>> {
        self.entry.as_deref().and_then(|entry| entry.meter.as_ref())
    }

    /// A window that has no room for the request refuses it.
    pub(super) fn meet_limits(&mut self, cost: u64) {
        let full = self.tightest().filter(|(_, room)| cost > 0 && room.wait.is_some());
        if let Some(per) = full.map(|(limit, _)| limit.per) {
            self.decision.verdict = match per {
                Per::Day => Verdict::DailyLimitReached,
                Per::Seconds(_) | Per::Minute | Per::Hour => Verdict::RateLimited,
            };
        }
    }

    pub(super) const fn refused(verdict: Verdict, needed: ScopeSet) -> Self {
        let decision = Decision { verdict, effective: ScopeSet::NONE, needed };
        Self { decision, route: None, counted_at: None, entry: None, rooms: Vec::new() }
    }
}

/// Nobody knows when a request ends; most do within a second.
const SLOT_WAIT: Duration = Duration::from_secs(1);

/// That others have to end first.
fn all_under_way(most: u32) -> String {
    let requests = words::plural(most.into(), "request");
    format!("The plan has room for {requests} at once, and as many are under way. Try again when one has ended.")
}

/// That waiting does not help.
fn never_fits(limit: &Limit) -> String {
    format!("The request costs more than the {} per {} that the plan has.", limit.requests, limit.per.words())
}

/// Which window is full, and when there is room again.
fn limit_reached(limit: &Limit, wait: Duration) -> String {
    match limit.per {
        Per::Day => format!("Daily API call limit reached ({}). Resets at midnight UTC.", limit.requests),
        Per::Seconds(_) | Per::Minute | Per::Hour => format!(
            "Rate limit exceeded ({} per {}). Try again in {}.",
            words::plural(i64::try_from(limit.requests).unwrap_or(i64::MAX), "request"),
            limit.per.words(),
            words::duration(wait)
        ),
    }
}
