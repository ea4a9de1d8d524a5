//! An OAuth client: a partner's program, or one of our own services.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared_claims::ids::{Audience, ClientId};
use shared_claims::scope::{Scope, ScopeSet};

use super::client_secret::StoredSecret;

/// How long access tokens of a client may live.
pub const LIFETIMES: std::ops::RangeInclusive<u64> = 5..=3600;

/// How long they live unless the client's registration says otherwise.
pub const DEFAULT_LIFETIME: Duration = Duration::from_secs(300);

/// Scopes that a partner may be registered for. The others belong to people and to our own services.
pub const PARTNER_SCOPES: [Scope; 5] =
    [Scope::OrdersRead, Scope::OrdersWrite, Scope::AccountsRead, Scope::AccountsWrite, Scope::FulfilmentRequest];

/// Whether a client may have tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClientStatus {
    /// It may.
    Active,
    /// Not until it is resumed.
    Suspended,
}

/// How a client proves who it is (RFC 7591 section 2, `token_endpoint_auth_method`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// Its secret, in the Authorization header.
    #[default]
    ClientSecretBasic,
    /// Its secret, in the form.
    ClientSecretPost,
    /// An assertion signed with its key (RFC 7523 section 2.2).
    PrivateKeyJwt,
}

impl AuthMethod {
    /// Whether the client has secrets. Header and form are two ways to send the same secret, so a client that has one
    /// may use either.
    #[must_use]
    pub fn uses_secret(self) -> bool {
        !matches!(self, Self::PrivateKeyJwt)
    }
}

/// A registered client.
#[derive(Debug, Clone)]
pub struct Client {
    /// Its name at the token endpoint.
    pub client_id: ClientId,
    /// Its name for people.
    pub client_name: String,
    /// Whether it may have tokens.
    pub status: ClientStatus,
    /// The agreement with the partner: the most that its tokens may allow.
    pub scope: ScopeSet,
    /// The resource servers that its tokens may be for.
    pub resources: BTreeSet<Audience>,
    /// How long its access tokens live.
    pub access_token_lifetime: Duration,
    /// How it proves who it is.
    pub auth_method: AuthMethod,
    /// Its public keys, as the JSON of a JWK Set, where it signs assertions.
    pub jwks: Option<String>,
    /// When it was registered, in microseconds since the epoch.
    pub created_at: i64,
    /// Its secrets, at most two.
    pub secrets: Vec<StoredSecret>,
}

impl Client {
    /// Whether it may have tokens.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.status == ClientStatus::Active
    }
}
