//! Passwords: chosen by people, so they can be guessed, so they are hashed slowly.
//!
//! bcrypt reads 72 bytes and drops the rest (CVE-2025-22228 is about code that did not know). So what it gets is
//! base64(HMAC-SHA-384(pepper, password)): 64 bytes, whatever the length, and useless without the pepper, which is not
//! in the database.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use service_kit::secret::Secret;

/// Fewest characters of a new password (OWASP ASVS 5.0, 6.2.1).
pub const MIN_CHARACTERS: usize = 8;
/// Most bytes that are looked at: a bound on work, far above any passphrase.
pub const MAX_BYTES: usize = 1024;
/// bcrypt's cost: about a quarter of a second.
pub const DEFAULT_COST: u32 = 12;

/// A password cannot be set to this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have at least {MIN_CHARACTERS} characters and at most {MAX_BYTES} bytes")]
pub struct UnfitPassword;

/// bcrypt failed.
#[derive(Debug, thiserror::Error)]
#[error("the password could not be hashed: {0}")]
pub struct HashFault(#[from] bcrypt::BcryptError);

/// Checks a new password's length.
///
/// # Errors
/// [`UnfitPassword`].
pub fn check_new(password: &str) -> Result<(), UnfitPassword> {
    let fit = password.chars().count() >= MIN_CHARACTERS && password.len() <= MAX_BYTES;
    if fit { Ok(()) } else { Err(UnfitPassword) }
}

/// Hashes and checks passwords. Slow on purpose: to be called on the hashing threads only.
pub struct Hasher {
    pepper: hmac::Key,
    cost: u32,
    /// What an unknown person's password is checked against, so that the answer takes as long as for a known one.
    nobody: String,
}

impl Hasher {
    /// With a pepper derived from the key-encryption key.
    ///
    /// # Errors
    /// [`HashFault`] if `cost` is not between 4 and 31.
    pub fn new(pepper: &[u8], cost: u32) -> Result<Self, HashFault> {
        if !(4..=31).contains(&cost) {
            return Err(bcrypt::BcryptError::CostNotAllowed(cost).into());
        }
        // Well-formed down to the unused bits of its last characters, and the hash of nothing: checking a password against
        // it takes as long as against any other.
        let nobody = format!("$2b${cost:02}${}{}", "N".repeat(21) + "u", "N".repeat(30) + "O");
        Ok(Self { pepper: hmac::Key::new(hmac::HMAC_SHA384, pepper), cost, nobody })
    }

    /// bcrypt of the keyed pre-hash.
    ///
    /// # Errors
    /// [`HashFault`].
    pub fn hash(&self, password: &str) -> Result<String, HashFault> {
        Ok(bcrypt::hash(self.prehash(password), self.cost)?)
    }

    /// Whether `password` is the one that was hashed. Without a `hash`, and with the empty one of a person who has no
    /// password, the same work, and no.
    #[must_use]
    pub fn verify(&self, password: &Secret, hash: Option<&str>) -> bool {
        let matches = bcrypt::verify(self.prehash(password.expose()), self.compared_with(hash)).unwrap_or(false);
        matches & hash.is_some_and(|hash| !hash.is_empty())
    }

    fn compared_with<'a>(&'a self, hash: Option<&'a str>) -> &'a str {
        hash.filter(|hash| !hash.is_empty()).unwrap_or(&self.nobody)
    }

    fn prehash(&self, password: &str) -> String {
        STANDARD.encode(hmac::sign(&self.pepper, password.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hasher() -> Hasher {
        Hasher::new(b"pepper", 4).unwrap()
    }

    /// CVE-2025-22228.
    #[test]
    fn nothing_of_a_long_password_is_cut_off() {
        let hasher = hasher();
        let long = "x".repeat(1000);
        let hash = hasher.hash(&format!("{long}a")).unwrap();
        assert!(hasher.verify(&Secret::from(format!("{long}a")), Some(&hash)));
        assert!(!hasher.verify(&Secret::from(format!("{long}b")), Some(&hash)));
        assert_eq!(hasher.prehash(&long).len(), 64);
    }

    #[test]
    fn the_same_password_under_another_pepper_is_another_one() {
        let hash = hasher().hash("correct horse").unwrap();
        let other = Hasher::new(b"salt", 4).unwrap();
        assert!(!other.verify(&Secret::from("correct horse".to_owned()), Some(&hash)));
    }

    #[test]
    fn nobody_has_no_password_and_it_takes_a_real_check_to_say_so() {
        let hasher = hasher();
        for password in ["anything", ""] {
            assert!(!hasher.verify(&Secret::from(password.to_owned()), None));
            assert!(!hasher.verify(&Secret::from(password.to_owned()), Some("")), "a person without a password");
        }
        assert_eq!((hasher.compared_with(None), hasher.compared_with(Some(""))), (&*hasher.nobody, &*hasher.nobody));
        assert!(bcrypt::verify("anything", &hasher.nobody).is_ok(), "not refused for its form");
    }

    #[test]
    fn length_is_counted_in_characters_below_and_in_bytes_above() {
        assert_eq!(check_new("1234567"), Err(UnfitPassword));
        assert_eq!(check_new("pässwörd"), Ok(()));
        assert_eq!(check_new(&"x".repeat(1024)), Ok(()));
        assert_eq!(check_new(&"x".repeat(1025)), Err(UnfitPassword));
    }
}
