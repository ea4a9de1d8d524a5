//! Where the database is.

use std::path::PathBuf;

use clap::Args;

use super::SettingsError;
use crate::{
    database::DatabaseSettings,
    secret::{Secret, read_secret},
};

/// `DATABASE_URL`, its `_FILE` twin, and `DATABASE_POOL_SIZE`.
#[derive(Debug, Clone, Args)]
pub struct DatabaseArgs {
    /// Database: sqlite:///absolute/path, sqlite://relative/path or postgres://user:password@host:port/name
    /// [default: an SQLite file of the service's own in ./data]
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<Secret>,

    /// File that holds the database URL, instead of DATABASE_URL [default: none]
    #[arg(long, env = "DATABASE_URL_FILE", value_name = "PATH")]
    pub database_url_file: Option<PathBuf>,

    /// Most connections held open at once, 1 to 100; SQLite adds one that writes
    #[arg(long, env = "DATABASE_POOL_SIZE", value_name = "CONNECTIONS",
          default_value_t = DatabaseSettings::DEFAULT_POOL_SIZE,
          value_parser = clap::value_parser!(u32).range(1..=100))]
    pub database_pool_size: u32,
}

impl Default for DatabaseArgs {
    fn default() -> Self {
        Self { database_url: None, database_url_file: None, database_pool_size: DatabaseSettings::DEFAULT_POOL_SIZE }
    }
}

impl DatabaseArgs {
    /// Settings for [`Database::open`](crate::Database::open); `default_url` is used when no URL is given.
    ///
    /// # Errors
    /// When both the URL and its file are given, or the file cannot be read.
    pub fn settings(&self, default_url: &str) -> Result<DatabaseSettings, SettingsError> {
        let inline = self.database_url.as_ref().map(|url| url.expose().clone());
        let url = read_secret(inline, self.database_url_file.clone(), "DATABASE_URL")?;
        let url = url.unwrap_or_else(|| Secret::new(default_url.to_owned()));
        Ok(DatabaseSettings { pool_size: self.database_pool_size, ..DatabaseSettings::new(url) })
    }
}
