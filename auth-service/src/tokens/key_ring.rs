//! The keys that sign access tokens. They are made at first start, kept in the database under the key-encryption key,
//! and shared by all replicas.

use std::sync::Arc;

use jsonwebtoken::Algorithm;
use service_kit::Database;
use service_kit::keyring::{KeyEncryptionKey, KeyringError, SealedKeys};
use shared_claims::clock::Clock;
use shared_claims::keys::{InvalidJwk, InvalidJwkSet, KeySet, PublicKey};
use shared_claims::sign::{JwkSetDocument, SignError, SigningKey};

/// The keys could not be made or loaded.
#[derive(Debug, thiserror::Error)]
pub enum KeyRingError {
    /// From the store, or the key-encryption key.
    #[error(transparent)]
    Store(#[from] KeyringError),
    /// A stored key is none.
    #[error(transparent)]
    Key(#[from] SignError),
    /// A public half cannot be published.
    #[error(transparent)]
    Jwk(#[from] InvalidJwk),
    /// The set of public keys is not one.
    #[error(transparent)]
    Set(#[from] InvalidJwkSet),
    /// There is no key, although one was just made.
    #[error("there is no signing key")]
    Empty,
}

/// All keys, of which the newest signs.
pub struct KeyRing {
    keys: Vec<Arc<SigningKey>>,
    current: Arc<SigningKey>,
    published: KeySet,
}

impl KeyRing {
    /// Loads the keys for `algorithm`, or makes the first one.
    ///
    /// # Errors
    /// [`KeyRingError`].
    pub async fn load(
        database: &Database,
        kek: &KeyEncryptionKey,
        algorithm: Algorithm,
        clock: &Clock,
    ) -> Result<Self, KeyRingError> {
        let generate = move || -> Result<_, SignError> {
            let der = SigningKey::generate_pkcs8(algorithm)?;
            let kid = SigningKey::from_pkcs8(algorithm, &der)?.kid().to_string();
            Ok((kid, der))
        };
        let purpose = format!("access-token {algorithm:?}");
        let stored = SealedKeys::load_or_generate(database, kek, &purpose, clock.micros(), generate).await?;
        let keys = stored
            .iter()
            .map(|key| SigningKey::from_pkcs8(algorithm, &key.secret).map(Arc::new))
            .collect::<Result<Vec<_>, _>>()?;
        let public = keys.iter().map(|key| PublicKey::from_jwk(key.public_jwk())).collect::<Result<Vec<_>, _>>()?;
        let current = keys.last().cloned().ok_or(KeyRingError::Empty)?;
        Ok(Self { keys, current, published: KeySet::new(public)? })
    }

    /// The key that signs.
    #[must_use]
    pub fn current(&self) -> &SigningKey {
        &self.current
    }

    /// The public halves, for `jwks.json`.
    #[must_use]
    pub fn document(&self) -> JwkSetDocument {
        JwkSetDocument::of(self.keys.iter().map(AsRef::as_ref))
    }

    /// The public halves, for verifying our own tokens.
    #[must_use]
    pub fn key_set(&self) -> KeySet {
        self.published.clone()
    }
}
