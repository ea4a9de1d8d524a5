//! Client secrets: 256 random bits, kept as SHA-256.
//!
//! A slow hash protects secrets that can be guessed. These cannot, and bcrypt here would cap the token endpoint at four
//! requests a second and core.

use aws_lc_rs::{constant_time, digest, rand};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use service_kit::secret::Secret;

/// A client has at most this many secrets, so that one can be replaced while the other is in use.
pub const SLOTS: usize = 2;

/// A secret as it is kept.
#[derive(Debug, Clone)]
pub struct StoredSecret {
    /// Its id, for removing it.
    pub secret_id: String,
    /// SHA-256 of the secret.
    pub digest: Vec<u8>,
    /// In microseconds since the epoch.
    pub created_at: i64,
    /// In microseconds since the epoch; `None` if it does not expire.
    pub expires_at: Option<i64>,
}

/// There is no randomness.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no random bytes")]
pub struct NoRandomness;

/// A new secret, to be shown once, and its digest, to be kept.
///
/// # Errors
/// [`NoRandomness`].
pub fn generate() -> Result<(Secret, Vec<u8>), NoRandomness> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).map_err(|_| NoRandomness)?;
    let secret = URL_SAFE_NO_PAD.encode(bytes);
    let digest = digest_of(&secret);
    Ok((Secret::from(secret), digest))
}

/// SHA-256 of a secret of ours, as it is kept.
#[must_use]
pub fn digest_of(secret: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, secret.as_bytes()).as_ref().to_vec()
}

/// Whether `presented` is one of the `stored` secrets that have not expired at `now` (microseconds since the epoch).
/// Takes as long for an unknown client, which has none, as for a wrong secret.
#[must_use]
pub fn matches(presented: &str, stored: &[StoredSecret], now: i64) -> bool {
    let presented = digest_of(presented);
    let nothing = vec![0; presented.len()];
    (0..SLOTS).fold(false, |found, slot| {
        let secret = stored.get(slot).filter(|secret| secret.expires_at.is_none_or(|end| now < end));
        let expected = secret.map_or(&nothing, |secret| &secret.digest);
        let same = constant_time::verify_slices_are_equal(&presented, expected).is_ok();
        found | (same & secret.is_some())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(digest: Vec<u8>, expires_at: Option<i64>) -> StoredSecret {
        StoredSecret { secret_id: "sec_1".to_owned(), digest, created_at: 0, expires_at }
    }

    #[test]
    fn a_secret_matches_until_it_expires() {
        let (secret, digest) = generate().unwrap();
        let kept = [stored(digest, Some(100))];
        assert!(matches(secret.expose(), &kept, 99));
        assert!(!matches(secret.expose(), &kept, 100));
        assert!(!matches("wrong", &kept, 99));
        assert!(!matches("", &[], 99));
    }

    #[test]
    fn both_slots_are_good() {
        let (first, first_digest) = generate().unwrap();
        let (second, second_digest) = generate().unwrap();
        let kept = [stored(first_digest, None), stored(second_digest, None)];
        assert!(matches(first.expose(), &kept, 0) && matches(second.expose(), &kept, 0));
        assert_ne!(first.expose(), second.expose());
        assert_eq!(first.expose().len(), 43, "256 bits in base64url");
    }
}
