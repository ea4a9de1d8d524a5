//! An OAuth client: a partner's program, or one of our own services.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared_claims::ids::{Audience, ClientId};
use shared_claims::scope::{Scope, ScopeSet};

use super::client_secret::StoredSecret;
use super::grant_type::GrantType;
use super::redirect_uri::RedirectUri;

/// How long access tokens of a client may live.
pub const LIFETIMES: std::ops::RangeInclusive<u64> = 5..=3600;

/// How long they live unless the client's registration says otherwise.
pub const DEFAULT_LIFETIME: Duration = Duration::from_secs(300);

/// Scopes that a partner may be registered for. The others belong to people and to our own services.
/// Those of OpenID Connect count in what a person allows; at our APIs they mean nothing, so no token for one has them.
pub const PARTNER_SCOPES: [Scope; 9] = [
    Scope::OrdersRead,
    Scope::OrdersWrite,
    Scope::AccountsRead,
    Scope::AccountsWrite,
    Scope::FulfilmentRequest,
    Scope::OpenId,
    Scope::Profile,
    Scope::Email,
    Scope::OfflineAccess,
];

/// Why keys are refused.
pub const KEYS_OF_SIGNERS: &str = "goes with token_endpoint_auth_method private_key_jwt or grant type jwt-bearer only";

/// Why redirect URIs are refused.
pub const URIS_OF_BROWSERS: &str = "goes with the grant type authorization_code only";

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
    /// Not at all: a public client, that can keep no secret (RFC 6749 section 2.1).
    None,
}

impl AuthMethod {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::ClientSecretBasic, Self::ClientSecretPost, Self::PrivateKeyJwt, Self::None];

    /// Whether the client has secrets. Header and form are two ways to send the same secret, so a client that has one
    /// may use either.
    #[must_use]
    pub fn uses_secret(self) -> bool {
        matches!(self, Self::ClientSecretBasic | Self::ClientSecretPost)
    }
}

/// A client that is no service of ours: a partner's, or a first-party application.
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
    /// What it may ask tokens for.
    pub grant_types: BTreeSet<GrantType>,
    /// Where a browser may bring a code to.
    pub redirect_uris: Vec<RedirectUri>,
    /// Where a browser may be sent after signing out (OpenID Connect RP-Initiated Logout section 3.1).
    pub post_logout_redirect_uris: Vec<RedirectUri>,
    /// Whether it is an application of the house: people are not asked whether they allow it.
    pub first_party: bool,
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

    /// Whether it may use this grant.
    #[must_use]
    pub fn may(&self, grant: GrantType) -> bool {
        self.grant_types.contains(&grant)
    }

    /// Whether it cannot prove who it is.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.auth_method == AuthMethod::None
    }

    /// Where to send the browser with a code, if the client registered `asked`.
    #[must_use]
    pub fn redirect_uri(&self, asked: &str) -> Option<RedirectUri> {
        self.redirect_uris.iter().find_map(|registered| registered.matched(asked))
    }

    /// Where to send the browser after signing out, if the client registered `asked`.
    #[must_use]
    pub fn post_logout_redirect_uri(&self, asked: &str) -> Option<RedirectUri> {
        self.post_logout_redirect_uris.iter().find_map(|registered| registered.matched(asked))
    }
}
