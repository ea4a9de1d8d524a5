//! Where the key-encryption key is.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::database::Database;
use crate::keyring::{KeyEncryptionKey, KeyringError, SealedKeys};

/// `KEY_ENCRYPTION_KEY_FILE`.
#[derive(Debug, Clone, Default, Args)]
pub struct KeyArgs {
    /// File with the key-encryption key: 32 random bytes in base64 (`openssl rand -base64 32`). When given it must
    /// exist, and all replicas need the same [default: a file beside the database, made at first start with mode 0600]
    #[arg(long, env = "KEY_ENCRYPTION_KEY_FILE", value_name = "PATH")]
    pub key_encryption_key_file: Option<PathBuf>,
}

impl KeyArgs {
    /// Loads the given file; without one, loads the file `default`, or makes it if nothing is sealed in `database` yet. A
    /// new key would not open what is sealed under the old one.
    ///
    /// # Errors
    /// As [`KeyEncryptionKey::load`] and [`KeyEncryptionKey::load_or_create`]; [`KeyringError::Lost`];
    /// [`KeyringError::Store`].
    pub async fn load(&self, default: &Path, database: &Database) -> Result<KeyEncryptionKey, KeyringError> {
        if let Some(path) = &self.key_encryption_key_file {
            return KeyEncryptionKey::load(path);
        }
        // Asked before the file is looked for: another replica makes the file first, and then seals keys under it.
        if SealedKeys::is_empty(database).await? {
            return KeyEncryptionKey::load_or_create(default);
        }
        match default.try_exists() {
            Ok(false) => Err(KeyringError::Lost { path: default.display().to_string() }),
            _ => KeyEncryptionKey::load(default),
        }
    }
}
