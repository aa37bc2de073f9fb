//! A fresh, empty database for each test: SQLite, or PostgreSQL when `KEYWRIGHT_TEST_POSTGRES_URL`
//! names a server. The same tests run once with it and once without.

#![expect(clippy::expect_used, reason = "a test that cannot have its database must stop")]

use super::Db;
use sqlx::{Connection as _, PgConnection, PgPool, Row as _, SqlitePool, sqlite::SqliteRow};
use std::sync::atomic::{AtomicU32, Ordering};

/// Where the PostgreSQL server for tests is, if there is one.
#[must_use]
pub fn postgres_url() -> Option<String> {
    std::env::var("KEYWRIGHT_TEST_POSTGRES_URL").ok()
}

/// A database of its own, dropped with it.
#[derive(Debug)]
pub struct TestDb {
    /// The open database.
    pub db: Db,
    /// Its URL, for a second process or node.
    pub url: String,
    _place: Place,
}

/// What goes away with a test's database. A run makes a thousand of them, and on PostgreSQL an empty one takes 9 MB.
#[derive(Debug)]
enum Place {
    Folder { _kept: tempfile::TempDir },
    Server { url: String, name: String },
}

impl Drop for Place {
    fn drop(&mut self) {
        let Self::Server { url, name } = self else { return };
        let (url, name) = (std::mem::take(url), std::mem::take(name));
        // On a thread of its own, as a runtime must not wait inside of another. What still has the database open is
        // cut off; a server that is gone already needs nothing.
        let drop = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
            runtime.block_on(async {
                let mut admin = PgConnection::connect(&url).await.ok()?;
                let drop = sqlx::AssertSqlSafe(format!("drop database {name} with (force)"));
                sqlx::query(drop).execute(&mut admin).await.ok()
            })
        });
        let _gone = drop.join();
    }
}

impl TestDb {
    /// An empty database of the kind that this run of the tests is about.
    pub async fn fresh() -> Self {
        match postgres_url() {
            Some(server) => Self::postgres(&server).await,
            None => Self::sqlite().await,
        }
    }

    /// Everything that is stored, as text, bytes in hexadecimal: to look for what must not be there.
    pub async fn dump(&self) -> String {
        const TABLES: &[&str] = &[
            "users",
            "sessions",
            "workspaces",
            "members",
            "invitations",
            "api_keys",
            "key_secrets",
            "last_uses",
            "secret_uses",
            "refused_uses",
            "usage_counts",
            "refusals",
            "audit_log",
            "audit_heads",
            "throttles",
            "instance",
            "sign_in_links",
            "idempotency_keys",
            "signing_keys",
            "oauth_grants",
            "oauth_requests",
            "oauth_codes",
            "oauth_refresh_tokens",
            "oauth_device_codes",
            "oauth_apps",
            "app_secrets",
            "app_policies",
            "app_approvals",
            "app_events",
        ];
        let mut text = String::new();
        for table in TABLES {
            text.push_str(&match &self.db {
                Db::Sqlite(pool, _) => dump_sqlite(pool, table).await,
                Db::Postgres(pool) => dump_postgres(pool, table).await,
            });
        }
        text
    }

    /// An empty SQLite file.
    pub async fn sqlite() -> Self {
        let (url, place) = new_file();
        let db = Db::open(&url).await.expect("a fresh SQLite database");
        Self { db, url, _place: place }
    }

    /// An empty database on this server.
    pub async fn postgres(server: &str) -> Self {
        let (url, place) = create_postgres(server).await;
        let db = Db::open(&url).await.expect("a fresh PostgreSQL database");
        Self { db, url, _place: place }
    }

    /// Of the kind that this run is about, and without any table.
    #[cfg(test)]
    pub(super) async fn bare() -> Self {
        if let Some(server) = postgres_url() {
            let (url, place) = create_postgres(&server).await;
            let db = Db::open_postgres(&url).await.expect("a fresh PostgreSQL database");
            return Self { db, url, _place: place };
        }
        let (url, place) = new_file();
        let db = Db::open_sqlite(&url, true).await.expect("a fresh SQLite database");
        Self { db, url, _place: place }
    }
}

fn new_file() -> (String, Place) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    (format!("sqlite:{}", folder.path().join("test.db").display()), Place::Folder { _kept: folder })
}

async fn create_postgres(server: &str) -> (String, Place) {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let mut admin = PgConnection::connect(server).await.expect("the PostgreSQL server for tests");
    let create = sqlx::AssertSqlSafe(format!("create database {name}"));
    sqlx::query(create).execute(&mut admin).await.expect("a fresh PostgreSQL database");
    let (base, _) = server.rsplit_once('/').expect("a URL that names a database");
    (format!("{base}/{name}"), Place::Server { url: server.to_owned(), name })
}

async fn dump_postgres(pool: &PgPool, table: &str) -> String {
    let sql = sqlx::AssertSqlSafe(format!("select t::text from {table} t"));
    let rows: Vec<String> = sqlx::query_scalar(sql).fetch_all(pool).await.expect("rows");
    rows.join("\n")
}

async fn dump_sqlite(pool: &SqlitePool, table: &str) -> String {
    let sql = sqlx::AssertSqlSafe(format!("select * from {table}"));
    let rows = sqlx::query(sql).fetch_all(pool).await.expect("rows");
    let cell = |row: &SqliteRow, i: usize| match row.try_get_unchecked::<Vec<u8>, _>(i) {
        Ok(bytes) => format!("{} {}\n", String::from_utf8_lossy(&bytes), crate::secret::to_hex(&bytes)),
        Err(_) => String::new(),
    };
    rows.iter().flat_map(|row| (0..row.len()).map(move |i| cell(row, i))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::Executor as _;

    /// Every statement of every store.
    fn statements() -> Vec<(String, &'static str)> {
        let in_parts =
            [("apps", crate::apps::store::ALL), ("keys", crate::keys::store::ALL), ("oauth", crate::oauth::store::ALL)];
        let parts = in_parts.into_iter().flat_map(|(noun, parts)| parts.iter().map(move |all| (noun, *all)));
        [
            ("accounts", crate::accounts::store::ALL),
            ("audit", crate::audit::store::ALL),
            ("gate", crate::gate::store::ALL),
            ("idempotency", crate::idempotency::store::ALL),
            ("operator", crate::operator::store::ALL),
            ("members", crate::members::store::ALL),
            ("signing", crate::signing::store::ALL),
            ("refusals", crate::refusals::store::ALL),
            ("reminders", crate::keys::reminders::store::ALL),
            ("usage", crate::usage::store::ALL),
            ("workspaces", crate::workspaces::store::ALL),
        ]
        .into_iter()
        .chain(parts)
        .flat_map(|(noun, all)| all.iter().map(move |(name, sql)| (format!("{noun}::{name}"), *sql)))
        .collect()
    }

    #[tokio::test]
    async fn every_statement_can_be_prepared() {
        let test = TestDb::fresh().await;
        for (name, sql) in statements() {
            let prepared = match &test.db {
                Db::Sqlite(pool, _) => {
                    pool.acquire().await.expect("a connection").prepare(sql.into_sql()).await.map(drop)
                }
                Db::Postgres(pool) => {
                    pool.acquire().await.expect("a connection").prepare(sql.into_sql()).await.map(drop)
                }
            };
            assert!(prepared.is_ok(), "{name}: {prepared:?}");
        }
    }

    trait IntoSql {
        fn into_sql(self) -> sqlx::SqlStr;
    }
    impl IntoSql for &'static str {
        fn into_sql(self) -> sqlx::SqlStr {
            sqlx::SqlSafeStr::into_sql_str(self)
        }
    }

    /// `table.column null?` of each column, which both databases must agree on.
    const COLUMNS_SQLITE: &str = "
        select t.name || '.' || c.name || case c.\"notnull\" when 1 then '' else ' null' end
        from pragma_table_list t
        join pragma_table_info(t.name) c
        where t.schema = 'main' and t.type = 'table' and t.name not like 'sqlite%' and t.name not like '\\_sqlx%' escape '\\'";
    const COLUMNS_POSTGRES: &str = "
        select (table_name || '.' || column_name || case is_nullable when 'NO' then '' else ' null' end)::text
        from information_schema.columns
        where table_schema = 'public' and table_name not like '\\_sqlx%'";
    const INDEXES_SQLITE: &str = "select name from sqlite_schema where type = 'index' and sql is not null";
    // Those that the tables' own constraints make have other names on each.
    const INDEXES_POSTGRES: &str = "
        select c.relname::text
        from pg_index i
        join pg_class c on c.oid = i.indexrelid
        join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and not exists (select 1 from pg_constraint where conindid = i.indexrelid)";

    #[tokio::test]
    async fn both_databases_have_the_same_tables() {
        // Only a run that has a PostgreSQL server can compare; the other run has nothing to say.
        let Some(server) = postgres_url() else { return };
        let (lite, postgres) = (TestDb::sqlite().await, TestDb::postgres(&server).await);
        for (on_lite, on_postgres) in [(COLUMNS_SQLITE, COLUMNS_POSTGRES), (INDEXES_SQLITE, INDEXES_POSTGRES)] {
            let lite = names(&lite.db, on_lite).await;
            assert!(!lite.is_empty());
            assert_eq!(lite, names(&postgres.db, on_postgres).await);
        }
    }

    async fn names(db: &Db, sql: &'static str) -> Vec<String> {
        let mut names: Vec<String> = match db {
            Db::Sqlite(c, _) => {
                sqlx::query(sql).fetch_all(c).await.expect("columns").iter().map(|r| r.get(0)).collect()
            }
            Db::Postgres(c) => sqlx::query(sql).fetch_all(c).await.expect("columns").iter().map(|r| r.get(0)).collect(),
        };
        names.sort();
        names
    }
}
