//! `POST /oauth/token` (RFC 6749 section 3.2).

use actix_web::{Error, HttpRequest, HttpResponse, web};
use service_kit::database::CALL_LIMIT;
use service_kit::{AuditEvent, Outcome};
use tokio::time::{Instant, timeout_at};

use super::Shared;
use super::oauth::{no_store, read_form, refusal, unreadable};
use crate::client_auth::{self, ClientCredentials};
use crate::domain::form::Form;
use crate::domain::oauth_error::{ErrorCode, OAuthError};
use crate::domain::partner_id::{concerning, is_partner_id};
use crate::grants::{Grant, Granted};
use crate::state::State;

pub async fn token(state: Shared, request: HttpRequest, body: Result<web::Bytes, Error>) -> HttpResponse {
    // All look-ups and records together take no longer than one of them may, so that a slow database is told of in time.
    let deadline = Instant::now() + CALL_LIMIT;
    let answer = match body.map_err(|error| unreadable(&error)).and_then(|body| read(&request, &body)) {
        Ok((grant, form, credentials)) => {
            let decision = timeout_at(deadline, decide(&state, grant, &form, &credentials)).await;
            decision.unwrap_or_else(|_| {
                let error = OAuthError::unavailable("too_late");
                Err(Refused { action: grant.action(), by: credentials.claimed_client_id().map(str::to_owned), error })
            })
        }
        Err(error) => Err(Refused { action: "token.issue", by: None, error }),
    };
    match answer {
        Ok(granted) => no_store(HttpResponse::Ok()).json(granted.token),
        Err(refused) => {
            let error = refused.error;
            if timeout_at(deadline, record(&state, refused)).await.is_err() {
                log::error!("refusal not recorded in time");
            }
            refusal(error, &request)
        }
    }
}

/// A request that gets no token.
struct Refused {
    /// The verb of the audit trail.
    action: &'static str,
    /// Who asked, or claimed to.
    by: Option<String>,
    error: OAuthError,
}

/// Grant type and credentials, before anything is believed. Parameters in the URL are not looked at.
fn read(request: &HttpRequest, body: &[u8]) -> Result<(Grant, Form, ClientCredentials), OAuthError> {
    let form = read_form(request, body)?;
    let grant = Grant::asked_in(&form)?;
    let credentials = client_auth::presented(request.headers(), &form)?;
    Ok((grant, form, credentials))
}

/// Authenticates, grants, and records: no token leaves without its row in the audit trail.
async fn decide(state: &State, grant: Grant, form: &Form, credentials: &ClientCredentials) -> Result<Granted, Refused> {
    let action = grant.action();
    let refused = |by: Option<&str>, error| Refused { action, by: by.map(str::to_owned), error };
    let client = match grant {
        Grant::JwtBearer => client_auth::authenticate_by_grant(state, form, credentials).await,
        _ => client_auth::authenticate(state, credentials).await,
    };
    let client = client.map_err(|error| refused(credentials.claimed_client_id(), error))?;
    let client_id = client.client_id();
    let granted = grant.run(state, &client, form).await.map_err(|error| refused(Some(client_id), error))?;
    if granted.is_recorded {
        return Ok(granted);
    }
    let subject = granted.subject.as_str();
    let event = AuditEvent::new(action, Outcome::Allowed, client_id, state.clock.micros())
        .subject(subject)
        .object(&granted.token.token_id);
    let partner = if is_partner_id(subject) { subject } else { client_id };
    let recorded = state.audit.record(concerning(event, partner)).await;
    recorded.map_err(|error| refused(Some(client_id), error.into()))?;
    Ok(granted)
}

/// Records the refusal. If that fails, the refusal stands all the same; it is in the log.
async fn record(state: &State, refused: Refused) {
    let Refused { action, by, error } = refused;
    log::info!("{action} refused: {error}");
    metrics::counter!("token_refused_total", "service" => "auth-service", "reason" => error.reason).increment(1);
    let actor = by.as_deref().filter(|id| is_client_id(state, id)).unwrap_or("unknown");
    let outcome = if is_our_fault(error.code) { Outcome::Failed } else { Outcome::Refused };
    let event = AuditEvent::new(action, outcome, actor, state.clock.micros()).reason(error.reason);
    if let Err(fault) = state.audit.record(concerning(event, actor)).await {
        log::error!("refusal not recorded: {fault}");
    }
}

/// Whether the text looks like an id of ours. Only such texts are kept: others are typing errors, and among them secrets
/// that were put into the wrong field.
fn is_client_id(state: &State, text: &str) -> bool {
    is_partner_id(text) || state.bootstrap.knows(text)
}

fn is_our_fault(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::TemporarilyUnavailable | ErrorCode::ServerError)
}
