//! What can go wrong with keys. The texts are for the person who runs the service and hold no key.

use std::io;

use crate::database::StoreError;

/// A key could not be read, sealed, opened, made or stored.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// The file of the key-encryption key cannot be read or written.
    #[error(
        "key-encryption key file {path}: {cause}; \
         KEY_ENCRYPTION_KEY_FILE must name a file with 32 random bytes in base64 (make one: openssl rand -base64 32)"
    )]
    File {
        /// Path of the file.
        path: String,
        /// What the system says.
        cause: io::Error,
    },
    /// The file holds something else.
    #[error("key-encryption key file {path} does not hold 32 bytes in base64; make one with: openssl rand -base64 32")]
    Malformed {
        /// Path of the file.
        path: String,
    },
    /// There are stored keys, and no file with the key under which they were sealed.
    #[error(
        "there is no key-encryption key file {path}, and the database has keys that were sealed under one: put the file \
         that was used before there, or name it by KEY_ENCRYPTION_KEY_FILE"
    )]
    Lost {
        /// Path of the file.
        path: String,
    },
    /// A stored key does not open.
    #[error(
        "the stored key {key_id} was sealed under another key-encryption key (or was altered): \
         give the file that was used before as KEY_ENCRYPTION_KEY_FILE"
    )]
    WrongKey {
        /// Name of the key that does not open.
        key_id: String,
    },
    /// The cryptographic library refused; it does so only when it lacks memory or randomness.
    #[error("the cryptographic library failed: {0}")]
    Crypto(&'static str),
    /// The caller's function that makes a key failed.
    #[error("a new key could not be made: {0}")]
    Generate(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<diesel::result::Error> for KeyringError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}
