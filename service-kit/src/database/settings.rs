//! What the pool needs to know.

use std::time::Duration;

use crate::secret::Secret;

/// Longest time that a call takes, whatever the database does; then the answer is
/// [`StoreError::Unavailable`](super::StoreError::Unavailable). Below the 2 s in which a request is to be answered.
pub const CALL_LIMIT: Duration = Duration::from_millis(1800);

/// Longest wait for a connection, within [`CALL_LIMIT`].
pub(super) const CONNECTION_LIMIT: Duration = Duration::from_millis(1500);

/// Longest wait for another process that holds the SQLite file, within [`CALL_LIMIT`].
pub(super) const BUSY_LIMIT: Duration = Duration::from_millis(1500);

/// Where the database is and how it is used.
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    /// `sqlite:///absolute/path`, `sqlite://relative/path`, `postgres://…` or `postgresql://…`.
    pub url: Secret,
    /// Most connections at once. SQLite: as many readers, and one writer beside them.
    pub pool_size: u32,
    /// PostgreSQL: longest time to make a connection; whole seconds, at least 2 (libpq knows no less).
    pub connect_timeout: Duration,
    /// PostgreSQL: longest time of one statement on the server, so that what nobody waits for does not go on.
    pub statement_timeout: Duration,
}

impl DatabaseSettings {
    /// Connections when nothing is said.
    pub const DEFAULT_POOL_SIZE: u32 = 8;

    /// The defaults: 8 connections, 2 s to connect, 1.5 s for a statement: less than [`CALL_LIMIT`], so that a caller who
    /// is told that it failed is not told so while it goes on.
    #[must_use]
    pub fn new(url: impl Into<Secret>) -> Self {
        Self {
            url: url.into(),
            pool_size: Self::DEFAULT_POOL_SIZE,
            connect_timeout: Duration::from_secs(2),
            statement_timeout: Duration::from_millis(1500),
        }
    }
}
