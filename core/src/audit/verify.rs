//! Whether the log is still what was written.

use super::{
    EntryHash, chain,
    store::{self, ChainRow, Link},
};
use crate::{
    Time,
    db::{Db, Tx},
    error::Result,
    ids::{AuditId, WorkspaceId},
};
use uuid::Uuid;

/// How many entries are in memory at once.
const BATCH: i64 = 500;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Each chain.
    pub chains: Vec<VerifiedChain>,
    /// How many entries have no hash because they were written before there was a chain.
    pub unchained: u64,
    /// When the last of these was written.
    pub unchained_until: Option<Time>,
    /// Of the hashes that were asked for, those that no chain contains before its first fault.
    pub missing: Vec<EntryHash>,
}

/// One chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedChain {
    /// Whose it is; none for what belongs to no workspace.
    pub workspace: Option<WorkspaceId>,
    /// The workspace's place in URLs; none if it is not there any more.
    pub slug: Option<String>,
    /// How many entries are as they were written, up to the first fault.
    pub entries: u64,
    /// The hash of the last of these.
    pub head: EntryHash,
    /// The first thing that is wrong.
    pub fault: Option<ChainFault>,
}

/// What is wrong with a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// An entry does not say what it said.
    #[error("entry {seq} was altered")]
    Altered {
        /// Its number.
        seq: i64,
    },
    /// An entry carries on another hash than that of the entry before it.
    #[error("entry {seq} does not follow from the one before it: one of the two was replaced")]
    Unlinked {
        /// Its number.
        seq: i64,
    },
    /// An entry is not there, though later ones are.
    #[error("entry {seq} was removed")]
    Removed {
        /// Its number.
        seq: i64,
    },
    /// An entry has a number that another has.
    #[error("an entry with the number {seq} was added ({id})")]
    Added {
        /// The number.
        seq: i64,
        /// The entry.
        id: AuditId,
    },
    /// The last entries are not there.
    #[error("the last entries were removed, from {seq} to {last}")]
    Cut {
        /// The first of them.
        seq: i64,
        /// The last of them.
        last: i64,
    },
    /// The head, which names the last entry, is not what it was.
    #[error("the record of the chain's last entry was altered or removed")]
    Head,
}

impl Verified {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.missing.is_empty() && self.chains.iter().all(|chain| chain.fault.is_none())
    }
}

/// Goes through the whole log, for the operator, who sees the database anyway. `kept` are hashes that were
/// noted earlier: the log must still contain them. Other work goes on meanwhile.
pub async fn verify(db: &Db, kept: &[EntryHash]) -> Result<Verified> {
    let mut tx = db.snapshot().await?;
    let mut missing = kept.to_vec();
    let mut chains = Vec::new();
    for row in store::list_chains(&mut tx).await? {
        chains.push(walk(&mut tx, &row, &mut missing).await?);
    }
    let (unchained, unchained_until) = store::count_unchained(&mut tx).await?;
    Ok(Verified { chains, unchained: u64::try_from(unchained).unwrap_or_default(), unchained_until, missing })
}

/// How far a chain is whole.
struct Walk {
    chain: Uuid,
    last: i64,
    head: EntryHash,
}

async fn walk(tx: &mut Tx, row: &ChainRow, missing: &mut Vec<EntryHash>) -> Result<VerifiedChain> {
    let mut walk = Walk { chain: row.chain, last: 0, head: EntryHash::START };
    let mut after = (i64::MIN, AuditId::from_uuid(Uuid::nil()));
    let fault = loop {
        let Some(links) = next(tx, &walk, after).await? else { break Some(ChainFault::Altered { seq: walk.last + 1 }) };
        let Some(end) = links.last() else { break head_fault(&walk, row) };
        after = (end.seq, end.entry.id);
        if let Some(fault) = links.iter().find_map(|link| walk.step(link, missing).err()) {
            break Some(fault);
        }
    };
    Ok(VerifiedChain {
        workspace: (!row.chain.is_nil()).then(|| WorkspaceId::from_uuid(row.chain)),
        slug: row.slug.clone(),
        entries: u64::try_from(walk.last).unwrap_or_default(),
        head: walk.head,
        fault,
    })
}

/// The next entries; none if the very next one cannot even be read.
async fn next(tx: &mut Tx, walk: &Walk, after: (i64, AuditId)) -> Result<Option<Vec<Link>>> {
    let many = store::list_links(tx, walk.chain, after, BATCH).await;
    let read = match many {
        Err(sqlx::Error::ColumnDecode { .. }) => store::list_links(tx, walk.chain, after, 1).await,
        other => other,
    };
    match read {
        Ok(links) => Ok(Some(links)),
        Err(sqlx::Error::ColumnDecode { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

impl Walk {
    fn step(&mut self, link: &Link, missing: &mut Vec<EntryHash>) -> Result<(), ChainFault> {
        let seq = link.seq;
        if seq > self.last + 1 {
            return Err(ChainFault::Removed { seq: self.last + 1 });
        }
        if seq <= self.last {
            return Err(ChainFault::Added { seq, id: link.entry.id });
        }
        let (Some(before), Some(hash)) = (link.before(), link.hash()) else {
            return Err(ChainFault::Altered { seq });
        };
        if chain::hash(before, seq, &link.entry) != hash {
            return Err(ChainFault::Altered { seq });
        }
        if before != self.head {
            return Err(ChainFault::Unlinked { seq });
        }
        (self.last, self.head) = (seq, hash);
        missing.retain(|kept| *kept != hash);
        Ok(())
    }
}

/// What is wrong with a chain all of whose entries are good: the head tells.
fn head_fault(walk: &Walk, row: &ChainRow) -> Option<ChainFault> {
    match row.head() {
        Some((seq, _)) if seq > walk.last => Some(ChainFault::Cut { seq: walk.last + 1, last: seq }),
        Some((seq, Some(hash))) if (seq, hash) == (walk.last, walk.head) => None,
        Some(_) | None => Some(ChainFault::Head),
    }
}
