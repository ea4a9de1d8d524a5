//! Check 2 by itself.

use crate::keys::PublicKey;

/// Whether `signature` is `key`'s over `message`: for known answers whose message is no token.
#[must_use]
pub fn signature_matches(key: &PublicKey, message: &[u8], signature: &[u8]) -> bool {
    key.verifies(message, signature)
}
