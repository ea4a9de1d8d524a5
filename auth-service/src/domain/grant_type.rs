//! The values of `grant_type`: what a client may be registered for, and what a request for a token names.

use serde::{Serialize, Serializer};
use shared_claims::exchange::TOKEN_EXCHANGE;

/// A `grant_type` (RFC 6749 section 4, RFC 7591 section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GrantType {
    /// A person allowed it in the browser (RFC 6749 section 4.1).
    AuthorizationCode,
    /// Goes on with what a person allowed (RFC 6749 section 6).
    RefreshToken,
    /// A client on its own behalf (RFC 6749 section 4.4).
    ClientCredentials,
    /// One of our services for its caller (RFC 8693).
    TokenExchange,
    /// A client that signs for whom it asks (RFC 7523 section 2.1).
    JwtBearer,
    /// Not of the token endpoint: the authorization endpoint gives the token itself (RFC 6749 section 4.2). A lab.
    #[cfg(feature = "legacy-flows")]
    Implicit,
}

impl GrantType {
    /// Every one.
    pub const ALL: &'static [Self] = &[
        Self::AuthorizationCode,
        Self::RefreshToken,
        Self::ClientCredentials,
        Self::TokenExchange,
        Self::JwtBearer,
        #[cfg(feature = "legacy-flows")]
        Self::Implicit,
    ];

    /// Whether a partner may be registered for it; an exchange is for our own services.
    #[must_use]
    pub fn is_for_partners(self) -> bool {
        self != Self::TokenExchange
    }

    /// Whether a browser brings people for it, and takes the answer back.
    #[must_use]
    pub fn is_through_browser(self) -> bool {
        match self {
            Self::AuthorizationCode => true,
            #[cfg(feature = "legacy-flows")]
            Self::Implicit => true,
            _ => false,
        }
    }

    /// The value as it is sent.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
            Self::TokenExchange => TOKEN_EXCHANGE,
            Self::JwtBearer => "urn:ietf:params:oauth:grant-type:jwt-bearer",
            #[cfg(feature = "legacy-flows")]
            Self::Implicit => "implicit",
        }
    }

    /// The grant type with this value, compared as text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|grant| grant.as_str() == text)
    }

    /// Whether a client that cannot prove who it is may use it: a browser comes with a person, and a code and a refresh
    /// token are bound to what such a client has shown before. In the others there is nothing but the client's own proof.
    #[must_use]
    pub fn is_for_public_clients(self) -> bool {
        self.is_through_browser() || self == Self::RefreshToken
    }
}

impl Serialize for GrantType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_implicit_flow_is_there_with_the_feature_only() {
        assert_eq!(GrantType::parse("implicit").is_some(), cfg!(feature = "legacy-flows"));
    }

    #[test]
    fn every_grant_type_reads_back_as_itself_and_nothing_else_does() {
        for grant in GrantType::ALL {
            assert_eq!(GrantType::parse(grant.as_str()), Some(*grant));
        }
        for other in ["", "password", "Implicit", "AUTHORIZATION_CODE", "client_credentials ", "jwt-bearer"] {
            assert_eq!(GrantType::parse(other), None, "{other}");
        }
    }
}
