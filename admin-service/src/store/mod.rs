//! The only room that names diesel.

mod fulfilments;
mod schema;

pub use fulfilments::{Accepted, Fulfilments};

use diesel_migrations::{EmbeddedMigrations, embed_migrations};

/// The tables of this service.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");
