//! One transaction around one closure.

use diesel::QueryResult;
use diesel::connection::{AnsiTransactionManager, TransactionManager};

use super::{AnyConnection, StoreError};

/// How an attempt ended.
pub(super) enum Attempt<T, E> {
    /// With an answer, good or bad.
    Answered(Result<T, E>),
    /// The connection died before COMMIT was sent: certainly nothing was changed, so it may be tried again.
    Died,
}

/// Runs `work` between BEGIN and COMMIT; an error of `work` rolls back.
///
/// SQLite begins IMMEDIATE: a transaction that reads first and then writes would else fail when another process wrote
/// in between.
pub(super) fn transact<T, E>(
    connection: &mut AnyConnection,
    work: &impl Fn(&mut AnyConnection) -> Result<T, E>,
) -> Attempt<T, E>
where
    E: From<StoreError>,
{
    if let Err(error) = begin(connection) {
        // Of PostgreSQL a BEGIN fails only for a dead connection; of SQLite because another process holds the file.
        let is_postgres = matches!(connection, AnyConnection::Postgres(_));
        return if is_postgres { Attempt::Died } else { Attempt::Answered(Err(StoreError::from(error).into())) };
    }
    match work(connection) {
        Ok(value) => Attempt::Answered(commit(connection).map(|()| value).map_err(E::from)),
        // ROLLBACK is the probe: a connection that can do it is alive, and the error is the caller's.
        Err(error) => match rollback(connection) {
            Ok(()) => Attempt::Answered(Err(error)),
            Err(_) => Attempt::Died,
        },
    }
}

// diesel's own `immediate_transaction` hands out a `SqliteConnection`; these keep `AnyConnection` for the closure and
// let diesel count the depth, so that a `transaction` inside becomes a savepoint.
fn begin(connection: &mut AnyConnection) -> QueryResult<()> {
    match connection {
        AnyConnection::Postgres(inner) => AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN"),
        AnyConnection::Sqlite(inner) => AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN IMMEDIATE"),
    }
}

fn commit(connection: &mut AnyConnection) -> Result<(), StoreError> {
    let committed = match connection {
        AnyConnection::Postgres(inner) => AnsiTransactionManager::commit_transaction(inner),
        AnyConnection::Sqlite(inner) => AnsiTransactionManager::commit_transaction(inner),
    };
    committed.map_err(StoreError::from)
}

fn rollback(connection: &mut AnyConnection) -> QueryResult<()> {
    match connection {
        AnyConnection::Postgres(inner) => AnsiTransactionManager::rollback_transaction(inner),
        AnyConnection::Sqlite(inner) => AnsiTransactionManager::rollback_transaction(inner),
    }
}
