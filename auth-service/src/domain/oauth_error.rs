//! What the endpoints of OAuth answer when they say no (RFC 6749 sections 4.1.2.1 and 5.2, RFC 8707 section 2).

use std::fmt;

/// An error as clients are told it, in a body or in a redirect: the code for the client, the reason for log and audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OAuthError {
    /// The `error` code.
    pub code: ErrorCode,
    /// `error_description`: what to do about it. ASCII without quotes, never with input in it.
    pub description: &'static str,
    /// One of a closed list, for log and audit; more exact than what the client learns.
    pub reason: &'static str,
}

/// The `error` codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCode {
    /// A parameter is missing, repeated or malformed.
    InvalidRequest,
    /// The request has more bytes than are read; the same code for the client, with a status of its own.
    RequestTooLarge,
    /// The client is not who it says, or may not have tokens.
    InvalidClient,
    /// The client may not use this grant.
    UnauthorizedClient,
    /// There is no such grant here.
    UnsupportedGrantType,
    /// The scope is unknown, or more than the client has.
    InvalidScope,
    /// The resource is unknown, or not one for this client (RFC 8707).
    InvalidTarget,
    /// The code, refresh token or assertion is not good, or not for this client.
    InvalidGrant,
    /// The person said no, or may not say yes (RFC 6749 section 4.1.2.1).
    AccessDenied,
    /// The authorization endpoint knows no such answer.
    UnsupportedResponseType,
    /// Somebody would have to sign in, and nothing may be asked (OpenID Connect Core section 3.1.2.6).
    LoginRequired,
    /// Somebody would have to consent, and nothing may be asked.
    ConsentRequired,
    /// Request objects are not read here.
    RequestNotSupported,
    /// Requests are not fetched from where a client says (OpenID Connect Core section 3.1.2.6).
    RequestUriNotSupported,
    /// The pushed request is unknown, spent or expired (RFC 9101 section 7).
    InvalidRequestUri,
    /// Clients do not register on the way.
    RegistrationNotSupported,
    /// Something that we need is away (RFC 6749 section 4.1.2.1 has this code for redirects; 503 here).
    TemporarilyUnavailable,
    /// A fault of ours.
    ServerError,
}

impl ErrorCode {
    /// The code as it is sent.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest | Self::RequestTooLarge => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::InvalidGrant => "invalid_grant",
            Self::AccessDenied => "access_denied",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::InvalidRequestUri => "invalid_request_uri",
            Self::RegistrationNotSupported => "registration_not_supported",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::ServerError => "server_error",
        }
    }

    /// This code, with what to tell the client and what to tell ourselves.
    #[must_use]
    pub fn because(self, reason: &'static str, description: &'static str) -> OAuthError {
        OAuthError { code: self, description, reason }
    }
}

impl OAuthError {
    /// The one answer to every client that did not prove who it is, whatever was wrong: unknown, wrong secret, suspended.
    #[must_use]
    pub fn invalid_client(reason: &'static str) -> Self {
        ErrorCode::InvalidClient.because(reason, "Client authentication failed.")
    }

    /// The one answer to every code, refresh token and assertion that is not good, whatever was wrong.
    #[must_use]
    pub fn invalid_grant(reason: &'static str) -> Self {
        ErrorCode::InvalidGrant.because(reason, "The code, refresh token or assertion is not good. Start again.")
    }

    /// Try later.
    #[must_use]
    pub fn unavailable(reason: &'static str) -> Self {
        ErrorCode::TemporarilyUnavailable.because(reason, "The service cannot answer at the moment. Try again.")
    }
}

impl fmt::Display for OAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.code.as_str(), self.reason)
    }
}

impl std::error::Error for OAuthError {}
