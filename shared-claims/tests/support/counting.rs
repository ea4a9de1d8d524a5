//! Decorators that count, to show what is *not* done.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::future::BoxFuture;
use jsonwebtoken::Algorithm;
use shared_claims::claims::AccessToken;
use shared_claims::ids::KeyId;
use shared_claims::keys::{KeySource, KeysUnavailable, PublicKey};
use shared_claims::testing::Mint;
use shared_claims::verify::{Refusal, Verified, Verify};

/// The keys of a mint, and how often they were asked for.
pub struct CountingKeys {
    mint: Mint,
    finds: AtomicUsize,
    refreshes: AtomicUsize,
    away: AtomicBool,
}

impl CountingKeys {
    pub fn new(mint: Mint) -> Self {
        Self { mint, finds: AtomicUsize::new(0), refreshes: AtomicUsize::new(0), away: AtomicBool::new(false) }
    }

    /// How often a key was looked for.
    pub fn finds(&self) -> usize {
        self.finds.load(Ordering::SeqCst)
    }

    /// How often newer keys were asked for: each would be a request to the issuer.
    pub fn refreshes(&self) -> usize {
        self.refreshes.load(Ordering::SeqCst)
    }

    /// From now on the issuer cannot be asked.
    pub fn go_away(&self) {
        self.away.store(true, Ordering::SeqCst);
    }
}

impl KeySource for CountingKeys {
    fn find(&self, kid: Option<&KeyId>, algorithm: Algorithm) -> Option<Arc<PublicKey>> {
        self.finds.fetch_add(1, Ordering::SeqCst);
        self.mint.find(kid, algorithm)
    }
    fn refresh(&self) -> BoxFuture<'_, Result<(), KeysUnavailable>> {
        self.refreshes.fetch_add(1, Ordering::SeqCst);
        let away = self.away.load(Ordering::SeqCst);
        Box::pin(std::future::ready(if away { Err(KeysUnavailable) } else { Ok(()) }))
    }
    fn generation(&self) -> u64 {
        self.mint.generation()
    }
    fn is_ready(&self) -> bool {
        true
    }
}

/// A verifier, and how often it was called.
pub struct CountingVerifier<V> {
    verifier: V,
    calls: Arc<AtomicUsize>,
}

impl<V> CountingVerifier<V> {
    pub fn new(verifier: V) -> (Self, Arc<AtomicUsize>) {
        let calls = Arc::new(AtomicUsize::new(0));
        (Self { verifier, calls: Arc::clone(&calls) }, calls)
    }
}

impl<V: Verify> Verify for CountingVerifier<V> {
    fn verify<'a>(&'a self, token: &'a [u8]) -> BoxFuture<'a, Result<Arc<Verified<AccessToken>>, Refusal>> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        self.verifier.verify(token)
    }
}
