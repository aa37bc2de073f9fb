//! Tables are made and changed by migrations, which are inside the binary and only move forward.

use super::Db;
use sqlx::migrate::{MigrateError, Migrator};

static SQLITE: Migrator = sqlx::migrate!("../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../migrations/postgres");

impl Db {
    /// Applies what is missing. Two nodes that start together wait for each other.
    pub(super) async fn migrate(&self) -> Result<(), MigrateError> {
        match self {
            Self::Sqlite(pool, _) => SQLITE.run(pool).await,
            Self::Postgres(pool) => POSTGRES.run(pool).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        db::{on_db, testing::TestDb},
        ids::{AppId, KeyId, UserId, WorkspaceId},
    };
    use uuid::Uuid;

    const USER: &str = "
        insert into users (id, email, name, password_hash, created_at)
        values ($1, 'ada@example.com', 'Ada', '', '2026-01-01T00:00:00+00:00')";
    const WORKSPACE: &str = "
        insert into workspaces (id, slug, name, plan, created_at)
        values ($1, 'acme', 'Acme', 'pro', '2026-01-01T00:00:00+00:00')";
    const KEY: &str = "
        insert into api_keys (id, workspace_id, owner_id, label, note, scopes, created_at)
        values ($1, $2, $3, 'ci', '', '[]', '2026-01-01T00:00:00+00:00')";
    const COUNT: &str = "
        insert into usage_counts (key_id, workspace_id, grain, start, route, outcome, requests, units)
        values ($1, $2, 'day', '2026-01-01T00:00:00+00:00', 'GET /a', 'allowed', 3, 5)";
    const COUNTED: &str = "
        select credential_id, workspace_id, app_id, requests, units
        from usage_counts
        where grain = 'day' and start = '2026-01-01T00:00:00+00:00' and route = 'GET /a' and outcome = 'allowed'";
    const DELETE: &str = "delete from workspaces";

    #[test]
    fn both_databases_have_the_same_migrations() {
        let names = |m: &Migrator| m.iter().map(|m| (m.version, m.description.to_string())).collect::<Vec<_>>();
        assert_eq!(names(&SQLITE), names(&POSTGRES));
    }

    #[tokio::test]
    async fn counts_of_keys_outlive_the_migration_to_counts_of_credentials() {
        let (test, id) = (TestDb::bare().await, Uuid::from_u128);
        let (user, workspace) = (UserId::from_uuid(id(1)), WorkspaceId::from_uuid(id(2)));
        let key = KeyId::from_uuid(id(3));
        match &test.db {
            Db::Sqlite(pool, _) => SQLITE.run_to(15, pool).await.expect("tables"),
            Db::Postgres(pool) => POSTGRES.run_to(15, pool).await.expect("tables"),
        }
        on_db!(&test.db, c => {
            sqlx::query(USER).bind(user).execute(c).await.expect("a user");
            sqlx::query(WORKSPACE).bind(workspace).execute(c).await.expect("a workspace");
            sqlx::query(KEY).bind(key).bind(workspace).bind(user).execute(c).await.expect("a key");
            sqlx::query(COUNT).bind(key).bind(workspace).execute(c).await.expect("a count");
        });
        test.db.migrate().await.expect("new tables");
        type Counted = (KeyId, WorkspaceId, Option<AppId>, i64, i64);
        let counted: Vec<Counted> = on_db!(&test.db, c => sqlx::query_as(COUNTED).fetch_all(c).await).expect("counts");
        assert_eq!(counted, [(key, workspace, None, 3, 5)]);
        on_db!(&test.db, c => sqlx::query(DELETE).execute(c).await.map(drop)).expect("deleted");
        let left: Vec<Counted> = on_db!(&test.db, c => sqlx::query_as(COUNTED).fetch_all(c).await).expect("counts");
        assert_eq!(left, [], "they go with their workspace");
    }
}
