//! The client gets its answer.

use actix_web::HttpResponse;
use service_kit::ids::new_id;
use service_kit::{AuditEvent, Outcome};

use super::asked::Asked;
use super::code::{Issued, with_code};
#[cfg(feature = "legacy-flows")]
use super::legacy;
use crate::domain::authorization::{self, Authorization};
use crate::domain::oauth_error::{ErrorCode, OAuthError};
use crate::domain::partner_id::concerning;
use crate::domain::response::Response;
use crate::state::State;
use crate::store::authorizations::{self, Basis, Circumstances, Recorded};
use crate::visitor::SignedIn;

/// Records what `person` allows, with the consent if it was just given, and sends the browser back with the answer.
///
/// # Errors
/// What the client is told in the redirect.
pub async fn issue(
    state: &State,
    asked: &Asked,
    person: &SignedIn,
    consented: bool,
) -> Result<HttpResponse, OAuthError> {
    let authorization = authorization(state, asked, person);
    let Issued { parameters, code, mut events } = match &asked.request.response {
        Response::Code(challenge) => with_code(state, asked, challenge)?,
        #[cfg(feature = "legacy-flows")]
        Response::Legacy(response) => legacy::with_tokens(state, asked, &person.user, &authorization, response)?,
    };
    events.insert(0, given(state, asked, &authorization));
    let now = state.clock.micros();
    let circumstances = Circumstances { basis: basis(asked, consented), pushed: asked.pushed.clone(), now };
    let audit = (state.audit.clone(), events);
    match authorizations::insert(&state.database, authorization, code, circumstances, audit).await? {
        Recorded::Done => {
            let parameters: Vec<_> = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
            Ok(asked.way_back.go(state, &parameters))
        }
        Recorded::PushedRequestSpent => {
            let description = "The pushed request was used before.";
            Err(ErrorCode::InvalidRequestUri.because("pushed_request_spent", description))
        }
        Recorded::Over => {
            let description = "The person has signed out, or taken back what they allowed.";
            Err(ErrorCode::AccessDenied.because("over_meanwhile", description))
        }
        Recorded::ClientGone => {
            Err(ErrorCode::UnauthorizedClient.because("client_gone", "This client is not registered any more."))
        }
    }
}

fn authorization(state: &State, asked: &Asked, person: &SignedIn) -> Authorization {
    let SignedIn { session, user } = person;
    let now = state.clock.micros();
    Authorization {
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
