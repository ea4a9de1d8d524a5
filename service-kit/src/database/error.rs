//! What can go wrong with the database.

use diesel::result::{DatabaseErrorKind, Error};

/// The database could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The URL cannot be used. The text never holds the URL.
    #[error("DATABASE_URL: {0}")]
    Url(String),
    /// The SQLite file or its directory cannot be made or opened.
    #[error("database file {path}: {cause}")]
    File {
        /// Path of the file or directory.
        path: String,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The database cannot be reached. Worth trying again.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// A migration failed; nothing of the run was kept.
    #[error("migration failed, nothing was changed: {0}")]
    Migration(String),
}

/// A call to the database failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database gave no answer in time, cannot be reached, is full, or stopped our statement; the cause is for the
    /// log. To be answered 503. Of a write it is not known whether it took place when the commit itself got no answer.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// The database refused the statement.
    #[error(transparent)]
    Query(Error),
}

impl StoreError {
    /// Another row already has this key.
    #[must_use]
    pub fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Query(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)))
    }

    /// There is no such row.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Query(Error::NotFound))
    }

    /// The same error for another of those who wait for one batch: kind and text are kept, details are not.
    pub(crate) fn repeat(&self) -> Self {
        match self {
            Self::Unavailable(cause) => Self::Unavailable(cause.clone()),
            Self::Query(Error::NotFound) => Self::Query(Error::NotFound),
            Self::Query(Error::DatabaseError(kind, info)) => {
                let kind =
                    if self.is_unique_violation() { DatabaseErrorKind::UniqueViolation } else { same_or_unknown(kind) };
                Self::Query(Error::DatabaseError(kind, Box::new(info.message().to_owned())))
            }
            Self::Query(error) => Self::Query(Error::QueryBuilderError(error.to_string().into())),
        }
    }
}

// `DatabaseErrorKind` is not `Copy`; only kinds that somebody asks for are kept.
fn same_or_unknown(kind: &DatabaseErrorKind) -> DatabaseErrorKind {
    match kind {
        DatabaseErrorKind::ForeignKeyViolation => DatabaseErrorKind::ForeignKeyViolation,
        DatabaseErrorKind::NotNullViolation => DatabaseErrorKind::NotNullViolation,
        DatabaseErrorKind::CheckViolation => DatabaseErrorKind::CheckViolation,
        _ => DatabaseErrorKind::Unknown,
    }
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        if is_transient(&error) { Self::Unavailable(error.to_string()) } else { Self::Query(error) }
    }
}

/// Whether the fault lies in the state of the database and not in the statement, so that trying later may succeed.
fn is_transient(error: &Error) -> bool {
    match error {
        Error::BrokenTransactionManager | Error::RollbackErrorOnCommit { .. } => true,
        Error::DatabaseError(
            DatabaseErrorKind::ClosedConnection
            | DatabaseErrorKind::UnableToSendCommand
            | DatabaseErrorKind::SerializationFailure
            | DatabaseErrorKind::ReadOnlyTransaction,
            _,
        ) => true,
        // Diesel does not pass on the SQLSTATE of these, so their texts have to do (57014, 57P01, 53100, 40P01;
        // SQLITE_BUSY, _FULL, _IOERR).
        Error::DatabaseError(_, info) => {
            let transient = [
                "statement timeout",
                "terminating connection",
                "the database system is",
                "No space left on device",
                "deadlock detected",
                "database is locked",
                "database or disk is full",
                "disk I/O error",
                "unable to open database file",
                "server closed the connection",
            ];
            transient.iter().any(|text| info.message().contains(text))
        }
        _ => false,
    }
}
