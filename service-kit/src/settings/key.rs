//! Where the key-encryption key is.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::keyring::{KeyEncryptionKey, KeyringError};

/// `KEY_ENCRYPTION_KEY_FILE`.
#[derive(Debug, Clone, Default, Args)]
pub struct KeyArgs {
    /// File with the key-encryption key: 32 random bytes in base64 (`openssl rand -base64 32`). When given it must
    /// exist, and all replicas need the same [default: a file beside the database, made at first start with mode 0600]
    #[arg(long, env = "KEY_ENCRYPTION_KEY_FILE", value_name = "PATH")]
    pub key_encryption_key_file: Option<PathBuf>,
}

impl KeyArgs {
    /// Loads the given file; without one, loads or makes the file `default`.
    ///
    /// # Errors
    /// As [`KeyEncryptionKey::load`] and [`KeyEncryptionKey::load_or_create`].
    pub fn load(&self, default: &Path) -> Result<KeyEncryptionKey, KeyringError> {
        match &self.key_encryption_key_file {
            // A file that was named and is missing is a mistake: a new key would not open what is sealed under the old
            // one.
            Some(path) => KeyEncryptionKey::load(path),
            None => KeyEncryptionKey::load_or_create(default),
        }
    }
}
