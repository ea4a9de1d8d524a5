//! A client at the token endpoint: it asks by its id and secret (RFC 6749 section 4.4) and counts how often.

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::discovery::AuthorizationServer;
use crate::http::{Auth, Body, Request};
use crate::secret::Secret;

/// A client that is registered with the authorization server.
#[derive(Debug, Clone)]
pub struct Registration {
    /// What people call it.
    pub name: &'static str,
    /// Its id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Secret,
}

/// Asks for access tokens to one resource.
#[derive(Debug, Clone)]
pub struct TokenClient {
    /// Who asks.
    pub registration: Registration,
    token_endpoint: Url,
    resource: String,
    requests: u32,
}

/// A successful answer (RFC 6749 section 5.1).
#[derive(Debug, Clone, Deserialize)]
pub struct TokenAnswer {
    /// The token. Clients pass it on and do not look inside (RFC 9068 section 6); this program does, to teach.
    pub access_token: String,
    /// How to use it; anything but `Bearer` would need more than a header.
    pub token_type: String,
    /// How long it lives, in seconds. Counted from the receipt of the answer, it needs no common clock.
    pub expires_in: u64,
    /// What it allows, if that differs from what was asked for.
    pub scope: Option<String>,
    /// Not given to clients that can simply ask again (RFC 6749 section 4.4.3).
    pub refresh_token: Option<Value>,
}

impl TokenClient {
    /// A client that has not asked yet.
    #[must_use]
    pub fn new(registration: Registration, server: &AuthorizationServer, resource: &str) -> Self {
        let token_endpoint = server.token_endpoint.clone();
        Self { registration, token_endpoint, resource: resource.to_owned(), requests: 0 }
    }

    /// The request for a token with this scope, or with all that the client may have. It counts as sent.
    pub fn ask(&mut self, scope: Option<&str>) -> Request {
        self.requests = self.requests.saturating_add(1);
        let mut parameters = vec![
            ("grant_type", "client_credentials".to_owned()),
            // RFC 8707: the token is good at this one resource.
            ("resource", self.resource.clone()),
        ];
        parameters.extend(scope.map(|scope| ("scope", scope.to_owned())));
        let mut request = Request::post(self.token_endpoint.clone());
        request.auth = Auth::Basic {
            client_id: self.registration.client_id.clone(),
            client_secret: self.registration.client_secret.clone(),
        };
        request.body = Body::Form(parameters);
        request
    }

    /// How often it has asked.
    #[must_use]
    pub fn requests(&self) -> u32 {
        self.requests
    }
}
