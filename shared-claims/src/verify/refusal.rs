//! Why a token was refused: a closed list, for log and metrics. A caller learns the class and no more.

use thiserror::Error;

/// The outcome of the first check that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Check 1.
    #[error("malformed: {0}")]
    Malformed(#[from] FormRefusal),
    /// Check 2.
    #[error("signature: {0}")]
    Signature(#[from] SignatureRefusal),
    /// Check 3.
    #[error("claims: {0}")]
    Claims(#[from] ClaimsRefusal),
    /// No check: the issuer's keys are not known and could not be fetched. No fault of the token.
    #[error("the issuer's keys could not be fetched")]
    KeysUnavailable,
}

impl Refusal {
    /// Which check refused, for metrics and for the caller.
    #[must_use]
    pub fn class(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed",
            Self::Signature(_) => "signature",
            Self::Claims(_) => "claims",
            Self::KeysUnavailable => "keys_unavailable",
        }
    }
}

/// Check 1 failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FormRefusal {
    /// More bytes than [`MAX_TOKEN_BYTES`](super::MAX_TOKEN_BYTES).
    #[error("too long")]
    TooLong,
    /// Not three parts with two dots between them; a JWE has five.
    #[error("not three parts")]
    NotThreeParts,
    /// A part is not base64url without padding, or has bits set after its end.
    #[error("not base64url")]
    NotBase64Url,
    /// Header or payload is not one JSON object in UTF-8, or is nested too deep.
    #[error("not a JSON object")]
    NotJsonObject,
    /// A member's name stands twice, so that two readers could see two different tokens.
    #[error("duplicate member")]
    DuplicateMember,
    /// A header parameter is missing or has the wrong JSON type.
    #[error("header parameter {0} is missing or of the wrong type")]
    HeaderParameter(&'static str),
    /// `crit` (or `b64`): an extension that has to be understood, and none is.
    #[error("header parameter {0} asks for an extension")]
    Extension(&'static str),
    /// `jwk`, `jku`, `x5u` or `x5c`: the token brings or names its own key.
    #[error("header parameter {0} brings its own key")]
    ForeignKey(&'static str),
    /// The signature part is empty.
    #[error("no signature")]
    NoSignature,
}

/// Check 2 failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SignatureRefusal {
    /// `alg` is unknown, `none`, or not one that was agreed on.
    #[error("algorithm not agreed on")]
    AlgorithmNotAllowed,
    /// No key of the issuer has this `kid`; or there is no `kid` and not exactly one key for the algorithm.
    #[error("unknown key")]
    UnknownKey,
    /// The key is for another algorithm.
    #[error("the key is for another algorithm")]
    KeyForOtherAlgorithm,
    /// The signature does not match.
    #[error("does not match")]
    Mismatch,
}

/// Check 3 failed: which claim (or the header's `typ`), and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{claim} {fault}")]
pub struct ClaimsRefusal {
    /// The name of the claim.
    pub claim: &'static str,
    /// What is wrong with it.
    pub fault: ClaimFault,
}

/// How a claim breaks the agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ClaimFault {
    /// It is required and not there.
    #[error("is missing")]
    Missing,
    /// Its JSON type or its form is not the one that its definition demands.
    #[error("has the wrong type")]
    WrongType,
    /// It names another issuer, audience or kind than the agreement.
    #[error("is not the agreed one")]
    NotAgreed,
    /// `exp` is in the past.
    #[error("is in the past")]
    Expired,
    /// `nbf` or `iat` is in the future.
    #[error("is in the future")]
    InFuture,
    /// `exp` is further from `iat` than the agreement allows, or not after it.
    #[error("is beyond the agreed lifetime")]
    TooLong,
}

impl ClaimFault {
    /// This fault, of that claim.
    #[must_use]
    pub fn of(self, claim: &'static str) -> ClaimsRefusal {
        ClaimsRefusal { claim, fault: self }
    }
}
