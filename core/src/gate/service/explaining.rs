//! Why a request is refused, or would be: for those who ask, and kept of those that were.

use super::{Call, Entry, Gate, Needs, Passage, Purpose, leaves_mark};
use crate::{
    error::Result,
    gate::{
        Credential, Explanation, Facts, Lacking, LimitSeen, Place, Reason, Room, Source, Standing, Verdict, explain,
    },
    ids::RefusalId,
    profile::{Limit, Per, ScopeSet},
    random,
    refusals::RefusedRequest,
    secret::Secret,
};
use std::time::Duration;

/// A request that was only asked about.
#[derive(Clone, Debug)]
pub struct Explained {
    /// What would become of it.
    pub verdict: Verdict,
    /// What was seen.
    pub facts: Facts,
    /// The checks.
    pub explanation: Explanation,
    passage: Passage,
}

impl Explained {
    /// The key, if it is one of ours.
    #[must_use]
    pub fn standing(&self) -> Option<&Standing> {
        self.passage.standing()
    }
}

impl Gate {
    /// What would become of this request now, and why. It counts nowhere and leaves no mark. Not for strangers: it
    /// tells more than they may know.
    pub async fn explain(&self, call: Call<'_>) -> Result<Explained> {
        let call = Call { cost: 0, from_stranger: false, ..call };
        let (passage, _) = self.pass(call, Purpose::Explanation).await?;
        let facts = self.facts(call, &passage);
        // What costs nothing always fits: whether one more request would, is asked of what is left.
        let full = passage.limits().filter(|(_, room)| room.remaining == 0).max_by_key(|(_, room)| room.resets_in);
        let verdict = match (passage.decision.verdict, full) {
            (Verdict::Allowed, Some((Limit { per: Per::Day, .. }, _))) => Verdict::DailyLimitReached,
            (Verdict::Allowed, Some(_)) => Verdict::RateLimited,
            (verdict, _) => verdict,
        };
        let reason = (verdict != Verdict::Allowed).then_some(Reason::Verdict(verdict));
        let explanation = explain(reason, &facts, &self.0.profile);
        Ok(Explained { verdict, facts, explanation, passage })
    }

    /// Keeps why a request with a key of ours was refused, under the name by which its caller knows it.
    pub fn note_refused(&self, request_id: &str, call: Call<'_>, passage: &Passage) {
        let verdict = passage.decision.verdict;
        if verdict == Verdict::Allowed || !leaves_mark(call, verdict) {
            return;
        }
        if let Some(entry) = &passage.entry {
            self.keep(request_id, entry, Reason::Verdict(verdict), || self.facts(call, passage));
        }
    }

    /// The same of a request that was turned away because of where its key stood, before that was looked up. Who sends
    /// keys that nobody has is slowed down as everywhere; that this one then goes unnoted changes nothing for its caller.
    pub async fn note_misplaced(&self, request_id: &str, call: Call<'_>, place: Place) {
        let Some(Ok(secret)) = call.key.map(|text| Secret::parse(&self.0.profile.key, text)) else { return };
        let Ok(Some(entry)) = self.find(secret.hash(), call).await else { return };
        let facts = || Facts {
            place: Some(place),
            route: self.route(call.needs),
            address: Some(call.address),
            retires_at: entry.standing.retires_at,
            ..Facts::default()
        };
        self.keep(request_id, &entry, Reason::Misplaced, facts);
    }

    fn keep(&self, request_id: &str, entry: &Entry, reason: Reason, facts: impl FnOnce() -> Facts) {
        let gate = &*self.0;
        let Standing { by: Credential::Key(key), workspace, .. } = entry.standing else { return };
        gate.refusals.record(key, || {
            let at = gate.clock.now();
            let id = RefusalId::from_uuid(random::uuid(at, gate.random.as_ref()));
            RefusedRequest { id, request_id: request_id.to_owned(), at, key, workspace, reason, facts: facts() }
        });
    }

    /// The route of a request, as the profile spells it.
    fn route(&self, needs: Needs<'_>) -> Option<String> {
        match needs {
            Needs::Request { method, path } => self.0.routes.find(method, path).map(|route| route.name.to_string()),
            Needs::Scopes(_) => None,
        }
    }

    fn facts(&self, call: Call<'_>, passage: &Passage) -> Facts {
        let profile = &self.0.profile;
        let asked = Facts {
            route: self.route(call.needs),
            address: Some(call.address),
            malformed: call.key.is_some_and(|text| Secret::parse(&profile.key, text).is_err()),
            ..Facts::default()
        };
        let Some(standing) = passage.standing() else { return asked };
        Facts {
            retires_at: standing.retires_at,
            expires_at: standing.expires_at,
            owner: standing.owner,
            networks: standing.networks.to_vec(),
            needed: profile.scope_names(passage.decision.needed),
            effective: profile.scope_names(passage.decision.effective),
            lacking: self.lacking(standing, passage.decision.needed),
            limits: passage.limits().map(seen).collect(),
            ..asked
        }
    }

    fn lacking(&self, standing: &Standing, needed: ScopeSet) -> Vec<Lacking> {
        let role = standing.role.unwrap_or(ScopeSet::NONE);
        let plan = standing.plan.unwrap_or(ScopeSet::NONE);
        let bounds = [
            (Source::Key, needed.without(standing.scopes)),
            (Source::Role, needed.and(standing.scopes).without(role)),
            (Source::Plan, needed.and(standing.scopes).and(role).without(plan)),
        ];
        let named = |(from, set)| self.0.profile.scope_names(set).into_iter().map(move |scope| Lacking { scope, from });
        bounds.into_iter().flat_map(named).collect()
    }
}

fn seen((limit, room): (&Limit, &Room)) -> LimitSeen {
    let seconds = |time: Duration| time.as_secs() + u64::from(time.subsec_nanos() > 0);
    // What asks about a full window waits for it like what wants to pass.
    let wait = room.wait.or_else(|| (room.remaining == 0).then_some(room.resets_in));
    LimitSeen {
        name: limit.name.clone(),
        limit: limit.requests,
        per: limit.per.words(),
        remaining: room.remaining,
        resets_in: seconds(room.resets_in),
        wait: wait.map(|wait| if wait == Room::NEVER { room.resets_in } else { wait }).map(seconds),
    }
}
