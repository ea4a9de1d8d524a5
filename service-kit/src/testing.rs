//! A database of its own for every test. Only with the feature `testing`.

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection};
use diesel_migrations::EmbeddedMigrations;
use tempfile::TempDir;

use crate::database::{Database, DatabaseError, DatabaseSettings};
use crate::secret::Secret;

/// The variable that names a PostgreSQL server for tests, as `postgres://admin:password@host:port/postgres`. Without
/// it, tests run on SQLite.
pub const TEST_POSTGRES_URL: &str = "TEST_POSTGRES_URL";

/// Connections of a test's pool: many tests run at once against one server.
const POOL_SIZE: u32 = 4;

/// A fresh database that is gone when this is dropped.
#[derive(Debug)]
pub struct TestDatabase {
    /// Handle to the database.
    pub database: Database,
    settings: DatabaseSettings,
    _home: Home,
}

#[derive(Debug)]
enum Home {
    Folder { _folder: TempDir },
    Server { admin_url: String, name: String },
}

/// The test's database cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum TestDatabaseError {
    /// The temporary folder.
    #[error(transparent)]
    Folder(#[from] std::io::Error),
    /// The PostgreSQL server.
    #[error("TEST_POSTGRES_URL: {0}")]
    Server(String),
    /// Opening or migrating.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl TestDatabase {
    /// On the PostgreSQL server that `TEST_POSTGRES_URL` names, else an SQLite file in a temporary folder. No table is
    /// made.
    ///
    /// # Errors
    /// [`TestDatabaseError`].
    #[expect(
        clippy::disallowed_methods,
        reason = "tests have no settings of their own; the variable is documented above"
    )]
    pub fn create() -> Result<Self, TestDatabaseError> {
        match std::env::var(TEST_POSTGRES_URL) {
            Ok(admin_url) if !admin_url.is_empty() => Self::on_server(admin_url),
            _ => Self::in_folder(),
        }
    }

    /// As [`create`](Self::create), with this crate's tables and those of `migrations`.
    ///
    /// # Errors
    /// [`TestDatabaseError`].
    pub async fn migrated(migrations: EmbeddedMigrations) -> Result<Self, TestDatabaseError> {
        let made = Self::create()?;
        made.database.migrate(migrations).await?;
        Ok(made)
    }

    /// Settings that open the same database again, as a second replica does.
    #[must_use]
    pub fn settings(&self) -> DatabaseSettings {
        self.settings.clone()
    }

    /// Another handle with a pool of its own, as a second replica has.
    ///
    /// # Errors
    /// [`TestDatabaseError`].
    pub fn reopen(&self) -> Result<Database, TestDatabaseError> {
        Ok(Database::open(&self.settings)?)
    }

    fn in_folder() -> Result<Self, TestDatabaseError> {
        let folder = tempfile::tempdir()?;
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        Self::open(url, Home::Folder { _folder: folder })
    }

    fn on_server(admin_url: String) -> Result<Self, TestDatabaseError> {
        let name = crate::ids::new_id("test").replace('-', "");
        run(&admin_url, &format!("CREATE DATABASE {name}"))?;
        let (server, _) =
            admin_url.rsplit_once('/').ok_or_else(|| TestDatabaseError::Server("it names no database".to_owned()))?;
        let url = format!("{server}/{name}");
        Self::open(url, Home::Server { admin_url, name })
    }

    fn open(url: String, home: Home) -> Result<Self, TestDatabaseError> {
        let settings = DatabaseSettings { pool_size: POOL_SIZE, ..DatabaseSettings::new(Secret::new(url)) };
        Ok(Self { database: Database::open(&settings)?, settings, _home: home })
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let Self::Server { admin_url, name } = self else { return };
        // FORCE ends the connections that other handles still hold.
        if let Err(error) = run(admin_url, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")) {
            log::warn!("the test database {name} is left behind: {error}");
        }
    }
}

fn run(admin_url: &str, sql: &str) -> Result<(), TestDatabaseError> {
    let mut connection =
        PgConnection::establish(admin_url).map_err(|error| TestDatabaseError::Server(error.to_string()))?;
    connection.batch_execute(sql).map_err(|error| TestDatabaseError::Server(error.to_string()))
}
