//! The agreement: what an issuer and a verifier have settled beforehand, against which check 3 holds a token.

use std::time::Duration;

pub use jsonwebtoken::Algorithm;

use crate::ids::{Audience, Issuer};

/// How far two clocks may be apart: added to `exp`, subtracted from `nbf` and `iat`. The one leeway of the workspace;
/// a token is therefore accepted for at most its lifetime and twice this.
pub const LEEWAY: Duration = Duration::from_secs(5);

/// Longest time between `iat` and `exp` that is accepted unless an agreement says otherwise.
pub const LONGEST_LIFETIME: Duration = Duration::from_secs(3600);

/// The agreement cannot be kept safely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAgreement {
    /// No algorithm is allowed.
    #[error("an agreement must name at least one algorithm")]
    NoAlgorithm,
    /// With HMAC, whoever can verify can also forge.
    #[error("HMAC is no algorithm for an agreement: whoever can verify with it can also forge")]
    SharedSecret,
    /// No `typ` is accepted.
    #[error("an agreement must name at least one typ")]
    NoTyp,
}

/// What issuer and verifier agreed on.
#[derive(Debug, Clone)]
pub struct Agreement {
    pub(crate) issuer: Issuer,
    pub(crate) audience: Audience,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) typ: Vec<String>,
    pub(crate) typ_may_be_absent: bool,
    pub(crate) leeway: Duration,
    pub(crate) longest_lifetime: Duration,
}

impl Agreement {
    /// Tokens of `issuer` for `audience`, of media type `typ` (for [`AccessToken`](crate::claims::AccessToken) it is
    /// `at+jwt`), signed with one of `algorithms`; [`LEEWAY`] and [`LONGEST_LIFETIME`].
    ///
    /// # Errors
    /// [`InvalidAgreement`] if `algorithms` is empty or holds an HMAC.
    pub fn new(
        issuer: Issuer,
        audience: Audience,
        typ: &str,
        algorithms: &[Algorithm],
    ) -> Result<Self, InvalidAgreement> {
        if algorithms.is_empty() {
            return Err(InvalidAgreement::NoAlgorithm);
        }
        if algorithms.iter().any(|alg| alg.family() == jsonwebtoken::AlgorithmFamily::Hmac) {
            return Err(InvalidAgreement::SharedSecret);
        }
        if typ.is_empty() {
            return Err(InvalidAgreement::NoTyp);
        }
        Ok(Self {
            issuer,
            audience,
            algorithms: algorithms.to_vec(),
            typ: vec![typ.to_owned()],
            typ_may_be_absent: false,
            leeway: LEEWAY,
            longest_lifetime: LONGEST_LIFETIME,
        })
    }

    /// Accepts another `typ` as well.
    #[must_use]
    pub fn or_typ(mut self, typ: &str) -> Self {
        self.typ.push(typ.to_owned());
        self
    }

    /// Accepts tokens without `typ`, for kinds whose standard does not demand one (RFC 7523).
    #[must_use]
    pub fn or_no_typ(mut self) -> Self {
        self.typ_may_be_absent = true;
        self
    }

    /// Another leeway than [`LEEWAY`], in whole seconds.
    #[must_use]
    pub fn with_leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// Another longest lifetime than [`LONGEST_LIFETIME`], in whole seconds.
    #[must_use]
    pub fn with_longest_lifetime(mut self, lifetime: Duration) -> Self {
        self.longest_lifetime = lifetime;
        self
    }

    /// The audience: the name under which the verifier is addressed.
    #[must_use]
    pub fn audience(&self) -> &Audience {
        &self.audience
    }

    /// The issuer whose tokens are accepted.
    #[must_use]
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }
}
