//! The assertion of the JWT bearer grant (RFC 7523 section 2.1): a client signs for whom it asks for a token.

use serde::Serialize;

use super::{Kind, Members, Registered};
use crate::verify::{ClaimFault, ClaimsRefusal};

/// The claims of an assertion that is an authorization grant: the registered ones; it has no public and no private part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct GrantAssertion {
    /// RFC 7519 section 4.1. The issuer is the client; the subject is whom the token will speak about.
    #[serde(flatten)]
    pub registered: Registered,
}

impl GrantAssertion {
    /// Claims to be signed.
    #[cfg(feature = "sign")]
    #[must_use]
    pub fn new(registered: Registered) -> Self {
        Self { registered }
    }
}

impl Kind for GrantAssertion {
    /// The type that the revision of RFC 7523 gives it. RFC 7523 itself demands none.
    const TYP: &'static str = "authorization-grant+jwt";

    fn read(registered: Registered, _: &Members<'_>) -> Result<Self, ClaimsRefusal> {
        // An assertion for several servers lets one of them use it at another (CVE-2025-27371).
        if registered.audience.len() != 1 {
            return Err(ClaimFault::NotAgreed.of("aud"));
        }
        Ok(Self { registered })
    }
}
