//! The keys of one purpose, shared by all replicas through their database.

use std::fmt::Display;

use zeroize::Zeroizing;

use super::table::{self, Row};
use super::{KeyEncryptionKey, KeyringError};
use crate::database::{Database, StoreError};

/// Name and secret bytes of a key that was just made.
pub type NewKey = (String, Zeroizing<Vec<u8>>);

/// A key as it came out of the database, opened.
#[derive(Clone)]
pub struct StoredKey {
    /// Name of the key.
    pub kid: String,
    /// The secret bytes, as they were given in.
    pub secret: Zeroizing<Vec<u8>>,
    /// Microseconds since 1970.
    pub created_at: i64,
    /// 1 for the first key of its purpose, then counting up.
    pub generation: i32,
}

impl std::fmt::Debug for StoredKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredKey")
            .field("kid", &self.kid)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}

/// Loading, making and removing keys of a `purpose` (a name that the service chooses, such as `access-token`).
#[derive(Debug, Clone, Copy)]
pub struct SealedKeys;

impl SealedKeys {
    /// All keys of the purpose, oldest first.
    ///
    /// # Errors
    /// [`KeyringError::WrongKey`] when one does not open under `kek`; [`KeyringError::Store`].
    pub async fn load(
        database: &Database,
        kek: &KeyEncryptionKey,
        purpose: &str,
    ) -> Result<Vec<StoredKey>, KeyringError> {
        let name = purpose.to_owned();
        let rows = database.read(move |connection| table::find_all(connection, &name)).await?;
        rows.into_iter().map(|row| open(kek, row)).collect()
    }

    /// Whether there is no key of any purpose: nothing was ever sealed here.
    ///
    /// # Errors
    /// [`KeyringError::Store`].
    pub async fn is_empty(database: &Database) -> Result<bool, KeyringError> {
        Ok(database.read(table::is_empty).await?)
    }

    /// All keys of the purpose, oldest first; when there is none, one is made. Replicas that do this at once end with
    /// the same one.
    ///
    /// # Errors
    /// As [`load`](Self::load), and [`KeyringError::Generate`] with what `generate` says.
    pub async fn load_or_generate<F, E>(
        database: &Database,
        kek: &KeyEncryptionKey,
        purpose: &str,
        now_micros: i64,
        generate: F,
    ) -> Result<Vec<StoredKey>, KeyringError>
    where
        F: FnOnce() -> Result<NewKey, E> + Send + 'static,
        E: Display + Send + 'static,
    {
        let found = Self::load(database, kek, purpose).await?;
        if found.is_empty() { Self::add_next(database, kek, purpose, 0, now_micros, generate).await } else { Ok(found) }
    }

    /// Adds the key of the generation after `last`, unless another replica was faster, and gives all keys, oldest
    /// first. A rotation is this, with the newest generation that the caller knows.
    ///
    /// # Errors
    /// As [`load_or_generate`](Self::load_or_generate).
    pub async fn add_next<F, E>(
        database: &Database,
        kek: &KeyEncryptionKey,
        purpose: &str,
        last: i32,
        now_micros: i64,
        generate: F,
    ) -> Result<Vec<StoredKey>, KeyringError>
    where
        F: FnOnce() -> Result<NewKey, E> + Send + 'static,
        E: Display + Send + 'static,
    {
        // An RSA key takes a good part of a second.
        let made = tokio::task::spawn_blocking(move || generate().map_err(|error| error.to_string())).await;
        let (key_id, secret) =
            made.map_err(|fault| KeyringError::Generate(fault.to_string()))?.map_err(KeyringError::Generate)?;
        let sealed = kek.seal(&key_id, &secret)?;
        let row = Row {
            key_id,
            purpose: purpose.to_owned(),
            generation: last.saturating_add(1),
            sealed,
            created_at: now_micros,
        };
        let inserted: Result<(), StoreError> =
            database.write(move |connection| table::insert(connection, &row).map_err(StoreError::from)).await;
        match inserted {
            Err(error) if error.is_unique_violation() => log::info!("another replica made the key of {purpose} first"),
            other => other?,
        }
        Self::load(database, kek, purpose).await
    }

    /// Removes a key for good; whether there was one.
    ///
    /// # Errors
    /// [`KeyringError::Store`].
    pub async fn remove(database: &Database, purpose: &str, kid: &str) -> Result<bool, KeyringError> {
        let (purpose, kid) = (purpose.to_owned(), kid.to_owned());
        let removed: Result<usize, StoreError> =
            database.write(move |connection| table::delete(connection, &purpose, &kid).map_err(StoreError::from)).await;
        Ok(removed? > 0)
    }
}

fn open(kek: &KeyEncryptionKey, row: Row) -> Result<StoredKey, KeyringError> {
    let secret = kek.open(&row.key_id, &row.sealed)?;
    Ok(StoredKey { kid: row.key_id, secret, created_at: row.created_at, generation: row.generation })
}
