//! The database: the only room that names diesel.
//!
//! Every query of somebody's rows is given the [`Owner`](crate::domain::owner::Owner) and filters by it, so that another's
//! row is not found, whichever id is asked for. Whether an account is its partner's is known only here, so it is asked
//! here, each time.

mod accounts;
mod audit;
mod error;
mod fulfilments;
mod idempotency;
mod orders;
mod schema;

pub use error::WriteError;

use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use service_kit::{AuditLog, Database};

/// The tables of this service, for [`Database::migrate`].
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// Queries of this service. Cloning gives another handle to the same database.
#[derive(Debug, Clone)]
pub struct Store {
    database: Database,
    audit: AuditLog,
}

impl Store {
    /// The tables in `database`; what is written there is told to `audit`.
    pub fn new(database: Database, audit: AuditLog) -> Self {
        Self { database, audit }
    }
}
