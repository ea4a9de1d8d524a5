//! The ID token (OpenID Connect Core section 2): what a client is told about a person who signed in. It is for the client
//! alone; no API accepts it.

use serde::Serialize;

use super::{Kind, Members, Registered};
use crate::clock::Timestamp;
use crate::verify::{ClaimFault, ClaimsRefusal};

/// The claims of an ID token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct IdToken {
    /// RFC 7519 section 4.1. The audience is the client.
    #[serde(flatten)]
    pub registered: Registered,
    /// Names from the IANA registry of JWT claims.
    #[serde(flatten)]
    pub public: IdPublic,
}

/// The public claims of an ID token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IdPublic {
    /// `auth_time`: when the person signed in.
    pub auth_time: Timestamp,
    /// `nonce` of the authorization request: the client compares it with what it keeps for the browser.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// `acr`: how sure we are of who they are.
    pub acr: &'static str,
    /// `amr` (RFC 8176): by what they proved it.
    pub amr: [&'static str; 1],
    /// `sid` (OpenID Connect Front-Channel Logout section 3): the session.
    pub sid: String,
    /// `at_hash`: half of a hash of the access token that came with it (section 3.1.3.6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_hash: Option<String>,
    /// `c_hash`: the same of the code (section 3.3.2.11), in the hybrid flow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub c_hash: Option<String>,
}

impl IdToken {
    /// Claims to be signed.
    #[cfg(feature = "sign")]
    #[must_use]
    pub fn new(registered: Registered, public: IdPublic) -> Self {
        Self { registered, public }
    }
}

impl Kind for IdToken {
    /// OpenID Connect gives it no type of its own, so it has the one that says the least. What keeps it out of the APIs is
    /// that they demand `at+jwt`, and its audience.
    const TYP: &'static str = "JWT";

    /// Only its issuer reads one back, as the hint of a request: `sub` and `sid` matter then, and what is not `sid` is
    /// not looked at.
    fn read(registered: Registered, members: &Members<'_>) -> Result<Self, ClaimsRefusal> {
        let sid: String = members.structure("sid")?;
        let auth_time = members.date("auth_time")?;
        if registered.audience.len() != 1 {
            return Err(ClaimFault::NotAgreed.of("aud"));
        }
        let public = IdPublic { auth_time, nonce: None, acr: "", amr: [""], sid, at_hash: None, c_hash: None };
        Ok(Self { registered, public })
    }
}
