//! Opens connections for the pool.
//!
//! Our own manager, because `AnyConnection::establish` tries each variant in turn: with PostgreSQL away it would open
//! an SQLite file named after the URL, and it hides the cause.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::r2d2::R2D2Connection as _;
use diesel::{Connection as _, PgConnection, SqliteConnection};

use super::AnyConnection;
use super::address::{Address, without_credentials};
use super::settings::BUSY_LIMIT;

/// A pooled connection, and whether it was found dead.
pub(super) struct Slot {
    pub(super) connection: AnyConnection,
    pub(super) is_dead: bool,
}

/// Whether a connection may change rows; SQLite enforces it, so that a `read` cannot write past the one writer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
}

pub(super) struct Manager {
    pub(super) address: std::sync::Arc<Address>,
    pub(super) access: Access,
}

/// The text is safe for the log: no credentials.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct ConnectError(pub(super) String);

impl Manager {
    pub(super) fn open(&self) -> Result<AnyConnection, ConnectError> {
        match &*self.address {
            Address::Postgres { uri, statement_timeout } => open_postgres(uri, *statement_timeout),
            Address::Sqlite { path } => {
                let path = path.to_str().ok_or_else(|| ConnectError("the path is not UTF-8".to_owned()))?;
                open_sqlite(path, self.access)
            }
        }
    }
}

fn open_postgres(uri: &str, statement_timeout: Duration) -> Result<AnyConnection, ConnectError> {
    let safe = |message: String| ConnectError(without_credentials(&message, uri));
    let mut connection = PgConnection::establish(uri).map_err(|error| safe(error.to_string()))?;
    let limits = format!("SET statement_timeout = {}", statement_timeout.as_millis());
    connection.batch_execute(&limits).map_err(|error| safe(error.to_string()))?;
    Ok(AnyConnection::Postgres(connection))
}

fn open_sqlite(path: &str, access: Access) -> Result<AnyConnection, ConnectError> {
    let failed = |error: &dyn std::fmt::Display| ConnectError(format!("{path}: {error}"));
    let mut connection = SqliteConnection::establish(path).map_err(|error| failed(&error))?;
    // busy_timeout first: the others already wait for it. FULL: in WAL mode NORMAL may lose the last commits when power
    // fails.
    let common = format!(
        "PRAGMA busy_timeout = {}; PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA cache_size = -1024;",
        BUSY_LIMIT.as_millis()
    );
    let own = match access {
        Access::Write => "PRAGMA journal_mode = WAL;",
        Access::Read => "PRAGMA query_only = ON;",
    };
    connection.batch_execute(&format!("{common}{own}")).map_err(|error| failed(&error))?;
    Ok(AnyConnection::Sqlite(connection))
}

impl r2d2::ManageConnection for Manager {
    type Connection = Slot;
    type Error = ConnectError;

    fn connect(&self) -> Result<Slot, ConnectError> {
        self.open().map(|connection| Slot { connection, is_dead: false })
    }

    fn is_valid(&self, slot: &mut Slot) -> Result<(), ConnectError> {
        slot.connection.ping().map_err(|error| ConnectError(error.to_string()))
    }

    fn has_broken(&self, slot: &mut Slot) -> bool {
        slot.is_dead || std::thread::panicking() || slot.connection.is_broken()
    }
}

/// Logs why connecting fails, at most once in ten seconds: the pool tries again several times a second, for as long as
/// the database is away.
#[derive(Debug, Default)]
pub(super) struct QuietErrors {
    last: Mutex<Option<Instant>>,
}

impl r2d2::HandleError<ConnectError> for QuietErrors {
    fn handle_error(&self, error: ConnectError) {
        let Ok(mut last) = self.last.lock() else { return };
        if last.is_none_or(|at| at.elapsed() >= Duration::from_secs(10)) {
            *last = Some(Instant::now());
            log::warn!("no connection to the database: {error}");
        }
    }
}
