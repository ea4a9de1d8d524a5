//! `POST /oauth/par` (RFC 9126): a client sends its authorization request here first, authenticated, so that nothing of it
//! goes through the browser and nothing of it can be changed there.

use std::time::Duration;

use actix_web::{Error, HttpRequest, HttpResponse, web};
use serde_json::json;
use service_kit::database::CALL_LIMIT;
use tokio::time::timeout;
use url::form_urlencoded::Serializer;

use super::Shared;
use super::authorize::{LONGEST, REQUEST_URI, check};
use super::oauth::{no_store, read_form, refusal, unreadable};
use crate::client_auth::{self, AuthenticatedClient};
use crate::domain::authorization::after;
use crate::domain::client_secret;
use crate::domain::form::Form;
use crate::domain::oauth_error::{ErrorCode, OAuthError};
use crate::state::State;
use crate::store::pushed_requests;

/// How long the browser may take to get to the authorization endpoint.
const LIFETIME: Duration = Duration::from_secs(90);

/// What of a pushed request is kept; client authentication is not.
const PARAMETERS: [&str; 13] = [
    "response_type",
    "response_mode",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "resource",
    "nonce",
    "prompt",
    "max_age",
    "login_hint",
    "id_token_hint",
];

pub async fn push(state: Shared, request: HttpRequest, body: Result<web::Bytes, Error>) -> HttpResponse {
    let pushed = match body.map_err(|error| unreadable(&error)) {
        Ok(body) => timeout(CALL_LIMIT, keep(&state, &request, &body))
            .await
            .unwrap_or_else(|_| Err(OAuthError::unavailable("too_late"))),
        Err(error) => Err(error),
    };
    match pushed {
        Ok(request_uri) => no_store(HttpResponse::Created())
            .json(json!({"request_uri": request_uri, "expires_in": LIFETIME.as_secs()})),
        Err(error) => {
            log::info!("pushed request refused: {error}");
            metrics::counter!("pushed_request_refused_total", "service" => "auth-service", "reason" => error.reason)
                .increment(1);
            refusal(error, &request)
        }
    }
}

async fn keep(state: &State, request: &HttpRequest, body: &[u8]) -> Result<String, OAuthError> {
    let form = read_form(request, body)?;
    let credentials = client_auth::presented(request.headers(), &form)?;
    let AuthenticatedClient::Registered(client) = client_auth::authenticate(state, &credentials).await? else {
        return Err(ErrorCode::UnauthorizedClient.because("inside_client", "This client may only exchange tokens."));
    };
    // Whoever knows its name is such a client: it proves nothing here, and could fill the table.
    if client.is_public() {
        let description = "A client that cannot authenticate cannot push requests.";
        return Err(ErrorCode::UnauthorizedClient.because("public_client", description));
    }
    if form.get("request_uri").is_some() {
        let description = "A pushed request cannot refer to another one.";
        return Err(ErrorCode::InvalidRequest.because("request_uri", description));
    }
    check(state, &client, &form)?;
    let parameters = kept(&form);
    if parameters.len() > LONGEST {
        return Err(ErrorCode::InvalidRequest.because("long_request", "The request is too long."));
    }
    let (name, _) = client_secret::generate()
        .map_err(|_| ErrorCode::ServerError.because("no_randomness", "The service has a fault. Try again."))?;
    let expires_at = after(state.clock.micros(), LIFETIME);
    let digest = client_secret::digest_of(name.expose());
    pushed_requests::insert(&state.database, digest, client.client_id.as_str(), parameters, expires_at).await?;
    Ok(format!("{REQUEST_URI}{}", name.expose()))
}

fn kept(form: &Form) -> String {
    let parameters = PARAMETERS.iter().filter_map(|name| Some((*name, form.get(name)?)));
    Serializer::new(String::new()).extend_pairs(parameters).finish()
}
