//! The metadata of the authorization server that the client is registered with (OpenID Connect Discovery section 3,
//! RFC 8414 section 2), as far as signing people in needs them.

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::discovery::{DiscoveryError, encrypted_or_local, issuer_url};

/// The metadata, checked.
#[derive(Debug, Clone, Deserialize)]
pub struct Provider {
    /// Its name: the `iss` of everything that it says.
    pub issuer: String,
    /// Where browsers are sent.
    pub authorization_endpoint: Url,
    /// Where codes and refresh tokens are exchanged.
    pub token_endpoint: Url,
    /// Where the keys lie with which it signs ID tokens.
    pub jwks_uri: Url,
    /// Who it is that a token speaks for.
    pub userinfo_endpoint: Url,
    response_types_supported: Vec<String>,
    code_challenge_methods_supported: Option<Vec<String>>,
    authorization_response_iss_parameter_supported: Option<bool>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

/// Where the metadata of an issuer are: OpenID Connect appends to the issuer's path (Discovery section 4.1).
///
/// # Errors
/// [`DiscoveryError::NotAUrl`], [`DiscoveryError::InTheClear`].
pub fn provider_url(issuer: &str) -> Result<Url, DiscoveryError> {
    let mut url = issuer_url(issuer)?;
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&format!("{path}/.well-known/openid-configuration"));
    Ok(url)
}

impl Provider {
    /// Reads the metadata that were asked for under the name `issuer`.
    ///
    /// # Errors
    /// [`DiscoveryError`], also if the server lacks what makes the flow safe.
    pub fn read(metadata: Value, issuer: &str) -> Result<Self, DiscoveryError> {
        let metadata: Self = serde_json::from_value(metadata)?;
        if metadata.issuer != issuer {
            return Err(DiscoveryError::ForeignIssuer { asked: issuer.to_owned(), found: metadata.issuer });
        }
        let has = |list: &[String], name: &str| list.iter().any(|found| found == name);
        let offers = |list: &Option<Vec<String>>, name| list.as_ref().is_some_and(|list| has(list, name));
        let demanded = [
            (has(&metadata.response_types_supported, "code"), "authorization codes"),
            // A server without PKCE ignores the challenge and takes a code from anybody.
            (offers(&metadata.code_challenge_methods_supported, "S256"), "PKCE with S256"),
            // Without it a client cannot tell whose answer it holds (RFC 9207).
            (metadata.authorization_response_iss_parameter_supported == Some(true), "iss in authorization responses"),
            (
                metadata.token_endpoint_auth_methods_supported.is_none()
                    || offers(&metadata.token_endpoint_auth_methods_supported, "client_secret_basic"),
                "client authentication by client_secret_basic",
            ),
        ];
        if let Some((_, what)) = demanded.into_iter().find(|(offered, _)| !offered) {
            return Err(DiscoveryError::NotOffered(what));
        }
        for url in [
            &metadata.authorization_endpoint,
            &metadata.token_endpoint,
            &metadata.jwks_uri,
            &metadata.userinfo_endpoint,
        ] {
            encrypted_or_local(url.clone())?;
        }
        Ok(metadata)
    }
}
