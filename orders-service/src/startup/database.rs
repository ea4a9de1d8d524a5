//! The database at start: it may come later than the service, as containers do.

use std::time::Duration;

use service_kit::{Database, DatabaseError, DatabaseSettings};
use tokio::time::sleep;

use crate::store::MIGRATIONS;

/// How often it is tried, once a second.
const TRIES: u32 = 60;
/// Every so many failures are worth a line in the log.
const LOGGED: u32 = 10;

/// Opens the database and brings its schema up to date, waiting up to a minute for one that is away.
///
/// # Errors
/// [`DatabaseError`], the last one when the minute is over.
pub async fn open_and_migrate(settings: &DatabaseSettings) -> Result<Database, DatabaseError> {
    let mut failures = 0;
    loop {
        match try_once(settings).await {
            Err(DatabaseError::Unavailable(cause)) if failures < TRIES => {
                if failures.is_multiple_of(LOGGED) {
                    log::warn!("waiting for the database: {cause}");
                }
                failures = failures.saturating_add(1);
                sleep(Duration::from_secs(1)).await;
            }
            done => return done,
        }
    }
}

async fn try_once(settings: &DatabaseSettings) -> Result<Database, DatabaseError> {
    let database = Database::open(settings)?;
    database.migrate(MIGRATIONS).await?;
    Ok(database)
}
