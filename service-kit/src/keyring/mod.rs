//! Private keys at rest: sealed under one key-encryption key that lies in a file and never in the database.
//!
//! What the keys are for is not known here; they are bytes with a name.

mod error;
mod key_file;
mod seal;
mod sealed_keys;
mod table;

pub use error::KeyringError;
pub use key_file::KeyEncryptionKey;
pub use sealed_keys::{NewKey, SealedKeys, StoredKey};
