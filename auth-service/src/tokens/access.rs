//! The access token (RFC 9068): which claims it gets in which grant.

use std::time::Duration;

use serde::Serialize;
use service_kit::ids::new_id;
use shared_claims::claims::{AccessPrivate, AccessPublic, AccessToken, Registered};
use shared_claims::clock::Clock;
use shared_claims::ids::{Audience, ClientId, InvalidName, Issuer, Subject, TokenId};
use shared_claims::role::RoleSet;
use shared_claims::scope::ScopeSet;
use shared_claims::sign::{KeyRing, SignError};

use crate::domain::client::{Client, DEFAULT_LIFETIME};
use crate::domain::oauth_error::{ErrorCode, OAuthError};
use crate::domain::user::User;

/// The client that people use at a terminal to sign in. It cannot authenticate, so no grant is open to it.
pub const OPERATOR_CLIENT: &str = "operator-cli";

/// Makes access tokens.
pub struct AccessTokens {
    issuer: Issuer,
    ring: KeyRing,
    clock: Clock,
}

/// The answer of the token endpoint (RFC 6749 section 5.1, RFC 8693 section 2.2.1).
#[derive(Serialize)]
pub struct IssuedToken {
    /// The token.
    pub access_token: String,
    /// `Bearer`.
    pub token_type: &'static str,
    /// In seconds.
    pub expires_in: u64,
    /// What it allows.
    pub scope: ScopeSet,
    /// Of an exchange: what kind of token this is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued_token_type: Option<&'static str>,
    /// With which the client gets the next one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// Who the person is, for the client (OpenID Connect Core section 3.1.3.3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// For the audit trail: the token's name.
    #[serde(skip)]
    pub token_id: String,
}

impl From<SignError> for OAuthError {
    fn from(_: SignError) -> Self {
        ErrorCode::ServerError.because("signing_failed", "The service has a fault. Try again.")
    }
}

impl AccessTokens {
    /// Tokens of `issuer`, signed with the newest key of `ring`.
    #[must_use]
    pub fn new(issuer: Issuer, ring: KeyRing, clock: Clock) -> Self {
        Self { issuer, ring, clock }
    }

    /// For a client on its own behalf: it is the subject too (RFC 9068 section 2.2).
    ///
    /// # Errors
    /// If signing fails.
    pub fn for_client(&self, client: &Client, audience: Audience, scope: ScopeSet) -> Result<IssuedToken, OAuthError> {
        let subject = Subject::new(client.client_id.as_str()).map_err(unnameable)?;
        self.for_subject(client, subject, audience, scope)
    }

    /// For a client that asked on behalf of `subject`: itself, or one of its accounts.
    ///
    /// # Errors
    /// If signing fails.
    pub fn for_subject(
        &self,
        client: &Client,
        subject: Subject,
        audience: Audience,
        scope: ScopeSet,
    ) -> Result<IssuedToken, OAuthError> {
        let public = AccessPublic {
            client_id: client.client_id.clone(),
            scope,
            roles: RoleSet::default(),
            auth_time: None,
            act: None,
        };
        let registered = self.registered(subject, audience, client.access_token_lifetime)?;
        self.sign(AccessToken::new(registered, public, AccessPrivate::default()))
    }

    /// For a person who has just signed in at a terminal.
    ///
    /// # Errors
    /// If signing fails.
    pub fn for_operator(&self, user: &User, audience: Audience, scope: ScopeSet) -> Result<IssuedToken, OAuthError> {
        let registered =
            self.registered(Subject::new(&user.user_id).map_err(unnameable)?, audience, DEFAULT_LIFETIME)?;
        let public = AccessPublic {
            client_id: ClientId::new(OPERATOR_CLIENT).map_err(unnameable)?,
            scope,
            roles: user.roles.clone(),
            auth_time: Some(registered.issued_at),
            act: None,
        };
        self.sign(AccessToken::new(registered, public, AccessPrivate::default()))
    }

    pub(super) fn registered(
        &self,
        subject: Subject,
        audience: Audience,
        lifetime: Duration,
    ) -> Result<Registered, OAuthError> {
        let token_id = TokenId::new(new_id("tok")).map_err(unnameable)?;
        Ok(Registered::issue(self.issuer.clone(), subject, audience, token_id, self.clock.now(), lifetime))
    }

    pub(super) fn sign(&self, claims: AccessToken) -> Result<IssuedToken, OAuthError> {
        let lifetime = claims.registered.expires_at.since(claims.registered.issued_at);
        // A subject token within the leeway after its end can be verified, and yet nothing is left of its time.
        if lifetime.is_zero() {
            return Err(ErrorCode::InvalidRequest.because("subject_token_expired", "The subject_token has expired."));
        }
        Ok(IssuedToken {
            access_token: self.ring.newest().sign(&claims)?,
            token_type: "Bearer",
            expires_in: lifetime.as_secs(),
            scope: claims.public.scope,
            issued_token_type: None,
            refresh_token: None,
            id_token: None,
            token_id: claims.registered.token_id.into(),
        })
    }
}

pub(super) fn unnameable(_: InvalidName) -> OAuthError {
    ErrorCode::ServerError.because("unnameable", "The service has a fault. Try again.")
}
