//! The JWT bearer grant (RFC 7523 section 2.1): a partner's program signs for whom it asks, itself or one of its accounts.
//!
//! The token speaks about an account without anybody here having looked whether it is the partner's. Accounts are kept at
//! orders-service, which asks at every request whether the account of `sub` belongs to the partner of `client_id`.

use super::Granted;
use super::client_credentials::{granted_scope, target};
use crate::client_auth::AuthenticatedClient;
use crate::domain::form::Form;
use crate::domain::oauth_error::OAuthError;
use crate::state::State;

pub(super) fn grant(state: &State, client: &AuthenticatedClient, form: &Form) -> Result<Granted, OAuthError> {
    let AuthenticatedClient::Asserting { client, subject } = client else {
        return Err(OAuthError::invalid_grant("no_assertion"));
    };
    let (audience, resource) = target(state, client, form)?;
    let scope = granted_scope(client, resource, form)?;
    // No refresh token (RFC 7521 section 4.1): the client can sign another assertion.
    let token = state.tokens.for_subject(client, subject.clone(), audience, scope)?;
    Ok(Granted { token, subject: subject.clone(), is_recorded: false })
}
