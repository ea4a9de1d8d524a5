//! The assertion of the JWT bearer grant (RFC 7523 section 2.1). It proves the client that signed it, for this one
//! request, so no other authentication is needed (RFC 7521 section 4.1).

use std::sync::Arc;

use shared_claims::claims::GrantAssertion;
use shared_claims::ids::Subject;
use shared_claims::keys::KeySet;
use shared_claims::verify::Raw;

use super::{AuthenticatedClient, ClientCredentials, active, assertion, authenticate};
use crate::domain::account_id::is_account_id;
use crate::domain::client::Client;
use crate::domain::form::Form;
use crate::domain::grant_type::GrantType;
use crate::domain::oauth_error::{ErrorCode, OAuthError};
use crate::state::State;

/// Proves the client by the form's `assertion`, and tells for whom it asks.
///
/// # Errors
/// `invalid_grant`, the same whatever is wrong with the assertion; what client authentication says, if there is one
/// beside it.
pub async fn authenticate_by_grant(
    state: &State,
    form: &Form,
    credentials: &ClientCredentials,
) -> Result<AuthenticatedClient, OAuthError> {
    let named = named(state, credentials).await?;
    let missing = ErrorCode::InvalidRequest.because("no_assertion", "The parameter assertion is missing.");
    let token = form.get("assertion").ok_or(missing)?.as_bytes();
    let accepted = accept(state, named.as_deref(), token).await;
    // What can be wrong with it is the same as with one for authentication; how that is answered is not (RFC 7521
    // sections 4.1.1 and 4.2.1).
    let (client, subject) = accepted.map_err(|error| match error.code {
        ErrorCode::InvalidClient => OAuthError::invalid_grant(error.reason),
        _ => error,
    })?;
    Ok(AuthenticatedClient::Asserting { client, subject })
}

/// Who the request is from, if it says so: proved, or by name alone. It must be who signed the assertion.
async fn named(state: &State, credentials: &ClientCredentials) -> Result<Option<String>, OAuthError> {
    match credentials {
        ClientCredentials::None => Ok(None),
        ClientCredentials::Name { client_id } => Ok(Some(client_id.clone())),
        ClientCredentials::Secret { .. } | ClientCredentials::Assertion { .. } => {
            match authenticate(state, credentials).await? {
                AuthenticatedClient::Registered(client) if client.may(GrantType::JwtBearer) => {
                    Ok(Some(client.client_id.to_string()))
                }
                _ => {
                    let description = "The client is not registered for this grant_type.";
                    Err(ErrorCode::UnauthorizedClient.because("grant_not_of_client", description))
                }
            }
        }
    }
}

async fn accept(state: &State, named: Option<&str>, token: &[u8]) -> Result<(Arc<Client>, Subject), OAuthError> {
    let well_formed = Raw::new(token).well_formed().map_err(|refusal| assertion::refused(refusal.into()))?;
    // Unverified: it only tells whose keys to try.
    let issuer =
        well_formed.unverified_issuer().ok_or(OAuthError::invalid_client("assertion_without_issuer"))?.to_owned();
    if named.is_some_and(|name| name != issuer) {
        return Err(OAuthError::invalid_client("assertion_of_another_client"));
    }
    let client = state.clients.find(&issuer).await?.ok_or(OAuthError::invalid_client("unknown_client"))?;
    if !client.may(GrantType::JwtBearer) {
        return Err(OAuthError::invalid_client("grant_not_of_client"));
    }
    let no_keys = || OAuthError::invalid_client("client_without_keys");
    let keys = client.jwks.as_ref().and_then(|jwks| KeySet::from_json(jwks.as_bytes()).ok()).ok_or_else(no_keys)?;
    let verified = assertion::verify::<GrantAssertion>(state, &issuer, Arc::new(keys), token).await?;
    assertion::use_up(state, &verified.registered).await?;
    let client = active(client)?;
    let subject = verified.registered.subject.clone();
    // A person allows a client in the browser, or not at all: no signature of a client stands for one.
    if subject.as_str() == issuer || is_account_id(subject.as_str()) {
        Ok((client, subject))
    } else {
        Err(OAuthError::invalid_client("assertion_subject"))
    }
}
