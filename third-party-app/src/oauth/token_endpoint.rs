//! The token endpoint: a code for tokens (RFC 6749 section 4.1.3), a refresh token for new ones (section 6).

use serde::Deserialize;
use url::Url;

use super::{Client, Code, Pending, Provider};
use crate::http::{Answer, Auth, Body, Request};
use crate::secret::Secret;

/// Where and as whom it is asked.
#[derive(Debug, Clone)]
pub struct TokenEndpoint {
    url: Url,
    client_id: String,
    client_secret: Secret,
}

/// A successful answer (RFC 6749 section 5.1, OpenID Connect Core section 3.1.3.3).
#[derive(Debug, Clone, Deserialize)]
pub struct Tokens {
    /// For the resource.
    pub access_token: Secret,
    token_type: String,
    /// How long the access token lives, in seconds from now.
    pub expires_in: u64,
    /// What it allows.
    pub scope: Option<String>,
    /// Replaces the one that was sent, which must not be sent again: a server that sees it twice revokes all.
    pub refresh_token: Option<Secret>,
    /// Who it is; for this client, not for any resource.
    pub id_token: Option<Secret>,
}

/// No tokens.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    /// The server says why (RFC 6749 section 5.2). `invalid_grant` for a refresh token means that it is over: the
    /// person has withdrawn, or the token was used twice.
    #[error("the token endpoint answers {error}{}", description.as_ref().map(|text| format!(": {text}")).unwrap_or_default())]
    Refused {
        /// The code of the error.
        error: String,
        /// What the server says of it.
        description: Option<String>,
    },
    /// Neither tokens nor an error of OAuth.
    #[error("the token endpoint answers {status}, and what it says cannot be read")]
    Unreadable {
        /// The status.
        status: u16,
    },
    /// A token that needs more than to be shown (RFC 6749 section 7.1).
    #[error("the token is of type {0:?}, which this client does not know how to use")]
    NotBearer(String),
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
    error_description: Option<String>,
}

impl TokenEndpoint {
    /// That of the server, for the client that is registered with it.
    #[must_use]
    pub fn new(provider: &Provider, client: &Client) -> Self {
        let (client_id, client_secret) = (client.client_id.clone(), client.client_secret.clone());
        Self { url: provider.token_endpoint.clone(), client_id, client_secret }
    }

    /// The request that exchanges a code, with the verifier that only this client has.
    #[must_use]
    pub fn exchange(&self, pending: &Pending, code: &Code) -> Request {
        self.post(vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", code.expose().to_owned()),
            ("redirect_uri", pending.redirect_uri.to_string()),
            ("code_verifier", pending.verifier.expose().to_owned()),
        ])
    }

    /// The request for new tokens: with less scope, if that is enough, and for one of the resources that were allowed.
    #[must_use]
    pub fn refresh(&self, refresh_token: &Secret, scope: Option<&str>, resource: Option<&str>) -> Request {
        let mut parameters =
            vec![("grant_type", "refresh_token".to_owned()), ("refresh_token", refresh_token.expose().to_owned())];
        parameters.extend(scope.map(|scope| ("scope", scope.to_owned())));
        parameters.extend(resource.map(|resource| ("resource", resource.to_owned())));
        self.post(parameters)
    }

    fn post(&self, parameters: Vec<(&'static str, String)>) -> Request {
        let mut request = Request::post(self.url.clone());
        request.auth = Auth::Basic { client_id: self.client_id.clone(), client_secret: self.client_secret.clone() };
        request.body = Body::Form(parameters);
        request
    }
}

impl Tokens {
    /// Reads an answer.
    ///
    /// # Errors
    /// [`GrantError`].
    pub fn read(answer: &Answer) -> Result<Self, GrantError> {
        let status = answer.status.as_u16();
        if status != 200 {
            let refusal: Refusal =
                serde_json::from_slice(&answer.body).map_err(|_| GrantError::Unreadable { status })?;
            return Err(GrantError::Refused { error: refusal.error, description: refusal.error_description });
        }
        let tokens: Self = serde_json::from_slice(&answer.body).map_err(|_| GrantError::Unreadable { status })?;
        if tokens.token_type.eq_ignore_ascii_case("Bearer") {
            Ok(tokens)
        } else {
            Err(GrantError::NotBearer(tokens.token_type))
        }
    }
}

impl GrantError {
    /// Whether the server's error has this code.
    #[must_use]
    pub fn is(&self, code: &str) -> bool {
        matches!(self, Self::Refused { error, .. } if error == code)
    }
}
