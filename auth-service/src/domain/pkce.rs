//! Proof Key for Code Exchange (RFC 7636): whoever redeems a code shows that they asked for it. `S256` only, and always:
//! with `plain`, whoever sees the request can redeem the code, and without PKCE whoever sees the code can.

use aws_lc_rs::{constant_time, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::form::Form;
use super::oauth_error::{ErrorCode, OAuthError};

/// The `code_challenge` of a request: base64url of a SHA-256, 43 characters (RFC 7636 section 4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge(String);

impl Challenge {
    /// `None` if the text cannot be the challenge of any verifier.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == digest::SHA256_OUTPUT_LEN).then(|| Self(text.to_owned()))
    }

    /// Of an authorization request, where it must be.
    ///
    /// # Errors
    /// `invalid_request` without it, with another method than `S256`, and if it cannot be the challenge of any verifier.
    pub fn read(form: &Form) -> Result<Self, OAuthError> {
        let invalid = |reason, description| ErrorCode::InvalidRequest.because(reason, description);
        let missing = invalid("no_code_challenge", "The parameter code_challenge is missing (RFC 7636).");
        let challenge = form.get("code_challenge").ok_or(missing)?;
        // Left out, the method would be plain (RFC 7636 section 4.3).
        if form.get("code_challenge_method") != Some("S256") {
            return Err(invalid("code_challenge_method", "The code_challenge_method must be S256."));
        }
        Self::parse(challenge).ok_or(invalid("code_challenge", "The code_challenge is no SHA-256."))
    }

    /// As it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `verifier` is what the challenge was made of (RFC 7636 section 4.6). One that is too short, too long or
    /// of other characters than section 4.1 allows is none, whatever its hash.
    #[must_use]
    pub fn is_met_by(&self, verifier: &str) -> bool {
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        if !(43..=128).contains(&verifier.len()) || !verifier.bytes().all(unreserved) {
            return false;
        }
        let challenge = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()));
        constant_time::verify_slices_are_equal(challenge.as_bytes(), self.0.as_bytes()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636 appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_the_standard_holds() {
        assert!(Challenge::parse(CHALLENGE).unwrap().is_met_by(VERIFIER));
    }

    #[test]
    fn no_other_verifier_will_do() {
        let challenge = Challenge::parse(CHALLENGE).unwrap();
        let long = VERIFIER.repeat(3);
        for verifier in ["", CHALLENGE, &VERIFIER[..42], &VERIFIER.to_lowercase(), &format!("{VERIFIER}="), &long] {
            assert!(!challenge.is_met_by(verifier), "{verifier:?}");
        }
    }

    /// A verifier of fewer characters could be guessed; its challenge looks like any other.
    #[test]
    fn a_short_verifier_is_none_even_if_its_hash_fits() {
        let short = "x".repeat(42);
        let challenge = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, short.as_bytes()));
        assert!(!Challenge::parse(&challenge).unwrap().is_met_by(&short));
    }

    #[test]
    fn a_challenge_is_the_base64url_of_32_bytes() {
        for text in ["", "short", &format!("{CHALLENGE}="), &CHALLENGE.replace('-', "+"), &"A".repeat(44), VERIFIER] {
            let is_challenge = text == VERIFIER;
            assert_eq!(Challenge::parse(text).is_some(), is_challenge, "{text:?}");
        }
    }
}
