//! The client credentials grant (RFC 6749 section 4.4): a partner's program on its own behalf.

use shared_claims::ids::{Audience, Subject};
use shared_claims::scope::ScopeSet;

use super::{Granted, requested_scope};
use crate::client_auth::AuthenticatedClient;
use crate::domain::client::Client;
use crate::domain::form::Form;
use crate::domain::oauth_error::{ErrorCode, OAuthError};
use crate::domain::resource::ResourceName;
use crate::state::State;

pub(super) fn grant(state: &State, client: &AuthenticatedClient, form: &Form) -> Result<Granted, OAuthError> {
    let AuthenticatedClient::Registered(client) = client else {
        // Our own services act for somebody, or not at all.
        return Err(ErrorCode::UnauthorizedClient.because("inside_client", "This client may only exchange tokens."));
    };
    // Whatever it is registered for: without a proof there is nobody on whose behalf a token could be.
    if client.is_public() {
        return Err(ErrorCode::UnauthorizedClient.because("public_client", "A public client has no credentials."));
    }
    let (audience, resource) = target(state, client, form)?;
    let scope = granted_scope(client, resource, form)?;
    // No refresh token (RFC 6749 section 4.4.3): the client can simply ask again.
    let token = state.tokens.for_client(client, audience, scope)?;
    let subject = Subject::new(client.client_id.as_str())
        .map_err(|_| ErrorCode::ServerError.because("unnameable", "The service has a fault."))?;
    Ok(Granted { token, subject, is_recorded: false })
}

/// Of the agreement with the client, what means something at `resource`; less, if less was asked for.
pub(super) fn granted_scope(client: &Client, resource: ResourceName, form: &Form) -> Result<ScopeSet, OAuthError> {
    let allowed = client.scope.intersection(&resource.scopes());
    match requested_scope(form)? {
        None if !allowed.is_empty() => Ok(allowed),
        Some(asked) if asked.is_subset(&allowed) => Ok(asked),
        _ => Err(ErrorCode::InvalidScope.because("scope_beyond_client", "The client may not have this scope.")),
    }
}

/// The one audience: what `resource` says (RFC 8707), else the client's only one.
pub(super) fn target(state: &State, client: &Client, form: &Form) -> Result<(Audience, ResourceName), OAuthError> {
    let invalid = |reason| ErrorCode::InvalidTarget.because(reason, "Name one resource that this client may use.");
    let asked = match form.get("resource") {
        Some(resource) => client.resources.iter().find(|known| **known == *resource),
        None if client.resources.len() == 1 => client.resources.first(),
        None => None,
    };
    let audience = asked.ok_or_else(|| invalid("resource_not_of_client"))?;
    let name = state.resources.named(audience.as_str()).ok_or_else(|| invalid("unknown_resource"))?;
    Ok((audience.clone(), name))
}
