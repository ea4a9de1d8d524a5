//! One call: exchange, request, answer, all of it within one limit.

use std::time::Duration;

use reqwest::{Client, Method};
use serde::Serialize;
use service_kit::request_id::X_REQUEST_ID;
use service_kit::{RequestId, Secret};
use shared_claims::exchange::TokenExchange;
use shared_claims::ids::Audience;
use shared_claims::scope::{Scope, ScopeSet};
use url::Url;

use super::answer::Answer;
use super::error::{Challenge, PeerError};
use crate::domain::IdempotencyKey;

/// Longest time for the exchange and the call together. Each of them has its own, and two of those are more than the
/// 2 s in which a request is answered.
const LIMIT: Duration = Duration::from_millis(1700);

/// Another of our services.
#[derive(Clone)]
pub struct Peer {
    http: Client,
    exchange: TokenExchange,
    location: Url,
    resource: Audience,
    challenge: Challenge,
}

/// What is asked of it.
pub(super) struct Call<'c> {
    method: Method,
    path: Vec<&'c str>,
    query: Vec<(&'static str, String)>,
    body: Option<Vec<u8>>,
    idempotency_key: Option<&'c IdempotencyKey>,
}

impl<'c> Call<'c> {
    pub(super) fn new(method: Method, path: impl Into<Vec<&'c str>>) -> Self {
        Self { method, path: path.into(), query: Vec::new(), body: None, idempotency_key: None }
    }

    pub(super) fn query(mut self, name: &'static str, value: Option<String>) -> Self {
        self.query.extend(value.map(|value| (name, value)));
        self
    }

    pub(super) fn json(self, body: &impl Serialize) -> Result<Self, PeerError> {
        let body = serde_json::to_vec(body).map_err(|error| PeerError::Internal(error.to_string()))?;
        Ok(Self { body: Some(body), ..self })
    }

    pub(super) fn idempotency_key(self, idempotency_key: Option<&'c IdempotencyKey>) -> Self {
        Self { idempotency_key, ..self }
    }
}

/// One of our callers has something done there. It is told with the request's id, which it keeps: work that goes on
/// without the request still has it.
#[derive(Clone)]
pub struct Errand {
    peer: Peer,
    subject_token: Secret,
    request_id: RequestId,
}

impl Peer {
    /// The service that is found at `location` and known to the authorization server as `resource`. Callers whose token
    /// cannot be exchanged get `challenge`.
    #[must_use]
    pub fn new(http: Client, exchange: TokenExchange, location: Url, resource: Audience, challenge: Challenge) -> Self {
        Self { http, exchange, location, resource, challenge }
    }

    /// For the caller with this token, in the request that is being answered.
    #[must_use]
    pub fn on_behalf_of(&self, subject_token: &str) -> Errand {
        let request_id = RequestId::current().unwrap_or_else(RequestId::generate);
        Errand { peer: self.clone(), subject_token: Secret::new(subject_token.to_owned()), request_id }
    }

    fn url(&self, path: &[&str]) -> Result<Url, PeerError> {
        let mut url = self.location.clone();
        match url.path_segments_mut() {
            Ok(mut segments) => segments.pop_if_empty().extend(path),
            Err(()) => return Err(PeerError::Internal(format!("{} cannot have a path", self.location))),
        };
        Ok(url)
    }
}

impl Errand {
    /// Exchanges the caller's token for one with `scope` at the service, and calls with it.
    pub(super) async fn send(&self, scope: Scope, call: Call<'_>) -> Result<Answer, PeerError> {
        let late = |_| Err(PeerError::Unavailable(format!("no answer within {} ms", LIMIT.as_millis())));
        let answer = tokio::time::timeout(LIMIT, self.exchange_and_call(scope, call)).await.unwrap_or_else(late);
        answer.map_err(|error| error.at(&self.peer.resource))
    }

    async fn exchange_and_call(&self, scope: Scope, call: Call<'_>) -> Result<Answer, PeerError> {
        let (peer, request_id) = (&self.peer, self.request_id.as_str());
        let scope: ScopeSet = [scope].into_iter().collect();
        let exchanged = peer.exchange.exchange(self.subject_token.expose(), &peer.resource, &scope, request_id).await;
        let token = exchanged.map_err(|error| PeerError::of_exchange(error, &peer.challenge))?;
        let mut request = peer.http.request(call.method, peer.url(&call.path)?).bearer_auth(token);
        request = request.header(X_REQUEST_ID.as_str(), request_id).query(&call.query);
        if let Some(body) = call.body {
            request = request.header("content-type", "application/json").body(body);
        }
        if let Some(key) = call.idempotency_key {
            request = request.header("idempotency-key", key.as_str());
        }
        Answer::read(request.send().await?).await
    }
}
