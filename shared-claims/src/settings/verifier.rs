//! What a resource server needs to know to verify access tokens.

use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::Algorithm;
use url::Url;

use super::{InvalidSettings, check_identity, check_location};
use crate::agreement::Agreement;
use crate::cache::Cached;
use crate::claims::AccessToken;
use crate::clock::Clock;
use crate::ids::{Audience, Issuer};
use crate::keys::{KeySource, RemoteKeys, RemotePolicy};
use crate::verify::{Verifier, Verify};

/// The agreement with the issuer, and where its keys are.
#[derive(Debug, Clone, clap::Args)]
pub struct VerifierSettings {
    /// `iss` of the tokens that are accepted: a fixed text, not a location
    #[arg(long, env = "ISSUER", default_value = "http://localhost:8080")]
    pub issuer: Issuer,
    /// `aud` that tokens must carry [default: the service's public URL]
    #[arg(long, env = "AUDIENCE")]
    pub audience: Option<Audience>,
    /// Where the issuer's keys are fetched from [default: ISSUER/.well-known/jwks.json]
    #[arg(long, env = "JWKS_URL")]
    pub jwks_url: Option<Url>,
    /// Algorithms that are accepted
    #[arg(long, env = "ALGORITHMS", value_delimiter = ',', default_value = "ES256,RS256,EdDSA")]
    pub algorithms: Vec<String>,
    /// `typ` that tokens must have
    #[arg(long, env = "TOKEN_TYP", default_value = "at+jwt")]
    pub token_typ: String,
    /// How far the issuer's clock and ours may be apart, in seconds
    #[arg(long, env = "LEEWAY", default_value_t = 5, value_parser = clap::value_parser!(u64).range(0..=300))]
    pub leeway: u64,
    /// Longest time between `iat` and `exp` that is accepted, in seconds
    #[arg(long, env = "LONGEST_LIFETIME", default_value_t = 3600, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub longest_lifetime: u64,
    /// After this many seconds keys are fetched anew, in the background
    #[arg(long, env = "JWKS_LIFETIME", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub jwks_lifetime: u64,
    /// An unknown key causes at most one fetch in this many seconds
    #[arg(long, env = "JWKS_COOLDOWN", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub jwks_cooldown: u64,
    /// Most memory for tokens that were verified already, in bytes; 0 verifies every token anew
    #[arg(long, env = "TOKEN_CACHE_BYTES", default_value_t = 33_554_432)]
    pub token_cache_bytes: u64,
}

/// A verifier that is set up, and its keys, for readiness.
pub struct ResourceServer {
    /// Verifies, remembering what it verified.
    pub verify: Arc<dyn Verify>,
    /// The issuer's keys.
    pub keys: Arc<dyn KeySource>,
}

impl VerifierSettings {
    /// The defaults, for this issuer.
    #[must_use]
    pub fn new(issuer: Issuer) -> Self {
        Self {
            issuer,
            audience: None,
            jwks_url: None,
            algorithms: ["ES256", "RS256", "EdDSA"].map(str::to_owned).to_vec(),
            token_typ: "at+jwt".to_owned(),
            leeway: 5,
            longest_lifetime: 3600,
            jwks_lifetime: 300,
            jwks_cooldown: 10,
            token_cache_bytes: 32 * 1024 * 1024,
        }
    }

    /// Checks all of them, before anything is started with them: whether a verifier for tokens to `public_url` (or
    /// `AUDIENCE`) can be set up, and the keys can be fetched safely.
    ///
    /// # Errors
    /// [`InvalidSettings`].
    pub fn check(&self, public_url: &Audience, allow_http: bool) -> Result<(), InvalidSettings> {
        self.agreement(self.audience.as_ref().unwrap_or(public_url))?;
        self.location(allow_http).map(drop)
    }

    fn location(&self, allow_http: bool) -> Result<Url, InvalidSettings> {
        let location = match &self.jwks_url {
            Some(location) => location.clone(),
            None => Url::parse(&format!("{}/.well-known/jwks.json", self.issuer.as_str().trim_end_matches('/')))
                .map_err(|_| InvalidSettings::Url("ISSUER"))?,
        };
        check_location("JWKS_URL", &location, allow_http)?;
        Ok(location)
    }

    /// Starts to fetch keys from `JWKS_URL`. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// [`InvalidSettings`].
    pub fn remote_keys(&self, allow_http: bool) -> Result<RemoteKeys, InvalidSettings> {
        let location = self.location(allow_http)?;
        let policy = RemotePolicy {
            lifetime: Duration::from_secs(self.jwks_lifetime),
            cooldown: Duration::from_secs(self.jwks_cooldown),
            ..RemotePolicy::default()
        };
        Ok(RemoteKeys::start(location, policy)?)
    }

    /// A verifier for tokens to `public_url` (or `AUDIENCE`), with `keys`.
    ///
    /// # Errors
    /// [`InvalidSettings`].
    pub fn resource_server(
        &self,
        public_url: &Audience,
        keys: Arc<dyn KeySource>,
        clock: Clock,
    ) -> Result<ResourceServer, InvalidSettings> {
        let agreement = self.agreement(self.audience.as_ref().unwrap_or(public_url))?;
        let verifier = Verifier::<AccessToken>::new(agreement, Arc::clone(&keys), clock.clone());
        let verify: Arc<dyn Verify> = match self.token_cache_bytes {
            0 => Arc::new(verifier),
            bytes => Arc::new(Cached::new(verifier, Arc::clone(&keys), clock, bytes)),
        };
        Ok(ResourceServer { verify, keys })
    }

    fn agreement(&self, audience: &Audience) -> Result<Agreement, InvalidSettings> {
        check_identity("ISSUER", self.issuer.as_str())?;
        check_identity("AUDIENCE", audience.as_str())?;
        let read = |name: &String| name.parse::<Algorithm>().map_err(|_| InvalidSettings::Algorithm(name.clone()));
        let algorithms = self.algorithms.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let agreement = Agreement::new(self.issuer.clone(), audience.clone(), &self.token_typ, &algorithms)?;
        let lifetime = Duration::from_secs(self.longest_lifetime);
        Ok(agreement.with_leeway(Duration::from_secs(self.leeway)).with_longest_lifetime(lifetime))
    }
}
