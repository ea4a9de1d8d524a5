//! The handle that services hold.

use std::sync::Arc;
use std::time::Duration;

use diesel::QueryResult;
use diesel_migrations::EmbeddedMigrations;
use scheduled_thread_pool::ScheduledThreadPool;

use super::address::Address;
use super::manager::{Access, Manager};
use super::pool::Lane;
use super::settings::CALL_LIMIT;
use super::transaction::transact;
use super::{AnyConnection, DatabaseError, DatabaseSettings, StoreError, call, migrate, sqlite_file};

/// Longest wait of [`Database::is_ready`].
const READY_LIMIT: Duration = Duration::from_secs(1);
/// How often, and how far apart, [`Database::open_and_migrate`] tries.
const START_TRIES: u32 = 60;
const START_RETRY: Duration = Duration::from_secs(1);
/// While it waits it says so once in this many tries.
const TRIES_PER_LINE: u32 = 10;

/// One database. Cloning gives another handle to the same pool.
#[derive(Clone)]
pub struct Database {
    address: Arc<Address>,
    readers: Lane,
    // SQLite has one writer (one is faster than eight, PERFORMANCE.md); for PostgreSQL this is the same pool as
    // `readers`.
    writer: Lane,
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").field("is_postgres", &self.is_postgres()).finish_non_exhaustive()
    }
}

impl Database {
    /// Reads the URL and builds the pool. PostgreSQL may be away; an SQLite file is made (0600, in a directory 0700)
    /// and opened.
    ///
    /// # Errors
    /// When the URL cannot be used (the text never shows it) or the SQLite file cannot be opened.
    pub fn open(settings: &DatabaseSettings) -> Result<Self, DatabaseError> {
        let address = Arc::new(Address::parse(settings)?);
        // Two threads open connections, for both pools: r2d2 would start three for each.
        let openers =
            Arc::new(ScheduledThreadPool::builder().num_threads(2).thread_name_pattern("database-{}").build());
        let size = settings.pool_size.max(1);
        if let Address::Sqlite { path } = &*address {
            sqlite_file::prepare(path)?;
            // Turns the file to WAL before any reader sees it.
            let first = Manager { address: Arc::clone(&address), access: Access::Write }.open();
            first.map_err(|error| DatabaseError::Unavailable(error.to_string()))?;
        }
        let readers = Lane::new(&address, Access::Read, size, &openers);
        let writer =
            if address.is_postgres() { readers.clone() } else { Lane::new(&address, Access::Write, 1, &openers) };
        Ok(Self { address, readers, writer })
    }

    /// Brings the schema up to date: first this crate's tables, then `migrations`, all or nothing. Replicas that start
    /// at once wait for each other, and each migration runs once.
    ///
    /// # Errors
    /// [`DatabaseError::Unavailable`] when the database is away (try again), [`DatabaseError::Migration`] when a
    /// migration fails.
    pub async fn migrate(&self, migrations: EmbeddedMigrations) -> Result<(), DatabaseError> {
        let address = Arc::clone(&self.address);
        let run = tokio::task::spawn_blocking(move || migrate::run(&address, migrations)).await;
        run.map_err(|fault| DatabaseError::Migration(fault.to_string()))?
    }

    /// Opens the database and brings its schema up to date as [`Self::migrate`] does; waits up to a minute for one that
    /// is away, because machines that start together do not start in order.
    ///
    /// # Errors
    /// [`DatabaseError`]; [`DatabaseError::Unavailable`] when the minute is over.
    pub async fn open_and_migrate(
        settings: &DatabaseSettings,
        migrations: fn() -> EmbeddedMigrations,
    ) -> Result<Self, DatabaseError> {
        let database = Self::open(settings)?;
        for failures in 0..START_TRIES {
            match database.migrate(migrations()).await {
                Err(DatabaseError::Unavailable(cause)) => {
                    if failures.is_multiple_of(TRIES_PER_LINE) {
                        log::warn!("waiting for the database: {cause}");
                    }
                    tokio::time::sleep(START_RETRY).await;
                }
                done => return done.map(|()| database),
            }
        }
        database.migrate(migrations()).await.map(|()| database)
    }

    /// Runs queries that change nothing, outside a transaction. On SQLite a write fails here.
    ///
    /// `f` is called a second time when its first connection turned out to be dead.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Unavailable`] at the latest after [`CALL_LIMIT`].
    pub async fn read<T, F>(&self, f: F) -> Result<T, StoreError>
    where
        F: Fn(&mut AnyConnection) -> QueryResult<T> + Send + 'static,
        T: Send + 'static,
    {
        call::on_thread(&self.readers, CALL_LIMIT, move |lane| call::query(lane, &f)).await
    }

    /// Runs `f` in a transaction; it is committed, durably, when `f` returns `Ok`, and rolled back when it returns
    /// `Err`.
    ///
    /// `E` is [`StoreError`], or the caller's own error with `From<StoreError>`; to use `?` on diesel's results inside
    /// `f`, it also needs `From<diesel::result::Error>`. `f` is called a second time when its connection died before
    /// COMMIT was sent: it must have no effect but on the database.
    ///
    /// # Errors
    /// What `f` returns, or a [`StoreError`]; [`StoreError::Unavailable`] at the latest after [`CALL_LIMIT`]. When the
    /// answer to COMMIT is lost the transaction may have taken place, so what callers repeat must be safe to repeat.
    pub async fn write<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: Fn(&mut AnyConnection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let work = move |lane: &Lane| call::with_repeat(lane, |connection| transact(connection, &f));
        call::on_thread(&self.writer, CALL_LIMIT, work).await
    }

    /// Whether the database answers `SELECT 1` within a second.
    pub async fn is_ready(&self) -> bool {
        call::on_thread(&self.readers, READY_LIMIT, call::probe).await.is_ok()
    }

    /// PostgreSQL, and not SQLite.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        self.address.is_postgres()
    }
}
