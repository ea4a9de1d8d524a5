//! One database behind one handle: SQLite or PostgreSQL, chosen by the scheme of the URL.
//!
//! The only room that names the pool, its connections and their PRAGMAs. Calls come in from async code, the work runs
//! on blocking threads (at most as many as there are connections), and every call is answered within [`CALL_LIMIT`].

mod address;
mod call;
mod connection;
mod error;
mod handle;
mod manager;
mod migrate;
mod pool;
mod settings;
mod sqlite_file;
mod transaction;

pub use connection::{AnyBackend, AnyConnection};
pub use error::{DatabaseError, StoreError};
pub use handle::Database;
pub use migrate::MIGRATIONS;
pub use settings::{CALL_LIMIT, DatabaseSettings};
