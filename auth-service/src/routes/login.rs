//! `POST /login`: operators sign in from a terminal. This is first-party sign-in with the client `operator-cli`, good
//! for inside audiences only; it is not the password grant, which no third party ever gets.

use actix_web::http::header::WWW_AUTHENTICATE;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use service_kit::body::JsonBody;
use service_kit::secret::Secret;
use service_kit::{AuditEvent, Outcome, Problem};

use super::{Shared, oauth::no_store};
use crate::domain::resource::ResourceName;
use crate::domain::user::{User, scope_of};
use crate::password_check::{self, Typed};
use crate::state::State;

/// Its verb in the audit trail.
const ACTION: &str = "login";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoginRequest {
    email: String,
    password: Secret,
    /// Which inside service the token is for; admin-service if it is left out.
    resource: Option<String>,
}

pub async fn login(state: Shared, request: HttpRequest, body: JsonBody<LoginRequest>) -> Result<HttpResponse, Problem> {
    let JsonBody(asked) = body;
    let resource = inside_resource(&state, asked.resource.as_deref())?;
    let typed = Typed { email: &asked.email, password: asked.password };
    let address = request.peer_addr().map(|peer| peer.ip());
    match password_check::check(&state, typed, address, ACTION).await? {
        Some(user) => sign_in(&state, &user, resource).await,
        None => Err(wrong()),
    }
}

fn inside_resource(state: &State, resource: Option<&str>) -> Result<ResourceName, Problem> {
    let named = resource.map_or(Some(ResourceName::Admin), |resource| state.resources.named(resource));
    named
        .filter(|name| *name == ResourceName::Admin)
        .ok_or_else(|| Problem::invalid_field("/resource", "A sign-in from a terminal is good at admin-service only."))
}

async fn sign_in(state: &State, user: &User, resource: ResourceName) -> Result<HttpResponse, Problem> {
    let scope = scope_of(&user.roles).intersection(&resource.scopes());
    let audience = state.resources.audience(resource).clone();
    let token =
        state.tokens.for_operator(user, audience, scope).map_err(|error| Problem::internal(error.to_string()))?;
    let event = AuditEvent::new(ACTION, Outcome::Allowed, &user.user_id, state.clock.micros())
        .subject(&user.user_id)
        .object(&token.token_id);
    state.audit.record(event).await?;
    Ok(no_store(HttpResponse::Ok()).json(token))
}

/// One answer for an unknown person, a wrong password and a suspended person.
fn wrong() -> Problem {
    Problem::unauthorized("The e-mail address or the password is wrong.")
        .with_header(WWW_AUTHENTICATE, "Bearer realm=\"auth-service\"")
}
