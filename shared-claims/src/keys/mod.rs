//! Public keys: one prepared key per `kid`, found without waiting.

mod jwk;
#[cfg(feature = "remote")]
mod remote;
mod roca;
mod set;

pub use jwk::{InvalidJwk, PublicKey};
#[cfg(feature = "exchange")]
pub(crate) use remote::cause as remote_cause;
#[cfg(feature = "remote")]
pub use remote::{RemoteKeys, RemotePolicy};
pub use set::{InvalidJwkSet, KeySet};

use std::sync::Arc;

use futures_util::future::BoxFuture;
use jsonwebtoken::Algorithm;

use crate::ids::KeyId;

/// The keys are not known and could not be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the issuer's keys could not be fetched")]
pub struct KeysUnavailable;

/// Where an issuer's keys come from.
pub trait KeySource: Send + Sync {
    /// The key with this `kid` for this algorithm, as far as is known. Never waits. Without a `kid`, the only key for
    /// the algorithm, if there is exactly one.
    fn find(&self, kid: Option<&KeyId>, algorithm: Algorithm) -> Option<Arc<PublicKey>>;

    /// Asks for newer keys, because a token names one that is not known; returns soon, whatever happens.
    ///
    /// # Errors
    /// [`KeysUnavailable`] if the issuer could not be asked, so that nothing can be said about the key.
    fn refresh(&self) -> BoxFuture<'_, Result<(), KeysUnavailable>>;

    /// Changes whenever a key has gone, so that what was verified with it is not remembered any longer.
    fn generation(&self) -> u64;

    /// Whether any keys are known, for a service's readiness.
    fn is_ready(&self) -> bool;
}

/// A set that never changes.
impl KeySource for KeySet {
    fn find(&self, kid: Option<&KeyId>, algorithm: Algorithm) -> Option<Arc<PublicKey>> {
        Self::find(self, kid, algorithm)
    }
    fn refresh(&self) -> BoxFuture<'_, Result<(), KeysUnavailable>> {
        Box::pin(std::future::ready(Ok(())))
    }
    fn generation(&self) -> u64 {
        0
    }
    fn is_ready(&self) -> bool {
        true
    }
}
