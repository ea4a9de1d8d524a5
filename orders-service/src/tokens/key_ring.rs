//! The service's own signing keys, kept in its database under the key-encryption key, so that replicas share them.

use std::sync::Arc;

use jsonwebtoken::Algorithm;
use service_kit::Database;
use service_kit::keyring::{KeyEncryptionKey, KeyringError, SealedKeys, StoredKey};
use shared_claims::sign::{JwkSetDocument, SignError, SigningKey};

const ALGORITHM: Algorithm = Algorithm::ES256;

/// One purpose for both kinds of token: their `typ` keeps them apart, and auth-service and partners read the same JWKS.
const PURPOSE: &str = "orders-service-signing";

/// The keys could not be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyRingError {
    /// From the database, or from under the key-encryption key.
    #[error(transparent)]
    Stored(#[from] KeyringError),
    /// What was stored is no private key.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The ring is empty, although a key was just made.
    #[error("there is no signing key")]
    Empty,
}

/// All keys: the newest signs, all are published.
#[derive(Debug, Clone)]
pub struct KeyRing {
    keys: Vec<Arc<SigningKey>>,
    newest: Arc<SigningKey>,
}

impl KeyRing {
    /// Loads the keys; at the very first start one is made, `now` (microseconds since 1970).
    ///
    /// # Errors
    /// [`KeyRingError`].
    pub async fn load(database: &Database, kek: &KeyEncryptionKey, now: i64) -> Result<Self, KeyRingError> {
        let stored = SealedKeys::load_or_generate(database, kek, PURPOSE, now, generate).await?;
        let keys = stored.iter().map(prepared).collect::<Result<Vec<_>, _>>()?;
        let newest = keys.last().map(Arc::clone).ok_or(KeyRingError::Empty)?;
        Ok(Self { keys, newest })
    }

    /// The key that signs.
    pub fn signing_key(&self) -> Arc<SigningKey> {
        Arc::clone(&self.newest)
    }

    /// The public halves, as they are published.
    pub fn jwk_set(&self) -> JwkSetDocument {
        JwkSetDocument::of(self.keys.iter().map(AsRef::as_ref))
    }
}

fn generate() -> Result<service_kit::keyring::NewKey, SignError> {
    let der = SigningKey::generate_pkcs8(ALGORITHM)?;
    let kid = SigningKey::from_pkcs8(ALGORITHM, &der)?.kid().to_string();
    Ok((kid, der))
}

fn prepared(key: &StoredKey) -> Result<Arc<SigningKey>, SignError> {
    SigningKey::from_pkcs8(ALGORITHM, &key.secret).map(Arc::new)
}
