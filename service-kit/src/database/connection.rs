//! A connection of either kind.

use diesel::{MultiConnection, PgConnection, SqliteConnection};

/// A connection to PostgreSQL or SQLite; what both can do goes through it, the rest matches on the variant.
///
/// `ON CONFLICT`, `FOR UPDATE` and inserts of many rows do not work through it; `RETURNING` does.
#[derive(MultiConnection)]
pub enum AnyConnection {
    /// PostgreSQL.
    Postgres(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

/// Diesel's backend of [`AnyConnection`], for boxed queries and `check_for_backend`.
pub type AnyBackend = <AnyConnection as diesel::Connection>::Backend;
