//! The agreement as settings: a service that verifies is pointed at any RFC 9068 issuer by these alone.
//!
//! Identity is not location: `ISSUER` and `AUDIENCE` are fixed texts that tokens carry, `JWKS_URL` and `TOKEN_URL` say
//! where to go, so the same token is good on the host and inside a container network.

mod exchange;
mod transport;
mod verifier;

pub use exchange::ExchangeSettings;
pub use transport::{InsecureUrl, check_identity, check_location};
pub use verifier::{ResourceServer, VerifierSettings};

/// A service cannot be set up like this.
#[derive(Debug, thiserror::Error)]
pub enum InvalidSettings {
    /// An URL without TLS, off this machine.
    #[error(transparent)]
    InsecureUrl(#[from] InsecureUrl),
    /// An algorithm that we do not verify.
    #[error("ALGORITHMS: {0} is unknown; name some of ES256, ES384, RS256, RS384, RS512, PS256, PS384, PS512, EdDSA")]
    Algorithm(String),
    /// The agreement cannot be kept safely.
    #[error(transparent)]
    Agreement(#[from] crate::agreement::InvalidAgreement),
    /// A text that is no URL where one is needed.
    #[error("{0} is no URL")]
    Url(&'static str),
    /// No HTTP client could be made.
    #[error("no HTTP client: {0}")]
    Http(#[from] reqwest::Error),
}
