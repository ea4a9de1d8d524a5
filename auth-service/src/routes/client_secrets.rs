//! `/clients/{client_id}/secrets`: two slots, so that a secret can be replaced while the other is in use.

use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use service_kit::Problem;
use service_kit::body::JsonBody;
use service_kit::ids::new_id;
use service_kit::time::to_rfc3339;
use shared_claims::extract::Caller;
use shared_claims::ids::ClientId;
use shared_claims::permission::auth::ManageClients;

use super::clients::audit_row;
use super::{Shared, path_id, refusals::recorded};
use crate::domain::client_secret::{self, StoredSecret};
use crate::store::secrets;

/// Longest life of a secret that expires, in seconds: two years.
const MAX_EXPIRES_IN: u64 = 2 * 365 * 24 * 3600;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretRequest {
    /// In seconds; it does not expire if this is left out.
    expires_in: Option<u64>,
}

#[derive(Serialize)]
struct SecretAnswer {
    secret_id: String,
    client_secret: String,
    created_at: String,
    /// In seconds since the epoch, 0 if it does not expire (RFC 7591 section 3.2.1).
    client_secret_expires_at: i64,
}

pub async fn add(
    caller: Caller<ManageClients>,
    state: Shared,
    client_id: web::Path<String>,
    body: JsonBody<SecretRequest>,
) -> Result<HttpResponse, Problem> {
    let JsonBody(asked) = body;
    let client_id = ClientId::new(client_id.into_inner()).map_err(|_| Problem::not_found())?;
    let lifetime = asked.expires_in.map(micros).transpose()?;
    let (secret, digest) = client_secret::generate().map_err(|error| Problem::internal(error.to_string()))?;
    let created_at = state.clock.micros();
    let expires_at = lifetime.map(|lifetime| created_at.saturating_add(lifetime));
    let stored = StoredSecret { secret_id: new_id("sec"), digest, created_at, expires_at };
    let answer = SecretAnswer {
        secret_id: stored.secret_id.clone(),
        client_secret: secret.expose().clone(),
        created_at: to_rfc3339(created_at),
        client_secret_expires_at: expires_at.map_or(0, |at| at / 1_000_000),
    };
    let (log, event) = audit_row(&state, &caller, "secret.add", &client_id);
    let audit = (log, event.object(&stored.secret_id));
    recorded(secrets::add(&state.database, &client_id, stored, audit.clone()).await, audit).await?;
    state.clients.forget(client_id.as_str());
    let location = format!("/clients/{client_id}/secrets/{}", answer.secret_id);
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, location))
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(answer))
}

fn micros(seconds: u64) -> Result<i64, Problem> {
    let fits = (1..=MAX_EXPIRES_IN).contains(&seconds).then_some(seconds);
    let micros = fits.and_then(|seconds| i64::try_from(seconds).ok()).map(|seconds| seconds.saturating_mul(1_000_000));
    micros.ok_or_else(|| Problem::invalid_field("/expires_in", "must be 1 to 63072000 seconds"))
}

pub async fn remove(
    caller: Caller<ManageClients>,
    state: Shared,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (client_id, secret_id) = path.into_inner();
    let client_id = ClientId::new(client_id).map_err(|_| Problem::not_found())?;
    let secret_id = path_id(secret_id)?;
    let (log, event) = audit_row(&state, &caller, "secret.remove", &client_id);
    let audit = (log, event.object(&secret_id));
    recorded(secrets::remove(&state.database, &client_id, &secret_id, audit.clone()).await, audit).await?;
    state.clients.forget(client_id.as_str());
    Ok(HttpResponse::NoContent().finish())
}
