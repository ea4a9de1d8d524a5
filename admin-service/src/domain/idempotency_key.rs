//! The key under which a caller repeats a request (draft-ietf-httpapi-idempotency-key-header).

/// Longest key, in bytes.
const LONGEST: usize = 255;

/// The header's value cannot be a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Idempotency-Key must be 1 to {LONGEST} visible ASCII characters.")]
pub struct InvalidIdempotencyKey;

/// An `Idempotency-Key`: text that means nothing to us. Partners are registered at auth-service, so the keys are kept
/// there; here they are only handed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Reads the header's value.
    ///
    /// # Errors
    /// [`InvalidIdempotencyKey`].
    pub fn parse(value: &[u8]) -> Result<Self, InvalidIdempotencyKey> {
        let fits = (1..=LONGEST).contains(&value.len()) && value.iter().all(u8::is_ascii_graphic);
        let text = std::str::from_utf8(value).map_err(|_| InvalidIdempotencyKey)?;
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidIdempotencyKey) }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_visible_ascii_of_at_most_255_bytes() {
        assert_eq!(IdempotencyKey::parse(b"\"8e03978e\"").unwrap().as_str(), "\"8e03978e\"");
        assert!(IdempotencyKey::parse(&[b'k'; LONGEST]).is_ok());
        for bad in [&b""[..], b"a b", b"a\tb", "ä".as_bytes(), b"\xff", &[b'k'; LONGEST + 1]] {
            assert_eq!(IdempotencyKey::parse(bad), Err(InvalidIdempotencyKey), "{bad:?}");
        }
    }
}
