//! admin-service, which accepts fulfilments.

use std::time::Duration;

use reqwest::{Client, StatusCode};
use serde::{Deserialize, Serialize};
use shared_claims::exchange::TokenExchange;
use shared_claims::ids::Audience;
use shared_claims::scope::{Scope, ScopeSet};
use shared_claims::settings::{ExchangeSettings, InvalidSettings};
use tokio::time::timeout;
use url::Url;

use super::PeerError;
use super::answer::{problem_detail, read};
use crate::domain::amount::Amount;
use crate::domain::fulfilment::Requested;
use crate::domain::ids::{AccountId, FulfilmentId, OrderId};

/// Longest time for exchange and handover together, so that the caller has an answer within 2 s.
const LIMIT: Duration = Duration::from_millis(1500);

/// A fulfilment, as it is handed over.
#[derive(Debug, Serialize)]
pub struct Handover<'a> {
    fulfilment_id: &'a FulfilmentId,
    order_id: &'a OrderId,
    account_id: &'a AccountId,
    amount: Amount,
}

impl<'a> From<&'a Requested> for Handover<'a> {
    fn from(requested: &'a Requested) -> Self {
        let order = &requested.order;
        let (order_id, account_id) = (&order.order_id, &order.account_id);
        Self { fulfilment_id: &requested.fulfilment_id, order_id, account_id, amount: order.amount }
    }
}

/// The part of its answer that shows that it is one.
#[derive(Deserialize)]
struct Taken {
    fulfilment_id: String,
}

/// admin-service, as this service calls it: on its caller's behalf, with a token got in exchange for the caller's.
#[derive(Clone)]
pub struct AdminService {
    exchange: TokenExchange,
    client: Client,
    fulfilments: Url,
    resource: Audience,
}

impl AdminService {
    /// Tokens for `resource` (an identity) come from `exchange`; `fulfilments` is the location of its collection.
    ///
    /// # Errors
    /// If there is no TLS backend.
    pub fn new(exchange: TokenExchange, fulfilments: Url, resource: Audience) -> Result<Self, InvalidSettings> {
        let client = ExchangeSettings::http_client()?;
        Ok(Self { exchange, client, fulfilments, resource })
    }

    /// Hands a fulfilment over; it may be handed over any number of times. `subject_token` is the caller's.
    ///
    /// # Errors
    /// [`PeerError`], at the latest after 1.5 s.
    pub async fn accept_fulfilment(
        &self,
        subject_token: &str,
        handover: &Handover<'_>,
        request_id: &str,
    ) -> Result<(), PeerError> {
        let call = async {
            let scope: ScopeSet = [Scope::FulfilmentAccept].into_iter().collect();
            let token = self.exchange.exchange(subject_token, &self.resource, &scope, request_id).await?;
            self.post(&token, handover, request_id).await
        };
        let late = || PeerError::Unavailable(format!("no acceptance within {} ms", LIMIT.as_millis()));
        timeout(LIMIT, call).await.map_err(|_| late())?
    }

    async fn post(&self, token: &str, handover: &Handover<'_>, request_id: &str) -> Result<(), PeerError> {
        let request = self.client.post(self.fulfilments.clone()).bearer_auth(token).header("x-request-id", request_id);
        let unreachable =
            |error: reqwest::Error| PeerError::Unavailable(format!("admin-service: {}", error.without_url()));
        let answer = request.json(handover).send().await.map_err(unreachable)?;
        let status = answer.status();
        let body = read(answer).await?;
        match status {
            StatusCode::CREATED | StatusCode::OK => confirmed(&body, handover),
            // The caller's doing. Any other 4xx is ours: a wrong location, a token that is not accepted.
            StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY => {
                Err(PeerError::Rejected { status: status.as_u16(), detail: problem_detail(&body) })
            }
            StatusCode::TOO_MANY_REQUESTS => Err(PeerError::Unavailable(format!("admin-service: status {status}"))),
            _ if status.is_server_error() => Err(PeerError::Unavailable(format!("admin-service: status {status}"))),
            _ => Err(PeerError::Nonsense(format!("admin-service: status {status}"))),
        }
    }
}

fn confirmed(body: &[u8], handover: &Handover<'_>) -> Result<(), PeerError> {
    let taken = serde_json::from_slice::<Taken>(body).ok();
    let is_ours = taken.is_some_and(|taken| taken.fulfilment_id == handover.fulfilment_id.as_str());
    if is_ours {
        Ok(())
    } else {
        Err(PeerError::Nonsense("admin-service: the answer names another fulfilment".to_owned()))
    }
}
