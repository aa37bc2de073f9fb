//! Looking at what was counted. The dashboard and REST both come through here.

use super::{Bucket, Count, Grain, Range, Reason, Report, Subject, Usage, UsageRow, store};
use crate::{
    Time,
    actor::Actor,
    db::Db,
    error::{Error, Result},
    gate::{Credential, Verdict},
    ids::{KeyId, WorkspaceId},
    profile::Right,
};
use std::collections::{BTreeMap, HashMap};

/// So many days stand beside each key of a list.
const DAYS: i32 = 14;

impl Usage {
    /// What became of the workspace's requests, with keys and with tokens, or of those with one of its keys.
    pub async fn report(&self, actor: &Actor, key: Option<KeyId>, range: Range) -> Result<Report> {
        actor.require(Right::KeysRead)?;
        let until = self.clock.now();
        let span = self.span(actor, key, range, until).await?;
        // All at one moment: the parts add up to the whole.
        let mut tx = self.db.snapshot().await?;
        let outcomes = store::by_outcome(&mut tx, span).await?;
        let shares = match span.subject {
            Subject::Workspace(_) => store::by_credential(&mut tx, span).await?,
            Subject::Credential(_) => Vec::new(),
        };
        let routes = store::by_route(&mut tx, span).await?;
        let ever = !outcomes.is_empty() || store::any(&mut tx, span.subject).await?;
        let buckets = buckets(&range.starts(until), &outcomes);
        Ok(Report { range, until, buckets, shares, routes, reasons: reasons(&outcomes), ever })
    }

    /// The requests with each of these keys on each of the last fourteen days, the first day first.
    pub async fn days(&self, actor: &Actor, keys: &[KeyId]) -> Result<HashMap<KeyId, Vec<Count>>> {
        actor.require(Right::KeysRead)?;
        let starts = Grain::Day.last(DAYS, self.clock.now());
        let (Some(&since), false) = (starts.first(), keys.is_empty()) else { return Ok(HashMap::new()) };
        let mut days: HashMap<_, _> = keys.iter().map(|key| (*key, vec![Count::default(); starts.len()])).collect();
        for of_key in store::days_of_keys(&self.db, actor.workspace.id, keys, since).await? {
            let Some(counts) = days.get_mut(&KeyId::from_uuid(of_key.key)) else { continue };
            for (start, allowed, refused) in of_key.days {
                let place = starts.iter().position(|of_day| *of_day == start);
                if let Some(count) = place.and_then(|place| counts.get_mut(place)) {
                    *count = Count { allowed, refused };
                }
            }
        }
        Ok(days)
    }

    /// Begins a copy of the counts of a workspace, or of one of its keys.
    pub async fn export(&self, actor: &Actor, key: Option<KeyId>, range: Range) -> Result<UsageExport> {
        actor.require(Right::KeysRead)?;
        let span = self.span(actor, key, range, self.clock.now()).await?;
        Ok(UsageExport {
            db: self.db.clone(),
            workspace: actor.workspace.id,
            span,
            after: store::Cursor::before_all(key),
            last: None,
            batch: UsageExport::BATCH,
            done: false,
        })
    }

    /// Refuses if the key is not one of the actor's workspace.
    pub(crate) async fn require_key(&self, actor: &Actor, key: KeyId) -> Result<()> {
        let found = store::has_key(&self.db, actor.workspace.id, key).await?;
        if found { Ok(()) } else { Err(Error::NotFound("key")) }
    }

    async fn span(&self, actor: &Actor, key: Option<KeyId>, range: Range, until: Time) -> Result<store::Span> {
        let subject = match key {
            None => Subject::Workspace(actor.workspace.id),
            Some(key) => {
                self.require_key(actor, key).await?;
                Subject::Credential(Credential::Key(key))
            }
        };
        let from = range.starts(until).first().copied().unwrap_or(until);
        Ok(store::Span { subject, grain: range.grain(), from, until })
    }
}

/// Every bucket, also where nothing was counted.
fn buckets(starts: &[Time], outcomes: &[store::OfOutcome]) -> Vec<Bucket> {
    let mut counts: HashMap<Time, Count> = HashMap::new();
    for row in outcomes {
        let count = counts.entry(row.start).or_default();
        *count = *count + fate(&row.outcome, row.requests());
    }
    let bucket = |start: &Time| Bucket { start: *start, count: counts.get(start).copied().unwrap_or_default() };
    starts.iter().map(bucket).collect()
}

fn fate(outcome: &str, requests: u64) -> Count {
    if outcome == Verdict::Allowed.code() {
        Count { allowed: requests, refused: 0 }
    } else {
        Count { allowed: 0, refused: requests }
    }
}

fn reasons(outcomes: &[store::OfOutcome]) -> Vec<Reason> {
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    for row in outcomes.iter().filter(|row| row.outcome != Verdict::Allowed.code()) {
        *sums.entry(&row.outcome).or_default() += row.requests();
    }
    let mut reasons: Vec<_> =
        sums.into_iter().map(|(code, requests)| Reason { code: code.to_owned(), requests }).collect();
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.requests));
    reasons
}

/// A copy of the counts under way, from the earliest on.
pub struct UsageExport {
    db: Db,
    workspace: WorkspaceId,
    /// What is left of it.
    span: store::Span,
    /// Where it is.
    after: store::Cursor,
    /// The last row, as long as more may have to be added to it.
    last: Option<UsageRow>,
    pub(super) batch: u32,
    done: bool,
}

impl UsageExport {
    /// How many rows are in memory at once.
    pub const BATCH: u32 = 500;

    /// The next rows; none at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<UsageRow>>> {
        if self.done {
            return Ok(None);
        }
        let stored = store::list(&self.db, self.workspace, self.span, &self.after, self.batch).await?;
        self.done = stored.len() < usize::try_from(self.batch).unwrap_or(usize::MAX);
        let mut rows = Vec::with_capacity(stored.len());
        for (cursor, row) in stored {
            self.span.from = row.start;
            self.after = cursor;
            rows.extend(self.add(row));
        }
        if self.done {
            rows.extend(self.last.take());
        }
        Ok(Some(rows))
    }

    /// What several people have let an app do is one row. The one before, if this one is another.
    fn add(&mut self, row: UsageRow) -> Option<UsageRow> {
        match self.last.as_mut().filter(|last| last.is_of_the_same(&row)) {
            None => self.last.replace(row),
            Some(last) => {
                last.requests = last.requests.saturating_add(row.requests);
                last.units = last.units.saturating_add(row.units);
                None
            }
        }
    }
}
