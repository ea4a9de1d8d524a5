//! What there is between a browser and this service before anybody is signed in: a cookie, tokens that tie forms to it,
//! and requests that wait while a person reads a page. Nothing of it is in the database.

pub mod cookie;
pub mod csrf;
pub mod keys;
pub mod sealed;

pub use cookie::{Cookie, Cookies};
pub use csrf::{FormKind, Origin};
pub use keys::Keys;
pub use sealed::Sealed;

use service_kit::keyring::{KeyEncryptionKey, KeyringError};
use shared_claims::ids::Issuer;

/// The three together, as the state holds them.
pub struct Browsers {
    /// How the cookie is set and read.
    pub cookies: Cookies,
    /// Where our own pages are.
    pub origin: Origin,
    /// Keys that all replicas share.
    pub keys: Keys,
}

impl Browsers {
    /// For this issuer, with keys derived from the key-encryption key.
    ///
    /// # Errors
    /// [`KeyringError::Crypto`], which HKDF has no reason to give.
    pub fn new(issuer: &Issuer, kek: &KeyEncryptionKey) -> Result<Self, KeyringError> {
        Ok(Self { cookies: Cookies::new(issuer), origin: Origin::of(issuer), keys: Keys::derive(kek)? })
    }
}
