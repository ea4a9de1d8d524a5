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
}

impl GrantType {
    /// Every one.
    pub const ALL: [Self; 5] =
        [Self::AuthorizationCode, Self::RefreshToken, Self::ClientCredentials, Self::TokenExchange, Self::JwtBearer];

    /// Those that a partner may be registered for; an exchange is for our own services.
    pub const OF_PARTNERS: [Self; 4] =
        [Self::AuthorizationCode, Self::RefreshToken, Self::ClientCredentials, Self::JwtBearer];

    /// The value as it is sent.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
            Self::TokenExchange => TOKEN_EXCHANGE,
            Self::JwtBearer => "urn:ietf:params:oauth:grant-type:jwt-bearer",
        }
    }

    /// The grant type with this value, compared as text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grant| grant.as_str() == text)
    }

    /// Whether a client that cannot prove who it is may use it: a code and a refresh token are bound to what such a
    /// client has shown before. In the others there is nothing but the client's own proof.
    #[must_use]
    pub fn is_for_public_clients(self) -> bool {
        matches!(self, Self::AuthorizationCode | Self::RefreshToken)
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
    fn every_grant_type_reads_back_as_itself_and_nothing_else_does() {
        for grant in GrantType::ALL {
            assert_eq!(GrantType::parse(grant.as_str()), Some(grant));
        }
        for other in ["", "password", "implicit", "AUTHORIZATION_CODE", "client_credentials ", "jwt-bearer"] {
            assert_eq!(GrantType::parse(other), None, "{other}");
        }
    }
}
