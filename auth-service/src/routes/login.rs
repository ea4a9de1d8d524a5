//! `POST /login`: operators sign in from a terminal. This is first-party sign-in with the client `operator-cli`, good
//! for inside audiences only; it is not the password grant, which no third party ever gets.

use actix_web::http::header::WWW_AUTHENTICATE;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use service_kit::body::JsonBody;
use service_kit::database::CALL_LIMIT;
use service_kit::secret::Secret;
use service_kit::{AuditEvent, Outcome, Problem};
use tokio::time::timeout;

use super::{Shared, token::no_store};
use crate::domain::email::Email;
use crate::domain::password::MAX_BYTES;
use crate::domain::resource::ResourceName;
use crate::domain::user::{User, UserStatus, scope_of};
use crate::hashing::HashingError;
use crate::state::State;
use crate::store::users;
use crate::tokens::OPERATOR_CLIENT;

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
    // What is no address is nobody's; the try counts, costs and is recorded all the same.
    let email = Email::parse(&asked.email).ok();
    count(&state, email.as_ref(), &request)?;
    let user = match &email {
        Some(email) => users::find_by_email(&state.database, email).await?,
        None => None,
    };
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    // Nobody has a password that long, and nobody may make us hash one.
    let fits = asked.password.expose().len() <= MAX_BYTES;
    let check = state.passwords.verify(asked.password, hash.filter(|_| fits));
    let matches = timeout(CALL_LIMIT, check).await.unwrap_or(Err(HashingError::Busy)).map_err(hashing_fault)?;
    match user {
        Some(user) if matches && user.status == UserStatus::Active => sign_in(&state, &user, resource).await,
        Some(user) => refuse(&state, &user.user_id, if matches { "suspended_user" } else { "wrong_password" }).await,
        None => refuse(&state, "unknown", "unknown_user").await,
    }
}

fn inside_resource(state: &State, resource: Option<&str>) -> Result<ResourceName, Problem> {
    let named = resource.map_or(Some(ResourceName::Admin), |resource| state.resources.named(resource));
    named
        .filter(|name| *name == ResourceName::Admin)
        .ok_or_else(|| Problem::invalid_field("/resource", "A sign-in from a terminal is good at admin-service only."))
}

/// A 429 is counted and leaves no row: a limit that costs a write for each try would be none.
fn count(state: &State, email: Option<&Email>, request: &HttpRequest) -> Result<(), Problem> {
    let Err(wait) = state.limits.count(email, request.peer_addr().map(|peer| peer.ip())) else { return Ok(()) };
    log::info!("login refused: too many tries");
    metrics::counter!("login_refused_total", "service" => "auth-service", "reason" => "too_many_tries").increment(1);
    Err(Problem::too_many_requests(wait.as_secs() + 1))
}

async fn sign_in(state: &State, user: &User, resource: ResourceName) -> Result<HttpResponse, Problem> {
    let scope = scope_of(&user.roles).intersection(&resource.scopes());
    let audience = state.resources.audience(resource).clone();
    let token =
        state.tokens.for_operator(user, audience, scope).map_err(|error| Problem::internal(error.to_string()))?;
    let event = AuditEvent::new("login", Outcome::Allowed, &user.user_id, state.clock.micros())
        .subject(&user.user_id)
        .object(&token.token_id);
    state.audit.record(event).await?;
    Ok(no_store(HttpResponse::Ok()).json(token))
}

async fn refuse(state: &State, actor: &str, reason: &'static str) -> Result<HttpResponse, Problem> {
    log::info!("login refused: {reason} ({OPERATOR_CLIENT})");
    let event = AuditEvent::new("login", Outcome::Refused, actor, state.clock.micros()).reason(reason);
    state.audit.record(event).await?;
    Err(wrong())
}

/// One answer for an unknown person, a wrong password and a suspended person.
fn wrong() -> Problem {
    Problem::unauthorized("The e-mail address or the password is wrong.")
        .with_header(WWW_AUTHENTICATE, "Bearer realm=\"auth-service\"")
}

fn hashing_fault(error: HashingError) -> Problem {
    match error {
        HashingError::Busy => Problem::unavailable(2),
        other => Problem::internal(other.to_string()),
    }
}
