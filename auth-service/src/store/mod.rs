//! What is kept. The only room that names diesel.

pub mod assertions;
pub mod cached;
pub mod clients;
mod fault;
mod schema;
pub mod secrets;
pub mod sign_in_links;
pub mod users;

pub use fault::{ChangeError, CorruptRow};

use diesel_migrations::{EmbeddedMigrations, embed_migrations};

/// This service's tables.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");
