//! The three checks of a JWT, in the order of RFC 7519 section 7.2: well-formed, signature, claims.
//!
//! jsonwebtoken's `decode` would do two of them with defaults that are not safe (only `exp` is required, wrongly typed
//! claims are passed over, `typ` and `crit` are not looked at, 60 s of leeway, the system's clock). So only the
//! signature of check 2 is left to it.

mod claims;
mod jwk_set;
mod signature;
mod strict_json;
mod times;
mod well_formed;

pub use claims::{Agreement, LEEWAY_SECONDS};
pub use jwk_set::{InvalidKeySet, KeySet};
pub use times::{date, in_words};
pub use well_formed::{Decoded, MAX_TOKEN_BYTES, Malformed, decode, peek};

/// How a check ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Passed, and what was found.
    Passed(String),
    /// Failed, and why.
    Failed(String),
    /// Not made, and why.
    NotChecked(String),
}

/// One thing that was looked at in check 3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The claim, or the header parameter `typ`.
    pub claim: &'static str,
    /// How it stands with it.
    pub outcome: Outcome,
}

/// All that can be said about a token.
#[derive(Debug)]
pub struct Inspection {
    /// What is in it; nothing if it is not well-formed.
    pub decoded: Option<Decoded>,
    /// Check 1.
    pub well_formed: Outcome,
    /// Check 2.
    pub signature: Outcome,
    /// Check 3, claim by claim; empty if the token is not well-formed.
    pub claims: Vec<Finding>,
}

/// Makes all the checks that can be made, at the time `now` (seconds since 1970).
///
/// A resource server stops at the first that fails. Here check 3 is made even when check 2 failed, because whoever
/// asks why a token is refused wants all the reasons; [`Inspection::accepted`] still needs all three.
#[must_use]
pub fn inspect(token: &str, keys: Option<&KeySet>, agreement: &Agreement, now: i64) -> Inspection {
    let decoded = match decode(token) {
        Ok(decoded) => decoded,
        Err(reason) => {
            let not_reached = || Outcome::NotChecked("not reached: the token is not well-formed".to_owned());
            return Inspection {
                decoded: None,
                well_formed: Outcome::Failed(reason.to_string()),
                signature: not_reached(),
                claims: Vec::new(),
            };
        }
    };
    let signature = match keys {
        None => Outcome::NotChecked("not checked: no key given".to_owned()),
        Some(keys) => match signature::check(&decoded, keys) {
            Ok(found) => Outcome::Passed(found),
            Err(reason) => Outcome::Failed(reason.to_string()),
        },
    };
    let claims = claims::check(&decoded, agreement, now);
    let well_formed = Outcome::Passed("three parts of base64url, header and claims are JSON objects".to_owned());
    Inspection { decoded: Some(decoded), well_formed, signature, claims }
}

impl Inspection {
    /// Whether all three checks were made and nothing speaks against the token. A token whose signature was not
    /// checked is never accepted: anybody can have written it. Nor is one of which it is not known whether it is from
    /// the right issuer, for the right audience and of the right kind.
    #[must_use]
    pub fn accepted(&self) -> bool {
        let passed = |outcome: &Outcome| matches!(outcome, Outcome::Passed(_));
        passed(&self.well_formed)
            && passed(&self.signature)
            && self.decoded.is_some()
            && self.claims.iter().all(|finding| passed(&finding.outcome))
    }

    /// What was compared with nothing in check 3, because no agreed value was given.
    #[must_use]
    pub fn not_compared(&self) -> Vec<&'static str> {
        let open = self.claims.iter().filter(|finding| matches!(finding.outcome, Outcome::NotChecked(_)));
        open.map(|finding| finding.claim).collect()
    }

    /// The first claim that failed check 3.
    #[must_use]
    pub fn refused_claim(&self) -> Option<&Finding> {
        self.claims.iter().find(|finding| matches!(finding.outcome, Outcome::Failed(_)))
    }

    /// The first reason against the token.
    #[must_use]
    pub fn refusal(&self) -> Option<String> {
        match (&self.well_formed, &self.signature) {
            (Outcome::Failed(reason), _) => Some(format!("1 well-formed: {reason}")),
            (_, Outcome::Failed(reason)) => Some(format!("2 signature: {reason}")),
            _ => self.refused_claim().map(|finding| match &finding.outcome {
                Outcome::Failed(reason) | Outcome::Passed(reason) | Outcome::NotChecked(reason) => {
                    format!("3 claims: {} {reason}", finding.claim)
                }
            }),
        }
    }
}
