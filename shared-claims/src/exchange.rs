//! A service as a client of the token endpoint: it proves who it is by `private_key_jwt` (RFC 7523 section 2.2) and
//! exchanges its caller's token for one that is good at the next service (RFC 8693).

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;
use uuid::Uuid;

use crate::claims::{ClientAssertion, Registered};
use crate::clock::Clock;
use crate::ids::{Audience, ClientId, Issuer, Subject, TokenId};
use crate::keys::remote_cause;
use crate::scope::ScopeSet;
use crate::sign::{SignError, SigningKey};

/// How long an assertion is good. It is used at once, and only once.
const ASSERTION_LIFETIME: Duration = Duration::from_secs(60);

/// Longest answer of the token endpoint that is read: a token has at most 8 KiB.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// `grant_type` (RFC 8693 section 2.1).
pub const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
/// `subject_token_type` and `issued_token_type` (RFC 8693 section 3).
pub const ACCESS_TOKEN_TYPE: &str = "urn:ietf:params:oauth:token-type:access_token";
/// `client_assertion_type` (RFC 7523 section 2.2).
pub const JWT_BEARER_ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// No token came of it.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The authorization server said no, with this `error` code (RFC 6749 section 5.2).
    #[error("the authorization server refused the exchange: {error}")]
    Refused {
        /// The `error` code.
        error: String,
    },
    /// It could not be reached, answered 5xx, or something that is no answer. Trying again may help.
    #[error("the authorization server is not available: {0}")]
    Unavailable(String),
    /// Our own key failed.
    #[error(transparent)]
    Sign(#[from] SignError),
}

/// A service at the token endpoint.
#[derive(Clone)]
pub struct TokenExchange {
    client: Client,
    token_endpoint: Url,
    client_id: ClientId,
    authorization_server: Issuer,
    key: Arc<SigningKey>,
    clock: Clock,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
}

#[derive(Deserialize)]
struct ErrorAnswer {
    error: String,
}

/// Reads a bounded answer.
async fn read<T: DeserializeOwned>(mut answer: Response) -> Result<T, ExchangeError> {
    let unavailable = |error: reqwest::Error| ExchangeError::Unavailable(remote_cause(&error));
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(unavailable)? {
        if body.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err(ExchangeError::Unavailable(format!("more than {MAX_ANSWER_BYTES} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&body).map_err(|_| ExchangeError::Unavailable("an answer that is none".to_owned()))
}

impl TokenExchange {
    /// The service `client_id`, whose `key` is published where `authorization_server` looks for it, at
    /// `token_endpoint`, which is a location: the identity is `authorization_server`.
    #[must_use]
    pub fn new(
        client: Client,
        token_endpoint: Url,
        client_id: ClientId,
        authorization_server: Issuer,
        key: Arc<SigningKey>,
        clock: Clock,
    ) -> Self {
        Self { client, token_endpoint, client_id, authorization_server, key, clock }
    }

    /// Exchanges `subject_token` for one with `scope` at `resource`, on which this service is the actor. `request_id`
    /// joins the audit trails of both sides.
    ///
    /// # Errors
    /// [`ExchangeError`].
    pub async fn exchange(
        &self,
        subject_token: &str,
        resource: &Audience,
        scope: &ScopeSet,
        request_id: &str,
    ) -> Result<String, ExchangeError> {
        let form = [
            ("grant_type", TOKEN_EXCHANGE),
            ("subject_token", subject_token),
            ("subject_token_type", ACCESS_TOKEN_TYPE),
            ("resource", resource.as_str()),
            ("scope", &scope.to_string()),
            ("client_assertion_type", JWT_BEARER_ASSERTION),
            ("client_assertion", &self.assertion()?),
        ];
        let request = self.client.post(self.token_endpoint.clone()).header("x-request-id", request_id).form(&form);
        let unavailable = |error: reqwest::Error| ExchangeError::Unavailable(remote_cause(&error));
        let answer = request.send().await.map_err(unavailable)?;
        match answer.status() {
            StatusCode::OK => Ok(read::<TokenAnswer>(answer).await?.access_token),
            status if status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS => {
                let ErrorAnswer { error } = read(answer).await?;
                Err(ExchangeError::Refused { error })
            }
            status => Err(ExchangeError::Unavailable(format!("status {status}"))),
        }
    }

    /// A fresh client assertion (RFC 7523 section 3); its audience is the authorization server and nothing else.
    fn assertion(&self) -> Result<String, ExchangeError> {
        let name = |_| SignError::Failed;
        let client = self.client_id.as_str();
        let registered = Registered::issue(
            Issuer::new(client).map_err(name)?,
            Subject::new(client).map_err(name)?,
            Audience::new(self.authorization_server.as_str()).map_err(name)?,
            TokenId::new(Uuid::now_v7().to_string()).map_err(name)?,
            self.clock.now(),
            ASSERTION_LIFETIME,
        );
        Ok(self.key.sign(&ClientAssertion::new(registered))?)
    }
}
