//! Requests that may be repeated: the same `Idempotency-Key` gets the same answer
//! (draft-ietf-httpapi-idempotency-key-header).

use aws_lc_rs::digest::{Context, SHA256};
use serde::Serialize;

use super::owner::Owner;

/// How long an answer is kept, in microseconds: 24 hours.
pub const KEPT_MICROS: i64 = 24 * 3600 * 1_000_000;

/// A key that the caller chose: 1 to 255 visible ASCII characters, compared as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

/// The text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Idempotency-Key must have 1 to 255 visible ASCII characters.")]
pub struct InvalidKey;

impl IdempotencyKey {
    /// Reads the header's value.
    ///
    /// # Errors
    /// [`InvalidKey`].
    pub fn parse(value: &[u8]) -> Result<Self, InvalidKey> {
        let fits = (1..=255).contains(&value.len()) && value.iter().all(u8::is_ascii_graphic);
        let text = std::str::from_utf8(value).ok().filter(|_| fits);
        text.map(|text| Self(text.to_owned())).ok_or(InvalidKey)
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An answer that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body, JSON.
    pub body: String,
}

impl Answer {
    /// 201 with what was made.
    ///
    /// # Errors
    /// If it cannot be written as JSON.
    pub fn created(made: &impl Serialize) -> Result<Self, serde_json::Error> {
        Ok(Self { status: 201, body: serde_json::to_string(made)? })
    }
}

/// A write that happens once, however often it is asked for under the same key; without a key, each time.
#[derive(Debug, Clone)]
pub struct Once {
    /// Whose key it is: nobody can meet another's.
    pub owner: Owner,
    /// The key, if the caller gave one.
    pub key: Option<IdempotencyKey>,
    /// What was asked for, see [`fingerprint`].
    pub fingerprint: Vec<u8>,
    /// What is answered, now and whenever the request is repeated.
    pub answer: Answer,
    /// The present, microseconds since 1970.
    pub now: i64,
}

/// SHA-256 over method, path and body. The body is what was understood, written anew: the order of members and blanks
/// make no other request.
///
/// # Errors
/// If the body cannot be written as JSON.
pub fn fingerprint(method: &str, path: &str, body: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let body = serde_json::to_vec(body)?;
    let mut hash = Context::new(&SHA256);
    // A line end can stand in neither method nor path, so the parts cannot run into each other.
    for part in [method.as_bytes(), b"\n", path.as_bytes(), b"\n", &body] {
        hash.update(part);
    }
    Ok(hash.finish().as_ref().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_visible_ascii_of_bounded_length() {
        for good in ["k", "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", &"k".repeat(255)] {
            assert_eq!(IdempotencyKey::parse(good.as_bytes()).unwrap().as_str(), good);
        }
        for bad in ["", "a b", "a\tb", "ä", &"k".repeat(256)] {
            assert_eq!(IdempotencyKey::parse(bad.as_bytes()), Err(InvalidKey), "{bad:?}");
        }
    }

    #[test]
    fn another_method_path_or_body_is_another_request() {
        let first = fingerprint("POST", "/orders", &["a"]).unwrap();
        assert_eq!(first, fingerprint("POST", "/orders", &["a"]).unwrap());
        assert_eq!(first.len(), 32);
        for (method, path, body) in [("PUT", "/orders", "a"), ("POST", "/accounts", "a"), ("POST", "/orders", "b")] {
            assert_ne!(first, fingerprint(method, path, &[body]).unwrap());
        }
    }
}
