//! Writing and reading the log.

use super::{Action, AuditEntry, Change, store};
use crate::{
    accounts::User,
    actor::{Actor, Origin},
    clock::SharedClock,
    db::{Db, Tx},
    error::{Error, Result},
    ids::{AuditId, KeyId, WorkspaceId},
    page::{Page, PageRequest},
    profile::Right,
    random::{self, SharedRandom},
};

/// What the operator is called in the log.
const OPERATOR: &str = "Operator";

/// The log.
#[derive(Clone)]
pub struct Audit {
    pub(crate) db: Db,
    pub(crate) clock: SharedClock,
    pub(crate) random: SharedRandom,
}

/// What a line says, besides when.
pub(crate) struct Event<'a> {
    pub action: Action,
    pub workspace: Option<WorkspaceId>,
    pub user: Option<&'a User>,
    /// Whether the operator does it, who is no person here.
    pub operator: bool,
    pub origin: &'a Origin,
    /// Id and name, as they are now.
    pub subject: Option<(String, String)>,
    pub changes: Vec<Change>,
}

impl<'a> Event<'a> {
    /// Something that `actor` does in their workspace.
    pub(crate) fn by(actor: &'a Actor, action: Action) -> Self {
        Self {
            action,
            workspace: Some(actor.workspace.id),
            user: Some(&actor.user),
            operator: false,
            origin: &actor.origin,
            subject: None,
            changes: Vec::new(),
        }
    }

    /// Something that a person does about themselves.
    pub(crate) fn about(user: &'a User, origin: &'a Origin, action: Action) -> Self {
        Self { user: Some(user), ..Self::about_nobody(origin, action) }
    }

    /// Something that is tried by nobody who is known.
    pub(crate) fn about_nobody(origin: &'a Origin, action: Action) -> Self {
        Self { action, workspace: None, user: None, operator: false, origin, subject: None, changes: Vec::new() }
    }

    /// Something that the operator does, to the workspace that the caller names.
    pub(crate) fn by_operator(origin: &'a Origin, action: Action) -> Self {
        Self { operator: true, ..Self::about_nobody(origin, action) }
    }
}

impl Audit {
    /// Writes a line in the transaction of the change that it tells of: both happen or neither.
    pub(crate) async fn record(&self, tx: &mut Tx, event: Event<'_>) -> Result<()> {
        Ok(store::insert(tx, self.entry(event, None)).await?)
    }

    /// Writes down an attempt that failed, under `code`.
    pub(crate) async fn attempt(&self, event: Event<'_>, code: &str) -> Result<()> {
        let mut tx = self.db.begin().await?;
        store::insert(&mut tx, self.entry(event, Some(code))).await?;
        Ok(tx.commit().await?)
    }

    /// Writes down an attempt that is refused with `error`, and hands the error back. A member that
    /// was typed wrongly is not an attempt; nor is a fault of ours. What the throttle turns away is not
    /// written: a flood must not fill the log.
    pub(crate) async fn refused<T>(&self, event: Event<'_>, error: Error) -> Result<T> {
        if is_refusal(&error) {
            self.attempt(event, error.code()).await?;
        }
        Err(error)
    }

    /// The workspace's log, the latest line first.
    pub async fn list(&self, actor: &Actor, page: PageRequest<AuditId>) -> Result<Page<AuditEntry, AuditId>> {
        actor.require(Right::AuditRead)?;
        let rows = store::list(&self.db, actor.workspace.id, page).await?;
        Ok(Page::of(rows, page.limit, |e| e.id))
    }

    /// What happened to one key, the latest first.
    pub async fn of_key(&self, actor: &Actor, key: KeyId) -> Result<Vec<AuditEntry>> {
        actor.require(Right::KeysRead)?;
        // Addresses and refused attempts are the log's; who may not read it sees the key without its history.
        if !actor.role.may(Right::AuditRead) {
            return Ok(Vec::new());
        }
        Ok(store::list_subject(&self.db, actor.workspace.id, &key.to_string()).await?)
    }

    fn entry(&self, event: Event<'_>, refused: Option<&str>) -> store::NewEntry {
        let at = self.clock.now();
        let (subject_id, subject) = event.subject.unzip();
        store::NewEntry {
            id: AuditId::from_uuid(random::uuid(at, self.random.as_ref())),
            workspace: event.workspace,
            at,
            actor_id: event.user.map(|u| u.id),
            actor: if event.operator { Some(OPERATOR.to_owned()) } else { event.user.map(|u| u.name.clone()) },
            action: event.action.code(),
            refused: refused.map(str::to_owned),
            subject_id,
            subject,
            changes: event.changes,
            address: event.origin.address.map(|a| a.to_string()),
            user_agent: event.origin.user_agent.clone(),
        }
    }
}

const fn is_refusal(error: &Error) -> bool {
    match error {
        Error::Unauthenticated(_)
        | Error::Forbidden(_)
        | Error::KeyLimitReached { .. }
        | Error::PlanRequired { .. }
        | Error::Suspended
        | Error::Stale
        | Error::NotFound(_)
        | Error::Conflict(_) => true,
        Error::Invalid(_) | Error::Malformed(_) | Error::Throttled { .. } | Error::Unavailable | Error::Internal => {
            false
        }
    }
}
