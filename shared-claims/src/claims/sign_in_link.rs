//! The link that signs a person in: mailed to an address, followed in the browser that asked for it.

use serde::Serialize;

use super::{Kind, Members, Registered};
use crate::verify::{ClaimFault, ClaimsRefusal};

/// The claims of a sign-in link. Its subject is the link itself: whose address it went to is known to its issuer only,
/// since a link stands in histories, and mail is read by machines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SignInLink {
    /// RFC 7519 section 4.1. Subject and `jti` are both the link.
    #[serde(flatten)]
    pub registered: Registered,
    /// A name that only the issuer uses.
    #[serde(flatten)]
    pub private: SignInLinkPrivate,
}

/// The private claim of a sign-in link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignInLinkPrivate {
    /// The browser that asked: SHA-256 of its cookie's value, in base64url without padding.
    pub browser: String,
}

impl SignInLink {
    /// Claims to be signed.
    #[cfg(feature = "sign")]
    #[must_use]
    pub fn new(registered: Registered, private: SignInLinkPrivate) -> Self {
        Self { registered, private }
    }
}

impl Kind for SignInLink {
    const TYP: &'static str = "sign-in-link+jwt";

    fn read(registered: Registered, members: &Members<'_>) -> Result<Self, ClaimsRefusal> {
        if registered.subject.as_str() != registered.token_id.as_str() {
            return Err(ClaimFault::NotAgreed.of("sub"));
        }
        if registered.audience.len() != 1 {
            return Err(ClaimFault::NotAgreed.of("aud"));
        }
        Ok(Self { registered, private: SignInLinkPrivate { browser: members.structure("browser")? } })
    }
}
