//! Values that nobody can guess.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The system has no random numbers to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system gives no random numbers")]
pub struct NoRandom;

/// 256 random bits as 43 characters of base64url: more than RFC 6749 section 10.10 wants, and the shortest verifier
/// that RFC 7636 section 4.1 allows.
///
/// # Errors
/// [`NoRandom`].
pub fn unguessable() -> Result<String, NoRandom> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).map_err(|_| NoRandom)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
