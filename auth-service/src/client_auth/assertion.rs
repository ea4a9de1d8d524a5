//! `private_key_jwt` (RFC 7523 section 2.2): the same three checks as for every token, then the assertion is used up.

use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::Algorithm;
use service_kit::secret::Secret;
use shared_claims::agreement::Agreement;
use shared_claims::claims::{ClientAssertion, Kind, Registered};
use shared_claims::ids::{Audience, ClientId, InvalidName, Issuer};
use shared_claims::keys::{KeySet, KeySource};
use shared_claims::verify::{Raw, Refusal, Verified, Verifier};

use super::{AuthenticatedClient, active};
use crate::domain::client::AuthMethod;
use crate::domain::oauth_error::OAuthError;
use crate::state::State;
use crate::store::assertions;

/// Algorithms that assertions may be signed with; also announced in the metadata.
pub const ALGORITHMS: [Algorithm; 3] = [Algorithm::ES256, Algorithm::RS256, Algorithm::EdDSA];

/// Longest life of an assertion. It has to be used once, at once; and its name is remembered as long.
const LONGEST_LIFETIME: Duration = Duration::from_secs(600);

pub(super) async fn authenticate(
    state: &State,
    client_id: Option<&str>,
    assertion: &Secret,
) -> Result<AuthenticatedClient, OAuthError> {
    let token = assertion.expose().as_bytes();
    let well_formed = Raw::new(token).well_formed().map_err(|refusal| refused(refusal.into()))?;
    // Unverified: it only tells whose keys to try.
    let issuer =
        well_formed.unverified_issuer().ok_or(OAuthError::invalid_client("assertion_without_issuer"))?.to_owned();
    if client_id.is_some_and(|id| id != issuer) {
        return Err(OAuthError::invalid_client("assertion_of_another_client"));
    }
    let (client, keys) = client_with_keys(state, &issuer).await?;
    let verified = verify::<ClientAssertion>(state, &issuer, keys, token).await?;
    use_up(state, &verified.registered).await?;
    match client {
        AuthenticatedClient::Registered(client) => active(client).map(AuthenticatedClient::Registered),
        other => Ok(other),
    }
}

/// The three checks, under the client's keys.
pub(super) async fn verify<K: Kind>(
    state: &State,
    client_id: &str,
    keys: Arc<dyn KeySource>,
    token: &[u8],
) -> Result<Verified<K>, OAuthError> {
    let verifier = Verifier::<K>::new(agreement(state, client_id, K::TYP)?, keys, state.clock.clone());
    verifier.verify(token).await.map_err(refused)
}

async fn client_with_keys(
    state: &State,
    client_id: &str,
) -> Result<(AuthenticatedClient, Arc<dyn KeySource>), OAuthError> {
    let unknown = || OAuthError::invalid_client("unknown_client");
    if let Some(inside) = state.bootstrap.inside_client(client_id) {
        let keys = state.inside_keys.get(client_id).ok_or_else(unknown)?;
        return Ok((AuthenticatedClient::Inside(inside.clone()), Arc::clone(keys)));
    }
    let client = state.clients.find(client_id).await?.ok_or_else(unknown)?;
    let jwks = match (client.auth_method, &client.jwks) {
        (AuthMethod::PrivateKeyJwt, Some(jwks)) => jwks,
        _ => return Err(OAuthError::invalid_client("client_without_keys")),
    };
    let keys = KeySet::from_json(jwks.as_bytes()).map_err(|_| OAuthError::invalid_client("client_without_keys"))?;
    Ok((AuthenticatedClient::Registered(client), Arc::new(keys)))
}

/// The audience is this server's issuer identifier, alone: an assertion that is also good elsewhere could be replayed
/// there, or here from there (CVE-2025-27371).
fn agreement(state: &State, client_id: &str, typ: &str) -> Result<Agreement, OAuthError> {
    let unnameable = |_: InvalidName| OAuthError::invalid_client("unnameable_client");
    let issuer = Issuer::new(client_id).map_err(unnameable)?;
    let audience = Audience::new(state.issuer.as_str()).map_err(unnameable)?;
    let agreement =
        Agreement::new(issuer, audience, typ, &ALGORITHMS).map_err(|_| OAuthError::invalid_client("no_agreement"))?;
    Ok(agreement.or_typ("JWT").or_no_typ().with_longest_lifetime(LONGEST_LIFETIME))
}

/// Each assertion is good once (RFC 7523 section 3, point 7; CVE-2020-5300), until its leeway is over too. Its name is
/// used up for both of its uses, so what was sent for one is never good for the other.
pub(super) async fn use_up(state: &State, registered: &Registered) -> Result<(), OAuthError> {
    let client_id =
        ClientId::new(registered.issuer.as_str()).map_err(|_| OAuthError::invalid_client("unnameable_client"))?;
    let forget_at = registered.expires_at.plus(Duration::from_secs(60)).seconds();
    let forget_at = i64::try_from(forget_at).unwrap_or(i64::MAX).saturating_mul(1_000_000);
    if assertions::consume(&state.database, &client_id, &registered.token_id, forget_at).await? {
        Ok(())
    } else {
        Err(OAuthError::invalid_client("assertion_replayed"))
    }
}

pub(super) fn refused(refusal: Refusal) -> OAuthError {
    log::info!("assertion refused: {refusal}");
    match refusal {
        Refusal::Malformed(_) => OAuthError::invalid_client("assertion_malformed"),
        Refusal::Signature(_) => OAuthError::invalid_client("assertion_signature"),
        Refusal::Claims(_) => OAuthError::invalid_client("assertion_claims"),
        Refusal::KeysUnavailable => OAuthError::unavailable("client_keys_unavailable"),
    }
}
