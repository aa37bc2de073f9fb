//! Two databases, one text: SQL is written once, with `$1` placeholders, and runs on both through
//! their native drivers. Three tests hold the two together: every statement is prepared on both, every
//! store function runs on both, and the two schemas are compared.

mod migrate;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

use sqlx::{
    PgPool, Postgres, Sqlite, SqlitePool, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// How long a request waits for a free connection before it is told that the service is busy.
const PATIENCE: Duration = Duration::from_secs(5);

/// The open database.
#[derive(Clone, Debug)]
pub enum Db {
    /// A file on this machine, and who of this process may write to it next: SQLite lets one write at a time, and who
    /// waits for it looks again and again instead of standing in a queue.
    Sqlite(SqlitePool, Arc<Semaphore>),
    /// A server, shared with other nodes.
    Postgres(PgPool),
}

/// An open transaction. Services open and commit; stores only use it. Dropped, it is rolled back.
#[derive(Debug)]
pub enum Tx {
    /// On SQLite; with its turn, if it may write.
    Sqlite(Transaction<'static, Sqlite>, Option<OwnedSemaphorePermit>),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

/// Runs one expression on whichever database is open; both arms are type-checked.
macro_rules! on_db {
    ($db:expr, $c:ident => $body:expr) => {
        match $db {
            $crate::db::Db::Sqlite($c, _) => $body,
            $crate::db::Db::Postgres($c) => $body,
        }
    };
}
pub(crate) use on_db;

/// The same inside a transaction.
macro_rules! on_tx {
    ($tx:expr, $c:ident => $body:expr) => {
        match $tx {
            $crate::db::Tx::Sqlite(tx, _) => {
                let $c = &mut **tx;
                $body
            }
            $crate::db::Tx::Postgres(tx) => {
                let $c = &mut **tx;
                $body
            }
        }
    };
}
pub(crate) use on_tx;

/// Declares SQL constants, and lists them so that a test can prepare every one on both databases.
macro_rules! statements {
    ($($name:ident = $sql:expr;)*) => {
        $(const $name: &str = $sql;)*
        #[cfg(test)]
        pub(crate) const ALL: &[(&str, &str)] = &[$((stringify!($name), $name)),*];
    };
}
pub(crate) use statements;

/// Why the database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL names neither database.
    #[error("the database URL must begin with sqlite: or postgres:")]
    UnknownScheme,
    /// It names one, and it could not be reached or read.
    #[error("the database could not be opened: {0}")]
    Unreachable(#[source] sqlx::Error),
    /// It could be reached, and its tables could not be brought up to date.
    #[error("the database could not be migrated: {0}")]
    Migration(#[source] sqlx::migrate::MigrateError),
}

impl Db {
    /// Opens the database that the URL names, and brings its tables up to date. An SQLite file that is
    /// not there is made.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        Self::open_or(url, true).await
    }

    /// The same for a database that must be there: of a file that was just made nothing can be told.
    pub async fn open_existing(url: &str) -> Result<Self, OpenError> {
        Self::open_or(url, false).await
    }

    async fn open_or(url: &str, create: bool) -> Result<Self, OpenError> {
        let db = match url.split_once(':') {
            Some(("sqlite", _)) => Self::open_sqlite(url, create).await,
            Some(("postgres" | "postgresql", _)) => Self::open_postgres(url).await,
            Some(_) | None => return Err(OpenError::UnknownScheme),
        };
        let db = db.map_err(OpenError::Unreachable)?;
        db.migrate().await.map_err(OpenError::Migration)?;
        Ok(db)
    }

    async fn open_sqlite(url: &str, create: bool) -> sqlx::Result<Self> {
        let options = url
            .parse::<SqliteConnectOptions>()?
            .create_if_missing(create)
            .journal_mode(SqliteJournalMode::Wal)
            // NORMAL loses acknowledged commits in a power cut.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE);
        // A file does not hang up: asking each connection first whether it is there would double its work.
        let pool = SqlitePoolOptions::new().max_connections(8).acquire_timeout(PATIENCE).test_before_acquire(false);
        Ok(Self::Sqlite(pool.connect_with(options).await?, Arc::new(Semaphore::new(1))))
    }

    async fn open_postgres(url: &str) -> sqlx::Result<Self> {
        let options = url.parse::<PgConnectOptions>()?.application_name("keywright");
        let pool = PgPoolOptions::new().max_connections(16).acquire_timeout(PATIENCE);
        Ok(Self::Postgres(pool.connect_with(options).await?))
    }

    /// Begins a transaction that may write.
    pub async fn begin(&self) -> sqlx::Result<Tx> {
        Ok(match self {
            Self::Sqlite(pool, turn) => {
                let turn = timeout(PATIENCE, Arc::clone(turn).acquire_owned()).await;
                let turn = turn.ok().and_then(Result::ok).ok_or(sqlx::Error::PoolTimedOut)?;
                // A plain BEGIN takes the write lock only at the first write; two such transactions that
                // have both read can then only fail.
                Tx::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?, Some(turn))
            }
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Begins a transaction that only reads, and sees everything as it is now whatever is written meanwhile.
    /// It keeps no writer waiting.
    pub async fn snapshot(&self) -> sqlx::Result<Tx> {
        Ok(match self {
            Self::Sqlite(pool, _) => Tx::Sqlite(pool.begin().await?, None),
            Self::Postgres(pool) => {
                Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> bool {
        on_db!(self, c => sqlx::query("select 1").execute(c).await.is_ok())
    }

    /// Waits for open work and closes.
    pub async fn close(&self) {
        on_db!(self, c => c.close().await);
    }
}

impl Tx {
    /// Makes everything that was done permanent, at once.
    pub async fn commit(self) -> sqlx::Result<()> {
        match self {
            Self::Sqlite(tx, _turn) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
    }
}
