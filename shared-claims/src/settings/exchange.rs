//! What a service needs to know to exchange its callers' tokens.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;
use url::Url;

use super::{InvalidSettings, check_location};
use crate::clock::Clock;
use crate::exchange::TokenExchange;
use crate::ids::{ClientId, Issuer};
use crate::sign::SigningKey;

/// Where the token endpoint is.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct ExchangeSettings {
    /// Where tokens are exchanged [default: ISSUER/oauth/token]
    #[arg(long, env = "TOKEN_URL")]
    pub token_url: Option<Url>,
}

/// Longest time for a call to another service. Below the 2 s in which every request is answered.
const CALL_LIMIT: Duration = Duration::from_millis(1500);

impl ExchangeSettings {
    /// An HTTP client for calls to our other services: no redirects, no proxies, bounded in time.
    ///
    /// # Errors
    /// If there is no TLS backend.
    pub fn http_client() -> Result<Client, reqwest::Error> {
        Client::builder().redirect(Policy::none()).no_proxy().timeout(CALL_LIMIT).build()
    }

    /// Checks, before anything is started, whether tokens travel safely to the token endpoint of `issuer`.
    ///
    /// # Errors
    /// [`InvalidSettings`].
    pub fn check(&self, issuer: &Issuer, allow_http: bool) -> Result<(), InvalidSettings> {
        self.location(issuer, allow_http).map(drop)
    }

    fn location(&self, issuer: &Issuer, allow_http: bool) -> Result<Url, InvalidSettings> {
        let location = match &self.token_url {
            Some(location) => location.clone(),
            None => Url::parse(&format!("{}/oauth/token", issuer.as_str().trim_end_matches('/')))
                .map_err(|_| InvalidSettings::Url("ISSUER"))?,
        };
        check_location("TOKEN_URL", &location, allow_http)?;
        Ok(location)
    }

    /// The service `client_id` at the token endpoint of `issuer`.
    ///
    /// # Errors
    /// [`InvalidSettings`].
    pub fn token_exchange(
        &self,
        client_id: ClientId,
        issuer: &Issuer,
        key: Arc<SigningKey>,
        clock: Clock,
        allow_http: bool,
    ) -> Result<TokenExchange, InvalidSettings> {
        let location = self.location(issuer, allow_http)?;
        Ok(TokenExchange::new(Self::http_client()?, location, client_id, issuer.clone(), key, clock))
    }
}
