//! Who is the client? RFC 6749 section 2.3 and RFC 7523 section 2.2: exactly one way to authenticate per request. A
//! public client has none, and gives its name.

pub mod assertion;
mod grant_assertion;
mod presented;

pub use grant_assertion::authenticate_by_grant;
pub use presented::{ClientCredentials, presented};

use std::sync::Arc;

use service_kit::StoreError;
use shared_claims::ids::Subject;

use crate::domain::client::Client;
use crate::domain::client_secret;
use crate::domain::oauth_error::OAuthError;
use crate::domain::policy::InsideClient;
use crate::state::State;

/// A client that has proved who it is, or that is registered as one that cannot.
pub enum AuthenticatedClient {
    /// A partner, or a first-party application.
    Registered(Arc<Client>),
    /// One of our own services.
    Inside(InsideClient),
    /// A partner whose grant is its own signature, which proves it for that grant and for nothing else.
    Asserting {
        /// Who signed.
        client: Arc<Client>,
        /// For whom it asks.
        subject: Subject,
    },
}

impl AuthenticatedClient {
    /// Its `client_id`.
    #[must_use]
    pub fn client_id(&self) -> &str {
        match self {
            Self::Registered(client) | Self::Asserting { client, .. } => client.client_id.as_str(),
            Self::Inside(client) => client.client_id.as_str(),
        }
    }
}

impl From<StoreError> for OAuthError {
    fn from(error: StoreError) -> Self {
        log::error!("token endpoint: {error}");
        Self::unavailable("store")
    }
}

/// Proves the client.
///
/// # Errors
/// `invalid_client`, the same for an unknown, a wrong and a suspended one; or that we cannot tell at the moment.
pub async fn authenticate(state: &State, credentials: &ClientCredentials) -> Result<AuthenticatedClient, OAuthError> {
    match credentials {
        ClientCredentials::None => Err(OAuthError::invalid_client("no_client_authentication")),
        ClientCredentials::Name { client_id } => {
            let client = state.clients.find(client_id).await?.filter(|client| client.is_public());
            let client = client.ok_or(OAuthError::invalid_client("no_client_authentication"))?;
            active(client).map(AuthenticatedClient::Registered)
        }
        ClientCredentials::Secret { client_id, secret } => {
            let client = state.clients.find(client_id).await?;
            // The same work for an unknown client, which has no secrets.
            let stored = client.as_ref().map(|client| client.secrets.as_slice()).unwrap_or_default();
            let matches = client_secret::matches(secret.expose(), stored, state.clock.micros());
            let client = client.ok_or(OAuthError::invalid_client("unknown_client"))?;
            if !matches || !client.auth_method.uses_secret() {
                return Err(OAuthError::invalid_client("wrong_secret"));
            }
            active(client).map(AuthenticatedClient::Registered)
        }
        ClientCredentials::Assertion { client_id, assertion } => {
            assertion::authenticate(state, client_id.as_deref(), assertion).await
        }
    }
}

fn active(client: Arc<Client>) -> Result<Arc<Client>, OAuthError> {
    if client.is_active() { Ok(client) } else { Err(OAuthError::invalid_client("suspended_client")) }
}
