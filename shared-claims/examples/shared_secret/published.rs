//! What others say the signature must be: RFC 7515's example, and the library jsonwebtoken.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::Failure;
use crate::hs256::Claims;
use crate::secret::SharedSecret;

/// Header and payload of RFC 7515 appendix A.1.1.
pub const SIGNING_INPUT: &str = concat!(
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.",
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
);
/// Their signature.
pub const SIGNATURE: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// `k` of the JWK with which it was made: published, so no secret any more.
const K: &str = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";

/// The key of the RFC's example.
///
/// # Errors
/// Never: it is base64url and long enough.
pub fn secret() -> Result<SharedSecret, Failure> {
    Ok(SharedSecret::parse(&URL_SAFE_NO_PAD.decode(K)?)?)
}

/// A token that jsonwebtoken signs with HS256.
///
/// # Errors
/// The library's.
#[expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "another implementation to compare with")]
pub fn signed_by_the_library(claims: &Claims, secret: &[u8]) -> Result<String, Failure> {
    let key = jsonwebtoken::EncodingKey::from_secret(secret);
    Ok(jsonwebtoken::encode(&jsonwebtoken::Header::default(), claims, &key)?)
}

/// The claims that jsonwebtoken reads from a token with HS256, if it accepts it.
#[cfg(test)]
#[expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "another implementation to compare with")]
pub fn read_by_the_library(token: &str, secret: &[u8]) -> Option<Claims> {
    let key = jsonwebtoken::DecodingKey::from_secret(secret);
    let agreed = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::HS256);
    jsonwebtoken::decode(token, &key, &agreed).ok().map(|read| read.claims)
}
