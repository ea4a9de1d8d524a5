//! The metadata of an API and of the authorization server that the client is registered with: what they say, and what a
//! client must check before it believes them. Without these checks, a server could have its own token requested for
//! another, or make the client send its secret elsewhere.

use serde::Deserialize;
use serde_json::Value;
use url::{Host, Url};

/// Where the metadata of an authorization server lie (RFC 8414 section 3).
const AUTHORIZATION_SERVER: &str = "/.well-known/oauth-authorization-server";

/// Metadata that must not be used.
#[derive(Debug, thiserror::Error)]
pub enum DiscoveryError {
    /// The 401 has no `Bearer` challenge with `resource_metadata` (RFC 9728 section 5.1).
    #[error("the 401 names no resource_metadata, so there is nothing to start from")]
    NoMetadataUrl,
    /// A member is missing or of the wrong type.
    #[error("the metadata cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// A member is no URL.
    #[error("{0:?} is no URL")]
    NotAUrl(String),
    /// The metadata lie on another server than the resource that they describe (RFC 9728 section 3.1).
    #[error("the metadata of {called} are said to lie at {metadata}, another origin")]
    ForeignMetadata {
        /// The URL that was called.
        called: String,
        /// Where the metadata are said to be.
        metadata: String,
    },
    /// RFC 9728 section 3.3: the metadata speak of something else than what was called.
    #[error("the metadata are for {resource:?}, which does not cover the URL that was called, {called}")]
    ForeignResource {
        /// The `resource` of the metadata.
        resource: String,
        /// The URL that was called.
        called: String,
    },
    /// RFC 8414 section 3.3: the metadata speak of another issuer than the one asked for.
    #[error("the metadata are those of issuer {found:?}, asked for was {asked:?}")]
    ForeignIssuer {
        /// The issuer asked for.
        asked: String,
        /// The issuer of the metadata.
        found: String,
    },
    /// The resource does not accept tokens of the issuer that this client is registered with.
    #[error(
        "the resource accepts tokens of {named:?}, and not of {configured:?}, with which this client is registered"
    )]
    UnknownIssuer {
        /// The issuer of the registration.
        configured: String,
        /// What the resource names.
        named: Vec<String>,
    },
    /// A secret or token would cross a network in the clear.
    #[error("{0} is neither https nor on this machine, so no credential is sent there")]
    InTheClear(String),
    /// The authorization server does not offer what this client needs.
    #[error("the authorization server does not offer {0}")]
    NotOffered(&'static str),
}

/// The metadata of a protected resource (RFC 9728 section 2), as far as this client needs them.
#[derive(Debug, Clone, Deserialize)]
pub struct ProtectedResource {
    /// The name of the resource: the audience of its tokens.
    pub resource: String,
    /// The issuers whose tokens it accepts.
    pub authorization_servers: Vec<String>,
    /// Where the keys lie with which the resource itself signs.
    pub jwks_uri: Option<Url>,
}

/// The metadata of an authorization server (RFC 8414 section 2), as far as this client needs them.
#[derive(Debug, Clone, Deserialize)]
pub struct AuthorizationServer {
    /// The issuer of its tokens.
    pub issuer: String,
    /// Where tokens are asked for.
    pub token_endpoint: Url,
    /// Where the keys lie with which it signs access tokens.
    pub jwks_uri: Url,
    grant_types_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

/// Where the metadata of the resource are that answered 401.
///
/// # Errors
/// [`DiscoveryError::NotAUrl`], [`DiscoveryError::ForeignMetadata`].
pub fn metadata_url(resource_metadata: &str, called: &Url) -> Result<Url, DiscoveryError> {
    let metadata = parse(resource_metadata)?;
    if metadata.origin() == called.origin() {
        Ok(metadata)
    } else {
        Err(DiscoveryError::ForeignMetadata { called: called.to_string(), metadata: metadata.to_string() })
    }
}

/// Where the metadata of an issuer are: the well-known path goes between its host and its own path (RFC 8414
/// section 3.1).
///
/// # Errors
/// [`DiscoveryError::NotAUrl`], [`DiscoveryError::InTheClear`].
pub fn authorization_server_url(issuer: &str) -> Result<Url, DiscoveryError> {
    let mut url = issuer_url(issuer)?;
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&format!("{AUTHORIZATION_SERVER}{path}"));
    Ok(url)
}

impl ProtectedResource {
    /// Reads the metadata that belong to `called`.
    ///
    /// # Errors
    /// [`DiscoveryError::Unreadable`], [`DiscoveryError::ForeignResource`].
    pub fn read(metadata: Value, called: &Url) -> Result<Self, DiscoveryError> {
        let metadata: Self = serde_json::from_value(metadata)?;
        if covers(&parse(&metadata.resource)?, called) {
            Ok(metadata)
        } else {
            Err(DiscoveryError::ForeignResource { resource: metadata.resource, called: called.to_string() })
        }
    }

    /// Demands that the resource accepts tokens of the issuer with which this client is registered. Which issuer that
    /// is, is configured together with the client's id and secret. A resource that could choose it could have the
    /// secret sent to a server of its own.
    ///
    /// # Errors
    /// [`DiscoveryError::UnknownIssuer`].
    pub fn accepts(&self, issuer: &str) -> Result<(), DiscoveryError> {
        if self.authorization_servers.iter().any(|named| named == issuer) {
            return Ok(());
        }
        let named = self.authorization_servers.clone();
        Err(DiscoveryError::UnknownIssuer { configured: issuer.to_owned(), named })
    }
}

impl AuthorizationServer {
    /// Reads the metadata that were asked for under the name `issuer`.
    ///
    /// # Errors
    /// [`DiscoveryError`], also if the server offers neither client credentials nor HTTP Basic for them.
    pub fn read(metadata: Value, issuer: &str) -> Result<Self, DiscoveryError> {
        let metadata: Self = serde_json::from_value(metadata)?;
        if metadata.issuer != issuer {
            return Err(DiscoveryError::ForeignIssuer { asked: issuer.to_owned(), found: metadata.issuer });
        }
        let offers = |list: &Option<Vec<String>>, name: &str| list.as_ref().map(|list| list.iter().any(|n| n == name));
        // Left out, these mean `authorization_code implicit` and `client_secret_basic` (RFC 8414 section 2).
        if !offers(&metadata.grant_types_supported, "client_credentials").unwrap_or(false) {
            return Err(DiscoveryError::NotOffered("the grant client_credentials"));
        }
        if !offers(&metadata.token_endpoint_auth_methods_supported, "client_secret_basic").unwrap_or(true) {
            return Err(DiscoveryError::NotOffered("client authentication by client_secret_basic"));
        }
        encrypted_or_local(metadata.token_endpoint.clone())?;
        Ok(metadata)
    }
}

/// Same origin, and every segment of the resource's path begins the path that was called.
fn covers(resource: &Url, called: &Url) -> bool {
    let plain = resource.query().is_none() && resource.fragment().is_none();
    let path = resource.path().trim_end_matches('/');
    let below = called.path().strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    plain && below && resource.origin() == called.origin()
}

/// An issuer as a URL.
///
/// # Errors
/// [`DiscoveryError::NotAUrl`], [`DiscoveryError::InTheClear`].
pub fn issuer_url(issuer: &str) -> Result<Url, DiscoveryError> {
    encrypted_or_local(parse(issuer)?)
}

fn parse(text: &str) -> Result<Url, DiscoveryError> {
    Url::parse(text).map_err(|_| DiscoveryError::NotAUrl(text.to_owned()))
}

/// What goes to this URL is encrypted, or does not leave the machine (RFC 6749 section 3.2).
///
/// # Errors
/// [`DiscoveryError::InTheClear`].
pub fn encrypted_or_local(url: Url) -> Result<Url, DiscoveryError> {
    let local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if url.scheme() == "https" || (url.scheme() == "http" && local) {
        Ok(url)
    } else {
        Err(DiscoveryError::InTheClear(url.to_string()))
    }
}
