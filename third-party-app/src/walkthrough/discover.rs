//! 401 → metadata of the resource → metadata of the authorization server.

use serde_json::Value;
use url::Url;

use super::fault::Fault;
use super::stage::Stage;
use crate::discovery::{
    AuthorizationServer, DiscoveryError, ProtectedResource, authorization_server_url, encrypted_or_local, metadata_url,
};
use crate::http::{Answer, Request};
use crate::oauth::{Provider, provider_url};

/// A URL below another.
pub(super) fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
    url
}

/// Calls without a token, and follows the challenge to the metadata of what was called.
pub(super) async fn resource(stage: &mut Stage<'_>, called: &Url) -> Result<ProtectedResource, Fault> {
    encrypted_or_local(called.clone())?;
    let refused = stage.send(Request::get(called.clone())).await?;
    stage.expect_status(&refused, 401, "without a token")?;
    let challenge = refused.bearer_challenge().ok_or(DiscoveryError::NoMetadataUrl)?;
    let metadata = challenge.get("resource_metadata").ok_or(DiscoveryError::NoMetadataUrl)?;
    let answer = stage.send(Request::get(metadata_url(metadata, called)?)).await?;
    let resource = ProtectedResource::read(metadata_of(stage, &answer)?, called)?;
    stage.holds("the metadata's resource covers the URL that was called (RFC 9728 section 3.3)")?;
    Ok(resource)
}

/// The metadata of the authorization server that the client is registered with.
pub(super) async fn server(
    stage: &mut Stage<'_>,
    resource: &ProtectedResource,
    issuer: &str,
) -> Result<AuthorizationServer, Fault> {
    accepted(stage, resource, issuer)?;
    let answer = stage.send(Request::get(authorization_server_url(issuer)?)).await?;
    let server = AuthorizationServer::read(metadata_of(stage, &answer)?, issuer)?;
    stage.holds("the metadata's issuer is the one that was asked for (RFC 8414 section 3.3)")?;
    Ok(server)
}

/// The resource must name the issuer that is configured; it does not choose one.
pub(super) fn accepted(stage: &mut Stage<'_>, resource: &ProtectedResource, issuer: &str) -> Result<(), Fault> {
    resource.accepts(issuer)?;
    stage.holds("the resource accepts tokens of the issuer that the client is registered with")
}

/// The same server's metadata for signing people in.
pub(super) async fn provider(stage: &mut Stage<'_>, issuer: &str) -> Result<Provider, Fault> {
    let answer = stage.send(Request::get(provider_url(issuer)?)).await?;
    let provider = Provider::read(metadata_of(stage, &answer)?, issuer)?;
    stage.holds("the metadata's issuer is the one that was asked for (OpenID Connect Discovery section 4.3)")?;
    Ok(provider)
}

fn metadata_of(stage: &mut Stage<'_>, answer: &Answer) -> Result<Value, Fault> {
    stage.expect_status(answer, 200, "the metadata")?;
    Ok(answer.json()?)
}
