//! The lab of the feature `legacy-flows`: answers of the authorization endpoint that hold tokens. They go through the
//! browser's address bar, where more than the client can read them; `docs/labs/implicit-flow.md` tries it.

use shared_claims::scope::{Scope, ScopeSet};

use super::client::Client;
use super::form::Form;
use super::grant_type::GrantType;
use super::oauth_error::{ErrorCode, OAuthError};
use super::pkce::Challenge;

/// What comes back in the fragment.
#[derive(Debug, Clone)]
pub enum LegacyResponse {
    /// `token`: an access token. The implicit flow (RFC 6749 section 4.2).
    Token,
    /// `id_token token`: an ID token too (OpenID Connect Core section 3.2).
    IdTokenAndToken,
    /// `code id_token`: an ID token, and a code for the tokens. The hybrid flow (OpenID Connect Core section 3.3).
    CodeAndIdToken(Challenge),
}

/// A `response_type`, before anything else of the request is read.
#[derive(Debug, Clone, Copy)]
enum Type {
    Token,
    IdTokenAndToken,
    CodeAndIdToken,
}

impl Type {
    /// The order of the words does not matter (RFC 6749 section 3.1.1).
    fn parse(text: &str) -> Option<Self> {
        let mut words: Vec<_> = text.split(' ').collect();
        words.sort_unstable();
        match words.as_slice() {
            ["token"] => Some(Self::Token),
            ["id_token", "token"] => Some(Self::IdTokenAndToken),
            ["code", "id_token"] => Some(Self::CodeAndIdToken),
            _ => None,
        }
    }

    /// What a client has to be registered for (OpenID Connect Dynamic Client Registration section 2, `response_types`).
    fn grants(self) -> &'static [GrantType] {
        match self {
            Self::Token | Self::IdTokenAndToken => &[GrantType::Implicit],
            Self::CodeAndIdToken => &[GrantType::AuthorizationCode, GrantType::Implicit],
        }
    }
}

/// Whether the answer to this `response_type` stands in the fragment.
#[must_use]
pub fn is_legacy(response_type: &str) -> bool {
    Type::parse(response_type).is_some()
}

impl LegacyResponse {
    /// The answer that `response_type` asks for; `None` if it is no type of the lab.
    ///
    /// # Errors
    /// `unauthorized_client` if the client is not registered for it; `invalid_request` for a code without a challenge.
    pub fn read(response_type: &str, form: &Form, client: &Client) -> Result<Option<Self>, OAuthError> {
        let Some(asked) = Type::parse(response_type) else { return Ok(None) };
        if !asked.grants().iter().all(|grant| client.may(*grant)) {
            let description = "This client is not registered for this response_type.";
            return Err(ErrorCode::UnauthorizedClient.because("grant_not_registered", description));
        }
        Ok(Some(match asked {
            Type::Token => Self::Token,
            Type::IdTokenAndToken => Self::IdTokenAndToken,
            Type::CodeAndIdToken => Self::CodeAndIdToken(Challenge::read(form)?),
        }))
    }

    /// What of the scope such an answer can bring: `offline_access` comes with a code only, and is ignored else (OpenID
    /// Connect Core section 11).
    ///
    /// # Errors
    /// With an ID token: `invalid_scope` without `openid`, and `invalid_request` without the `nonce` that binds it to the
    /// browser (sections 3.2.2.1 and 3.3.2.11).
    pub fn accept(&self, scope: &ScopeSet, nonce: Option<&str>) -> Result<ScopeSet, OAuthError> {
        if self.has_id_token() && !scope.contains(Scope::OpenId) {
            return Err(ErrorCode::InvalidScope.because("id_token_without_openid", "An id_token goes with openid."));
        }
        if self.has_id_token() && nonce.is_none() {
            return Err(ErrorCode::InvalidRequest.because("no_nonce", "The parameter nonce is missing."));
        }
        let offline = self.challenge().is_some();
        Ok(scope.iter().filter(|scope| offline || *scope != Scope::OfflineAccess).collect())
    }

    /// What a code has to be redeemed with, if there is one.
    #[must_use]
    pub fn challenge(&self) -> Option<&Challenge> {
        match self {
            Self::CodeAndIdToken(challenge) => Some(challenge),
            Self::Token | Self::IdTokenAndToken => None,
        }
    }

    /// Whether there is an access token.
    #[must_use]
    pub fn has_token(&self) -> bool {
        matches!(self, Self::Token | Self::IdTokenAndToken)
    }

    /// Whether there is an ID token.
    #[must_use]
    pub fn has_id_token(&self) -> bool {
        !matches!(self, Self::Token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_the_words_does_not_matter() {
        for text in ["token", "token id_token", "id_token token", "id_token code", "code id_token"] {
            assert!(is_legacy(text), "{text}");
        }
    }

    /// `code token` and `code id_token token` put an access token beside a code, for nothing; `id_token` alone signs in,
    /// which `code` does as well.
    #[test]
    fn nothing_else_is_served_even_here() {
        let others =
            ["code", "", "id_token", "code token", "code id_token token", "token  id_token", "Token", "token token"];
        for text in others {
            assert!(!is_legacy(text), "{text}");
        }
    }
}
