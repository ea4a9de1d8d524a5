//! The fulfilment receipt: what a partner can show to anyone, and anyone can verify under our JWKS.

use std::sync::Arc;
use std::time::Duration;

use shared_claims::claims::{Amount, Receipt, ReceiptFulfilment, ReceiptPrivate, ReceiptPublic, Registered};
use shared_claims::clock::Timestamp;
use shared_claims::ids::{Audience, ClientId, InvalidName, Issuer, Subject, TokenId};
use shared_claims::sign::{SignError, SigningKey};

use crate::domain::fulfilment::{ACCEPTED, Requested};

/// A year: a receipt is evidence and not a credential. It opens nothing.
const LIFETIME: Duration = Duration::from_secs(365 * 24 * 3600);

/// The receipt could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// An id that cannot stand in a token.
    #[error("a claim of the receipt {0}")]
    Name(#[from] InvalidName),
    /// Our key failed.
    #[error(transparent)]
    Sign(#[from] SignError),
}

/// Signs receipts.
#[derive(Debug, Clone)]
pub struct ReceiptSigner {
    issuer: Issuer,
    key: Arc<SigningKey>,
}

impl ReceiptSigner {
    /// In the name of `issuer`, the public URL of this service, with `key`.
    pub fn new(issuer: Issuer, key: Arc<SigningKey>) -> Self {
        Self { issuer, key }
    }

    /// A receipt for `partner`: that the fulfilment was accepted, `now`.
    ///
    /// # Errors
    /// [`ReceiptError`].
    pub fn sign(&self, partner: &ClientId, accepted: &Requested, now: Timestamp) -> Result<String, ReceiptError> {
        let order = &accepted.order;
        let registered = Registered::issue(
            self.issuer.clone(),
            Subject::new(order.order_id.as_str())?,
            Audience::new(partner.as_str())?,
            TokenId::new(service_kit::ids::new_id("rct"))?,
            now,
            LIFETIME,
        );
        let fulfilment_id = accepted.fulfilment_id.to_string();
        let public = ReceiptPublic { fulfilment: ReceiptFulfilment { fulfilment_id, status: ACCEPTED.to_owned() } };
        let amount =
            Amount { minor_units: order.amount.minor_units.into(), currency: order.amount.currency.code().to_owned() };
        let private = ReceiptPrivate { account_id: order.account_id.to_string(), amount };
        Ok(self.key.sign(&Receipt::new(registered, public, private))?)
    }
}
