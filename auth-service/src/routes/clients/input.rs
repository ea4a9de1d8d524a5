//! What a registration may say, and what it becomes.

use std::collections::BTreeSet;
use std::time::Duration;

use actix_web::http::header::HeaderMap;
use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use service_kit::ids::new_id;
use service_kit::secret::Secret;
use service_kit::{FieldError, Problem};
use shared_claims::ids::{ClientId, Subject};
use shared_claims::keys::KeySet;
use shared_claims::scope::ScopeSet;

use super::flows;
use crate::domain::client::{AuthMethod, Client, ClientStatus, DEFAULT_LIFETIME, LIFETIMES, PARTNER_SCOPES};
use crate::domain::client_secret::{self, StoredSecret};
use crate::domain::grant_type::GrantType;
use crate::domain::redirect_uri::RedirectUri;
use crate::state::State;
use crate::store::clients::{ClientChange, RegistrationKey, list_text};

/// Most keys that a client registers: one in use, one to come, and some to spare. Every one costs each assertion time.
const MOST_KEYS: usize = 10;

/// `POST /clients` (RFC 7591 section 2).
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RegistrationRequest {
    client_name: String,
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token_lifetime: Option<u64>,
    #[serde(default)]
    token_endpoint_auth_method: AuthMethod,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grant_types: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_uris: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    post_logout_redirect_uris: Option<Vec<String>>,
}

/// `PATCH /clients/{client_id}`: what is left out stays as it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeRequest {
    client_name: Option<String>,
    scope: Option<String>,
    access_token_lifetime: Option<u64>,
    jwks: Option<Value>,
    redirect_uris: Option<Vec<String>>,
    post_logout_redirect_uris: Option<Vec<String>>,
}

/// The client that the request asks for, and its secret if it has one.
pub(super) fn new_client(state: &State, asked: &RegistrationRequest) -> Result<(Client, Option<Secret>), Problem> {
    let mut errors = Vec::new();
    let client_name = checked(name(&asked.client_name), &mut errors);
    let scope = checked(scope(&asked.scope), &mut errors);
    let lifetime = checked(asked.access_token_lifetime.map_or(Ok(DEFAULT_LIFETIME), lifetime), &mut errors);
    let flows = flows(asked, &mut errors);
    let (Some(client_name), Some(scope), Some(access_token_lifetime), Some(flows)) =
        (client_name, scope, lifetime, flows)
    else {
        return Err(Problem::unprocessable(errors));
    };
    let created_at = state.clock.micros();
    let (secrets, secret) = first_secret(asked.token_endpoint_auth_method, created_at)?;
    let client = Client {
        client_id: ClientId::new(new_id("cli")).map_err(|error| Problem::internal(error.to_string()))?,
        client_name,
        status: ClientStatus::Active,
        scope,
        resources: state.resources.of_partners(),
        access_token_lifetime,
        auth_method: asked.token_endpoint_auth_method,
        grant_types: flows.grant_types,
        redirect_uris: flows.redirect_uris,
        post_logout_redirect_uris: flows.post_logout_redirect_uris,
        first_party: false,
        jwks: flows.jwks,
        created_at,
        secrets,
    };
    Ok((client, secret))
}

/// What the client may do, with whose browsers and with which keys.
struct Flows {
    grant_types: BTreeSet<GrantType>,
    redirect_uris: Vec<RedirectUri>,
    post_logout_redirect_uris: Vec<RedirectUri>,
    jwks: Option<String>,
}

fn flows(asked: &RegistrationRequest, errors: &mut Vec<FieldError>) -> Option<Flows> {
    let (redirect_uris, post_logout) = (asked.redirect_uris.as_deref(), asked.post_logout_redirect_uris.as_deref());
    let method = asked.token_endpoint_auth_method;
    let grants = flows::grant_types(asked.grant_types.as_deref(), method, redirect_uris.is_some());
    let grants = checked(grants, errors);
    let jwks = checked(jwks(method, grants.as_ref(), asked.jwks.as_ref()), errors);
    let uris = checked(redirect_uris.map_or(Ok(Vec::new()), flows::redirect_uris), errors);
    let post_logout_uris = checked(post_logout.map_or(Ok(Vec::new()), flows::post_logout_redirect_uris), errors);
    let mismatches = grants.as_ref().map(|grants| flows::check(grants, redirect_uris, post_logout)).unwrap_or_default();
    let matches = mismatches.is_empty();
    errors.extend(mismatches);
    Some(Flows {
        grant_types: grants.filter(|_| matches)?,
        redirect_uris: uris?,
        post_logout_redirect_uris: post_logout_uris?,
        jwks: jwks?,
    })
}

/// A secret for clients that use one: as it is kept, and as it is shown, once.
fn first_secret(method: AuthMethod, created_at: i64) -> Result<(Vec<StoredSecret>, Option<Secret>), Problem> {
    if !method.uses_secret() {
        return Ok((Vec::new(), None));
    }
    let (secret, digest) = client_secret::generate().map_err(|error| Problem::internal(error.to_string()))?;
    Ok((vec![StoredSecret { secret_id: new_id("sec"), digest, created_at, expires_at: None }], Some(secret)))
}

/// The row change that the request asks for.
pub(super) fn change(asked: ChangeRequest) -> Result<ClientChange, Problem> {
    let mut errors = Vec::new();
    let client_name = asked.client_name.and_then(|text| checked(name(&text), &mut errors));
    let scope = asked.scope.and_then(|text| checked(scope(&text), &mut errors));
    let lifetime = asked.access_token_lifetime.and_then(|seconds| checked(lifetime(seconds), &mut errors));
    let jwks = asked.jwks.and_then(|jwks| checked(key_set(&jwks), &mut errors));
    let redirect_uris = asked.redirect_uris.and_then(|uris| checked(flows::redirect_uris(&uris), &mut errors));
    let post_logout_redirect_uris = asked.post_logout_redirect_uris;
    let post_logout_redirect_uris =
        post_logout_redirect_uris.and_then(|uris| checked(flows::post_logout_redirect_uris(&uris), &mut errors));
    if !errors.is_empty() {
        return Err(Problem::unprocessable(errors));
    }
    Ok(ClientChange {
        client_name,
        status: None,
        scope: scope.map(|scope| scope.to_string()),
        access_token_lifetime: lifetime.and_then(|lifetime| i64::try_from(lifetime.as_secs()).ok()),
        jwks,
        redirect_uris: redirect_uris.map(|uris| list_text(&uris)),
        post_logout_redirect_uris: post_logout_redirect_uris.map(|uris| list_text(&uris)),
    })
}

/// By what a repeated registration is recognized: the operator's Idempotency-Key and a digest of the request.
pub(super) fn registration_key(
    headers: &HeaderMap,
    operator: &Subject,
    asked: &RegistrationRequest,
) -> Result<Option<RegistrationKey>, Problem> {
    let Some(key) = idempotency_key(headers)? else { return Ok(None) };
    let request = serde_json::to_vec(asked).map_err(|error| Problem::internal(error.to_string()))?;
    let fingerprint = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, &request));
    Ok(Some(RegistrationKey { key: format!("{operator} {key}"), fingerprint }))
}

/// One Idempotency-Key of 1 to 255 visible ASCII characters, if there is any.
fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all("idempotency-key");
    let (first, second) = (values.next(), values.next());
    let Some(value) = first else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    let fits = second.is_none() && (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    if fits {
        Ok(Some(text.to_owned()))
    } else {
        Err(Problem::bad_request("Send one Idempotency-Key of 1 to 255 visible ASCII characters."))
    }
}

fn checked<T>(result: Result<T, FieldError>, errors: &mut Vec<FieldError>) -> Option<T> {
    result.map_err(|error| errors.push(error)).ok()
}

fn name(text: &str) -> Result<String, FieldError> {
    let trimmed = text.trim();
    if (1..=100).contains(&trimmed.chars().count()) && !trimmed.chars().any(char::is_control) {
        Ok(trimmed.to_owned())
    } else {
        Err(FieldError::new("/client_name", "must have 1 to 100 characters, none of them a control character"))
    }
}

fn scope(text: &str) -> Result<ScopeSet, FieldError> {
    let of_partners: ScopeSet = PARTNER_SCOPES.into_iter().collect();
    let known = text.parse::<ScopeSet>().ok().filter(|scope| scope.is_subset(&of_partners));
    known.ok_or_else(|| {
        FieldError::new("/scope", format!("must be some of these, with single spaces between them: {of_partners}"))
    })
}

fn lifetime(seconds: u64) -> Result<Duration, FieldError> {
    if LIFETIMES.contains(&seconds) {
        Ok(Duration::from_secs(seconds))
    } else {
        Err(FieldError::new("/access_token_lifetime", "must be 5 to 3600 seconds"))
    }
}

/// Keys go with `private_key_jwt` and with the grant jwt-bearer, and with nothing else.
fn jwks(
    method: AuthMethod,
    grants: Option<&BTreeSet<GrantType>>,
    jwks: Option<&Value>,
) -> Result<Option<String>, FieldError> {
    flows::check_keys(method, grants, jwks.is_some())?;
    jwks.map(key_set).transpose()
}

/// Registered inline, never by URL, so that no outsider can make us call an address.
fn key_set(jwks: &Value) -> Result<String, FieldError> {
    let json = jwks.to_string();
    let holds_private = jwks
        .get("keys")
        .and_then(Value::as_array)
        .is_some_and(|keys| keys.iter().any(|key| ["d", "p", "q", "k"].iter().any(|member| key.get(member).is_some())));
    if holds_private {
        return Err(FieldError::new(
            "/jwks",
            "holds a private or shared key; register public keys only, and replace that key",
        ));
    }
    let count = jwks.get("keys").and_then(Value::as_array).map_or(0, Vec::len);
    if count > MOST_KEYS {
        return Err(FieldError::new("/jwks", format!("must hold at most {MOST_KEYS} keys")));
    }
    match KeySet::from_json(json.as_bytes()) {
        Ok(_) => Ok(json),
        Err(error) => Err(FieldError::new("/jwks", error.to_string())),
    }
}
