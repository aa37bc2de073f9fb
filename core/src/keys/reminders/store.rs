//! Rows of reminders.

use super::{EndingKey, Reminder};
use crate::{
    Time,
    accounts::User,
    db::{Db, Tx, on_db, on_tx, statements},
    ids::{KeyId, UserId, WorkspaceId},
    workspaces::Workspace,
};

statements! {
    // A member's key is that member's business; one whose member has left, or that is the workspace's own, is
    // everybody's in the first role. In a suspended workspace nobody could do anything about it.
    LIST_DUE = "
        select k.id, k.label, k.created_at, k.expires_at, s.start, s.last4,
            w.id as workspace_id, w.slug, w.name as workspace_name, w.plan,
            u.id as user_id, u.name as user_name, u.email
        from api_keys k
        join key_secrets s on s.key_id = k.id and s.retires_at is null
        join workspaces w on w.id = k.workspace_id and w.suspended_at is null
        left join members o on o.workspace_id = k.workspace_id and o.user_id = k.owner_id and k.owner_kind = 'member'
        join members m on m.workspace_id = k.workspace_id
            and (m.user_id = o.user_id or (o.user_id is null and m.role = $4))
        join users u on u.id = m.user_id
        left join key_reminders r on r.key_id = k.id and r.user_id = u.id and r.days = $3
        where k.revoked_at is null and k.disabled_at is null and k.expires_at > $1 and k.expires_at <= $2
            and r.key_id is null
        order by k.expires_at, k.id";
    // Nothing of what the letter says may have changed since it was listed.
    CLAIM = "
        insert into key_reminders (key_id, user_id, days, sent_at)
        select k.id, m.user_id, $3, $4
        from api_keys k
        join members m on m.workspace_id = k.workspace_id and m.user_id = $2
        where k.id = $1 and k.revoked_at is null and k.disabled_at is null
            and (k.owner_kind = 'workspace' or k.owner_id = m.user_id or not exists (
                select 1 from members o where o.workspace_id = k.workspace_id and o.user_id = k.owner_id))
        on conflict (key_id, user_id, days) do nothing";
    GIVE_BACK = "
        delete from key_reminders
        where key_id = $1 and user_id = $2 and days = $3";
}

/// Which keys are asked for.
#[derive(Clone, Copy)]
pub(super) struct Due<'a> {
    /// Those that end after this.
    pub from: Time,
    /// And not after this.
    pub until: Time,
    /// The reminder that is due then.
    pub days: u32,
    /// The role of those who look after what is nobody's.
    pub first_role: &'a str,
}

/// A key together with somebody who is to be told.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    id: KeyId,
    label: String,
    pub created_at: Time,
    pub expires_at: Time,
    start: String,
    last4: String,
    pub workspace_id: WorkspaceId,
    slug: String,
    workspace_name: String,
    plan: String,
    pub user_id: UserId,
    user_name: String,
    email: String,
}

impl Row {
    pub fn key(&self, days: u32) -> EndingKey {
        EndingKey {
            id: self.id,
            label: self.label.clone(),
            masked: format!("{}…{}", self.start, self.last4),
            expires_at: self.expires_at,
            days,
        }
    }

    /// The letter that the key belongs into, still without keys.
    pub fn letter(self) -> Reminder {
        Reminder {
            to: User { id: self.user_id, name: self.user_name, email: self.email },
            workspace: Workspace {
                id: self.workspace_id,
                slug: self.slug,
                name: self.workspace_name,
                plan: self.plan,
                suspended_at: None,
            },
            keys: Vec::new(),
        }
    }
}

pub(super) async fn list_due(db: &Db, due: Due<'_>) -> sqlx::Result<Vec<Row>> {
    on_db!(db, c => sqlx::query_as(LIST_DUE)
        .bind(due.from)
        .bind(due.until)
        .bind(i64::from(due.days))
        .bind(due.first_role)
        .fetch_all(c).await)
}

/// False if it was claimed before, or is not due to this person any more.
pub(super) async fn claim(tx: &mut Tx, key: &EndingKey, to: UserId, at: Time) -> sqlx::Result<bool> {
    on_tx!(tx, c => sqlx::query(CLAIM)
        .bind(key.id)
        .bind(to)
        .bind(i64::from(key.days))
        .bind(at)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

pub(super) async fn give_back(tx: &mut Tx, key: &EndingKey, to: UserId) -> sqlx::Result<()> {
    on_tx!(tx, c => sqlx::query(GIVE_BACK)
        .bind(key.id)
        .bind(to)
        .bind(i64::from(key.days))
        .execute(c).await.map(drop))
}
