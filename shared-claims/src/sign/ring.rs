//! All private keys of one service.

use std::sync::Arc;

use jsonwebtoken::Algorithm;
use zeroize::Zeroizing;

use super::key::{SignError, SigningKey};
use super::publish::JwkSetDocument;
use crate::keys::{KeySet, PublicKey};

/// The keys of a service: the newest signs, all are published. Cheap to clone.
#[derive(Clone)]
pub struct KeyRing {
    keys: Arc<[Arc<SigningKey>]>,
    newest: Arc<SigningKey>,
    published: KeySet,
}

impl KeyRing {
    /// A new private key for `algorithm`: its `kid`, and itself as PKCS #8 DER, to be stored.
    ///
    /// # Errors
    /// As [`SigningKey::generate_pkcs8`].
    pub fn generate(algorithm: Algorithm) -> Result<(String, Zeroizing<Vec<u8>>), SignError> {
        let der = SigningKey::generate_pkcs8(algorithm)?;
        let kid = SigningKey::from_pkcs8(algorithm, &der)?.kid().to_string();
        Ok((kid, der))
    }

    /// Of stored keys for `algorithm`, oldest first.
    ///
    /// # Errors
    /// [`SignError::NoKey`] if there is none, [`SignError::InvalidKey`] if one cannot be used.
    pub fn from_pkcs8<'d>(algorithm: Algorithm, stored: impl IntoIterator<Item = &'d [u8]>) -> Result<Self, SignError> {
        let prepare = |der| SigningKey::from_pkcs8(algorithm, der).map(Arc::new);
        let keys = stored.into_iter().map(prepare).collect::<Result<Arc<[_]>, _>>()?;
        let newest = keys.last().cloned().ok_or(SignError::NoKey)?;
        let public = keys.iter().map(|key| PublicKey::from_jwk(key.public_jwk()));
        let public = public.collect::<Result<Vec<_>, _>>().map_err(|_| SignError::InvalidKey)?;
        let published = KeySet::new(public).map_err(|_| SignError::InvalidKey)?;
        Ok(Self { keys, newest, published })
    }

    /// The key that signs.
    #[must_use]
    pub fn newest(&self) -> &Arc<SigningKey> {
        &self.newest
    }

    /// The public halves, for `jwks.json`.
    #[must_use]
    pub fn document(&self) -> JwkSetDocument {
        JwkSetDocument::of(self.keys.iter().map(AsRef::as_ref))
    }

    /// The public halves, for verifying one's own tokens.
    #[must_use]
    pub fn key_set(&self) -> &KeySet {
        &self.published
    }
}
