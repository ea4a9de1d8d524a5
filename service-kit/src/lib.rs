//! Plumbing of the services: settings, database, problem bodies, server, health, metrics, log.
//!
//! This crate knows nothing of tokens, users or permissions, and imports no other member of the workspace.
//! Nothing here is global to the process but the logger and the metrics recorder, so several services can
//! run side by side in one process.

#![warn(missing_docs)]

pub mod audit;
pub mod batch;
pub mod body;
pub mod database;
pub mod health;
pub mod ids;
pub mod keyring;
pub mod logging;
pub mod metrics;
pub mod page;
pub mod private_file;
pub mod problem;
pub mod request_id;
pub mod secret;
pub mod server;
pub mod settings;
#[cfg(feature = "testing")]
pub mod testing;
pub mod time;

pub use audit::{AuditEvent, AuditFilter, AuditLog, AuditRow, Outcome};
pub use database::{AnyConnection, Database, DatabaseError, DatabaseSettings, MIGRATIONS, StoreError};
pub use problem::{FieldError, Problem};
pub use request_id::RequestId;
pub use secret::Secret;
