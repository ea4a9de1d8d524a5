//! A client as it is shown (RFC 7591 section 3.2.1).

use std::collections::BTreeSet;

use serde::Serialize;
use service_kit::secret::Secret;
use service_kit::time::to_rfc3339;
use shared_claims::ids::Audience;

use crate::domain::client::{AuthMethod, Client, ClientStatus};
use crate::domain::client_secret::StoredSecret;
use crate::domain::grant_type::GrantType;
use crate::domain::redirect_uri::RedirectUri;

/// A client, without what it keeps secret.
#[derive(Serialize)]
pub struct ClientAnswer {
    client_id: String,
    client_name: String,
    scope: String,
    grant_types: BTreeSet<GrantType>,
    token_endpoint_auth_method: AuthMethod,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    redirect_uris: Vec<RedirectUri>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    post_logout_redirect_uris: Vec<RedirectUri>,
    resources: Vec<Audience>,
    status: ClientStatus,
    access_token_lifetime: u64,
    client_id_issued_at: i64,
    secrets: Vec<SecretAnswer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks: Option<serde_json::Value>,
    /// Only when the client is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    /// 0: it does not expire. Goes with `client_secret`.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret_expires_at: Option<i64>,
}

/// A secret, without the secret.
#[derive(Serialize)]
struct SecretAnswer {
    secret_id: String,
    created_at: String,
    expires_at: Option<String>,
}

impl From<&StoredSecret> for SecretAnswer {
    fn from(secret: &StoredSecret) -> Self {
        Self {
            secret_id: secret.secret_id.clone(),
            created_at: to_rfc3339(secret.created_at),
            expires_at: secret.expires_at.map(to_rfc3339),
        }
    }
}

impl ClientAnswer {
    pub(super) fn of(client: &Client) -> Self {
        Self {
            client_id: client.client_id.to_string(),
            client_name: client.client_name.clone(),
            scope: client.scope.to_string(),
            grant_types: client.grant_types.clone(),
            token_endpoint_auth_method: client.auth_method,
            redirect_uris: client.redirect_uris.clone(),
            post_logout_redirect_uris: client.post_logout_redirect_uris.clone(),
            resources: client.resources.iter().cloned().collect(),
            status: client.status,
            access_token_lifetime: client.access_token_lifetime.as_secs(),
            client_id_issued_at: client.created_at / 1_000_000,
            secrets: client.secrets.iter().map(SecretAnswer::from).collect(),
            jwks: client.jwks.as_ref().and_then(|jwks| serde_json::from_str(jwks).ok()),
            client_secret: None,
            client_secret_expires_at: None,
        }
    }

    pub(super) fn with_secret(mut self, secret: Option<&Secret>) -> Self {
        self.client_secret = secret.map(|secret| secret.expose().clone());
        self.client_secret_expires_at = secret.map(|_| 0);
        self
    }
}
