//! A secret that issuer and verifiers share.

use std::fmt;

use aws_lc_rs::hmac;

/// Shortest secret for HMAC-SHA-256, in bytes: as long as the hash (RFC 7518 section 3.2).
pub const SHORTEST: usize = 32;

/// The secret is shorter than [`SHORTEST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the secret has {0} bytes; HS256 needs at least {SHORTEST} (RFC 7518 section 3.2)")]
pub struct TooShort(usize);

/// A secret for HS256. [`Self::parse`] is the only way to one, and nothing reads it back.
pub struct SharedSecret(hmac::Key);

impl SharedSecret {
    /// Takes the secret's bytes. Length is all that can be checked: that they are random is up to whoever made them.
    ///
    /// # Errors
    /// [`TooShort`].
    pub fn parse(bytes: &[u8]) -> Result<Self, TooShort> {
        if bytes.len() < SHORTEST {
            return Err(TooShort(bytes.len()));
        }
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, bytes)))
    }

    /// The HMAC-SHA-256 of `message`.
    #[must_use]
    pub fn tag(&self, message: &[u8]) -> hmac::Tag {
        hmac::sign(&self.0, message)
    }

    /// Whether `tag` is the HMAC-SHA-256 of `message`, compared in constant time.
    #[must_use]
    pub fn matches(&self, message: &[u8], tag: &[u8]) -> bool {
        hmac::verify(&self.0, message, tag).is_ok()
    }
}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_under_32_bytes_is_refused() {
        for length in [0, 1, 16, 31] {
            assert_eq!(SharedSecret::parse(&vec![7; length]).err(), Some(TooShort(length)));
        }
        for length in [32, 33, 64, 4096] {
            assert!(SharedSecret::parse(&vec![7; length]).is_ok());
        }
    }

    #[test]
    fn a_secret_prints_as_redacted() {
        let secret = SharedSecret::parse(b"a secret of more than thirty-two bytes").unwrap();
        assert_eq!(format!("{secret:?} {:?}", Some(&secret)), "[redacted] Some([redacted])");
    }
}
