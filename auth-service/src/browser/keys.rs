//! HMAC keys, derived from the key-encryption key: every replica has the same, and nobody keeps them.

use std::fmt;

use aws_lc_rs::hmac;
use service_kit::keyring::{KeyEncryptionKey, KeyringError};

/// One key for each use, so that what was made for one proves nothing to the other.
pub struct Keys {
    pub(super) csrf: hmac::Key,
    pub(super) sealed: hmac::Key,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Keys {
    /// Always the same for the same key-encryption key.
    ///
    /// # Errors
    /// [`KeyringError::Crypto`], which HKDF has no reason to give.
    pub fn derive(kek: &KeyEncryptionKey) -> Result<Self, KeyringError> {
        Ok(Self::of(kek.derive("CSRF tokens")?.as_slice(), kek.derive("sealed requests")?.as_slice()))
    }

    pub(super) fn of(csrf: &[u8], sealed: &[u8]) -> Self {
        let key = |secret| hmac::Key::new(hmac::HMAC_SHA256, secret);
        Self { csrf: key(csrf), sealed: key(sealed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::{Cookie, FormKind};

    #[test]
    fn replicas_share_them_and_other_houses_do_not() {
        let folder = tempfile::tempdir().unwrap();
        let keys =
            |name: &str| Keys::derive(&KeyEncryptionKey::load_or_create(&folder.path().join(name)).unwrap()).unwrap();
        let cookie = Cookie::generate().unwrap();
        let token = keys("ours").token(FormKind::SignIn, &cookie);
        assert!(keys("ours").accepts(&token, FormKind::SignIn, &cookie));
        assert!(!keys("theirs").accepts(&token, FormKind::SignIn, &cookie));
    }
}
