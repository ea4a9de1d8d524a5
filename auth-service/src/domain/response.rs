//! How a client wants to be answered by the authorization endpoint (RFC 6749 section 3.1.1): with a code, in the query.
//!
//! With the feature `legacy-flows` there are three more answers, which hold tokens. They are a lab: no client should ask
//! for them any more (RFC 9700 section 2.1.2).

use super::client::Client;
use super::form::Form;
use super::grant_type::GrantType;
#[cfg(feature = "legacy-flows")]
use super::legacy_response::LegacyResponse;
use super::oauth_error::{ErrorCode, OAuthError};
use super::pkce::Challenge;

/// What the client gets.
#[derive(Debug, Clone)]
pub enum Response {
    /// `code`: a code that this challenge goes with.
    Code(Challenge),
    /// Tokens.
    #[cfg(feature = "legacy-flows")]
    Legacy(LegacyResponse),
}

/// Where the parameters of the answer stand: `response_mode` (OAuth 2.0 Multiple Response Type Encoding Practices).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseMode {
    /// In the query: the client's server reads them.
    Query,
    /// In the fragment, which browsers keep from servers: a script of the page reads them.
    #[cfg(feature = "legacy-flows")]
    Fragment,
}

impl Response {
    /// Every `response_type` that is served, for the metadata.
    pub const TYPES: &'static [&'static str] = &[
        "code",
        #[cfg(feature = "legacy-flows")]
        "token",
        #[cfg(feature = "legacy-flows")]
        "id_token token",
        #[cfg(feature = "legacy-flows")]
        "code id_token",
    ];

    /// Reads `response_type`, and the challenge that goes with a code.
    ///
    /// # Errors
    /// `invalid_request` without a type or with a code and no challenge, `unsupported_response_type` for another type, and
    /// `unauthorized_client` for one that the client is not registered for.
    pub fn read(form: &Form, client: &Client) -> Result<Self, OAuthError> {
        let Some(asked) = form.get("response_type") else {
            return Err(
                ErrorCode::InvalidRequest.because("no_response_type", "The parameter response_type is missing.")
            );
        };
        #[cfg(feature = "legacy-flows")]
        if let Some(response) = LegacyResponse::read(asked, form, client)? {
            return Ok(Self::Legacy(response));
        }
        if !client.may(GrantType::AuthorizationCode) {
            return Err(
                ErrorCode::UnauthorizedClient.because("grant_not_registered", "This client may not ask people.")
            );
        }
        if asked != "code" {
            let description = "The response_type is none of response_types_supported in the server metadata.";
            return Err(ErrorCode::UnsupportedResponseType.because("response_type", description));
        }
        Challenge::read(form).map(Self::Code)
    }
}

impl ResponseMode {
    /// Every mode that is served, for the metadata.
    pub const ALL: &'static [Self] = &[
        Self::Query,
        #[cfg(feature = "legacy-flows")]
        Self::Fragment,
    ];

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            #[cfg(feature = "legacy-flows")]
            Self::Fragment => "fragment",
        }
    }

    /// Where the answer to a request with this `response_type` stands, an error too.
    #[must_use]
    pub fn of(response_type: Option<&str>) -> Self {
        match response_type {
            #[cfg(feature = "legacy-flows")]
            Some(text) if super::legacy_response::is_legacy(text) => Self::Fragment,
            _ => Self::Query,
        }
    }
}
