//! The keys with which this service proves who it is (`private_key_jwt`), kept sealed in its database, so that all
//! replicas have the same.

use std::sync::Arc;

use jsonwebtoken::Algorithm;
use service_kit::Database;
use service_kit::keyring::{KeyEncryptionKey, KeyringError, SealedKeys};
use shared_claims::sign::{JwkSetDocument, SignError, SigningKey};

/// What the keys are for; part of their rows.
const PURPOSE: &str = "client-assertion";
const ALGORITHM: Algorithm = Algorithm::ES256;

/// This service has no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyRingError {
    /// It could not be read, opened or stored.
    #[error(transparent)]
    Sealed(#[from] KeyringError),
    /// It is none.
    #[error("a stored key cannot be used: {0}")]
    Key(#[from] SignError),
    /// There is none.
    #[error("the key that was just stored is gone")]
    Gone,
}

/// The keys, prepared.
#[derive(Debug, Clone)]
pub struct KeyRing {
    newest: Arc<SigningKey>,
    published: JwkSetDocument,
}

impl KeyRing {
    /// Loads the keys, and makes the first one at first start.
    ///
    /// # Errors
    /// [`KeyRingError`].
    pub async fn load(database: &Database, kek: &KeyEncryptionKey, now_micros: i64) -> Result<Self, KeyRingError> {
        let generate = || {
            let der = SigningKey::generate_pkcs8(ALGORITHM)?;
            let kid = SigningKey::from_pkcs8(ALGORITHM, &der)?.kid().as_str().to_owned();
            Ok::<_, SignError>((kid, der))
        };
        let stored = SealedKeys::load_or_generate(database, kek, PURPOSE, now_micros, generate).await?;
        let prepare = |key: &service_kit::keyring::StoredKey| SigningKey::from_pkcs8(ALGORITHM, &key.secret);
        let keys = stored.iter().map(prepare).collect::<Result<Vec<_>, _>>()?;
        let published = JwkSetDocument::of(&keys);
        let newest = keys.into_iter().next_back().map(Arc::new).ok_or(KeyRingError::Gone)?;
        Ok(Self { newest, published })
    }

    /// The key that signs.
    #[must_use]
    pub fn newest(&self) -> Arc<SigningKey> {
        Arc::clone(&self.newest)
    }

    /// The public halves of all keys, for `/.well-known/jwks.json`.
    #[must_use]
    pub fn published(&self) -> &JwkSetDocument {
        &self.published
    }
}
