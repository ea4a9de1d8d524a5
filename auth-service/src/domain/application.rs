//! A first-party application: a client of the house that people sign in to. It is compiled in, as our services are.

use std::collections::BTreeSet;

use serde::Deserialize;
use shared_claims::ids::ClientId;
use shared_claims::scope::ScopeSet;

use super::client::{AuthMethod, Client, ClientStatus, DEFAULT_LIFETIME};
use super::grant_type::GrantType;
use super::redirect_uri::RedirectUri;
use super::resource::{ResourceName, Resources};

/// One of the `applications` in `bootstrap.json`. It runs on people's machines and can keep no secret, so it is a public
/// client (RFC 6749 section 2.1, RFC 8252).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// Its name at the token endpoint.
    pub client_id: ClientId,
    client_name: String,
    resource: ResourceName,
    scope: ScopeSet,
    redirect_uris: Vec<RedirectUri>,
    post_logout_redirect_uris: Vec<RedirectUri>,
}

impl Application {
    /// As every other client is known, with the URL of its resource.
    #[must_use]
    pub fn client(&self, resources: &Resources) -> Client {
        Client {
            client_id: self.client_id.clone(),
            client_name: self.client_name.clone(),
            status: ClientStatus::Active,
            scope: self.scope.clone(),
            resources: BTreeSet::from([resources.audience(self.resource).clone()]),
            access_token_lifetime: DEFAULT_LIFETIME,
            auth_method: AuthMethod::None,
            grant_types: BTreeSet::from([GrantType::AuthorizationCode, GrantType::RefreshToken]),
            redirect_uris: self.redirect_uris.clone(),
            post_logout_redirect_uris: self.post_logout_redirect_uris.clone(),
            first_party: true,
            jwks: None,
            created_at: 0,
            secrets: Vec::new(),
        }
    }
}
