//! What goes back to the client: a code (RFC 6749 section 4.1.2).

use service_kit::AuditEvent;

use super::asked::Asked;
use crate::domain::authorization::{CODE_LIFETIME, after};
use crate::domain::client_secret;
use crate::domain::oauth_error::{ErrorCode, OAuthError};
use crate::domain::pkce::Challenge;
use crate::state::State;
use crate::store::authorizations::NewCode;

/// What goes to the client once it is recorded.
#[derive(Default)]
pub(super) struct Issued {
    /// The parameters of the redirect.
    pub(super) parameters: Vec<(&'static str, String)>,
    /// The code among them.
    pub(super) code: Option<NewCode>,
    /// What is to be recorded beside the authorization.
    pub(super) events: Vec<AuditEvent>,
}

/// A new code, and what is kept of it.
pub(super) fn with_code(state: &State, asked: &Asked, challenge: &Challenge) -> Result<Issued, OAuthError> {
    let fault = ErrorCode::ServerError.because("no_randomness", "The service has a fault. Try again.");
    let (code, digest) = client_secret::generate().map_err(|_| fault)?;
    let new_code = NewCode {
        digest,
        redirect_uri: asked.way_back.redirect_uri().as_str().to_owned(),
        challenge: challenge.clone(),
        expires_at: after(state.clock.micros(), CODE_LIFETIME),
    };
    Ok(Issued { parameters: vec![("code", code.expose().clone())], code: Some(new_code), events: Vec::new() })
}
