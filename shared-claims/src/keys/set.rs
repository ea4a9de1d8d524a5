//! A JWK Set (RFC 7517 section 5), as prepared keys.

use std::sync::Arc;

use jsonwebtoken::Algorithm;
use jsonwebtoken::jwk::Jwk;
use serde::Deserialize;
use serde_json::Value;

use super::jwk::PublicKey;
use crate::ids::KeyId;

/// What came is no JWK Set with a usable key in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidJwkSet {
    /// Not JSON, or no `keys`.
    #[error("not a JWK Set")]
    Form,
    /// No key in it can check a signature.
    #[error("no usable key in the JWK Set")]
    NoUsableKey,
    /// Two keys have the same `kid`, so that it does not tell which is meant.
    #[error("two keys with the same kid")]
    AmbiguousKid,
}

/// An issuer's keys.
#[derive(Clone, Default)]
pub struct KeySet(Vec<Arc<PublicKey>>);

impl KeySet {
    /// Of these keys.
    ///
    /// # Errors
    /// [`InvalidJwkSet::AmbiguousKid`].
    pub fn new(keys: impl IntoIterator<Item = PublicKey>) -> Result<Self, InvalidJwkSet> {
        let mut set = Self::default();
        for key in keys {
            if key.kid().is_some() && set.0.iter().any(|other| other.kid() == key.kid()) {
                return Err(InvalidJwkSet::AmbiguousKid);
            }
            set.0.push(Arc::new(key));
        }
        Ok(set)
    }

    /// From the JSON of a JWK Set. Keys of a kind, use or curve that we do not handle are passed over, as RFC 7517
    /// section 5 asks: an issuer may have keys for other purposes.
    ///
    /// # Errors
    /// [`InvalidJwkSet`].
    pub fn from_json(json: &[u8]) -> Result<Self, InvalidJwkSet> {
        #[derive(Deserialize)]
        struct Document {
            keys: Vec<Value>,
        }
        let document: Document = serde_json::from_slice(json).map_err(|_| InvalidJwkSet::Form)?;
        let usable = document.keys.into_iter().filter_map(|value| {
            let jwk: Jwk = serde_json::from_value(value).ok()?;
            PublicKey::from_jwk(&jwk).ok()
        });
        let set = Self::new(usable)?;
        if set.0.is_empty() { Err(InvalidJwkSet::NoUsableKey) } else { Ok(set) }
    }

    /// The key with this `kid` for this algorithm; without a `kid`, the only key for the algorithm.
    #[must_use]
    pub fn find(&self, kid: Option<&KeyId>, algorithm: Algorithm) -> Option<Arc<PublicKey>> {
        if let Some(kid) = kid {
            return self.0.iter().find(|key| key.kid() == Some(kid)).cloned();
        }
        let mut candidates = self.0.iter().filter(|key| key.algorithm() == algorithm);
        match (candidates.next(), candidates.next()) {
            (Some(only), None) => Some(Arc::clone(only)),
            _ => None,
        }
    }

    /// The names of the keys.
    pub fn kids(&self) -> impl Iterator<Item = &KeyId> {
        self.0.iter().filter_map(|key| key.kid())
    }

    /// Whether every key of this set, name and material, is also in `other`: whether none has gone.
    #[must_use]
    pub fn is_contained_in(&self, other: &Self) -> bool {
        self.0.iter().all(|key| other.0.iter().any(|there| there.same_as(key)))
    }
}
