//! What is kept. The only room that names diesel.

pub mod assertions;
pub mod authorizations;
pub mod cached;
pub mod clients;
pub mod consents;
mod fault;
pub mod pushed_requests;
mod schema;
pub mod secrets;
pub mod sessions;
pub mod sign_in_links;
pub mod users;

pub use fault::{ChangeError, CorruptRow};

use diesel_migrations::{EmbeddedMigrations, embed_migrations};

/// This service's tables.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");
