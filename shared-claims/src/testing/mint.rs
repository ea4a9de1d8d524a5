//! An issuer inside the test's own process.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use jsonwebtoken::Algorithm;
use serde_json::{Map, Value, json};

use super::clock::TestClock;
use super::draft::Draft;
use crate::claims::{AccessToken, ClientAssertion, Kind, Receipt, SignInLink};
use crate::ids::KeyId;
use crate::keys::{KeySet, KeySource, KeysUnavailable, PublicKey};
use crate::sign::{JwkSetDocument, SigningKey};

/// Mints tokens, and is the [`KeySource`] that knows its keys. Cheap to clone; clones share the keys.
#[derive(Clone)]
pub struct Mint {
    issuer: String,
    clock: TestClock,
    state: Arc<Mutex<State>>,
}

struct State {
    keys: Vec<Arc<SigningKey>>,
    generation: u64,
    issued: u64,
}

#[expect(clippy::expect_used, reason = "in a test, a mint that cannot mint is a failed test")]
pub(super) fn new_key(algorithm: Algorithm) -> SigningKey {
    let der = SigningKey::generate_pkcs8(algorithm).expect("generates");
    SigningKey::from_pkcs8(algorithm, &der).expect("loads")
}

impl Mint {
    /// An issuer with one ES256 key.
    ///
    /// # Panics
    /// Without randomness.
    #[must_use]
    pub fn new(issuer: &str, clock: TestClock) -> Self {
        Self::with_key(issuer, clock, new_key(Algorithm::ES256))
    }

    /// An issuer that signs with `key`: a real service's, if a test has it.
    #[must_use]
    pub fn with_key(issuer: &str, clock: TestClock, key: SigningKey) -> Self {
        let state = State { keys: vec![Arc::new(key)], generation: 0, issued: 0 };
        Self { issuer: issuer.to_owned(), clock, state: Arc::new(Mutex::new(state)) }
    }

    /// A good access token (RFC 9068) of a client for itself, good for 300 s.
    #[must_use]
    pub fn access_token(&self, audience: &str, client_id: &str, scope: &str) -> Draft {
        self.draft(AccessToken::TYP, audience, client_id)
            .claim("client_id", json!(client_id))
            .claim("scope", json!(scope))
    }

    /// A good access token of a person who signed in at the terminal.
    #[must_use]
    pub fn operator_token(&self, audience: &str, scope: &str, roles: &[&str]) -> Draft {
        self.access_token(audience, "operator-cli", scope)
            .claim("sub", json!("usr_operator"))
            .claim("roles", json!(roles))
            .claim("auth_time", json!(self.clock.now()))
    }

    /// A good client assertion (RFC 7523) of `client_id`; of this mint's key, whatever its issuer.
    #[must_use]
    pub fn assertion(&self, audience: &str, client_id: &str) -> Draft {
        self.draft(ClientAssertion::TYP, audience, client_id)
            .claim("iss", json!(client_id))
            .claim("exp", json!(self.clock.now().seconds() + 60))
    }

    /// A good receipt.
    #[must_use]
    pub fn receipt(&self, client_id: &str) -> Draft {
        self.draft(Receipt::TYP, client_id, "ord_1")
            .claim(
                "https://jwt-reference.example/claims/fulfilment",
                json!({"fulfilment_id": "ful_1", "status": "accepted"}),
            )
            .claim("account_id", json!("acc_1"))
            .claim("amount", json!({"minor_units": 1250, "currency": "EUR"}))
    }

    /// A good link that signs in whoever asked in the browser with this digest.
    #[must_use]
    pub fn sign_in_link(&self, audience: &str, link_id: &str, browser: &str) -> Draft {
        self.draft(SignInLink::TYP, audience, link_id)
            .claim("jti", json!(link_id))
            .claim("browser", json!(browser))
            .claim("exp", json!(self.clock.now().seconds() + 600))
    }

    fn draft(&self, typ: &str, audience: &str, subject: &str) -> Draft {
        let mut state = self.lock();
        state.issued += 1;
        let now = self.clock.now().seconds();
        let claims = json!({
            "iss": self.issuer, "sub": subject, "aud": audience, "iat": now, "nbf": now, "exp": now + 300,
            "jti": format!("jti-{}", state.issued),
        });
        let key = state.current();
        let header = json!({"typ": typ, "alg": key.public_jwk().common.key_algorithm, "kid": key.kid()});
        Draft::new(members(header), members(claims), key)
    }

    /// Adds a key and signs with it from now on; the older ones are still published.
    ///
    /// # Panics
    /// Without randomness.
    pub fn rotate(&self, algorithm: Algorithm) {
        self.lock().keys.push(Arc::new(new_key(algorithm)));
    }

    /// Withdraws all keys but the newest.
    pub fn withdraw_old_keys(&self) {
        let mut state = self.lock();
        let newest = state.keys.len().saturating_sub(1);
        state.keys.drain(..newest);
        state.generation += 1;
    }

    /// The key that signs now.
    #[must_use]
    pub fn key(&self) -> Arc<SigningKey> {
        self.lock().current()
    }

    /// The published keys, as JSON.
    ///
    /// # Panics
    /// Never: keys can be written as JSON.
    #[must_use]
    #[expect(clippy::expect_used, reason = "in a test, a mint that cannot publish is a failed test")]
    pub fn jwks_json(&self) -> String {
        serde_json::to_string(&JwkSetDocument::of(self.lock().keys.iter().map(AsRef::as_ref))).expect("JSON")
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    #[expect(clippy::expect_used, reason = "a mint has at least one key from its construction on")]
    fn current(&self) -> Arc<SigningKey> {
        Arc::clone(self.keys.last().expect("a key"))
    }
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

impl KeySource for Mint {
    fn find(&self, kid: Option<&KeyId>, algorithm: Algorithm) -> Option<Arc<PublicKey>> {
        let public =
            self.lock().keys.iter().filter_map(|key| PublicKey::from_jwk(key.public_jwk()).ok()).collect::<Vec<_>>();
        KeySet::new(public).ok()?.find(kid, algorithm)
    }
    fn refresh(&self) -> BoxFuture<'_, Result<(), KeysUnavailable>> {
        Box::pin(std::future::ready(Ok(())))
    }
    fn generation(&self) -> u64 {
        self.lock().generation
    }
    fn is_ready(&self) -> bool {
        true
    }
}
