//! The grants, one file each. Another one is a file here and a variant of [`Grant`], which the metadata then announce.

mod authorization_code;
mod client_credentials;
mod jwt_bearer;
mod on_behalf;
mod refresh_token;
mod token_exchange;

#[cfg(feature = "legacy-flows")]
pub use on_behalf::access_token;

use shared_claims::ids::Subject;
use shared_claims::scope::ScopeSet;

use crate::client_auth::AuthenticatedClient;
use crate::domain::form::Form;
use crate::domain::grant_type::GrantType;
use crate::domain::oauth_error::{ErrorCode, OAuthError};
use crate::state::State;
use crate::tokens::IssuedToken;

/// The grants that the token endpoint serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// RFC 6749 section 4.1.
    AuthorizationCode,
    /// RFC 6749 section 6.
    RefreshToken,
    /// RFC 6749 section 4.4.
    ClientCredentials,
    /// RFC 8693.
    TokenExchange,
    /// RFC 7523 section 2.1.
    JwtBearer,
}

/// A token, and on whose behalf it was granted.
pub struct Granted {
    /// The answer.
    pub token: IssuedToken,
    /// `sub` of the token.
    pub subject: Subject,
    /// The audit trail has its row already: it was written together with what was spent.
    pub is_recorded: bool,
}

impl Grant {
    /// Every grant that is served, for the metadata.
    pub const ALL: [Self; 5] =
        [Self::AuthorizationCode, Self::RefreshToken, Self::ClientCredentials, Self::TokenExchange, Self::JwtBearer];

    /// Its `grant_type`.
    #[must_use]
    pub fn grant_type(self) -> GrantType {
        match self {
            Self::AuthorizationCode => GrantType::AuthorizationCode,
            Self::RefreshToken => GrantType::RefreshToken,
            Self::ClientCredentials => GrantType::ClientCredentials,
            Self::TokenExchange => GrantType::TokenExchange,
            Self::JwtBearer => GrantType::JwtBearer,
        }
    }

    /// Its `grant_type` as it is sent.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.grant_type().as_str()
    }

    /// The verb of the audit trail.
    #[must_use]
    pub fn action(self) -> &'static str {
        match self {
            Self::AuthorizationCode | Self::ClientCredentials | Self::JwtBearer => "token.issue",
            Self::RefreshToken => "token.refresh",
            Self::TokenExchange => "token.exchange",
        }
    }

    /// Which grant the form asks for.
    ///
    /// # Errors
    /// `invalid_request` without `grant_type`, `unsupported_grant_type` for any other, `password` and `implicit` included.
    pub fn asked_in(form: &Form) -> Result<Self, OAuthError> {
        let asked = form
            .get("grant_type")
            .ok_or(ErrorCode::InvalidRequest.because("no_grant_type", "The parameter grant_type is missing."))?;
        Self::ALL.into_iter().find(|grant| grant.as_str() == asked).ok_or(ErrorCode::UnsupportedGrantType.because(
            "unsupported_grant_type",
            "This grant_type is not offered; see grant_types_supported in the server metadata.",
        ))
    }

    /// Grants, or not. A client uses the grants that it is registered for; what our own services may is the exchange
    /// policy's business.
    ///
    /// # Errors
    /// The error of the standard.
    pub async fn run(self, state: &State, client: &AuthenticatedClient, form: &Form) -> Result<Granted, OAuthError> {
        if let AuthenticatedClient::Registered(client) = client
            && !client.may(self.grant_type())
        {
            let description = "The client is not registered for this grant_type.";
            return Err(ErrorCode::UnauthorizedClient.because("grant_not_of_client", description));
        }
        match self {
            Self::AuthorizationCode => authorization_code::grant(state, client, form).await,
            Self::RefreshToken => refresh_token::grant(state, client, form).await,
            Self::ClientCredentials => client_credentials::grant(state, client, form),
            Self::TokenExchange => token_exchange::grant(state, client, form).await,
            Self::JwtBearer => jwt_bearer::grant(state, client, form),
        }
    }
}

/// `scope` of a request (RFC 6749 section 3.3). Unknown scopes are an error, never dropped in silence.
fn requested_scope(form: &Form) -> Result<Option<ScopeSet>, OAuthError> {
    let unknown =
        ErrorCode::InvalidScope.because("unknown_scope", "The scope is unknown, or not separated by single spaces.");
    form.get("scope").map(|scope| scope.parse().map_err(|_| unknown)).transpose()
}
