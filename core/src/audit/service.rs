//! Writing and reading the log.

use super::{Action, AuditEntry, AuditFilter, Change, EntryHash, Person, chain, store};
use crate::{
    accounts::User,
    actor::{Actor, Origin, Via},
    clock::SharedClock,
    db::{Db, Tx},
    error::{Error, Result},
    ids::{AppId, AuditId, KeyId, WorkspaceId},
    page::{Page, PageRequest},
    profile::Right,
    random::{self, SharedRandom},
};
use sqlx::types::Json;

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
    /// Writes a line in the transaction of the change that it tells of: both happen or neither. It locks the
    /// log of its workspace until the transaction ends, so it comes after all other locks; lines of several
    /// workspaces are written in the order of the workspaces' ids.
    pub(crate) async fn record(&self, tx: &mut Tx, event: Event<'_>) -> Result<()> {
        self.write(tx, event, None).await
    }

    /// Writes down an attempt that failed, under `code`.
    pub(crate) async fn attempt(&self, event: Event<'_>, code: &str) -> Result<()> {
        let mut tx = self.db.begin().await?;
        self.write(&mut tx, event, Some(code)).await?;
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
        self.search(actor, &AuditFilter::default(), page).await
    }

    /// What a filter lets through of the workspace's log, the latest line first.
    pub async fn search(
        &self,
        actor: &Actor,
        filter: &AuditFilter,
        page: PageRequest<AuditId>,
    ) -> Result<Page<AuditEntry, AuditId>> {
        actor.require(Right::AuditRead)?;
        let rows = store::list(&self.db, actor.workspace.id, filter, page).await?;
        Ok(Page::of(rows, page.limit, |e| e.id))
    }

    /// Everybody who stands in the workspace's log, by name.
    pub async fn people(&self, actor: &Actor) -> Result<Vec<Person>> {
        actor.require(Right::AuditRead)?;
        Ok(store::list_actors(&self.db, actor.workspace.id).await?)
    }

    /// What happened to one key, the latest first.
    pub async fn of_key(&self, actor: &Actor, key: KeyId) -> Result<Vec<AuditEntry>> {
        actor.require(Right::KeysRead)?;
        // Addresses and refused attempts are the log's; who may not read it sees the key without its history.
        if !actor.role.may(Right::AuditRead) {
            return Ok(Vec::new());
        }
        let filter = AuditFilter { subject: Some(key.to_string()), ..AuditFilter::default() };
        Ok(self.search(actor, &filter, PageRequest::first()).await?.items)
    }

    /// What happened to one app, the latest first.
    pub async fn of_app(&self, actor: &Actor, app: AppId) -> Result<Vec<AuditEntry>> {
        actor.require(Right::AppsRead)?;
        if !actor.role.may(Right::AuditRead) {
            return Ok(Vec::new());
        }
        let filter = AuditFilter { subject: Some(app.to_string()), ..AuditFilter::default() };
        Ok(self.search(actor, &filter, PageRequest::first()).await?.items)
    }

    /// Begins a copy of the log as it is now. That somebody takes one is in the log itself.
    pub async fn export(&self, actor: &Actor, filter: AuditFilter, format: ExportFormat) -> Result<AuditExport> {
        if let Err(error) = actor.require(Right::AuditRead) {
            return self.refused(Event::by(actor, Action::AuditExported), error).await;
        }
        let mut changes = vec![Change::set("format", format.code())];
        changes.extend(filter.pairs().into_iter().map(|(name, value)| Change::set(name, value)));
        let event = Event { changes, ..Event::by(actor, Action::AuditExported) };
        let mut tx = self.db.begin().await?;
        self.record(&mut tx, event).await?;
        tx.commit().await?;
        Ok(AuditExport { db: self.db.clone(), workspace: actor.workspace.id, filter, after: None, done: false })
    }

    async fn write(&self, tx: &mut Tx, event: Event<'_>, refused: Option<&str>) -> Result<()> {
        let chain = chain::of(event.workspace);
        // The lock comes first, the moment after it: numbers, ids and times rise together.
        let (seq, before) = store::raise_head(tx, chain).await?;
        let before = EntryHash::try_from(before.as_slice()).map_err(|error| {
            tracing::error!(%error, %chain, "The head of an audit chain was damaged; see `keywright audit verify`");
            Error::Internal
        })?;
        let entry = self.entry(event, refused);
        let hash = chain::hash(before, seq, &entry);
        store::insert(tx, &entry, store::Place { seq, before, hash }).await?;
        Ok(store::set_head(tx, chain, hash).await?)
    }

    fn entry(&self, event: Event<'_>, refused: Option<&str>) -> store::Entry {
        let at = self.clock.now();
        let (subject_id, subject) = event.subject.unzip();
        store::Entry {
            id: AuditId::from_uuid(random::uuid(at, self.random.as_ref())),
            workspace_id: event.workspace,
            at,
            actor_id: event.user.map(|u| u.id),
            actor: if event.operator { Some(OPERATOR.to_owned()) } else { event.user.map(|u| u.name.clone()) },
            via: if event.operator { Via::Operator.code() } else { event.origin.via.code() },
            action: event.action.code().to_owned(),
            refused: refused.map(str::to_owned),
            subject_id,
            subject,
            changes: Json(event.changes),
            address: event.origin.address.map(|a| a.to_string()),
            user_agent: event.origin.user_agent.clone(),
        }
    }
}

/// How a copy of the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// A JSON object a line.
    JsonLines,
    /// A table with a header (RFC 4180).
    Csv,
}

impl ExportFormat {
    /// The word in query strings and file names.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::JsonLines => "jsonl",
            Self::Csv => "csv",
        }
    }
}

/// A copy of the log under way, from the latest entry back: what is written meanwhile is not in it.
pub struct AuditExport {
    db: Db,
    workspace: WorkspaceId,
    filter: AuditFilter,
    after: Option<AuditId>,
    done: bool,
}

impl AuditExport {
    /// How many entries are in memory at once.
    pub const BATCH: u32 = 200;

    /// The next entries; none at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<AuditEntry>>> {
        if self.done {
            return Ok(None);
        }
        let page = PageRequest { after: self.after, limit: Self::BATCH };
        let rows = store::list(&self.db, self.workspace, &self.filter, page).await?;
        let page = Page::of(rows, page.limit, |entry| entry.id);
        (self.after, self.done) = (page.next, page.next.is_none());
        Ok(Some(page.items))
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
