//! The ID token: which claims it gets.

use std::time::Duration;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use jsonwebtoken::crypto::JwtSigner;
use service_kit::ids::new_id;
use shared_claims::claims::{IdPublic, IdToken, Registered};
use shared_claims::clock::Clock;
use shared_claims::ids::{Audience, InvalidName, Issuer, Subject, TokenId};
use shared_claims::sign::KeyRing;

use crate::domain::authorization::Authorization;
use crate::domain::oauth_error::{ErrorCode, OAuthError};

/// How long an ID token lives: the client reads it when it comes, and no API ever does.
const LIFETIME: Duration = Duration::from_secs(300);

/// Makes ID tokens.
pub struct IdTokens {
    issuer: Issuer,
    ring: KeyRing,
    clock: Clock,
}

/// With what an ID token comes, to be bound to it by a hash.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beside<'a> {
    /// An access token.
    pub access_token: Option<&'a str>,
    /// A code.
    pub code: Option<&'a str>,
}

impl IdTokens {
    /// Tokens of `issuer`, signed with the newest key of `ring`.
    #[must_use]
    pub fn new(issuer: Issuer, ring: KeyRing, clock: Clock) -> Self {
        Self { issuer, ring, clock }
    }

    /// About the person of `authorization`, for its client.
    ///
    /// # Errors
    /// If signing fails.
    pub fn issue(&self, authorization: &Authorization, beside: Beside<'_>) -> Result<String, OAuthError> {
        let client = Audience::new(authorization.client_id.as_str()).map_err(unnameable)?;
        let subject = Subject::new(&authorization.user_id).map_err(unnameable)?;
        let token_id = TokenId::new(new_id("idt")).map_err(unnameable)?;
        let registered = Registered::issue(self.issuer.clone(), subject, client, token_id, self.clock.now(), LIFETIME);
        let public = IdPublic {
            auth_time: authorization.signed_in_at(),
            nonce: authorization.nonce.clone(),
            acr: authorization.method.acr(),
            amr: [authorization.method.amr()],
            sid: authorization.session_id.clone(),
            at_hash: beside.access_token.map(|token| self.half_hash(token)),
            c_hash: beside.code.map(|code| self.half_hash(code)),
        };
        Ok(self.ring.newest().sign(&IdToken::new(registered, public))?)
    }

    /// The left half of the hash that goes with the signature's algorithm (OpenID Connect Core section 3.1.3.6). For
    /// Ed25519 that is SHA-512.
    fn half_hash(&self, text: &str) -> String {
        let hash = match self.ring.newest().algorithm() {
            Algorithm::EdDSA => &digest::SHA512,
            _ => &digest::SHA256,
        };
        let hash = digest::digest(hash, text.as_bytes());
        let half = hash.as_ref().get(..hash.as_ref().len() / 2).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(half)
    }
}

fn unnameable(_: InvalidName) -> OAuthError {
    ErrorCode::ServerError.because("unnameable", "The service has a fault. Try again.")
}
