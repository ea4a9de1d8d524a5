//! Check 2: the signature is that of the issuer's key. The only room that calls jsonwebtoken.

use jsonwebtoken::Algorithm;
use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;

use super::jwk_set::{KeySet, NoKey};
use super::well_formed::Decoded;

/// Why the signature is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum BadSignature {
    #[error("its alg {0} uses a shared secret: whoever can verify such a token can forge it, so no published key fits")]
    SharedSecret(String),
    #[error("its alg {0:?} is not one of ES256, RS256 and EdDSA")]
    NotAllowed(String),
    #[error(transparent)]
    NoKey(#[from] NoKey),
    #[error("the key {0:?} cannot be used")]
    Unusable(String),
    #[error(
        "the signature does not match the key {0:?}: header, claims or signature were altered, or another key signed"
    )]
    Mismatch(String),
}

/// Makes check 2, and says which key it was.
pub(super) fn check(token: &Decoded, keys: &KeySet) -> Result<String, BadSignature> {
    let name = token.parameter("alg").unwrap_or_default();
    let algorithm = allowed(name)?;
    let kid = token.parameter("kid");
    let key = keys.find(kid, algorithm, name)?;
    let kid = kid.unwrap_or_default().to_owned();
    // The provider is named: the process-wide one is a choice for applications, and this is also a library.
    let verifier =
        (DEFAULT_PROVIDER.verifier_factory)(&algorithm, &key).map_err(|_| BadSignature::Unusable(kid.clone()))?;
    match verifier.verify(&token.signing_input, &token.signature) {
        Ok(()) => Ok(format!("{name}, key {kid:?} of the set")),
        Err(_) => Err(BadSignature::Mismatch(kid)),
    }
}

/// The allow-list; case counts (RFC 7515 section 4.1.1).
fn allowed(name: &str) -> Result<Algorithm, BadSignature> {
    match name {
        "ES256" => Ok(Algorithm::ES256),
        "RS256" => Ok(Algorithm::RS256),
        "EdDSA" => Ok(Algorithm::EdDSA),
        "HS256" | "HS384" | "HS512" => Err(BadSignature::SharedSecret(name.to_owned())),
        other => Err(BadSignature::NotAllowed(other.to_owned())),
    }
}
