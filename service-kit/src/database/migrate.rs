//! Migrations, safe when several replicas start at once.

use std::sync::Arc;
use std::time::Duration;

use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::migration::MigrationSource;
use diesel::result::Error;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::address::Address;
use super::manager::{Access, Manager};
use super::{AnyConnection, DatabaseError};

/// The tables of this crate (audit trail, sealed keys). [`Database::migrate`](super::Database::migrate) runs them by
/// itself. Versions here start with 2026-01; those of the services must not.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/common");
/// What the two databases spell differently.
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// Name of the lock that replicas take in turn on PostgreSQL ("jwtmigr" in ASCII).
const LOCK: i64 = 0x6a_77_74_6d_69_67_72;
/// Longest time that one statement of a migration, or the wait for another replica's, takes.
const STATEMENT_LIMIT: Duration = Duration::from_secs(120);

/// All in one transaction, on a connection of its own: a pooled one has the short statement limit of requests.
pub(super) fn run(address: &Arc<Address>, service: EmbeddedMigrations) -> Result<(), DatabaseError> {
    let manager = Manager { address: Arc::clone(address), access: Access::Write };
    let mut connection = manager.open().map_err(|error| DatabaseError::Unavailable(error.to_string()))?;
    let done = match &mut connection {
        AnyConnection::Postgres(inner) => inner.transaction(|inner| {
            let limit = STATEMENT_LIMIT.as_millis();
            // The lock ends with the transaction, also when this process is killed.
            inner.batch_execute(&format!(
                "SET LOCAL statement_timeout = {limit}; SELECT pg_advisory_xact_lock({LOCK})"
            ))?;
            pending(inner, [MIGRATIONS, POSTGRES, service])
        }),
        AnyConnection::Sqlite(inner) => {
            inner.batch_execute(&format!("PRAGMA busy_timeout = {}", STATEMENT_LIMIT.as_millis())).map_err(refused)?;
            inner.immediate_transaction(|inner| pending(inner, [MIGRATIONS, SQLITE, service]))
        }
    };
    done.map_err(|failure| failure.0)
}

fn pending<C, DB>(connection: &mut C, sources: [EmbeddedMigrations; 3]) -> Result<(), Failure>
where
    C: MigrationHarness<DB>,
    DB: diesel::backend::Backend,
    EmbeddedMigrations: MigrationSource<DB>,
{
    for source in sources {
        connection
            .run_pending_migrations(source)
            .map_err(|error| Failure(DatabaseError::Migration(error.to_string())))?;
    }
    Ok(())
}

/// Carries our error through diesel's transaction, which wants to add its own.
struct Failure(DatabaseError);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(refused(error))
    }
}

fn refused(error: Error) -> DatabaseError {
    match super::StoreError::from(error) {
        super::StoreError::Unavailable(cause) => DatabaseError::Unavailable(cause),
        super::StoreError::Query(error) => DatabaseError::Migration(error.to_string()),
    }
}
