//! Token exchange (RFC 8693): a service exchanges its caller's token for one that is good at the next service. The
//! subject stays, the service becomes the actor, and nobody passes a token on to where it was not meant to go.

use std::sync::Arc;

use jsonwebtoken::Algorithm;
use service_kit::StoreError;
use shared_claims::agreement::Agreement;
use shared_claims::claims::{AccessToken, Kind};
use shared_claims::exchange::ACCESS_TOKEN_TYPE;
use shared_claims::role::RoleSet;
use shared_claims::verify::{Refusal, Verified, Verifier};

use super::{Granted, requested_scope};
use crate::client_auth::AuthenticatedClient;
use crate::domain::account_id::is_account_id;
use crate::domain::form::Form;
use crate::domain::oauth_error::{ErrorCode, OAuthError};
use crate::domain::policy::{InsideClient, NotAllowed};
use crate::domain::user::UserStatus;
use crate::state::State;
use crate::store::{authorizations, users};
use crate::tokens::OPERATOR_CLIENT;

pub(super) async fn grant(state: &State, client: &AuthenticatedClient, form: &Form) -> Result<Granted, OAuthError> {
    let AuthenticatedClient::Inside(client) = client else {
        return Err(not_allowed(NotAllowed::Client));
    };
    let subject_token = subject_token(form)?;
    let resource = form
        .get("resource")
        .and_then(|resource| state.resources.named(resource))
        .ok_or_else(|| not_allowed(NotAllowed::Resource))?;
    let asked = requested_scope(form)?;
    let subject = verify(state, client, subject_token).await?;
    let roles = still_welcome(state, &subject).await?;
    let scope = state
        .bootstrap
        .exchange(&client.client_id, &subject.public.scope, resource, asked.as_ref())
        .map_err(not_allowed)?;
    let audience = state.resources.audience(resource).clone();
    let token = state.tokens.exchanged(&subject, roles, &client.client_id, audience, scope)?;
    Ok(Granted { token, subject: subject.subject().clone(), is_recorded: false })
}

/// The parameters of RFC 8693 section 2.1. There is no `actor_token`: the actor is the client that authenticates.
fn subject_token(form: &Form) -> Result<&str, OAuthError> {
    let invalid = |reason, description| Err(ErrorCode::InvalidRequest.because(reason, description));
    let Some(token) = form.get("subject_token") else {
        return invalid("no_subject_token", "The parameter subject_token is missing.");
    };
    if form.get("subject_token_type") != Some(ACCESS_TOKEN_TYPE) {
        return invalid("subject_token_type", "The subject_token_type must be that of an access token.");
    }
    if form.get("requested_token_type").is_some_and(|wanted| wanted != ACCESS_TOKEN_TYPE) {
        return invalid("requested_token_type", "Only access tokens are issued.");
    }
    if form.get("actor_token").is_some() || form.get("actor_token_type").is_some() {
        return invalid("actor_token", "The actor is the client that authenticates; send no actor_token.");
    }
    Ok(token)
}

/// Only the audience of a token may exchange it; else whoever saw one could.
async fn verify(state: &State, client: &InsideClient, token: &str) -> Result<Verified<AccessToken>, OAuthError> {
    let fault = |_| ErrorCode::ServerError.because("no_agreement", "The service has a fault.");
    let audience = state.resources.audience(client.serves).clone();
    let algorithms = [Algorithm::ES256, Algorithm::RS256, Algorithm::EdDSA];
    let agreement = Agreement::new(state.issuer.clone(), audience, AccessToken::TYP, &algorithms).map_err(fault)?;
    let verifier = Verifier::new(agreement, Arc::new(state.ring.key_set().clone()), state.clock.clone());
    verifier.verify(token.as_bytes()).await.map_err(|refusal| {
        log::info!("subject token refused: {refusal}");
        let reason = match refusal {
            Refusal::Malformed(_) => "subject_token_malformed",
            Refusal::Signature(_) | Refusal::KeysUnavailable => "subject_token_signature",
            Refusal::Claims(_) => "subject_token_claims",
        };
        ErrorCode::InvalidRequest.because(reason, "The subject_token is not valid for this client.")
    })
}

/// A suspension reaches the tokens that come of a token too: both the client that got it and the one it speaks about, who
/// is another where one of our services got it in an exchange. So does the loss of a role: what is given on are the roles
/// of the token that the person still has.
async fn still_welcome(state: &State, token: &AccessToken) -> Result<RoleSet, OAuthError> {
    let gone =
        ErrorCode::InvalidRequest.because("subject_suspended", "The subject_token is not valid for this client.");
    let (client_id, subject) = (token.client_id().as_str(), token.subject().as_str());
    if let Some(origin) = token.private.origin_jti.as_ref().filter(|origin| origin.as_str().starts_with("azn_"))
        && !authorizations::is_live(&state.database, origin.as_str(), state.clock.micros()).await?
    {
        return Err(gone);
    }
    let is_inside = client_id == OPERATOR_CLIENT || state.bootstrap.inside_client(client_id).is_some();
    if !is_inside && !is_active_client(state, client_id).await? {
        return Err(gone);
    }
    if subject == client_id || is_active_client(state, subject).await? {
        return Ok(RoleSet::default());
    }
    // An account is as welcome as its partner, for it has no standing of its own here; whose it is, the service that now
    // exchanges the token has checked.
    if !is_inside && is_account_id(subject) {
        return Ok(RoleSet::default());
    }
    let user = users::find(&state.database, subject).await?.filter(|user| user.status == UserStatus::Active);
    let user = user.ok_or(gone)?;
    Ok(token.public.roles.iter().filter(|role| user.roles.contains(*role)).collect())
}

async fn is_active_client(state: &State, client_id: &str) -> Result<bool, StoreError> {
    Ok(state.clients.find(client_id).await?.is_some_and(|client| client.is_active()))
}

fn not_allowed(why: NotAllowed) -> OAuthError {
    match why {
        NotAllowed::Client => {
            ErrorCode::UnauthorizedClient.because("no_exchange_policy", "This client may not exchange tokens.")
        }
        NotAllowed::Resource => {
            ErrorCode::InvalidTarget.because("no_policy_for_resource", "Name one resource that this client may use.")
        }
        NotAllowed::Scope => ErrorCode::InvalidScope
            .because("scope_beyond_policy", "The subject_token does not allow this scope at this resource."),
    }
}
