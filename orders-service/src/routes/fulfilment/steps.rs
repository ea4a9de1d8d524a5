//! The steps of a fulfilment, each safe to repeat, so that whoever is killed between any two of them, or gets no
//! answer, repeats the request and ends with the one fulfilment and the one receipt.
//!
//! 1. Record that it was asked for. From here on its id is fixed.
//! 2. Exchange the caller's token for one that is good at admin-service.
//! 3. Hand it over there, under that id: the second time changes nothing.
//! 4. Sign the receipt, and keep it unless there is one.

use std::time::Duration;

use service_kit::{Outcome, RequestId};
use tokio::time::timeout;

use super::failure::Failure;
use crate::domain::fulfilment::{Accepted, Fulfilment, Requested};
use crate::domain::idempotency::IdempotencyKey;
use crate::domain::ids::OrderId;
use crate::domain::owner::Owner;
use crate::domain::party::Party;
use crate::peers::Handover;
use crate::routes::Service;

/// Longest time for all steps: whoever waits is answered within 2 s, also when database and peers are slow at once.
const LIMIT: Duration = Duration::from_millis(1900);

const ACTION: &str = "fulfilment.request";

/// What is asked for.
pub(super) struct Wish<'a> {
    pub(super) owner: &'a Owner,
    pub(super) party: Party,
    /// The caller's own token, to be exchanged and for nothing else.
    pub(super) subject_token: &'a str,
    pub(super) order_id: &'a OrderId,
    pub(super) key: Option<&'a IdempotencyKey>,
    pub(super) request_id: &'a RequestId,
}

impl Service {
    /// All steps that are not done yet.
    pub(super) async fn fulfil(&self, wish: &Wish<'_>) -> Result<Accepted, Failure> {
        timeout(LIMIT, self.steps(wish)).await.map_err(|_| Failure::TooLate)?
    }

    async fn steps(&self, wish: &Wish<'_>) -> Result<Accepted, Failure> {
        let now = self.clock.micros();
        let refused = wish.party.event(ACTION, Outcome::Refused, now).object(wish.order_id.as_str());
        let recorded = self.store.request_fulfilment(wish.owner, wish.order_id, wish.key, now, &refused).await?;
        let requested = match recorded {
            Fulfilment::Accepted(accepted) => return Ok(accepted),
            Fulfilment::Requested(requested) => *requested,
        };
        match self.hand_over(wish, &requested).await {
            Ok(receipt) => self.keep(wish, requested, receipt).await,
            Err(failure) => {
                self.record_failure(wish, &requested, &failure).await;
                Err(failure)
            }
        }
    }

    /// Steps 2 and 3, and the receipt.
    async fn hand_over(&self, wish: &Wish<'_>, requested: &Requested) -> Result<String, Failure> {
        let handover = Handover::from(requested);
        self.admin.accept_fulfilment(wish.subject_token, &handover, wish.request_id.as_str()).await?;
        Ok(self.receipts.sign(wish.owner.partner(), requested, self.clock.now())?)
    }

    async fn keep(&self, wish: &Wish<'_>, requested: Requested, receipt: String) -> Result<Accepted, Failure> {
        let now = self.clock.micros();
        let event = wish.party.event(ACTION, Outcome::Allowed, now).object(requested.fulfilment_id.as_str());
        Ok(self.store.accept_fulfilment(wish.owner, requested, receipt, now, event).await?)
    }

    async fn record_failure(&self, wish: &Wish<'_>, requested: &Requested, failure: &Failure) {
        let event = wish.party.event(ACTION, failure.outcome(), self.clock.micros());
        let event = event.object(requested.fulfilment_id.as_str()).reason(failure.reason());
        if let Err(error) = self.store.record(event).await {
            log::error!("a failure is missing in the audit trail: {error}");
        }
    }
}
