//! The three checks in a row, for those who verify one token after another.

use std::marker::PhantomData;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::claims::Verified;
use super::refusal::{Refusal, SignatureRefusal};
use super::well_formed::Raw;
use crate::agreement::Agreement;
use crate::claims::{AccessToken, Kind};
use crate::clock::Clock;
use crate::keys::KeySource;

/// Verifies tokens of one kind under one agreement.
pub struct Verifier<K> {
    agreement: Agreement,
    keys: Arc<dyn KeySource>,
    clock: Clock,
    kind: PhantomData<fn() -> K>,
}

impl<K: Kind> Verifier<K> {
    /// Tokens are held against `agreement`, with the keys of `keys`, at the time of `clock`.
    #[must_use]
    pub fn new(agreement: Agreement, keys: Arc<dyn KeySource>, clock: Clock) -> Self {
        Self { agreement, keys, clock, kind: PhantomData }
    }

    /// What is verified against.
    #[must_use]
    pub fn agreement(&self) -> &Agreement {
        &self.agreement
    }

    /// All three checks, in the documents' order. Waits only if the token names a key that is not known yet.
    ///
    /// # Errors
    /// The [`Refusal`] of the first check that fails.
    pub async fn verify(&self, token: &[u8]) -> Result<Verified<K>, Refusal> {
        let well_formed = Raw::new(token).well_formed()?;
        let algorithm = well_formed.algorithm(&self.agreement.algorithms)?;
        let key = match self.keys.find(well_formed.unverified_kid(), algorithm) {
            Some(key) => key,
            None => {
                self.keys.refresh().await.map_err(|_| Refusal::KeysUnavailable)?;
                self.keys
                    .find(well_formed.unverified_kid(), algorithm)
                    .ok_or(Refusal::Signature(SignatureRefusal::UnknownKey))?
            }
        };
        let signed = well_formed.signed_by(&key, &self.agreement.algorithms)?;
        Ok(signed.as_agreed(&self.agreement, self.clock.now())?)
    }
}

/// Something that verifies access tokens: a [`Verifier`], or a decorator around one.
pub trait Verify: Send + Sync {
    /// All three checks.
    ///
    /// # Errors
    /// The [`Refusal`] of the first check that fails.
    fn verify<'a>(&'a self, token: &'a [u8]) -> BoxFuture<'a, Result<Arc<Verified<AccessToken>>, Refusal>>;
}

impl Verify for Verifier<AccessToken> {
    fn verify<'a>(&'a self, token: &'a [u8]) -> BoxFuture<'a, Result<Arc<Verified<AccessToken>>, Refusal>> {
        Box::pin(async move { Self::verify(self, token).await.map(Arc::new) })
    }
}
