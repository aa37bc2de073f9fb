//! Letters to people whose keys end soon: who is to get one about which keys, and that nobody gets it twice.
//!
//! No person asks for these, so there is no actor: the instance does its round by itself.

pub(crate) mod store;

use super::{Keys, REMINDERS, in_days};
use crate::{
    Time,
    accounts::User,
    error::Result,
    ids::{KeyId, UserId, WorkspaceId},
    workspaces::Workspace,
};
use std::collections::BTreeMap;

/// One letter: to one person, about keys of one workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reminder {
    /// Whose keys they are; or an owner of the workspace, where nobody else's they are.
    pub to: User,
    /// Where the keys are.
    pub workspace: Workspace,
    /// The keys, the most urgent first; at least one.
    pub keys: Vec<EndingKey>,
}

/// A key that ends soon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndingKey {
    /// Its id.
    pub id: KeyId,
    /// What people call it.
    pub label: String,
    /// Its secret with the middle left out.
    pub masked: String,
    /// When it ends.
    pub expires_at: Time,
    /// Which reminder this is: so many days before the end, one of [`REMINDERS`].
    pub days: u32,
}

impl Keys {
    /// The letters that are due now. Of several reminders of one key only the most urgent counts; one that would
    /// have been due when the key was made is none.
    pub async fn due_reminders(&self) -> Result<Vec<Reminder>> {
        let now = self.clock.now();
        let mut letters: BTreeMap<(WorkspaceId, UserId), Reminder> = BTreeMap::new();
        let mut from = now;
        // Each reminder's time ends where the next more urgent one's begins.
        for days in REMINDERS {
            let until = in_days(now, days);
            let due = store::Due { from, until, days, first_role: &self.profile.owner_role().name };
            for row in store::list_due(&self.db, due).await? {
                if in_days(row.created_at, days) >= row.expires_at {
                    continue;
                }
                let key = row.key(days);
                let letter = letters.entry((row.workspace_id, row.user_id)).or_insert_with(|| row.letter());
                letter.keys.push(key);
            }
            from = until;
        }
        Ok(letters.into_values().collect())
    }

    /// Claims a letter just before it is sent. Keys that another node has claimed meanwhile, or that have been
    /// disabled, revoked or lost to this person, are left out; none if that leaves nothing.
    ///
    /// Whoever is stopped between claim and letter leaves the letter unsent: rather that than the same one twice.
    pub async fn claim_reminder(&self, mut letter: Reminder) -> Result<Option<Reminder>> {
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let mut keys = Vec::with_capacity(letter.keys.len());
        for key in letter.keys {
            if store::claim(&mut tx, &key, letter.to.id, now).await? {
                keys.push(key);
            }
        }
        tx.commit().await?;
        letter.keys = keys;
        Ok((!letter.keys.is_empty()).then_some(letter))
    }

    /// Gives back what was claimed, because the letter could not be sent: the next round tries again.
    pub async fn give_back_reminder(&self, letter: &Reminder) -> Result<()> {
        let mut tx = self.db.begin().await?;
        for key in &letter.keys {
            store::give_back(&mut tx, key, letter.to.id).await?;
        }
        Ok(tx.commit().await?)
    }
}
