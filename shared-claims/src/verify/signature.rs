//! Check 2: the signature matches, under a key and an algorithm agreed on beforehand.

use std::str::FromStr;

use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};

use super::refusal::SignatureRefusal;
use super::well_formed::WellFormed;
use crate::keys::PublicKey;

/// A token that the holder of the key really signed. What it says has not been looked at.
pub struct SignatureChecked {
    pub(super) typ: Option<String>,
    pub(super) claims: Map<String, Value>,
}

impl WellFormed<'_> {
    /// The algorithm, if it is one of those agreed on. This comes before the search for a key, so that a token with
    /// another algorithm never causes one.
    ///
    /// # Errors
    /// [`SignatureRefusal::AlgorithmNotAllowed`]; names are case-sensitive (RFC 7515 section 4.1.1), and `none` is no
    /// algorithm.
    pub fn algorithm(&self, allowed: &[Algorithm]) -> Result<Algorithm, SignatureRefusal> {
        Algorithm::from_str(&self.alg)
            .ok()
            .filter(|alg| allowed.contains(alg))
            .ok_or(SignatureRefusal::AlgorithmNotAllowed)
    }

    /// Check 2 (RFC 7515 section 5.2, step 8).
    ///
    /// # Errors
    /// [`SignatureRefusal`]: the algorithm is not in `allowed`, the key is for another one, or the signature does not
    /// match.
    pub fn signed_by(self, key: &PublicKey, allowed: &[Algorithm]) -> Result<SignatureChecked, SignatureRefusal> {
        // The algorithm is the key's; the header may only agree. Otherwise an attacker chooses how to be checked.
        if self.algorithm(allowed)? != key.algorithm() {
            return Err(SignatureRefusal::KeyForOtherAlgorithm);
        }
        if !key.verifies(self.signing_input, &self.signature) {
            return Err(SignatureRefusal::Mismatch);
        }
        Ok(SignatureChecked { typ: self.typ, claims: self.claims })
    }
}
