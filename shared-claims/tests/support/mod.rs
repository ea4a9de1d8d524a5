//! What the tests share: one issuer, one audience, one clock that stands still, and tables of forged tokens.
#![cfg_attr(test, allow(dead_code, reason = "every test binary takes its own share of this"))]

pub mod counting;
pub mod issuer;
pub mod material;
pub mod parts;
pub mod table;

use std::sync::Arc;

use counting::CountingKeys;
use futures_util::FutureExt;
use jsonwebtoken::Algorithm;
use serde_json::Value;
use shared_claims::agreement::Agreement;
use shared_claims::claims::{AccessToken, Kind};
use shared_claims::ids::{Audience, Issuer};
use shared_claims::sign::SigningKey;
use shared_claims::testing::{Draft, Mint, TestClock};
use shared_claims::verify::{Refusal, Verified, Verifier};

/// Who issues.
pub const ISSUER: &str = "https://auth.example.com";
/// For whom: us.
pub const US: &str = "https://orders.example.com";
/// Every algorithm that a key of ours can have.
pub const ALL: [Algorithm; 9] = [
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
];

/// An issuer, and a resource server that trusts it.
pub struct Setting {
    pub clock: TestClock,
    pub mint: Mint,
    pub keys: Arc<CountingKeys>,
    pub allowed: Vec<Algorithm>,
}

impl Setting {
    /// One ES256 key, and nothing but ES256 is agreed on.
    pub fn new() -> Self {
        Self::allowing(&[Algorithm::ES256])
    }

    /// One ES256 key, and these algorithms are agreed on.
    pub fn allowing(allowed: &[Algorithm]) -> Self {
        let clock = TestClock::new();
        Self::with(Mint::new(ISSUER, clock.clone()), clock, allowed)
    }

    /// The issuer signs with this key, and these algorithms are agreed on.
    pub fn with_key(key: SigningKey, allowed: &[Algorithm]) -> Self {
        let clock = TestClock::new();
        Self::with(Mint::with_key(ISSUER, clock.clone(), key), clock, allowed)
    }

    fn with(mint: Mint, clock: TestClock, allowed: &[Algorithm]) -> Self {
        Self { clock, keys: Arc::new(CountingKeys::new(mint.clone())), mint, allowed: allowed.to_vec() }
    }

    /// The issuer signs with a key for `algorithm`, the only one that is agreed on.
    pub fn signing_with(algorithm: Algorithm) -> Self {
        let setting = Self::allowing(&[algorithm]);
        setting.mint.rotate(algorithm);
        setting.mint.withdraw_old_keys();
        setting
    }

    /// A good access token for us, to be made worse.
    pub fn draft(&self) -> Draft {
        self.mint.access_token(US, "cli_1", "orders:read")
    }

    /// A good access token for us.
    pub fn good(&self) -> String {
        self.draft().build()
    }

    /// A good token with one claim changed.
    pub fn with_claim(&self, name: &str, value: Value) -> String {
        self.draft().claim(name, value).build()
    }

    /// A good token with one header parameter changed.
    pub fn with_header(&self, name: &str, value: Value) -> String {
        self.draft().header(name, value).build()
    }

    pub fn verifier(&self) -> Verifier<AccessToken> {
        self.verifier_of(AccessToken::TYP, US)
    }

    pub fn verifier_of<K: Kind>(&self, typ: &str, audience: &str) -> Verifier<K> {
        Verifier::new(agreement(ISSUER, audience, typ, &self.allowed), self.keys.clone(), self.clock.clock())
    }

    /// All three checks, as a resource server does them.
    pub fn verify(&self, token: impl AsRef<[u8]>) -> Result<Verified<AccessToken>, Refusal> {
        now(self.verifier().verify(token.as_ref()))
    }

    /// The refusal; fails if the token is accepted.
    pub fn refusal(&self, token: impl AsRef<[u8]>) -> Refusal {
        self.verify(token).expect_err("must be refused")
    }

    /// The seconds since the epoch that the clock shows.
    pub fn seconds(&self) -> u64 {
        self.clock.now().seconds()
    }
}

pub fn agreement(issuer: &str, audience: &str, typ: &str, allowed: &[Algorithm]) -> Agreement {
    Agreement::new(Issuer::new(issuer).unwrap(), Audience::new(audience).unwrap(), typ, allowed).unwrap()
}

/// What a future comes to that must not wait.
pub fn now<F: Future>(future: F) -> F::Output {
    future.now_or_never().expect("does not wait")
}
