//! The client gets its code.

use actix_web::HttpResponse;
use service_kit::ids::new_id;
use service_kit::{AuditEvent, Outcome};

use super::asked::Asked;
use crate::domain::authorization::{self, Authorization, CODE_LIFETIME, after};
use crate::domain::client_secret;
use crate::domain::oauth_error::{ErrorCode, OAuthError};
use crate::domain::partner_id::concerning;
use crate::state::State;
use crate::store::authorizations::{self, Basis, Circumstances, NewCode, Recorded};
use crate::visitor::SignedIn;

/// Records what `person` allows, with the consent if it was just given, and sends the browser back with the code.
///
/// # Errors
/// What the client is told in the redirect.
pub async fn issue(
    state: &State,
    asked: &Asked,
    person: &SignedIn,
    consented: bool,
) -> Result<HttpResponse, OAuthError> {
    let SignedIn { session, user } = person;
    let now = state.clock.micros();
    let authorization = Authorization {
        authorization_id: new_id("azn"),
        user_id: user.user_id.clone(),
        client_id: asked.client.client_id.clone(),
        session_id: session.session_id.clone(),
        scope: asked.request.scope.clone(),
        resource: asked.request.resource.clone(),
        nonce: asked.request.nonce.clone(),
        method: session.method,
        authenticated_at: session.authenticated_at,
        expires_at: authorization::expires_at(&asked.request.scope, session, now),
    };
    let fault = ErrorCode::ServerError.because("no_randomness", "The service has a fault. Try again.");
    let (code, digest) = client_secret::generate().map_err(|_| fault)?;
    let new_code = NewCode {
        digest,
        redirect_uri: asked.way_back.redirect_uri().as_str().to_owned(),
        challenge: asked.request.challenge.clone(),
        expires_at: after(now, CODE_LIFETIME),
    };
    let circumstances = Circumstances { basis: basis(asked, consented), pushed: asked.pushed.clone(), now };
    let audit = (state.audit.clone(), given(state, asked, &authorization));
    match authorizations::insert(&state.database, authorization, new_code, circumstances, audit).await? {
        Recorded::Done => Ok(asked.way_back.with_code(state, code.expose())),
        Recorded::PushedRequestSpent => {
            let description = "The pushed request was used before.";
            Err(ErrorCode::InvalidRequestUri.because("pushed_request_spent", description))
        }
        Recorded::Over => {
            let description = "The person has signed out, or taken back what they allowed.";
            Err(ErrorCode::AccessDenied.because("over_meanwhile", description))
        }
    }
}

fn basis(asked: &Asked, consented: bool) -> Basis {
    match (asked.client.first_party, consented) {
        (_, true) => Basis::GivenNow,
        (true, false) => Basis::NotAsked,
        (false, false) => Basis::GivenBefore,
    }
}

fn given(state: &State, asked: &Asked, authorization: &Authorization) -> AuditEvent {
    let user_id = &authorization.user_id;
    let event = AuditEvent::new("authorization.give", Outcome::Allowed, user_id, state.clock.micros())
        .subject(user_id)
        .object(&authorization.authorization_id);
    concerning(event, asked.client.client_id.as_str())
}
