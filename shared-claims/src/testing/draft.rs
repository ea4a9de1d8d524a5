//! A token in the making, in which everything can be made wrong.

use std::sync::Arc;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde_json::{Map, Value, json};
use signature::Signer;

use crate::sign::SigningKey;

enum Part {
    Members(Map<String, Value>),
    Bytes(Vec<u8>),
}

enum Signature {
    By(Arc<SigningKey>),
    Hmac(hmac::Algorithm, Vec<u8>),
    Bytes(Vec<u8>),
}

/// A draft starts as a good token of a [`Mint`](super::Mint); each method makes one thing different.
pub struct Draft {
    header: Part,
    claims: Part,
    signature: Signature,
}

fn set(part: &mut Part, name: &str, value: Option<Value>) {
    if let Part::Members(members) = part {
        match value {
            Some(value) => members.insert(name.to_owned(), value),
            None => members.remove(name),
        };
    }
}

impl Draft {
    pub(super) fn new(header: Map<String, Value>, claims: Map<String, Value>, key: Arc<SigningKey>) -> Self {
        Self { header: Part::Members(header), claims: Part::Members(claims), signature: Signature::By(key) }
    }

    /// Sets a header parameter.
    #[must_use]
    pub fn header(mut self, name: &str, value: Value) -> Self {
        set(&mut self.header, name, Some(value));
        self
    }

    /// Leaves a header parameter out.
    #[must_use]
    pub fn without_header(mut self, name: &str) -> Self {
        set(&mut self.header, name, None);
        self
    }

    /// Sets a claim.
    #[must_use]
    pub fn claim(mut self, name: &str, value: Value) -> Self {
        set(&mut self.claims, name, Some(value));
        self
    }

    /// Leaves a claim out.
    #[must_use]
    pub fn without_claim(mut self, name: &str) -> Self {
        set(&mut self.claims, name, None);
        self
    }

    /// Any bytes in place of the header's JSON.
    #[must_use]
    pub fn header_bytes(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.header = Part::Bytes(bytes.into());
        self
    }

    /// Any bytes in place of the payload's JSON.
    #[must_use]
    pub fn payload_bytes(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.claims = Part::Bytes(bytes.into());
        self
    }

    /// Signed with this key; the header stays as it is.
    #[must_use]
    pub fn signed_with(mut self, key: Arc<SigningKey>) -> Self {
        self.signature = Signature::By(key);
        self
    }

    /// Signed with a key that nobody knows, under the issuer's `kid`.
    ///
    /// # Panics
    /// Without randomness.
    #[must_use]
    pub fn signed_by_a_stranger(self) -> Self {
        self.signed_with(Arc::new(super::mint::new_key(Algorithm::ES256)))
    }

    /// Signed with HMAC-SHA-256 under `secret`, and `alg` says so.
    #[must_use]
    pub fn hmac_sha256(mut self, secret: &[u8]) -> Self {
        self.signature = Signature::Hmac(hmac::HMAC_SHA256, secret.to_vec());
        self.header("alg", json!("HS256"))
    }

    /// Any bytes as the signature, none included.
    #[must_use]
    pub fn signature_bytes(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.signature = Signature::Bytes(bytes.into());
        self
    }

    /// The token in compact serialization.
    ///
    /// # Panics
    /// If the key cannot sign.
    #[must_use]
    #[expect(clippy::expect_used, reason = "in a test, a mint that cannot mint is a failed test")]
    pub fn build(self) -> String {
        let encode = |part: Part| match part {
            Part::Members(members) => URL_SAFE_NO_PAD.encode(Value::Object(members).to_string()),
            Part::Bytes(bytes) => URL_SAFE_NO_PAD.encode(bytes),
        };
        let input = format!("{}.{}", encode(self.header), encode(self.claims));
        let signature = match self.signature {
            Signature::By(key) => key.try_sign(input.as_bytes()).expect("signs"),
            Signature::Hmac(algorithm, secret) => {
                hmac::sign(&hmac::Key::new(algorithm, &secret), input.as_bytes()).as_ref().to_vec()
            }
            Signature::Bytes(bytes) => bytes,
        };
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}
