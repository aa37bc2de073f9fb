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

    #[test]
    fn both_databases_have_the_same_migrations() {
        let names = |m: &Migrator| m.iter().map(|m| (m.version, m.description.to_string())).collect::<Vec<_>>();
        assert_eq!(names(&SQLITE), names(&POSTGRES));
    }
}
