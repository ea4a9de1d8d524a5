//! The client assertion of `private_key_jwt` (RFC 7523 section 2.2): a client proves who it is by its signature.

use serde::Serialize;

use super::{Kind, Members, Registered};
use crate::verify::{ClaimFault, ClaimsRefusal};

/// The claims of a client assertion: the registered ones; it has no public and no private part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ClientAssertion {
    /// RFC 7519 section 4.1. Issuer and subject are both the client.
    #[serde(flatten)]
    pub registered: Registered,
}

impl ClientAssertion {
    /// Claims to be signed.
    #[cfg(feature = "sign")]
    #[must_use]
    pub fn new(registered: Registered) -> Self {
        Self { registered }
    }
}

impl Kind for ClientAssertion {
    /// The type that the revision of RFC 7523 gives it. RFC 7523 itself demands none.
    const TYP: &'static str = "client-authentication+jwt";

    fn read(registered: Registered, _: &Members<'_>) -> Result<Self, ClaimsRefusal> {
        // RFC 7523 section 3, points 1 and 2.B.
        if registered.subject.as_str() != registered.issuer.as_str() {
            return Err(ClaimFault::NotAgreed.of("sub"));
        }
        // An assertion for several servers lets one of them use it at another (CVE-2025-27371).
        if registered.audience.len() != 1 {
            return Err(ClaimFault::NotAgreed.of("aud"));
        }
        Ok(Self { registered })
    }
}
